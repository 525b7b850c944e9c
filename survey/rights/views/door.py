"""The blueprint of the people concerned and what its pages share."""

from collections.abc import Callable

from flask import Blueprint, Response, flash, g, redirect
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from survey.errors import Refused
from survey.staff.models import Role

bp = Blueprint("rights", __name__, url_prefix="/rights")

CONCERNED = (Role.OFFICIAL, Role.UNIT_CLERK, Role.PARTY)


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


def download(content: bytes, kind: str, name: str) -> Response:
    """Return bytes as a file that no cache keeps."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, content_type=kind, headers=headers)
