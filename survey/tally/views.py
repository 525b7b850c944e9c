"""Pages of the opening, the count and its result."""

import json
from typing import Any

from flask import Blueprint, Response, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from survey import clock
from survey.config import Config
from survey.errors import Invalid
from survey.poll import service as polls
from survey.poll.models import Poll
from survey.staff.models import Role
from survey.staff.views import allow
from survey.tally import audit, export, service

bp = Blueprint("tally", __name__, url_prefix="/tally")

READERS = (Role.OFFICE, Role.INSPECTOR, Role.LEADER, Role.REVIEWER, Role.AUDITOR)
SEES_PERSONS = (Role.INSPECTOR, Role.LEADER, Role.REVIEWER)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _config() -> Config:
    config: Config = current_app.config["SURVEY"]
    return config


def _poll(poll_id: int) -> Poll:
    return polls.get(g.session, poll_id)


def _back(page: str, poll: Poll, sentence: str) -> ResponseReturnValue:
    flash(sentence, "done")
    return redirect(url_for(f"tally.{page}", poll_id=poll.id), 303)


def _download(content: bytes, kind: str, name: str) -> Response:
    disposition = f'attachment; filename="{name}"'
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return Response(content, content_type=kind, headers=headers)


@bp.get("/")
@allow(*READERS)
def results() -> ResponseReturnValue:
    """List the counted polls with their headline rate."""
    return render_template("desk/tally/results.html", rows=service.headlines(g.session))


@bp.get("/trend.svg")
@allow(*READERS)
def trend() -> ResponseReturnValue:
    """Draw the three rates over the quarters."""
    return Response(service.trend_svg(g.session), content_type="image/svg+xml; charset=utf-8")


@bp.get("/<int:poll_id>")
@allow(*READERS)
def detail(poll_id: int) -> ResponseReturnValue:
    """Show the result: rates, equation, series, units."""
    poll = _poll(poll_id)
    return render_template(
        "desk/tally/detail.html",
        poll=poll,
        result=service.result(g.session, poll),
        sees_persons=g.account.role in SEES_PERSONS,
    )


@bp.get("/<int:poll_id>/persons")
@allow(*SEES_PERSONS)
def persons(poll_id: int) -> ResponseReturnValue:
    """Show the officials' lines and the engine's proposals; a look at them is journaled."""
    poll = _poll(poll_id)
    service.note_look(g.session, poll, by=g.account)
    return render_template("desk/tally/persons.html", poll=poll, result=service.result(g.session, poll))


@bp.get("/<int:poll_id>/result.xlsx")
@allow(*READERS)
def workbook(poll_id: int) -> ResponseReturnValue:
    """Give the tables of overall and units as a workbook."""
    poll = _poll(poll_id)
    book = export.workbook(service.result(g.session, poll), export.UNIT_SHEETS)
    return _download(book, XLSX, f"{poll.key}-result.xlsx")


@bp.get("/<int:poll_id>/full.xlsx")
@allow(*SEES_PERSONS)
def full_workbook(poll_id: int) -> ResponseReturnValue:
    """Give all tables, with the officials' lines, as a workbook."""
    poll = _poll(poll_id)
    service.note_look(g.session, poll, by=g.account)
    book = export.workbook(service.result(g.session, poll), export.FULL_SHEETS)
    return _download(book, XLSX, f"{poll.key}-full.xlsx")


@bp.get("/<int:poll_id>/opening")
@allow(Role.INSPECTOR, Role.OFFICE, Role.AUDITOR, Role.LEADER)
def opening(poll_id: int) -> ResponseReturnValue:
    """Show who has handed in shares, and what is due: shares, opening, count."""
    poll = _poll(poll_id)
    return render_template(
        "desk/tally/opening.html",
        poll=poll,
        keys=polls.keys(g.session, poll),
        own=polls.key_of(g.session, poll, g.account),
        submitted=service.submitted(g.session, poll),
        cards=polls.card_account(g.session, poll),
        signed=audit.signed_by(_config(), poll) if poll.stage in audit.COUNTED else [],
        counted=poll.stage in audit.COUNTED,
        published=poll.stage in audit.PUBLISHED,
    )


@bp.get("/<int:poll_id>/package.json")
@allow(Role.INSPECTOR)
def package(poll_id: int) -> ResponseReturnValue:
    """Give the sealed envelopes to an inspector's browser or offline opener."""
    poll = _poll(poll_id)
    raw = service.package(g.session, poll, config=_config(), by=g.account)
    return _download(raw, "application/json", f"{poll.key}-package.json")


@bp.post("/<int:poll_id>/shares")
@allow(Role.INSPECTOR)
def submit_shares(poll_id: int) -> ResponseReturnValue:
    """Take in an inspector's shares, from the own browser or from the offline opener."""
    poll = _poll(poll_id)
    row = service.submit_shares(g.session, poll, _share_set(), by=g.account)
    return _back("opening", poll, f"第{row.position}位监督人员的开箱份额已提交。")


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
    poll = _poll(poll_id)
    opened = service.open_box(g.session, poll, config=_config(), by=g.account, at=clock.now())
    return _back(
        "opening", poll, f"票箱已打开，取出选票{len(opened.ballots)}张、问题反映{len(opened.remarks)}条。"
    )


@bp.post("/<int:poll_id>/count")
@allow(Role.INSPECTOR, Role.OFFICE)
def count(poll_id: int) -> ResponseReturnValue:
    """Count the opened ballots."""
    poll = _poll(poll_id)
    row = service.count(g.session, poll, config=_config(), by=g.account, at=clock.now())
    return _back("detail", poll, f"计票完成：收回{row.returned}张，有效{row.valid}张，无效{row.invalid}张。")


@bp.post("/<int:poll_id>/report")
@allow(Role.OFFICE)
def report(poll_id: int) -> ResponseReturnValue:
    """Post the public result."""
    poll = service.report(g.session, _poll(poll_id), config=_config(), by=g.account)
    return _back("detail", poll, "总体、类别和单位结果已公布；人员结果不公布。")


@bp.get("/<int:poll_id>/report.zip")
@allow(Role.INSPECTOR, Role.AUDITOR, Role.OFFICE, Role.LEADER)
def report_zip(poll_id: int) -> ResponseReturnValue:
    """Give the report that an outsider checks with its own verifier."""
    poll = _poll(poll_id)
    return _download(audit.report(_config(), poll), audit.ZIP, f"{poll.key}-report.zip")


@bp.get("/<int:poll_id>/table.txt")
@allow(Role.INSPECTOR, Role.AUDITOR, Role.UNIT_CLERK)
def table(poll_id: int) -> ResponseReturnValue:
    """Give the lines of the tally table that the reader is entitled to; the look is journaled."""
    poll = _poll(poll_id)
    lines = audit.table_for(g.session, poll, config=_config(), by=g.account)
    return _download(lines, "text/plain; charset=utf-8", f"{poll.key}-table.txt")


@bp.get("/<int:poll_id>/board-t.txt")
@allow(Role.INSPECTOR)
def public_table(poll_id: int) -> ResponseReturnValue:
    """Give board T, whose digest inspectors sign."""
    poll = _poll(poll_id)
    return _download(
        audit.public_table(_config(), poll), "text/plain; charset=utf-8", f"{poll.key}-board-t.txt"
    )


@bp.post("/<int:poll_id>/signature")
@allow(Role.INSPECTOR)
def sign_table(poll_id: int) -> ResponseReturnValue:
    """Take an inspector's signature under board T, made in the own browser."""
    poll = _poll(poll_id)
    signature = request.form.get("signature", "")
    audit.sign_table(g.session, poll, config=_config(), by=g.account, signature=signature)
    return _back("opening", poll, "您对计票表的签名已公布。")
