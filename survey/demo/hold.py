"""One round of the sample county: draft, sign, freeze, hall, close, open with two of three keys, count."""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from survey.box import boards, keys, opening
from survey.clock import CHINA, Quarter
from survey.config import Config
from survey.db import unit_of_work
from survey.demo import quarter
from survey.demo.client import cast_all
from survey.demo.people import PASSPHRASES, Desk
from survey.poll import policies
from survey.poll import service as polls
from survey.poll.models import HallStep, Poll
from survey.roster import service as roster
from survey.tally import audit
from survey.tally import service as tally

SEATS, SPARES, THRESHOLD = 110, 5, 2
BEFORE_FILLING = (
    HallStep.EMPTY_BOX,
    HallStep.ATTENDANCE,
    HallStep.EXPLAINED,
    HallStep.LEFT,
    HallStep.HANDED_OUT,
)


@dataclass(frozen=True)
class Hall:
    """What a round needs: the desk's database and people, the settings, a place to say what happens."""

    engine: Engine
    config: Config
    desk: Desk
    echo: Callable[[str], None]


def hold(hall: Hall, round_: str) -> int:
    """Run one round up to its count; return the poll's id."""
    hall.echo(f"  {round_}　起草、两位领导审定、三位监督人员制作密钥、冻结")
    key_files, codes, poll = prepare(hall, round_)
    voters = quarter.voters(round_, json.loads(poll.slate))
    hall.echo(f"  {round_}　{len(voters)} 位企业家在手机上填写、密封、投出")
    receipts = cast_all(hall.config.hall_origin, poll.key, poll.manifest_sha256, codes, voters)
    hall.echo(f"  {round_}　封箱；{len(set(receipts))} 张回执；两把钥匙开箱、计票")
    with unit_of_work(hall.engine) as session:
        counted = polls.get(session, poll.id or 0)
        close_and_count(session, hall, counted, key_files)
        _sign_table(session, hall, counted, key_files)
    return poll.id or 0


def _moment(round_: str, hour: int, minute: int) -> dt.datetime:
    return dt.datetime.combine(quarter.HELD[round_], dt.time(hour, minute), CHINA)


def prepare(hall: Hall, round_: str) -> tuple[list[dict[str, Any]], tuple[str, ...], Poll]:
    """Run one round up to the open box; return the key files, the codes of its cards and the poll."""
    desk = hall.desk
    with unit_of_work(hall.engine) as session:
        poll = polls.draft(
            session,
            round_=round_,
            title=f"{hall.config.county}{Quarter.parse(round_).chinese}企业满意度测评",
            held_on=quarter.HELD[round_],
            seats=SEATS,
            spare_cards=SPARES,
            threshold=THRESHOLD,
            rules_toml=policies.text("replay"),
            venue="县会议中心一楼报告厅",
            by=desk["office"],
        )
        for leader in ("leader1", "leader2"):
            polls.approve(session, poll, by=desk[leader], at=_moment(round_, 8, 0))
        key_files = _make_keys(session, poll, desk)
        cards = polls.freeze(session, poll, config=hall.config, by=desk["inspector1"])
        firms = [firm.id for firm in roster.enterprises(session) if firm.id]
        polls.attend(session, poll, firms, desk["inspector1"])
        for minute, step in enumerate(BEFORE_FILLING):
            at = _moment(round_, 9, 5 * minute)
            polls.log_step(session, poll, step=step, at=at, by=desk["inspector1"])
        polls.open_poll(session, poll, config=hall.config, by=desk["inspector1"])
        start = _moment(round_, 9, 30)
        polls.log_step(session, poll, step=HallStep.FILLING, at=start, by=desk["inspector1"])
        polls.post_steps(session, poll, config=hall.config)
    return key_files, cards.codes, poll


def _make_keys(session: Session, poll: Poll, desk: Desk) -> list[dict[str, Any]]:
    key_files = []
    for position, (inspector, passphrase) in enumerate(zip(desk.inspectors, PASSPHRASES, strict=True), 1):
        made = keys.make(poll.key, position, inspector.name, passphrase)
        polls.register_key(session, poll, by=inspector, public_key=made["public_key"])
        key_files.append(made)
    return key_files


def close_and_count(session: Session, hall: Hall, poll: Poll, key_files: list[dict[str, Any]]) -> None:
    """Seal the box, open it with two of three keys, count."""
    desk, config = hall.desk, hall.config
    end = _moment(poll.round, 10, 10)
    polls.log_step(session, poll, step=HallStep.FILLED, at=end, by=desk["inspector1"])
    polls.close_poll(session, poll, config=config, by=desk["inspector1"])
    polls.log_step(session, poll, step=HallStep.SEALED, at=end, by=desk["inspector1"])
    polls.post_steps(session, poll, config=config)
    polls.settle_cards(
        session,
        poll,
        printed=SEATS + SPARES,
        issued=SEATS,
        remaining=SPARES,
        replaced=0,
        config=config,
        by=desk["inspector1"],
    )
    package = opening.package(config.boxes / poll.key)
    for position in (1, 3):
        shares = opening.shares(package, key_files[position - 1], PASSPHRASES[position - 1])
        tally.submit_shares(session, poll, shares, by=desk.inspectors[position - 1])
    at = _moment(poll.round, 10, 40)
    tally.open_box(session, poll, config=config, by=desk["inspector1"], at=at)
    tally.count(session, poll, config=config, by=desk["inspector1"], at=at)


def _sign_table(session: Session, hall: Hall, poll: Poll, key_files: list[dict[str, Any]]) -> None:
    """Let two inspectors sign board T, so that the public report passes its own verifier."""
    board = audit.public_table(hall.config, poll)
    for position in (1, 3):
        private = keys.unlock(key_files[position - 1], PASSPHRASES[position - 1], poll=poll.key)
        signature = boards.sign("table", poll.key, board, private=private)["signature"]
        who = hall.desk.inspectors[position - 1]
        audit.sign_table(session, poll, config=hall.config, by=who, signature=signature)
