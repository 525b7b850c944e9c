"""Board T after the count: who sees which lines, the inspectors' signatures under it, the report ZIP."""

import json
from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from survey import journal
from survey.box import boards
from survey.box.board import Board
from survey.box.table import Table
from survey.config import Config
from survey.errors import Forbidden, Invalid, Missing
from survey.poll import inspectors
from survey.poll.models import Poll, Stage
from survey.poll.stages import require
from survey.roster.models import Unit
from survey.staff.models import Account, Role
from survey.tally import bundle, opened, publish, signing

COUNTED = (Stage.COUNTED, Stage.REVIEWED, Stage.REPORTED, Stage.RECTIFYING, Stage.CONCLUDED)
PUBLISHED = (Stage.REPORTED, Stage.RECTIFYING, Stage.CONCLUDED)
SEES_ALL = (Role.INSPECTOR, Role.AUDITOR)
BUNDLE, ZIP = "report", "application/zip"


def full_table(config: Config, poll: Poll) -> Table:
    """Return the table with all lines, from the opened folder of a counted poll."""
    require(poll, *COUNTED)
    return Table.parse(opened.read(config, poll).table)


def public_table(config: Config, poll: Poll) -> bytes:
    """Return board T: overall and unit lines, small ones withheld, and the digest of the full table."""
    table, slate = full_table(config, poll), json.loads(poll.slate)
    units = {unit["id"]: unit for unit in slate["units"]}
    lines = [{**units[row[0]], "n": sum(row[1:4])} for row in table.rows if row[0] in units]
    small = [line["id"] for line in publish.withheld(lines, keep=("id", "n")) if line.get("withheld")]
    return table.public(small, [person["id"] for person in slate["persons"]])


def table_for(session: Session, poll: Poll, *, config: Config, by: Account) -> bytes:
    """Return the lines that an account is entitled to; the look is journaled."""
    table = full_table(config, poll)
    shown = table.raw if by.role in SEES_ALL else table.of(_own_lines(session, poll, by))
    journal.record(session, by=by.login, act="tally.table_read", subject=poll.key)
    return shown


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
