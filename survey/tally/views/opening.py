"""Pages of the opening and the count: shares, opening, signatures, the report."""

import json
from typing import Any

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey import clock
from survey.errors import Invalid
from survey.poll import service as polls
from survey.staff.models import Role
from survey.staff.views import allow
from survey.tally import audit, counts, reportsheet, service
from survey.tally.views.door import back, bp, config, download, poll_of


@bp.get("/<int:poll_id>/opening")
@allow(Role.INSPECTOR, Role.OFFICE, Role.AUDITOR, Role.LEADER)
def opening(poll_id: int) -> ResponseReturnValue:
    """Show who has handed in shares, and what is due: shares, opening, count."""
    poll = poll_of(poll_id)
    return render_template(
        "desk/tally/opening.html",
        poll=poll,
        keys=polls.keys(g.session, poll),
        own=polls.key_of(g.session, poll, g.account),
        submitted=service.submitted(g.session, poll),
        cards=polls.card_account(g.session, poll),
        signed=audit.signed_by(config(), poll) if poll.stage in counts.COUNTED else [],
        counted=poll.stage in counts.COUNTED,
        published=poll.stage in audit.PUBLISHED,
    )


@bp.get("/<int:poll_id>/package.json")
@allow(Role.INSPECTOR)
def package(poll_id: int) -> ResponseReturnValue:
    """Give the sealed envelopes to an inspector's browser or offline opener."""
    poll = poll_of(poll_id)
    raw = service.package(g.session, poll, config=config(), by=g.account)
    return download(raw, "application/json", f"{poll.key}-package.json")


@bp.post("/<int:poll_id>/shares")
@allow(Role.INSPECTOR)
def submit_shares(poll_id: int) -> ResponseReturnValue:
    """Take in an inspector's shares, from the own browser or from the offline opener."""
    poll = poll_of(poll_id)
    row = service.submit_shares(g.session, poll, _share_set(), by=g.account)
    return back("opening", poll, gettext("第%(position)s位监督人员的开箱份额已提交。", position=row.position))


def _share_set() -> Any:
    upload = request.files.get("shares")
    try:
        return json.loads(upload.read()) if upload else None
    except ValueError as fault:
        raise Invalid("tally.bad_shares", "开箱份额文件已损坏，请重新生成后再提交。") from fault


@bp.post("/<int:poll_id>/open")
@allow(Role.INSPECTOR)
def open_box(poll_id: int) -> ResponseReturnValue:
    """Open the box."""
    poll = poll_of(poll_id)
    opened = service.open_box(g.session, poll, config=config(), by=g.account, at=clock.now())
    return back(
        "opening",
        poll,
        gettext(
            "票箱已打开，取出选票%(len)s张、问题反映%(len2)s条。",
            len=len(opened.ballots),
            len2=len(opened.remarks),
        ),
    )


@bp.post("/<int:poll_id>/count")
@allow(Role.INSPECTOR, Role.OFFICE)
def count(poll_id: int) -> ResponseReturnValue:
    """Count the opened ballots."""
    poll = poll_of(poll_id)
    row = service.count(g.session, poll, config=config(), by=g.account, at=clock.now())
    return back(
        "detail",
        poll,
        gettext(
            "计票完成：收回%(returned)s张，有效%(valid)s张，无效%(invalid)s张。",
            returned=row.returned,
            valid=row.valid,
            invalid=row.invalid,
        ),
    )


@bp.post("/<int:poll_id>/report")
@allow(Role.OFFICE)
def report(poll_id: int) -> ResponseReturnValue:
    """Post the public result."""
    poll = service.report(g.session, poll_of(poll_id), config=config(), by=g.account)
    return back("detail", poll, gettext("总体、类别和单位结果已公布；人员结果不公布。"))


@bp.get("/<int:poll_id>/report.zip")
@allow(Role.INSPECTOR, Role.AUDITOR, Role.OFFICE, Role.LEADER)
def report_zip(poll_id: int) -> ResponseReturnValue:
    """Give the report that an outsider checks with its own verifier."""
    poll = poll_of(poll_id)
    return download(audit.report(config(), poll), audit.ZIP, f"{poll.key}-report.zip")


@bp.get("/<int:poll_id>/table.txt")
@allow(Role.INSPECTOR, Role.AUDITOR, Role.UNIT_CLERK)
def table(poll_id: int) -> ResponseReturnValue:
    """Give the lines of the tally table that the reader is entitled to; the look is journaled."""
    poll = poll_of(poll_id)
    lines = audit.table_for(g.session, poll, config=config(), by=g.account)
    return download(lines, "text/plain; charset=utf-8", f"{poll.key}-table.txt")


@bp.get("/<int:poll_id>/sheet.pdf")
@allow(Role.INSPECTOR)
def sheet(poll_id: int) -> ResponseReturnValue:
    """Give the 计票报告单 to be signed; it carries the persons' lines, so the look is journaled."""
    poll = poll_of(poll_id)
    count = counts.get(g.session, poll)
    content = reportsheet.pdf(g.session, poll, count, config=config(), by=g.account)
    return download(content, "application/pdf", f"{poll.key}-sheet.pdf")


@bp.get("/<int:poll_id>/board-t.txt")
@allow(Role.INSPECTOR)
def public_table(poll_id: int) -> ResponseReturnValue:
    """Give board T, whose digest inspectors sign."""
    poll = poll_of(poll_id)
    return download(
        audit.public_table(config(), poll), "text/plain; charset=utf-8", f"{poll.key}-board-t.txt"
    )


@bp.post("/<int:poll_id>/signature")
@allow(Role.INSPECTOR)
def sign_table(poll_id: int) -> ResponseReturnValue:
    """Take an inspector's signature under board T, made in the own browser."""
    poll = poll_of(poll_id)
    signature = request.form.get("signature", "")
    audit.sign_table(g.session, poll, config=config(), by=g.account, signature=signature)
    return back("opening", poll, gettext("您对计票表的签名已公布。"))
