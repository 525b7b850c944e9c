"""What all pages of the poll share: the blueprint, who reads, the way back with a word."""

from flask import Blueprint, current_app, flash, g, redirect, url_for
from flask.typing import ResponseReturnValue

from survey.config import Config
from survey.poll import service
from survey.poll.models import Poll
from survey.staff.models import Role

# The overview stands at the root of the desk, so the blueprint carries no prefix of its own.
bp = Blueprint("poll", __name__)

READERS = (Role.OFFICE, Role.INSPECTOR, Role.LEADER, Role.REVIEWER, Role.AUDITOR)
HALL = (Role.OFFICE, Role.INSPECTOR)


def config() -> Config:
    """Return the settings of this installation."""
    settings: Config = current_app.config["SURVEY"]
    return settings


def found_poll(poll_id: int) -> Poll:
    """Return the poll that an address names."""
    return service.get(g.session, poll_id)


def back(page: str, poll: Poll, sentence: str, category: str = "done") -> ResponseReturnValue:
    """Lead to a page of the poll with a sentence on what was done."""
    flash(sentence, category)
    return redirect(url_for(f"poll.{page}", poll_id=poll.id), 303)
