"""Pages of paper ballots: printing, scans, doubts by keyboard, gallery of blanks, accounts, sealing."""

import io
from typing import Any

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from survey.config import Config
from survey.errors import Invalid
from survey.paper import intake, service, sheet, uploads
from survey.paper.forms import AccountForm, ForgoForm, HandForm, PrintForm, ScanForm, SealForm
from survey.paper.models import Choice
from survey.poll import service as polls
from survey.poll.models import Poll
from survey.staff.models import Role
from survey.staff.views import allow

bp = Blueprint("paper", __name__, url_prefix="/paper")

HANDS = (Role.OFFICE, Role.INSPECTOR)


def _config() -> Config:
    config: Config = current_app.config["SURVEY"]
    return config


def _poll(poll_id: int) -> Poll:
    return polls.get(g.session, poll_id)


def _back(poll: Poll, sentence: str, *, page: str = "paper", category: str = "done") -> ResponseReturnValue:
    flash(sentence, category)
    return redirect(url_for(f"paper.{page}", poll_id=poll.id), 303)


def _checked(form: Any) -> Any:
    """Return a form whose fields are sound, else refuse with the first fault's sentence."""
    if form.validate():
        return form
    field, faults = next(iter(form.errors.items()))
    label = form[field].label.text if field in form else ""
    raise Invalid("paper.form", f"{label}：{faults[0]}" if label else faults[0])


@bp.get("/")
@allow(*HANDS)
def polls_() -> ResponseReturnValue:
    """List the polls that may have paper."""
    return render_template("desk/paper/polls.html", polls=polls.every(g.session))


@bp.get("/<int:poll_id>")
@allow(*HANDS)
def paper(poll_id: int) -> ResponseReturnValue:
    """Show where a poll's paper stands and what is to be done next."""
    poll, session = _poll(poll_id), g.session
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
            "hand": HandForm().offer(_layouts(poll)),
            "account": AccountForm(),
            "seal": SealForm().offer(_witnesses()),
        },
    )


def _layouts(poll: Poll) -> list[tuple[str, str]]:
    runs = service.prints(g.session, poll)
    return [(run.layout, f"第{at}批（{run.copies}份）") for at, run in enumerate(runs, 1)]


def _witnesses() -> list[tuple[int, str]]:
    return [(person.id or 0, person.name) for person in service.witnesses(g.session, by=g.account)]


@bp.post("/<int:poll_id>/print")
@allow(*HANDS)
def print_(poll_id: int) -> ResponseReturnValue:
    """Hand out one print file, once."""
    poll, form = _poll(poll_id), _checked(PrintForm())
    pdf = service.print_ballots(
        g.session, poll, copies=form.copies.data, form=form.form.data, config=_config(), by=g.account
    )
    name = f"{poll.key}-{sheet.FORMS[form.form.data].name}-{form.copies.data}.pdf"
    reply = send_file(io.BytesIO(pdf), "application/pdf", as_attachment=True, download_name=name)
    reply.headers["Cache-Control"] = "no-store"
    return reply


@bp.post("/<int:poll_id>/prints/<int:print_id>/deleted")
@allow(*HANDS)
def deleted(poll_id: int, print_id: int) -> ResponseReturnValue:
    """Record that a print file was deleted."""
    poll = _poll(poll_id)
    service.confirm_deleted(g.session, poll, print_id, by=g.account)
    return _back(poll, "已登记：印制文件已删除。")


@bp.post("/<int:poll_id>/scans")
@allow(*HANDS)
def scans(poll_id: int) -> ResponseReturnValue:
    """Read uploaded scans and take them in."""
    poll, form = _poll(poll_id), _checked(ScanForm())
    press = service.press(g.session, poll, config=_config())
    known = service.known(g.session, poll)
    files = [file for file in form.scans.data if getattr(file, "filename", "")]
    count = 0
    with uploads.kept(_config().instance, files) as paths:
        for portion in intake.read_files(paths, press, known=known, processes=1):
            count += service.take_in(g.session, poll, portion, by=g.account).total()
    return _back(poll, f"已识别{count}面，各面情况见下表。")


@bp.post("/<int:poll_id>/forgo")
@allow(*HANDS)
def forgo(poll_id: int) -> ResponseReturnValue:
    """Give up sides that cannot be scanned."""
    poll, form = _poll(poll_id), _checked(ForgoForm())
    count = service.forgo_missing(g.session, poll, reason=form.reason.data, by=g.account)
    return _back(poll, f"已登记{count}面无法补扫，这些面按未评价处理。")


@bp.post("/<int:poll_id>/sheets")
@allow(*HANDS)
def key_sheet(poll_id: int) -> ResponseReturnValue:
    """Open a sheet for double entry by hand."""
    poll = _poll(poll_id)
    form = _checked(HandForm().offer(_layouts(poll)))
    service.key_sheet(g.session, poll, sheet=form.sheet.data, layout=form.layout.data, by=g.account)
    return _back(poll, f"第{form.sheet.data}张已转为两人手工录入。")


@bp.post("/<int:poll_id>/close")
@allow(*HANDS)
def close(poll_id: int) -> ResponseReturnValue:
    """Close the intake."""
    poll = _poll(poll_id)
    batch = service.close_intake(g.session, poll, config=_config(), by=g.account)
    return _back(poll, f"扫描件已固定，摘要 {batch.root[:16]}… 已公示，可以开始人工认定。")


@bp.get("/<int:poll_id>/doubts")
@allow(*HANDS)
def doubts(poll_id: int) -> ResponseReturnValue:
    """Show the next row that needs the one signed in."""
    poll = _poll(poll_id)
    return render_template(
        "desk/paper/doubts.html",
        poll=poll,
        task=service.next_task(g.session, poll, by=g.account),
        progress=service.progress(g.session, poll),
        choices=Choice,
        witnesses=_witnesses(),
        chosen=request.args.get("witness", 0, int),
    )


@bp.post("/<int:poll_id>/doubts/<int:doubt_id>")
@allow(*HANDS)
def decide(poll_id: int, doubt_id: int) -> ResponseReturnValue:
    """Take one decision and go on to the next row."""
    poll, key, named = _poll(poll_id), request.form.get("choice", ""), request.form.get("witness", 0, int)
    if key not in list(Choice):
        raise Invalid("paper.choice", "请按1、2、3、0或9键认定这一行。")
    witness = next((each for each in service.witnesses(g.session, by=g.account) if each.id == named), None)
    service.decide(g.session, poll, doubt_id, choice=Choice(key), by=g.account, witness=witness)
    return redirect(url_for("paper.doubts", poll_id=poll.id, witness=named or None), 303)


@bp.get("/<int:poll_id>/doubts/<int:doubt_id>/picture")
@allow(*HANDS)
def picture(poll_id: int, doubt_id: int) -> ResponseReturnValue:
    """Return the option cells of a doubtful row."""
    poll = _poll(poll_id)
    doubt = service.get(g.session, poll, doubt_id)
    return _jpeg(service.picture(g.session, poll, doubt.side_id, doubt.row))


def _jpeg(content: bytes) -> ResponseReturnValue:
    return content, 200, {"Content-Type": "image/jpeg", "Cache-Control": "private, no-store"}


@bp.get("/<int:poll_id>/gallery")
@allow(*HANDS)
def gallery(poll_id: int) -> ResponseReturnValue:
    """Show a page of rows read as blank."""
    poll = _poll(poll_id)
    page = service.next_gallery(g.session, poll, by=g.account)
    return render_template(
        "desk/paper/gallery.html", poll=poll, page=page, places=range(len(page.cells)) if page else ()
    )


@bp.get("/<int:poll_id>/gallery/<int:page_id>/<int:place>")
@allow(*HANDS)
def gallery_picture(poll_id: int, page_id: int, place: int) -> ResponseReturnValue:
    """Return one row of a gallery page."""
    return _jpeg(service.gallery_picture(g.session, _poll(poll_id), page_id, place))


@bp.post("/<int:poll_id>/gallery/<int:page_id>")
@allow(*HANDS)
def check_gallery(poll_id: int, page_id: int) -> ResponseReturnValue:
    """Take where a mark was seen."""
    poll, seen = _poll(poll_id), {int(text) for text in request.form.getlist("seen") if text.isdecimal()}
    if service.check_gallery(g.session, poll, page_id, seen=seen, by=g.account):
        return _back(poll, "这一页已核对。", page="gallery")
    return _back(poll, "这一页有笔迹没有选出，改由另一人核对。", page="gallery", category="warn")


@bp.get("/<int:poll_id>/remarks")
@allow(*HANDS)
def remarks(poll_id: int) -> ResponseReturnValue:
    """Show the next comment to write down or to check."""
    poll = _poll(poll_id)
    remark = service.remarks.next_remark(g.session, poll, by=g.account)
    return render_template(
        "desk/paper/remarks.html",
        poll=poll,
        remark=remark,
        lines=service.remarks.lines(g.session, poll, remark) if remark else (),
        waiting=service.remarks.open_(g.session, poll),
        longest=service.remarks.LONGEST,
    )


@bp.get("/<int:poll_id>/remarks/<int:remark_id>/picture")
@allow(*HANDS)
def remark_picture(poll_id: int, remark_id: int) -> ResponseReturnValue:
    """Return the picture of one comment box."""
    return _jpeg(service.remarks.get(g.session, _poll(poll_id), remark_id).jpeg)


@bp.post("/<int:poll_id>/remarks/<int:remark_id>")
@allow(*HANDS)
def remark(poll_id: int, remark_id: int) -> ResponseReturnValue:
    """Take a comment written down, or what its checker says of it."""
    poll, act, kept = _poll(poll_id), request.form.get("act"), service.remarks
    if act == "right":
        kept.check(g.session, poll, remark_id, by=g.account)
    elif act == "back":
        kept.send_back(g.session, poll, remark_id, by=g.account)
    else:
        text, line = request.form.get("text", ""), request.form.get("line", "")
        kept.write(g.session, poll, remark_id, text=text, line=line, by=g.account)
    return redirect(url_for("paper.remarks", poll_id=poll.id), 303)


@bp.post("/<int:poll_id>/accounts")
@allow(*HANDS)
def account(poll_id: int) -> ResponseReturnValue:
    """Keep one sheet's account."""
    poll, form = _poll(poll_id), _checked(AccountForm())
    service.settle(
        g.session, poll, sheet=form.sheet.data, returned=form.returned.data, spoiled=form.spoiled.data,
        unused=form.unused.data, by=g.account,
    )  # fmt: skip
    return _back(poll, f"第{form.sheet.data}张已登记。")


@bp.post("/<int:poll_id>/recheck")
@allow(*HANDS)
def recheck(poll_id: int) -> ResponseReturnValue:
    """Lay every accepted row before two people."""
    poll = _poll(poll_id)
    count = service.recheck_all(g.session, poll, by=g.account)
    return _back(poll, f"已把机读的{count}行转为人工认定。")


@bp.post("/<int:poll_id>/seal")
@allow(*HANDS)
def seal(poll_id: int) -> ResponseReturnValue:
    """Seal the batch together with a second person."""
    poll = _poll(poll_id)
    form = _checked(SealForm().offer(_witnesses()))
    witness = next(
        each for each in service.witnesses(g.session, by=g.account) if each.id == form.witness.data
    )
    batch = service.seal(g.session, poll, config=_config(), by=g.account, witness=witness)
    return _back(poll, f"纸质票批次已密封，摘要 {batch.digest[:16]}… 已公示。")
