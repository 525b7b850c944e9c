"""Pages of the follow-up: remarks that can be answered, the answer, what the writers say."""

from flask import Blueprint, current_app, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey import clock
from survey.config import Config
from survey.errors import Refused
from survey.mailbox import service
from survey.mailbox.forms import AnswerForm
from survey.mailbox.models import Word
from survey.poll import service as polls
from survey.staff.models import Role
from survey.staff.views import allow

bp = Blueprint("mailbox", __name__, url_prefix="/mailbox")

READERS = (Role.OFFICE, Role.INSPECTOR, Role.REVIEWER)


def _config() -> Config:
    config: Config = current_app.config["SURVEY"]
    return config


@bp.get("/<int:poll_id>")
@allow(*READERS)
def letters(poll_id: int) -> ResponseReturnValue:
    """List the remarks that can be answered, and what their writers say."""
    poll = polls.get(g.session, poll_id)
    service.take_in(g.session, poll, config=_config())
    return render_template(
        "desk/mailbox/letters.html",
        poll=poll,
        said=service.collect(g.session, poll, config=_config()),
        letters=service.letters(g.session, poll, by=g.account),
        words=list(Word),
    )


@bp.get("/comment/<int:comment_id>")
@allow(*READERS)
def letter(comment_id: int) -> ResponseReturnValue:
    """Show one remark's paraphrase, its answer and the word on it."""
    found = service.letter(g.session, comment_id, by=g.account)
    return _page(comment_id, AnswerForm(text=found.mail.text))


def _page(comment_id: int, form: AnswerForm, status: int = 200) -> ResponseReturnValue:
    found = service.letter(g.session, comment_id, by=g.account)
    poll = polls.get(g.session, found.comment.poll_id)
    return render_template("desk/mailbox/letter.html", poll=poll, letter=found, form=form), status


@bp.post("/comment/<int:comment_id>")
@allow(Role.OFFICE)
def answer(comment_id: int) -> ResponseReturnValue:
    """Publish the answer."""
    form = AnswerForm()
    if not form.validate():
        return _page(comment_id, form, 400)
    poll = polls.get(g.session, service.letter(g.session, comment_id, by=g.account).comment.poll_id)
    text = form.text.data or ""
    try:
        service.answer(
            g.session, poll, comment_id, text=text, config=_config(), by=g.account, today=clock.today()
        )
    except Refused as refusal:
        g.session.rollback()
        form.form_errors.append(refusal.sentence)
        return _page(comment_id, form, refusal.status)
    flash(gettext("答复已公开，反映人凭查询码就能看到。"), "done")
    return redirect(url_for("mailbox.letters", poll_id=poll.id), 303)
