"""A closed poll with printed, filled-in and scanned paper, and the people who decide it."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from sqlmodel import Session, select

from survey.box import store
from survey.box.manifest import Manifest, canonical
from survey.config import Config
from survey.paper import printing, prints, reading, service, sheet
from survey.paper.images import Page
from survey.paper.models import Choice, PaperDoubt, PaperPrint, PaperSide
from survey.paper.reading import Press, Side
from survey.paper.sheet import Layout
from survey.poll.models import Poll, Stage
from survey.staff.models import Account, Role
from tests.box.polls import Poll as Box
from tests.box.polls import a_frozen_poll, private_key
from tests.paper.damage import Condition, scanned
from tests.paper.filling import Truth, Voter
from tests.paper.pages import FONTS, KEY, images
from tests.paper.slates import HEADING, a_slate
from tests.people import Staff

__all__ = ["Hall", "private_key"]
UNITS = (20, 22)
RIGHT = {"A": Choice.GOOD, "B": Choice.FAIR, "C": Choice.POOR, "": Choice.BLANK}


@dataclass
class Hall:
    """One poll's paper; `truths` says per ballot and page what each row truly says."""

    session: Session
    config: Config
    copies: int = 3
    poll: Poll = field(init=False)
    box: Box = field(init=False)
    manifest: Manifest = field(init=False)
    people: list[Account] = field(init=False)
    sides: list[Side] = field(init=False)
    truths: dict[str, tuple[Truth, ...]] = field(init=False)

    def __post_init__(self) -> None:
        slate = a_slate(UNITS)
        self.box = a_frozen_poll(self.config.boxes, slate=slate, cards=1)
        self.manifest = self.box.manifest
        staff = Staff(self.session)
        self.people = [staff.hire(Role.INSPECTOR if at % 2 else Role.OFFICE) for at in range(5)]
        self.poll = Poll(
            round="2023Q1", title="青禾县测评", held_on=dt.date(2023, 3, 30), seats=10, rules="",
            rules_sha256="", stage=Stage.FROZEN, slate=canonical(slate).decode(),
            slate_sha256=hashlib.sha256(canonical(slate)).hexdigest(),
            manifest=self.manifest.raw.decode(), manifest_sha256=self.manifest.sha256,
        )  # fmt: skip
        self.session.add(self.poll)
        self.session.flush()

    @property
    def teller(self) -> Account:
        return self.people[0]

    @property
    def layout(self) -> Layout:
        return next(iter(service.layouts(self.session, self.poll).values()))

    def prints(self) -> bytes:
        return service.print_ballots(
            self.session, self.poll, copies=self.copies, config=self.config, by=self.teller
        )

    def closes(self) -> None:
        store.close_gate(self.box.folder)
        self.poll.stage = Stage.CLOSED
        self.session.add(self.poll)
        self.session.flush()

    def scans(self, pdf: bytes) -> None:
        """Fill in and scan every printed side."""
        press = service.press(self.session, self.poll, config=self.config)
        self.sides, self.truths = filled_and_read(pdf, self.layout, press)

    def has_scans(self) -> None:
        """Stand where `prints`, `closes` and `scans` lead, with ballots printed once for all tests."""
        layout, _, press = printed_once(self.copies)
        path = prints.key_path(self.config, self.poll)
        path.parent.mkdir(parents=True)
        path.write_bytes(press.key)
        run = PaperPrint(
            poll_id=self.poll.id or 0, form=layout.form.name, rotation=0, layout=layout.digest,
            copies=self.copies, sheets=layout.sheets, account_id=self.teller.id or 0,
        )  # fmt: skip
        self.session.add(run)
        self.closes()
        self.sides, self.truths = scanned_once(self.copies)

    def takes_in(self, sides: Iterable[Side] | None = None) -> None:
        service.take_in(self.session, self.poll, self.sides if sides is None else sides, by=self.teller)

    def closes_the_intake(self) -> None:
        service.close_intake(self.session, self.poll, config=self.config, by=self.teller)

    def truth_of(self, doubt: PaperDoubt) -> Choice:
        """Return what a careful person sees on a doubtful row."""
        side = self.session.get_one(PaperSide, doubt.side_id)
        truth = self.truths[side.sha256][doubt.row]
        if truth.lawful:
            return RIGHT[next(iter(truth.lawful))]
        return Choice.INVALID if truth.kind == "two marks" else Choice.BLANK

    def tasks_of(self, person: Account) -> Iterator[PaperDoubt]:
        while task := service.next_task(self.session, self.poll, by=person):
            yield self.session.get_one(PaperDoubt, task.doubt)

    def decides(self, person: Account) -> int:
        """Have one careful person work through the queue; return how many rows that were."""
        count = 0
        for doubt in self.tasks_of(person):
            witness = self.people[4] if person is not self.people[4] else self.people[3]
            service.decide(
                self.session, self.poll, doubt.id, choice=self.truth_of(doubt), by=person, witness=witness
            )  # fmt: skip
            count += 1
        return count

    def checks_blanks(self, person: Account) -> None:
        while page := service.next_gallery(self.session, self.poll, by=person):
            seen = {place for place, (*_, hidden) in enumerate(page.cells) if hidden}
            service.check_gallery(self.session, self.poll, page.id or 0, seen=seen, by=person)

    def writes_comments_down(self, text: str = "排队太久") -> None:
        """Have one person write every comment down and another find it right."""
        first, second = self.people[:2]
        for remark in service.remarks.every(self.session, self.poll):
            service.remarks.write(self.session, self.poll, remark.id, text=text, line="", by=first)
            service.remarks.check(self.session, self.poll, remark.id, by=second)

    def settles(self) -> None:
        for number in range(1, self.layout.sheets + 1):
            service.settle(
                self.session,
                self.poll,
                sheet=number,
                returned=self.copies,
                spoiled=0,
                unused=0,
                by=self.teller,
            )

    def seals(self) -> bytes:
        service.seal(self.session, self.poll, config=self.config, by=self.teller, witness=self.people[1])
        return (self.config.boxes / self.poll.key / "paper.sealed").read_bytes()

    def doubts(self) -> list[PaperDoubt]:
        return list(self.session.exec(select(PaperDoubt)))


Read = tuple[list[Side], dict[str, tuple[Truth, ...]]]


def filled_and_read(pdf: bytes, layout: Layout, press: Press, *, seed: int = 5) -> Read:
    """Fill in, scan and read every side of a print file; return the sides and what they truly say."""
    sides, said = [], {}
    for at, side in enumerate(images(pdf)):
        page = side.astype(np.float32)
        number = at % layout.pages + 1
        rng = np.random.default_rng((seed, at))
        truths = Voter(page, layout.form, rng, clean=0.9).fill(len(layout.side(number)))
        grey = scanned(page, Condition(), rng)
        digest = hashlib.sha256(grey.tobytes()).hexdigest()
        sides.append(reading.read(Page(grey, one_bit=False, sha256=digest), press))
        said[digest] = tuple(truths)
    return sides, said


@lru_cache(maxsize=2)
def printed_once(copies: int) -> tuple[Layout, bytes, Press]:
    layout = sheet.compose(a_slate(UNITS))
    config = Config(instance=FONTS, mode="demo", secret_key="x" * 32)
    pdf = printing.print_job(
        printing.rendered(layout, HEADING, config=config), layout, key=KEY, copies=copies
    )
    return layout, pdf, Press(layout.poll, KEY, {layout.digest: layout})


@lru_cache(maxsize=2)
def scanned_once(copies: int) -> Read:
    layout, pdf, press = printed_once(copies)
    return filled_and_read(pdf, layout, press)
