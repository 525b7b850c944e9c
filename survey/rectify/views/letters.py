"""The quarter after its review: where it stands, reminders, replies, letters and their fate."""

from flask import Response, flash, g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey import clock, languages
from survey.errors import Invalid
from survey.letters import service as post_office
from survey.letters.models import Letter, LetterState
from survey.pages import done
from survey.poll import service as polls
from survey.poll.models import Poll
from survey.rectify import notices, outbox, service
from survey.rectify.forms import IssueForm, ReplyForm
from survey.rectify.service import Batch
from survey.rectify.views.door import bp, config, download
from survey.review import cases
from survey.roster import service as roster
from survey.staff.models import Role
from survey.staff.views import allow

READERS = (Role.OFFICE, Role.INSPECTOR, Role.LEADER)
PDF = "application/pdf"
NEXT = {
    LetterState.ISSUED: (LetterState.SENT, LetterState.WITHDRAWN),
    LetterState.SENT: (LetterState.WITHDRAWN,),
    LetterState.RECEIVED: (LetterState.REPLIED,),
}


@bp.get("/<int:poll_id>")
@allow(*READERS, Role.REVIEWER, Role.AUDITOR)
def quarter(poll_id: int) -> ResponseReturnValue:
    """Show what is done and what is left of one quarter."""
    poll = polls.get(g.session, poll_id)
    return render_template(
        "desk/rectify/quarter.html",
        poll=poll,
        quarter=outbox.quarter(g.session, poll, today=clock.today()),
        reminding=poll.stage in service.REMINDING,
        replying=poll.stage in service.REPLYING,
    )


@bp.post("/<int:poll_id>/begin")
@allow(Role.OFFICE)
def begin(poll_id: int) -> ResponseReturnValue:
    """Start rectification."""
    service.begin(g.session, polls.get(g.session, poll_id), by=g.account)
    return done(gettext("整改已启动。"), url_for("rectify.quarter", poll_id=poll_id))


@bp.post("/<int:poll_id>/conclude")
@allow(Role.OFFICE)
def conclude(poll_id: int) -> ResponseReturnValue:
    """Conclude the quarter."""
    service.conclude(g.session, polls.get(g.session, poll_id), by=g.account)
    return done(gettext("本季测评已办结。"), url_for("rectify.quarter", poll_id=poll_id))


@bp.get("/<int:poll_id>/letters")
@allow(*READERS)
def letters(poll_id: int) -> ResponseReturnValue:
    """List a quarter's letters, those to be issued first."""
    poll = polls.get(g.session, poll_id)
    return render_template(
        "desk/rectify/letters.html",
        poll=poll,
        letters=outbox.letters(g.session, poll),
        due=notices.due_reminders(g.session, poll),
        replies=notices.due_replies(g.session, poll),
        units={unit.code: unit.name for unit in roster.units(g.session)},
        equation=service.equation(g.session, poll),
        reminding=poll.stage in service.REMINDING,
        replying=poll.stage in service.REPLYING,
        remind=IssueForm(prefix="remind", dated=clock.today()),
        reply=ReplyForm(prefix="reply", dated=clock.today()),
        next=NEXT,
    )


@bp.get("/letters")
@allow(Role.UNIT_CLERK)
def own_letters() -> ResponseReturnValue:
    """List the letters to the clerk's own unit."""
    found = outbox.own_letters(g.session, by=g.account)
    return render_template("desk/rectify/own_letters.html", letters=found)


@bp.get("/letter/<int:letter_id>")
@allow(*READERS, Role.UNIT_CLERK)
def letter(letter_id: int) -> ResponseReturnValue:
    """Show the stored PDF of an issued letter, checked against its digest."""
    found = outbox.letter_for(g.session, letter_id, by=g.account)
    return _pdf(post_office.stored(found, config=config()))


@bp.post("/letter/<int:letter_id>/<word>")
@allow(Role.OFFICE)
def move(letter_id: int, word: str) -> ResponseReturnValue:
    """Record that a letter was sent, received, answered or withdrawn."""
    if word not in {state.value for state in LetterState}:
        raise Invalid("rectify.letter_state", "没有这种文书状态，请从列表中选择。")
    found = outbox.letter_for(g.session, letter_id, by=g.account)
    service.move_letter(g.session, found, state=LetterState(word), config=config(), by=g.account)
    sentence = gettext(
        "给%(addressee)s的%(kind)s：%(state)s。",
        addressee=found.addressee,
        kind=found.kind,
        state=languages.say(found.state.chinese),
    )
    poll = next(each for each in polls.latest_rounds(g.session) if each.round == found.round)
    return done(sentence, url_for("rectify.letters", poll_id=poll.id))


@bp.get("/measure/<int:measure_id>/preview")
@allow(Role.OFFICE, Role.INSPECTOR)
def preview_reminder(measure_id: int) -> ResponseReturnValue:
    """Show a reminder as it would be printed; nothing is kept, no number is taken."""
    measure, today = cases.measure(g.session, measure_id), clock.today()
    poll = polls.get(g.session, measure.poll_id)
    document = notices.reminder(g.session, poll, measure, config=config(), dated=today)
    word = config().document_word
    return _preview(notices.unsaved(poll, document, addressee=document.unit, word=word, dated=today))


@bp.get("/<int:poll_id>/reply")
@allow(Role.OFFICE, Role.INSPECTOR)
def preview_reply(poll_id: int) -> ResponseReturnValue:
    """Show the letter to the enterprises as it would be printed; nothing is kept."""
    poll, today = polls.get(g.session, poll_id), clock.today()
    document = notices.to(notices.reply(g.session, poll, config=config(), dated=today), "某某企业")
    return _preview(notices.unsaved(poll, document, addressee="某某企业", word=None, dated=today))


def _preview(specimen: Letter) -> Response:
    return _pdf(post_office.preview(specimen, config=config()))


def _pdf(content: bytes) -> Response:
    return download(content, PDF, "inline")


@bp.post("/<int:poll_id>/remind")
@allow(Role.OFFICE)
def remind(poll_id: int) -> ResponseReturnValue:
    """Issue all reminders that are due."""
    poll, dated = polls.get(g.session, poll_id), IssueForm(prefix="remind").day(clock.today())
    return _report(poll, service.remind(g.session, poll, config=config(), by=g.account, dated=dated))


@bp.post("/<int:poll_id>/reply")
@allow(Role.OFFICE)
def reply(poll_id: int) -> ResponseReturnValue:
    """Draft the letter to every enterprise; a leader approves it before it is issued."""
    poll, form = polls.get(g.session, poll_id), ReplyForm(prefix="reply")
    dated, look = form.day(clock.today()), form.chosen_look()
    drafts = service.draft_replies(g.session, poll, config=config(), by=g.account, dated=dated, look=look)
    sentence = gettext("已拟%(len)s份，请县领导签发后印发。", len=len(drafts))
    return done(sentence, url_for("registry.room", poll_id=poll.id))


def _report(poll: Poll, batch: Batch) -> ResponseReturnValue:
    for failure in batch.failures:
        flash(failure.sentence, "warn")
    return done(
        gettext("已印发%(len)s份。", len=len(batch.issued)), url_for("rectify.letters", poll_id=poll.id)
    )
