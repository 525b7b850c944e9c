"""计票报告单: the equations of cards and paper, every line's counts, ready to be signed on the table.

It carries the persons' lines, so it goes to inspectors alone and a look at it is journaled.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlmodel import Session

from scoring.rates import percent, wilson
from survey import journal
from survey.box.batch import CHANNEL
from survey.clock import Quarter
from survey.config import Config
from survey.letters.imprint import Imprint, printed
from survey.letters.kinds import ChannelLine, PaperLine, TallyLine, TallySheet
from survey.poll import attendance, hall_log
from survey.poll.models import HallStep, Poll
from survey.staff.models import Account
from survey.tally import opened, signing
from survey.tally.channels import HALL
from survey.tally.models import Count

BY_HAND = "　　　　　　　　"
Line = Mapping[str, Any]


def pdf(session: Session, poll: Poll, count: Count, *, config: Config, by: Account) -> bytes:
    """Return the sheet of a counted poll as PDF."""
    # Neither numbered nor kept: what is signed is the paper, what proves it are the digests on it.
    imprint = Imprint(number="", dated=poll.held_on, code="", check_url=config.desk_origin)
    content = printed(sheet(session, poll, count, config=config), imprint, fonts=config.fonts)
    journal.record(session, by=by.login, act="tally.sheet", subject=poll.key)
    return content


def sheet(session: Session, poll: Poll, count: Count, *, config: Config) -> TallySheet:
    """Return the sheet's content; both openers' digests are equal, or there would be no count."""
    cards = attendance.card_account(session, poll)
    signed = hall_log.entries(session, poll).get(HallStep.SEALED)
    paper: Mapping[str, Any] = json.loads(count.paper) if count.paper else {}
    digest = opened.digest(opened.read(config, poll).table)
    return TallySheet(
        organ=config.office,
        round_name=Quarter.parse(poll.round).chinese,
        held_on=poll.held_on,
        venue=poll.venue,
        seats=poll.seats,
        attended=len(attendance.present(session, poll)),
        printed=cards.printed if cards else 0,
        issued=count.issued,
        remaining=cards.remaining if cards else 0,
        returned=count.returned,
        valid=count.valid,
        invalid=count.invalid,
        invalid_reason="没有任何有效选项，或密封内容打不开",
        electronic=count.returned,
        lines=tuple(_lines(poll, count, paper)),
        first_digest=digest,
        second_digest=digest,
        seals=((signed.note if signed else "") or BY_HAND,),
        manifest_sha256=signing.manifest_of(poll).sha256,
        paper=tuple(_papers(paper)),
        channels=tuple(_channels(paper)),
    )


def _lines(poll: Poll, count: Count, paper: Mapping[str, Any]) -> Iterator[TallyLine]:
    """Yield overall, then each unit with its persons."""
    slate, result = json.loads(poll.slate), json.loads(count.result)
    void = paper.get("void_lines", {})
    persons = {person["id"]: person for person in result["persons"]}
    units = {unit["id"]: unit for unit in result["units"]}
    yield _line("", "总体评价", {"id": "overall", **result["overall"]}, void)
    for unit in slate["units"]:
        yield _line(unit["name"], "本单位", units[unit["id"]], void)
        for person in slate["persons"]:
            if person["unit"] == unit["id"]:
                name = f"{person['name']}（{person['post']}）"
                yield _line(unit["name"], name, persons[person["id"]], void)


def _line(unit: str, name: str, counts: Line, void: Mapping[str, int]) -> TallyLine:
    good, fair, poor = counts["a"], counts["g"], counts["b"]
    rated, invalid = good + fair + poor, void.get(counts["id"], 0)
    interval = wilson(good + fair, rated) if rated else None
    return TallyLine(
        unit=unit,
        name=name,
        good=good,
        fair=fair,
        poor=poor,
        blank=counts["blank"] - invalid,
        void=invalid,
        rate=f"{percent(good + fair, rated)}%" if rated else "—",
        good_rate=f"{percent(good, rated)}%" if rated else "—",
        interval="～".join(f"{100 * end:.1f}%" for end in interval) if interval else "—",
    )


def _papers(paper: Mapping[str, Any]) -> Iterator[PaperLine]:
    for account in paper.get("accounts", ()):
        fates = [each for each in paper["sheets"] if each["sheet"] == account["sheet"]]
        came = {key: sum(each[key] for each in fates) for key in ("valid", "blank", "void")}
        yield PaperLine(**account, **came)


def _channels(paper: Mapping[str, Any]) -> Iterator[ChannelLine]:
    for line in paper.get("lines", ()):
        phones, sheets = (_counts(line.get(channel)) for channel in (HALL, CHANNEL))
        yield ChannelLine(name=line["name"], phones=phones, paper=sheets)


def _counts(cells: Mapping[str, int] | None) -> tuple[int, int, int] | None:
    return (cells["a"], cells["g"], cells["b"]) if cells else None
