"""What the desk's pages of every stage do alike: take a form in or show it again, go on with a word."""

from collections.abc import Callable

from flask import flash, g, redirect
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from survey.errors import Refused


def done(sentence: str, url: str) -> ResponseReturnValue:
    """Say that an act succeeded and go on."""
    flash(sentence, "done")
    return redirect(url, 303)


def submit(
    form: FlaskForm, act: Callable[[], ResponseReturnValue], page: Callable[[], str]
) -> ResponseReturnValue:
    """Do the act of a valid form; else show the page again with what was typed and what is wrong."""
    if not form.validate():
        return page(), 400
    try:
        return act()
    except Refused as refusal:
        g.session.rollback()
        form.form_errors.append(refusal.sentence)
        return page(), refusal.status
