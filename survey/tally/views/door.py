"""What all pages of the count share: the blueprint, the poll of an address, downloads, who may read what."""

from flask import Blueprint, Response, current_app, flash, g, redirect, url_for
from flask.typing import ResponseReturnValue

from survey.config import Config
from survey.poll import service as polls
from survey.poll.models import Poll
from survey.staff.models import Role

bp = Blueprint("tally", __name__, url_prefix="/tally")

READERS = (Role.OFFICE, Role.INSPECTOR, Role.LEADER, Role.REVIEWER, Role.AUDITOR)
SEES_PERSONS = (Role.INSPECTOR, Role.LEADER, Role.REVIEWER)
CONCERNED = (Role.UNIT_CLERK, Role.PARTY, Role.OFFICIAL)
"""Roles that read what concerns their own unit or person, once a result is published."""


def config() -> Config:
    """Return the configuration of this installation."""
    found: Config = current_app.config["SURVEY"]
    return found


def poll_of(poll_id: int) -> Poll:
    """Return the poll that an address names."""
    return polls.get(g.session, poll_id)


def back(page: str, poll: Poll, sentence: str) -> ResponseReturnValue:
    """Return to a page of the poll with a sentence on what was done."""
    flash(sentence, "done")
    return redirect(url_for(f"tally.{page}", poll_id=poll.id), 303)


def download(content: bytes, kind: str, name: str) -> Response:
    """Return a file."""
    disposition = f'attachment; filename="{name}"'
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return Response(content, content_type=kind, headers=headers)
