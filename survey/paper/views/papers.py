"""Pages of paper ballots: printing, scans, sheets and comments from hand, accounts, sealing."""

import io

from flask import g, render_template, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey.paper import intake, service, sheet, uploads
from survey.paper.forms import AccountForm, ForgoForm, HandForm, NoteForm, PrintForm, ScanForm, SealForm
from survey.paper.views.door import HANDS, back, bp, checked, config, layouts, poll_of, witnesses
from survey.poll import service as polls
from survey.staff.views import allow


@bp.get("/")
@allow(*HANDS)
def polls_() -> ResponseReturnValue:
    """List the polls that may have paper."""
    return render_template("desk/paper/polls.html", polls=polls.every(g.session))


@bp.get("/<int:poll_id>")
@allow(*HANDS)
def paper(poll_id: int) -> ResponseReturnValue:
    """Show where a poll's paper stands and what is to be done next."""
    poll, session = poll_of(poll_id), g.session
    batch = service.batch(session, poll)
    deciding = bool(batch and batch.state == "deciding")
    return render_template(
        "desk/paper/paper.html",
        poll=poll,
        batch=batch,
        prints=service.prints(session, poll),
        states=service.states(session, poll),
        missing=service.missing_sides(session, poll),
        progress=service.progress(session, poll),
        accounts=service.accounts(session, poll),
        hindrance=service.ready(session, poll) if deciding else "",
        broken=service.first_break(session, poll),
        forms={
            "print": PrintForm(copies=poll.seats),
            "scan": ScanForm(),
            "forgo": ForgoForm(),
            "hand": HandForm().offer(layouts(poll)),
            "note": NoteForm().offer(layouts(poll)),
            "account": AccountForm(),
            "seal": SealForm().offer(witnesses()),
        },
    )


@bp.post("/<int:poll_id>/print")
@allow(*HANDS)
def print_(poll_id: int) -> ResponseReturnValue:
    """Hand out one print file, once."""
    poll, form = poll_of(poll_id), checked(PrintForm())
    pdf = service.print_ballots(
        g.session, poll, copies=form.copies.data, form=form.form.data, config=config(), by=g.account
    )
    name = f"{poll.key}-{sheet.FORMS[form.form.data].name}-{form.copies.data}.pdf"
    reply = send_file(io.BytesIO(pdf), "application/pdf", as_attachment=True, download_name=name)
    reply.headers["Cache-Control"] = "no-store"
    return reply


@bp.post("/<int:poll_id>/prints/<int:print_id>/deleted")
@allow(*HANDS)
def deleted(poll_id: int, print_id: int) -> ResponseReturnValue:
    """Record that a print file was deleted."""
    poll = poll_of(poll_id)
    service.confirm_deleted(g.session, poll, print_id, by=g.account)
    return back(poll, gettext("已登记：印制文件已删除。"))


@bp.post("/<int:poll_id>/scans")
@allow(*HANDS)
def scans(poll_id: int) -> ResponseReturnValue:
    """Read uploaded scans and take them in."""
    poll, form = poll_of(poll_id), checked(ScanForm())
    press = service.press(g.session, poll, config=config())
    known = service.known(g.session, poll)
    files = [file for file in form.scans.data if getattr(file, "filename", "")]
    count = 0
    with uploads.kept(config().instance, files) as paths:
        for portion in intake.read_files(paths, press, known=known, processes=1):
            count += service.take_in(g.session, poll, portion, by=g.account).total()
    return back(poll, gettext("已识别%(count)s面，各面情况见下表。", count=count))


@bp.post("/<int:poll_id>/forgo")
@allow(*HANDS)
def forgo(poll_id: int) -> ResponseReturnValue:
    """Give up sides that cannot be scanned."""
    poll, form = poll_of(poll_id), checked(ForgoForm())
    count = service.forgo_missing(g.session, poll, reason=form.reason.data, by=g.account)
    return back(poll, gettext("已登记%(count)s面无法补扫，这些面按未评价处理。", count=count))


@bp.post("/<int:poll_id>/sheets")
@allow(*HANDS)
def key_sheet(poll_id: int) -> ResponseReturnValue:
    """Open a sheet for double entry by hand."""
    poll = poll_of(poll_id)
    form = checked(HandForm().offer(layouts(poll)))
    service.key_sheet(g.session, poll, sheet=form.sheet.data, layout=form.layout.data, by=g.account)
    return back(poll, gettext("第%(data)s张已转为两人手工录入。", data=form.sheet.data))


@bp.post("/<int:poll_id>/close")
@allow(*HANDS)
def close(poll_id: int) -> ResponseReturnValue:
    """Close the intake."""
    poll = poll_of(poll_id)
    batch = service.close_intake(g.session, poll, config=config(), by=g.account)
    return back(
        poll, gettext("扫描件已固定，摘要 %(root)s… 已公示，可以开始人工认定。", root=batch.root[:16])
    )


@bp.post("/<int:poll_id>/accounts")
@allow(*HANDS)
def account(poll_id: int) -> ResponseReturnValue:
    """Keep one sheet's account."""
    poll, form = poll_of(poll_id), checked(AccountForm())
    service.settle(
        g.session, poll, sheet=form.sheet.data, returned=form.returned.data, spoiled=form.spoiled.data,
        unused=form.unused.data, by=g.account,
    )  # fmt: skip
    return back(poll, gettext("第%(data)s张已登记。", data=form.sheet.data))


@bp.post("/<int:poll_id>/recheck")
@allow(*HANDS)
def recheck(poll_id: int) -> ResponseReturnValue:
    """Lay every accepted row before two people."""
    poll = poll_of(poll_id)
    count = service.recheck_all(g.session, poll, by=g.account)
    return back(poll, gettext("已把机读的%(count)s行转为人工认定。", count=count))


@bp.post("/<int:poll_id>/seal")
@allow(*HANDS)
def seal(poll_id: int) -> ResponseReturnValue:
    """Seal the batch together with a second person."""
    poll = poll_of(poll_id)
    form = checked(SealForm().offer(witnesses()))
    witness = next(
        each for each in service.witnesses(g.session, by=g.account) if each.id == form.witness.data
    )
    batch = service.seal(g.session, poll, config=config(), by=g.account, witness=witness)
    return back(poll, gettext("纸质票批次已密封，摘要 %(digest)s… 已公示。", digest=batch.digest[:16]))
