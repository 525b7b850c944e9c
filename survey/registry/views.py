"""Pages of the registry: the room of a round, a paper's form, receipts, files for the post."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from flask import Blueprint, Response, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey import clock
from survey.config import Config
from survey.errors import Missing, Refused
from survey.letters import service as letters
from survey.letters.labels import labels_pdf
from survey.letters.wordfile import export
from survey.poll import service as polls
from survey.poll.models import Poll
from survey.registry import service
from survey.registry.forms import PaperForm, ReceiptForm, form_of
from survey.staff.models import Role
from survey.staff.views import allow

bp = Blueprint("registry", __name__, url_prefix="/registry")
READERS = (Role.OFFICE, Role.INSPECTOR, Role.LEADER)
WRITERS = (Role.OFFICE, Role.INSPECTOR)
PDF, ZIP = "application/pdf", "application/zip"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _config() -> Config:
    config: Config = current_app.config["SURVEY"]
    return config


def _back(poll: Poll, sentence: str, category: str = "done") -> ResponseReturnValue:
    flash(sentence, category)
    return redirect(url_for("registry.room", poll_id=poll.id), 303)


def _file(content: bytes, kind: str, name: str = "") -> Response:
    disposition = f"attachment; filename*=UTF-8''{quote(name)}" if name else "inline"
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return Response(content, content_type=kind, headers=headers)


@bp.get("/<int:poll_id>")
@allow(*READERS)
def room(poll_id: int) -> ResponseReturnValue:
    """Show a round's letters, how far the batch has come, and what can be drafted."""
    poll = polls.get(g.session, poll_id)
    offered = [name for name in service.BY_FORM if name != service.CLUE or g.account.role == Role.INSPECTOR]
    return render_template(
        "desk/registry/room.html",
        poll=poll,
        room=service.room(g.session, poll),
        kinds=offered,
        figures=tuple(service.FROM_FIGURES),
        going=request.args.get("going", ""),
    )


@bp.get("/<int:poll_id>/new/<kind>")
@allow(*WRITERS)
def new(poll_id: int, kind: str) -> ResponseReturnValue:
    """Show a paper's form with the known facts filled in."""
    poll, kind = polls.get(g.session, poll_id), service.kind_named(kind).KIND
    return _form_page(poll, kind, _form(poll, kind))


@bp.post("/<int:poll_id>/new/<kind>")
@allow(*WRITERS)
def keep(poll_id: int, kind: str) -> ResponseReturnValue:
    """Keep a paper as a draft, or show it as it would be printed."""
    poll, kind = polls.get(g.session, poll_id), service.kind_named(kind).KIND
    form = _form(poll, kind)
    try:
        document = form.filled()
        if request.form.get("way") == "specimen":
            content = service.specimen(poll, document, config=_config(), dated=form.dated.data)
            return _file(content, PDF)
        service.draft(g.session, poll, document, config=_config(), dated=form.dated.data, by=g.account)
    except Refused as refusal:
        g.session.rollback()
        form.form_errors.append(refusal.sentence)
        return _form_page(poll, kind, form), refusal.status
    return _back(poll, gettext("%(kind)s已存为草稿，请县领导签发。", kind=kind))


def _form(poll: Poll, kind: str) -> PaperForm:
    today, about = clock.today(), request.args.get("about", "")
    made = service.kind_named(kind)
    known = service.known(
        g.session, poll, kind, about=about, config=_config(), today=today, by=g.account
    )  # fmt: skip
    return form_of(made, known, today)


def _form_page(poll: Poll, kind: str, form: PaperForm) -> str:
    kept = kind != service.CLUE
    return render_template("desk/registry/paper.html", poll=poll, kind=kind, form=form, kept=kept)


@bp.get("/<int:poll_id>/figures/<kind>")
@allow(*READERS)
def from_figures(poll_id: int, kind: str) -> ResponseReturnValue:
    """Show a paper that is made of the round's figures alone."""
    poll = polls.get(g.session, poll_id)
    content = service.from_figures(g.session, poll, kind, config=_config(), today=clock.today())
    return _file(content, PDF)


@bp.post("/<int:poll_id>/approve")
@allow(Role.LEADER)
def approve_all(poll_id: int) -> ResponseReturnValue:
    """Approve all drafts of a round."""
    poll = polls.get(g.session, poll_id)
    return _back(
        poll, gettext("已签发%(count)s份。", count=service.approve_all(g.session, poll, by=g.account))
    )


@bp.post("/<int:poll_id>/issue")
@allow(Role.OFFICE)
def issue(poll_id: int) -> ResponseReturnValue:
    """Issue the next part of the approved letters; the page asks for the next one until none is left."""
    poll = polls.get(g.session, poll_id)
    part = letters.issue_part(g.session, poll.round, config=_config(), by=g.account)
    for failure in part.failures:
        flash(gettext("%(sentence)s已退回草稿，改正后重新拟写。", sentence=failure.sentence), "warn")
    if part.left:
        return redirect(url_for("registry.room", poll_id=poll.id, going="on"), 303)
    return _back(poll, gettext("签发的文书已全部印发，本次%(count)s份。", count=part.done))


@bp.get("/letter/<int:letter_id>/specimen")
@allow(*READERS)
def specimen(letter_id: int) -> ResponseReturnValue:
    """Show a draft as it would be printed."""
    return _file(letters.preview(service.get(g.session, letter_id), config=_config()), PDF)


@bp.post("/letter/<int:letter_id>/approve")
@allow(Role.LEADER)
def approve(letter_id: int) -> ResponseReturnValue:
    """Approve one draft."""
    letter = service.approve(g.session, service.get(g.session, letter_id), by=g.account)
    return _back(
        _poll_of(letter.round),
        gettext("给%(addressee)s的%(kind)s已签发。", addressee=letter.addressee, kind=letter.kind),
    )


@bp.post("/letter/<int:letter_id>/back")
@allow(Role.LEADER)
def send_back(letter_id: int) -> ResponseReturnValue:
    """Take an approval back before the letter is issued."""
    letter = letters.send_back(g.session, service.get(g.session, letter_id), by=g.account)
    return _back(
        _poll_of(letter.round),
        gettext("给%(addressee)s的%(kind)s已退回草稿。", addressee=letter.addressee, kind=letter.kind),
    )


@bp.post("/letter/<int:letter_id>/discard")
@allow(*WRITERS)
def discard(letter_id: int) -> ResponseReturnValue:
    """Throw a draft away."""
    letter = service.get(g.session, letter_id)
    letters.discard(g.session, letter, by=g.account)
    return _back(
        _poll_of(letter.round),
        gettext("给%(addressee)s的%(kind)s草稿已丢弃。", addressee=letter.addressee, kind=letter.kind),
    )


@bp.get("/letter/<int:letter_id>/receipt")
@allow(Role.OFFICE)
def receipt(letter_id: int) -> ResponseReturnValue:
    """Show the form of the 送达回证 that came back."""
    letter = service.get(g.session, letter_id)
    return _receipt_page(letter.id or 0, ReceiptForm(on=clock.today()))


@bp.post("/letter/<int:letter_id>/receipt")
@allow(Role.OFFICE)
def receive(letter_id: int) -> ResponseReturnValue:
    """Record the 送达回证 that came back."""
    form, letter = ReceiptForm(), service.get(g.session, letter_id)
    if not form.validate():
        return _receipt_page(letter_id, form), 400
    service.receive_letter(
        g.session, letter, on=form.on.data, signed_by=form.signed_by.data, config=_config(), by=g.account
    )
    return _back(
        _poll_of(letter.round),
        gettext(
            "已登记：%(name)s于%(day)s签收%(kind)s。",
            name=letter.received_by,
            day=letter.received_on,
            kind=letter.kind,
        ),
    )


def _receipt_page(letter_id: int, form: ReceiptForm) -> str:
    letter = service.get(g.session, letter_id)
    poll = _poll_of(letter.round)
    return render_template("desk/registry/receipt.html", letter=letter, poll=poll, form=form)


@bp.get("/letter/<int:letter_id>/slip")
@allow(Role.OFFICE)
def slip(letter_id: int) -> ResponseReturnValue:
    """Show the 送达回证 that goes with a letter."""
    letter = service.get(g.session, letter_id)
    return _file(service.receipt_slip(g.session, letter, config=_config(), today=clock.today()), PDF)


@bp.get("/letter/<int:letter_id>/text")
@allow(*READERS)
def text(letter_id: int) -> ResponseReturnValue:
    """Give a letter's text as a Word file, for an office that must edit it."""
    letter = service.get(g.session, letter_id)
    content = export(letter, config=_config())
    return _file(content, DOCX, f"{letter.kind}-{letter.addressee}.docx")


@bp.post("/<int:poll_id>/printfile")
@allow(Role.OFFICE)
def printfile(poll_id: int) -> ResponseReturnValue:
    """Give the letters to the enterprises as one file for the printing house."""
    return _made(poll_id, letters.print_run, PDF)


@bp.post("/<int:poll_id>/archive")
@allow(Role.OFFICE)
def archive(poll_id: int) -> ResponseReturnValue:
    """Give all issued letters of a round as one ZIP."""
    return _made(poll_id, letters.archive, ZIP)


def _made(poll_id: int, make: Callable[..., Path], kind: str) -> ResponseReturnValue:
    poll = polls.get(g.session, poll_id)
    path = make(g.session, poll.round, config=_config(), by=g.account)
    return _file(path.read_bytes(), kind, f"{poll.round}-{path.name}")


@bp.get("/<int:poll_id>/labels")
@allow(Role.OFFICE)
def labels(poll_id: int) -> ResponseReturnValue:
    """Give labels for the envelopes of all issued letters of a round."""
    poll = polls.get(g.session, poll_id)
    return _file(labels_pdf(letters.issued(g.session, poll.round), config=_config()), PDF)


def _poll_of(round_: str) -> Poll:
    poll = next((each for each in polls.latest_rounds(g.session) if each.round == round_), None)
    if poll is None:
        raise Missing("registry.no_poll", f"没有找到{round_}轮测评。")
    return poll
