"""The blueprint of the review and what its pages share."""

from collections.abc import Callable

from flask import Blueprint, current_app, flash, g, redirect
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from survey.config import Config
from survey.errors import Refused
from survey.staff.models import Role

bp = Blueprint("review", __name__, url_prefix="/review")

READERS = (Role.OFFICE, Role.INSPECTOR, Role.LEADER, Role.REVIEWER, Role.AUDITOR)
REMARK_READERS = (Role.OFFICE, Role.INSPECTOR, Role.REVIEWER)


def config() -> Config:
    """Return the installation's settings."""
    settings: Config = current_app.config["SURVEY"]
    return settings


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
