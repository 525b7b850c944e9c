"""The custody page of a poll: rehearsal before it, destruction of its box when the time is over."""

from flask import Blueprint, current_app, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey import clock
from survey.box import words
from survey.config import Config
from survey.custody import service
from survey.custody.forms import DestructionForm
from survey.poll import service as polls
from survey.staff.models import Role
from survey.staff.views import allow

bp = Blueprint("custody", __name__, url_prefix="/custody")

READERS = (Role.OFFICE, Role.INSPECTOR, Role.LEADER, Role.AUDITOR)


def _config() -> Config:
    config: Config = current_app.config["SURVEY"]
    return config


def _back(poll_id: int, sentence: str, category: str = "done") -> ResponseReturnValue:
    flash(sentence, category)
    return redirect(url_for("custody.record", poll_id=poll_id), 303)


@bp.get("/<int:poll_id>")
@allow(*READERS)
def record(poll_id: int) -> ResponseReturnValue:
    """Show rehearsals and destruction of one poll."""
    poll = polls.get(g.session, poll_id)
    return render_template(
        "desk/custody/record.html",
        poll=poll,
        rehearsals=service.rehearsals(g.session, poll),
        before=poll.stage in service.BEFORE,
        over=poll.stage in service.OVER,
        destruction=service.destruction(g.session, poll),
        kept_until=service.kept_until(poll),
        form=DestructionForm(),
    )


@bp.get("/<int:poll_id>/backup")
@allow(Role.INSPECTOR)
def backup(poll_id: int) -> ResponseReturnValue:
    """Show the page on which an inspector's own browser writes the key as words for an envelope."""
    poll = polls.get(g.session, poll_id)
    return render_template("desk/custody/backup.html", poll=poll, words=words.WORD_LIST)


@bp.post("/<int:poll_id>/rehearse")
@allow(Role.INSPECTOR)
def rehearse(poll_id: int) -> ResponseReturnValue:
    """Rehearse and attack."""
    poll = polls.get(g.session, poll_id)
    row = service.rehearse(g.session, poll, config=_config(), by=g.account, at=clock.now())
    if row.passed:
        return _back(poll_id, gettext("演练通过，结果已记入监督记录。"))
    return _back(poll_id, gettext("演练未通过，结果已记入监督记录；请先查明原因，不要开始测评。"), "warn")


@bp.post("/<int:poll_id>/ask")
@allow(Role.INSPECTOR)
def ask(poll_id: int) -> ResponseReturnValue:
    """Ask for the destruction of the box."""
    poll, reason = polls.get(g.session, poll_id), DestructionForm().reason.data or ""
    service.ask_destruction(g.session, poll, reason=reason, config=_config(), by=g.account, at=clock.now())
    return _back(poll_id, gettext("已提出销毁，请由第二方核对清单后确认。"))


@bp.post("/<int:poll_id>/confirm")
@allow(Role.OFFICE, Role.LEADER)
def confirm(poll_id: int) -> ResponseReturnValue:
    """Confirm, and destroy the box."""
    poll = polls.get(g.session, poll_id)
    service.confirm_destruction(g.session, poll, config=_config(), by=g.account, at=clock.now())
    return _back(poll_id, gettext("%(key)s 的票箱已销毁，销毁记录已存档。", key=poll.key))
