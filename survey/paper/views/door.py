"""The blueprint of paper and what its pages share: the poll, the way back, a checked form."""

from typing import Any

from flask import Blueprint, current_app, flash, g, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey.config import Config
from survey.errors import Invalid
from survey.paper import service
from survey.poll import service as polls
from survey.poll.models import Poll
from survey.staff.models import Role

bp = Blueprint("paper", __name__, url_prefix="/paper")

HANDS = (Role.OFFICE, Role.INSPECTOR)


def config() -> Config:
    """Return the installation's settings."""
    found: Config = current_app.config["SURVEY"]
    return found


def poll_of(poll_id: int) -> Poll:
    """Return the poll of an address."""
    return polls.get(g.session, poll_id)


def back(poll: Poll, sentence: str, *, page: str = "paper", category: str = "done") -> ResponseReturnValue:
    """Say what was done and return to a page."""
    flash(sentence, category)
    return redirect(url_for(f"paper.{page}", poll_id=poll.id), 303)


def checked(form: Any) -> Any:
    """Return a form whose fields are sound, else refuse with the first fault's sentence."""
    if form.validate():
        return form
    field, faults = next(iter(form.errors.items()))
    label = form[field].label.text if field in form else ""
    raise Invalid("paper.form", f"{label}：{faults[0]}" if label else faults[0])


def layouts(poll: Poll) -> list[tuple[str, str]]:
    """Return the printed layouts as choices."""
    runs = service.prints(g.session, poll)
    return [
        (run.layout, gettext("第%(at)s批（%(copies)s份）", at=at, copies=run.copies))
        for at, run in enumerate(runs, 1)
    ]


def witnesses() -> list[tuple[int, str]]:
    """Return who may stand beside the one signed in, as choices."""
    return [(person.id or 0, person.name) for person in service.witnesses(g.session, by=g.account)]
