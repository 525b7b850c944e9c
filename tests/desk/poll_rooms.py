"""A small county, three units of four, and its polls at any stage: real box, cards, sealed ballots."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlmodel import Session

from survey.box import keys, opening
from survey.box.manifest import Manifest
from survey.box.seal import Remark, seal_ballot, seal_text
from survey.box.writer import Writer
from survey.clock import CHINA
from survey.config import Config
from survey.poll import boxes, policies, service
from survey.poll.models import HallStep, Poll, Stage
from survey.poll.service import Cards
from survey.roster.models import Enterprise, Kind, Official, Series, Tag, Tenure, Unit
from survey.staff.models import Account, Role
from survey.tally import service as tally
from tests.people import Staff

PASSPHRASE = "三人行，必有我师焉"
HELD_ON = dt.date(2023, 3, 29)
AT = dt.datetime(2023, 3, 29, 9, 0, tzinfo=CHINA)
BEFORE_FILLING = tuple(HallStep)[:5]
SEATS = 6
UNITS = (
    ("U1", "行政审批局", Series.APPROVAL),
    ("U2", "应急管理局", Series.ENFORCEMENT),
    ("U3", "税务局", Series.PUBLIC),
)
ALL_GOOD: Mapping[str, str] = {"overall": "A"} | {
    line: "A" for unit, *_ in UNITS for line in (unit, *(f"{unit}-{n}" for n in range(1, 5)))
}
Ballots = Iterable[Mapping[str, str]]


@cache
def key_file(poll: str, position: int) -> dict[str, Any]:
    """Return an inspector's key file, made once for all tests: the passphrase is slow to stretch."""
    return keys.make(poll, position, f"监督{position}", PASSPHRASE)


@dataclass
class County:
    """The people and the roster of a small county, and the verbs that its polls go through."""

    session: Session
    config: Config
    office: Account = field(init=False)
    leaders: list[Account] = field(init=False)
    inspectors: list[Account] = field(init=False)

    def __post_init__(self) -> None:
        hire = Staff(self.session).hire
        self.office = hire(Role.OFFICE)
        self.leaders = [hire(Role.LEADER), hire(Role.LEADER)]
        self.inspectors = [hire(Role.INSPECTOR) for _ in range(3)]
        self.hire = hire
        self._people()
        self._firms()

    def _people(self) -> None:
        for place, (code, name, series) in enumerate(UNITS):
            unit = Unit(code=code, name=name, series=series, position=place)
            self.session.add(unit)
            self.session.flush()
            for number in range(1, 5):
                person = Official(badge=f"{code}-{number}", name=f"{name[:1]}工{number}")
                self.session.add(person)
                self.session.flush()
                kind = Kind.LEADER if number == 1 else Kind.STAFF
                post = Tenure(
                    official_id=person.id, unit_id=unit.id, kind=kind, position=number,
                    post="科员", duties="办理业务", since=dt.date(2020, 1, 1),
                )  # fmt: skip
                self.session.add(post)
        self.session.flush()

    def _firms(self) -> None:
        for number in range(SEATS):
            tags = [Tag.ABOVE_SCALE.value] + ([Tag.KEY_PROJECT.value] if number < 2 else [])
            self.session.add(
                Enterprise(uscc=f"9113{number:014}", name=f"企业{number}", tags=tags, contact="", phone="")
            )
        self.session.flush()

    def draft(
        self, round_: str = "2023Q1", *, rules: str = "replay", seats: int = SEATS, spares: int = 2
    ) -> Poll:
        """Return a draft."""
        return service.draft(
            self.session, round_=round_, title=f"{round_}测评", held_on=HELD_ON,
            seats=seats, spare_cards=spares, threshold=2,
            rules_toml=policies.text(rules), venue="会议中心", by=self.office,
        )  # fmt: skip

    def approved(self, poll: Poll | None = None, **plan: Any) -> Poll:
        """Return a poll that two leaders signed."""
        poll = poll or self.draft(**plan)
        for leader in self.leaders:
            service.approve(self.session, poll, by=leader, at=AT)
        return poll

    def registered(self, poll: Poll) -> Poll:
        """Let three inspectors register their keys."""
        for position, inspector in enumerate(self.inspectors, 1):
            public = key_file(poll.key, position)["public_key"]
            service.register_key(self.session, poll, by=inspector, public_key=public)
        return poll

    def freeze(self, poll: Poll) -> Cards:
        """Freeze an approved poll."""
        self.registered(poll)
        return service.freeze(self.session, poll, config=self.config, by=self.inspectors[0])

    def sign_steps(self, poll: Poll, steps: Iterable[HallStep] = BEFORE_FILLING) -> None:
        """Sign steps of the hall."""
        for step in steps:
            service.log_step(self.session, poll, step=step, at=AT, by=self.inspectors[0])

    def open(self, **plan: Any) -> tuple[Poll, Cards]:
        """Return an open poll with its cards."""
        poll = self.approved(**plan)
        cards = self.freeze(poll)
        self.sign_steps(poll)
        service.open_poll(self.session, poll, config=self.config, by=self.inspectors[0])
        return poll, cards

    def cast(self, poll: Poll, codes: Iterable[str], ballots: Ballots, remark: str = "") -> None:
        """Seal each ballot for its card and put it into the box; the first voter may write a remark."""
        manifest = Manifest.from_bytes(poll.manifest.encode())
        with Writer(boxes.folder(self.config, poll)) as writer:
            for number, (code, marks) in enumerate(zip(codes, ballots, strict=False)):
                sealed = seal_ballot(manifest, code, marks)
                writer.put("ballot", sealed.key, sealed.body)
                if remark and not number:
                    text = seal_text(manifest, code, [Remark(line="U1", text=remark)])
                    writer.put("text", text.key, text.body)

    def close(self, poll: Poll, *, issued: int = SEATS) -> None:
        """Close the box and settle the cards."""
        service.close_poll(self.session, poll, config=self.config, by=self.inspectors[0])
        made = poll.seats + poll.spare_cards
        service.settle_cards(
            self.session, poll, printed=made, issued=issued, remaining=made - issued, replaced=0,
            config=self.config, by=self.office,
        )  # fmt: skip

    def closed(self, ballots: Ballots = (ALL_GOOD,) * SEATS, *, remark: str = "", **plan: Any) -> Poll:
        """Return a closed poll into whose box the ballots were cast."""
        poll, cards = self.open(**plan)
        self.cast(poll, cards.codes, ballots, remark)
        self.close(poll)
        return poll

    def shares(self, poll: Poll, position: int) -> dict[str, Any]:
        """Return one inspector's shares, decrypted as in the own browser."""
        package = opening.package(boxes.folder(self.config, poll))
        return opening.shares(package, key_file(poll.key, position), PASSPHRASE)

    def submit(self, poll: Poll, *positions: int) -> None:
        """Let inspectors hand in their shares."""
        for position in positions:
            tally.submit_shares(
                self.session, poll, self.shares(poll, position), by=self.inspectors[position - 1]
            )

    def counted(self, ballots: Ballots = (ALL_GOOD,) * SEATS, **plan: Any) -> Poll:
        """Return a counted poll."""
        poll = self.closed(ballots, **plan)
        self.submit(poll, 1, 3)
        tally.open_box(self.session, poll, config=self.config, by=self.inspectors[0], at=AT)
        tally.count(self.session, poll, config=self.config, by=self.inspectors[0], at=AT)
        return poll

    def at_stage(self, stage: Stage) -> Poll:
        """Return a poll that has come to `stage` by its real verbs."""
        makers: dict[Stage, Callable[[], Poll]] = {
            Stage.DRAFT: self.draft,
            Stage.APPROVED: self.approved,
            Stage.OPEN: lambda: self.open()[0],
            Stage.CLOSED: self.closed,
            Stage.COUNTED: self.counted,
        }
        return makers[stage]()


def ballots(**poor: int) -> list[dict[str, str]]:
    """Return six ballots, all good but for the given number of poor marks on a line (its id with _ for -)."""
    sheets = [dict(ALL_GOOD) for _ in range(SEATS)]
    for line, number in poor.items():
        for sheet in sheets[:number]:
            sheet[line.replace("_", "-")] = "C"
    return sheets
