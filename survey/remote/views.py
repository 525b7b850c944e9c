"""The page of a poll's remote channel: windows, letters, who drew, the voting window, the keys' end."""

import json

from flask import Blueprint, current_app, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey import clock
from survey.config import Config
from survey.errors import Refused
from survey.poll import service as polls
from survey.poll.models import Poll
from survey.remote import service
from survey.remote.forms import ChannelForm
from survey.staff.models import Role
from survey.staff.views import allow

bp = Blueprint("remote", __name__, url_prefix="/remote")

READERS = (Role.OFFICE, Role.INSPECTOR, Role.LEADER, Role.AUDITOR)


def _config() -> Config:
    config: Config = current_app.config["SURVEY"]
    return config


def _back(poll: Poll, sentence: str) -> ResponseReturnValue:
    flash(sentence, "done")
    return redirect(url_for("remote.channel", poll_id=poll.id), 303)


@bp.get("/<int:poll_id>")
@allow(*READERS)
def channel(poll_id: int) -> ResponseReturnValue:
    """Show the channel of one poll and what is to be done about it."""
    poll = polls.get(g.session, poll_id)
    row, form = service.channel(g.session, poll), ChannelForm()
    if row:
        form.show(service.plan_of(row))
    return _page(poll, form)


def _page(poll: Poll, form: ChannelForm, status: int = 200) -> ResponseReturnValue:
    row = service.channel(g.session, poll)
    plan = service.plan_of(row) if row else None
    return render_template(
        "desk/remote/channel.html",
        poll=poll,
        row=row,
        plan=plan,
        anonymous=bool(plan and service.anonymous(plan)),
        drawn=service.drawn(g.session, poll, config=_config()) if row else 0,
        ended=json.loads(row.ended) if row and row.ended else None,
        form=form,
    ), status


@bp.post("/<int:poll_id>/on")
@allow(Role.LEADER)
def switch_on(poll_id: int) -> ResponseReturnValue:
    """Switch the channel on or change its windows."""
    poll, form = polls.get(g.session, poll_id), ChannelForm()
    if not form.validate():
        return _page(poll, form, 400)
    try:
        service.switch_on(g.session, poll, form.plan(), by=g.account)
    except Refused as refusal:
        g.session.rollback()
        form.form_errors.append(refusal.sentence)
        return _page(poll, form, refusal.status)
    return _back(poll, gettext("远程渠道已设好；此前的签字已失效，须由两位县领导连同方案一起签字。"))


@bp.post("/<int:poll_id>/off")
@allow(Role.LEADER)
def switch_off(poll_id: int) -> ResponseReturnValue:
    """Take the channel back."""
    poll = polls.get(g.session, poll_id)
    service.switch_off(g.session, poll, by=g.account)
    return _back(poll, gettext("已取消远程渠道，所有企业到会场投票；方案须重新签字。"))


@bp.post("/<int:poll_id>/letters")
@allow(Role.INSPECTOR)
def letters(poll_id: int) -> ResponseReturnValue:
    """Hand out the letters, once: neither codes nor PDF are kept."""
    poll = polls.get(g.session, poll_id)
    pdf = service.letters_pdf(g.session, poll, config=_config(), by=g.account, at=clock.now())
    headers = {
        "Content-Type": "application/pdf",
        "Content-Disposition": f'attachment; filename="{poll.key}-tickets.pdf"',
        "Cache-Control": "no-store",
    }
    return pdf, 200, headers


@bp.post("/<int:poll_id>/begin")
@allow(Role.INSPECTOR)
def begin(poll_id: int) -> ResponseReturnValue:
    """Open the voting window."""
    poll = polls.get(g.session, poll_id)
    drawn = service.begin_votes(g.session, poll, config=_config(), by=g.account, at=clock.now())
    return _back(
        poll, gettext("远程投票已启用，%(drawn)s家企业领了凭证，会场不再发给他们票卡。", drawn=drawn)
    )
