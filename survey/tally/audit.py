"""Board T after the count: who sees which lines, the inspectors' signatures under it, the report ZIP."""

import json
from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from scoring import rules
from survey import journal
from survey.box import boards
from survey.box.board import Board
from survey.box.table import WITHHELD, Table
from survey.config import Config
from survey.errors import Forbidden, Invalid, Missing
from survey.poll import inspectors
from survey.poll.models import Poll, Stage
from survey.poll.stages import require
from survey.roster.models import Unit
from survey.staff.models import Account, Role
from survey.tally import bundle, counts, opened, shown, signing

PUBLISHED = (Stage.REPORTED, Stage.RECTIFYING, Stage.CONCLUDED)
SEES_ALL = (Role.INSPECTOR, Role.AUDITOR)
BUNDLE, ZIP = "report", "application/zip"


def full_table(config: Config, poll: Poll) -> Table:
    """Return the table with all lines, from the opened folder of a counted poll."""
    require(poll, *counts.COUNTED)
    return Table.parse(opened.read(config, poll).table)


def public_table(config: Config, poll: Poll) -> bytes:
    """Return board T: overall and unit lines, small ones withheld, and the digest of the full table."""
    table = full_table(config, poll)
    persons = {person["id"] for person in json.loads(poll.slate)["persons"]}
    public = {line: sum(marks) for line, *marks, _ in table.rows if line not in persons}
    return table.public(shown.small_lines(public, rules.load(poll.rules)), persons)


def table_for(session: Session, poll: Poll, *, config: Config, by: Account) -> bytes:
    """Return the lines that an account is entitled to; the look is journaled."""
    table = full_table(config, poll)
    given = table.raw if by.role in SEES_ALL else _own_table(session, poll, table, by)
    journal.record(session, by=by.login, act="tally.table_read", subject=poll.key)
    return given


def _own_table(session: Session, poll: Poll, table: Table, by: Account) -> bytes:
    """Return the lines of an account's unit; what no reader may see says so here too."""
    own, hidden = set(_own_lines(session, poll, by)), counts.hidden(session, poll)
    small = hidden.lines | {cell.removeprefix("person:") for cell in hidden.cells}
    rows = [row for row in table.rows if row[0] in own]
    return table.shown(
        [f"{row[0]}\t{WITHHELD}" if row[0] in small else "\t".join(map(str, row)) for row in rows]
    )


def _own_lines(session: Session, poll: Poll, by: Account) -> list[str]:
    unit = session.get(Unit, by.unit_id) if by.unit_id else None
    if unit is None:
        raise Forbidden("tally.not_entitled", f"{by.name}不能查阅计票表的人员各行。")
    persons: list[Mapping[str, Any]] = json.loads(poll.slate)["persons"]
    return [unit.code, *(str(person["id"]) for person in persons if person["unit"] == unit.code)]


def sign_table(session: Session, poll: Poll, *, config: Config, by: Account, signature: str) -> None:
    """Take an inspector's signature under board T and post it."""
    key = inspectors.key_of(session, poll, by)
    if key is None:
        raise Forbidden("tally.no_key", f"{by.name}没有为 {poll.key} 登记密钥，不能签认计票表。")
    digest = boards.digest(public_table(config, poll))
    if not boards.signature_fits(
        "table", poll.key, sha256=digest, signature=signature, public_key=key.public_key
    ):
        raise Invalid(
            "tally.bad_signature", f"{key.holder}对计票表的签名不符，请用登记时的密钥文件重新签认。"
        )
    signing.keep(config, poll, "table", signatures={str(key.position): signature})
    detail = {"position": key.position, "sha256": digest}
    journal.record(session, by=by.login, act="tally.sign_table", subject=poll.key, detail=detail)
    if poll.stage in PUBLISHED:
        post_report(config, poll)


def report(config: Config, poll: Poll) -> bytes:
    """Return the report ZIP of a published poll."""
    notice = Board(config.board).fetch("result", poll.key)
    if notice is None or poll.stage not in PUBLISHED:
        raise Missing("tally.not_published", f"{poll.key} 的结果还没有公布，公布后才有报告。")
    return bundle.pack(
        manifest=poll.manifest.encode(),
        sealed=signing.sealed_board(config, poll),
        table=public_table(config, poll),
        signatures=signing.posted_signatures(config, poll),
        result=notice.content,
    )


def post_report(config: Config, poll: Poll) -> None:
    """Put the report ZIP and board T up where everybody can fetch them."""
    board = Board(config.board)
    board.post("table", poll.key, public_table(config, poll), "text/plain; charset=utf-8")
    board.post(BUNDLE, poll.key, report(config, poll), ZIP)


def signed_by(config: Config, poll: Poll) -> list[int]:
    """Return the places of the inspectors whose signatures under board T hold."""
    manifest = signing.manifest_of(poll)
    signatures = signing.posted_signatures(config, poll).get("table", {})
    return boards.signed_by("table", manifest, signatures, board=public_table(config, poll))
