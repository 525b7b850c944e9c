"""60 vote by phone and 50 on paper: real print, scans, two people, one box, one count; then attacked."""

import datetime as dt
import io
import json
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import numpy as np
import pdfplumber
import pypdfium2
import pytest
from sqlmodel import Session, SQLModel, select

from survey.app import create_hall
from survey.attack import linkage
from survey.attack.rehearsal import own_marks
from survey.attack.targets import Scene, Target
from survey.box import verify
from survey.config import Config
from survey.custody import service as custody
from survey.db import open_engine, unit_of_work
from survey.errors import Refused
from survey.paper import images, intake, service
from survey.paper.models import Choice, PaperDoubt, PaperPicture, PaperRemark, PaperSide
from survey.poll.models import Poll, Stage
from survey.tally import audit, channels, opened, reportsheet
from survey.tally import service as tally
from tests.conftest import FONTS, REPOSITORY
from tests.desk.poll_rooms import ALL_GOOD, AT, County
from tests.desk.test_tally_report import sign
from tests.paper import stacks
from tests.paper.damage import Condition, scanned
from tests.paper.filling import Truth, Voter
from tests.paper.halls import RIGHT
from tests.paper.pen import DPI

PHONES, PAPER, SPOILED, UNUSED = 60, 50, 4, 6
SEED = 20230329
LINES = tuple(ALL_GOOD)
SCANNER = Condition(dpi=150)
CELLS = ("a", "g", "b", "blank")


@dataclass
class Mixed:
    """The hall with the truth of both its channels."""

    county: County
    poll: Poll = field(init=False)
    codes: tuple[str, ...] = field(init=False)
    phones: list[dict[str, str]] = field(init=False)
    truths: dict[str, tuple[Truth, ...]] = field(default_factory=dict)
    stack: list[str] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)
    readings: dict[str, list[str]] = field(default_factory=dict)
    pictures: list[bytes] = field(default_factory=list)

    @property
    def session(self) -> Session:
        return self.county.session

    def is_held(self) -> None:
        """Vote by phone and on paper, up to the closed box and the taken-in stack."""
        self.poll, cards = self.county.open(seats=PHONES + PAPER, spares=2)
        self.codes = cards.codes
        self.phones = [own_marks(LINES, number) for number in Random(SEED).sample(range(3**10), PHONES)]
        office, config = self.county.office, self.county.config
        copies = PAPER + SPOILED + UNUSED
        pdf = service.print_ballots(self.session, self.poll, copies=copies, config=config, by=office)
        self.county.cast(self.poll, self.codes, self.phones)
        self.county.close(self.poll, issued=PHONES)
        self._scan(pdf, config.instance / "stack.pdf")

    def _scan(self, pdf: bytes, path: Path) -> None:
        sides = list(self._filled(pdf))
        Random(SEED).shuffle(sides)
        stacks.as_pdf(path, [grey for grey, _ in sides])
        self.stack = [images.page(path, at).sha256 for at in range(len(sides))]
        self.truths = {digest: truths for digest, (_, truths) in zip(self.stack, sides, strict=True)}
        office = self.county.office
        press = service.press(self.session, self.poll, config=self.county.config)
        for portion in intake.read_files([path], press, processes=1):
            service.take_in(self.session, self.poll, portion, by=office)
        path.unlink()
        for side in self.session.exec(select(PaperSide)):
            self.tokens[side.sha256], self.readings[side.sha256] = side.token or "", side.rows
        for table in (PaperPicture, PaperRemark):
            self.pictures += [kept.jpeg for kept in self.session.exec(select(table))]

    def _filled(self, pdf: bytes) -> Iterator[tuple[np.ndarray, tuple[Truth, ...]]]:
        """Fill in the fronts of the ballots that come back; the backs of this short ballot have no rows."""
        layout = next(iter(service.layouts(self.session, self.poll).values()))
        document = pypdfium2.PdfDocument(pdf)
        for at in range(2 * PAPER):
            rows, rng = len(layout.side(at % 2 + 1)), np.random.default_rng((SEED, at))
            scale = (DPI if rows else SCANNER.dpi) / 72
            page = document[at].render(scale=scale, grayscale=True).to_numpy().squeeze()
            if not rows:
                yield page.copy(), ()
                continue
            drawn = page.astype(np.float32)
            truths = Voter(drawn, layout.form, rng, clean=0.95).fill(rows)
            yield scanned(drawn, SCANNER, rng), tuple(truths)
        document.close()

    def is_adjudicated(self) -> None:
        """Two people decide every doubt, look through the blanks, write the comments down, count sheets."""
        people = [self.county.office, self.county.inspectors[1]]
        service.close_intake(self.session, self.poll, config=self.county.config, by=people[0])
        for person in people:
            while task := service.next_task(self.session, self.poll, by=person):
                choice = self._seen(self.session.get_one(PaperDoubt, task.doubt))
                service.decide(self.session, self.poll, task.doubt, choice=choice, by=person)
        while page := service.next_gallery(self.session, self.poll, by=people[0]):
            seen = {place for place, (*_, hidden) in enumerate(page.cells) if hidden}
            service.check_gallery(self.session, self.poll, page.id or 0, seen=seen, by=people[0])
        for number, remark in enumerate(self.session.exec(select(PaperRemark)).all()):
            text = f"第{number}条：窗口排队"
            service.remarks.write(self.session, self.poll, remark.id, text=text, line="", by=people[0])
            service.remarks.check(self.session, self.poll, remark.id, by=people[1])

    def _seen(self, doubt: PaperDoubt) -> Choice:
        side = self.session.get_one(PaperSide, doubt.side_id)
        truth = self.truths[side.sha256][doubt.row]
        if truth.kind == "two marks":
            return Choice.INVALID
        return RIGHT[next(iter(truth.lawful), "")]

    def is_sealed(self) -> None:
        session, poll, office = self.session, self.poll, self.county.office
        service.settle(session, poll, sheet=1, returned=PAPER, spoiled=SPOILED, unused=UNUSED, by=office)
        witness = self.county.inspectors[1]
        service.seal(session, poll, config=self.county.config, by=office, witness=witness)

    def is_counted(self) -> dict:
        session, poll, config = self.session, self.poll, self.county.config
        self.county.submit(poll, 1, 3)
        by = self.county.inspectors[0]
        tally.open_box(session, poll, config=config, by=by, at=AT)
        tally.count(session, poll, config=config, by=by, at=AT)
        return tally.result(session, poll)

    def truth(self) -> dict[str, Counter[str]]:
        """Return what was truly marked on each line, both channels together."""
        counts: dict[str, Counter[str]] = {line: Counter() for line in LINES}
        for ballot in self.phones:
            for line, mark in ballot.items():
                counts[line][mark] += 1
        layout = next(iter(service.layouts(self.session, self.poll).values()))
        for truths in self.truths.values():
            for line, truth in zip(layout.side(1), truths, strict=False):
                counts[line.id].update(truth.lawful)
        return counts


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Mixed, dict, list[str]]]:
    """Hold the hall once; give it with its result and the refusals on the way."""
    instance = tmp_path_factory.mktemp("mixed") / "instance"
    instance.mkdir()
    (instance / "fonts").symlink_to(FONTS)
    config = Config(instance=instance, mode="demo", secret_key="for-tests-only-" + "x" * 32)
    engine = open_engine(f"sqlite:///{instance / 'desk.db'}")
    SQLModel.metadata.create_all(engine)
    refusals = []
    with unit_of_work(engine) as session:
        mixed = Mixed(County(session, config))
        mixed.is_held()
        mixed.is_adjudicated()
        with pytest.raises(Refused) as refusal:
            tally.package(session, mixed.poll, config=config, by=mixed.county.inspectors[0])
        refusals.append(refusal.value.code)
        mixed.is_sealed()
        result = mixed.is_counted()
        session.commit()
        yield mixed, result, refusals
    engine.dispose()


def test_the_totals_are_the_truth_of_both_channels(hall):
    mixed, result, _ = hall
    truth = mixed.truth()
    counted = [{"id": "overall", **result["overall"]}, *result["units"], *result["persons"]]
    assert {line["id"]: (line["a"], line["g"], line["b"]) for line in counted} == {
        line: (counts["A"], counts["B"], counts["C"]) for line, counts in truth.items()
    }
    assert all(line["a"] + line["g"] + line["b"] + line["blank"] == PHONES + PAPER for line in counted)
    assert result["ballots"]["valid"] == PHONES + PAPER
    assert any(set("ABC") <= set(counts) for counts in truth.values())


def test_printed_is_returned_spoiled_and_unused(hall):
    _, result, _ = hall
    assert result["paper"]["accounts"] == [
        {"sheet": 1, "printed": 60, "returned": PAPER, "spoiled": SPOILED, "unused": UNUSED}
    ]
    assert result["equation"]["returned"] == result["equation"]["valid"] == PHONES


def test_the_sheet_to_be_signed_balances_cards_and_paper(hall, artefacts: Path):
    mixed, _, _ = hall
    config, count = mixed.county.config, tally.get(mixed.session, mixed.poll)
    told = reportsheet.sheet(mixed.session, mixed.poll, count, config=config)
    (line,) = told.paper
    assert told.balanced
    assert (line.printed, line.returned, line.spoiled, line.unused) == (60, PAPER, SPOILED, UNUSED)
    assert (line.valid + line.blank + line.void, told.electronic) == (PAPER, PHONES)
    assert all(row.valid + row.blank + row.void == PHONES + PAPER for row in told.lines)
    voided = Counter(truth.kind for truths in mixed.truths.values() for truth in truths)["two marks"]
    assert sum(row.void for row in told.lines) == voided
    by = mixed.county.inspectors[0]
    pdf = reportsheet.pdf(mixed.session, mixed.poll, count, config=config, by=by)
    (artefacts / "计票报告单.pdf").write_bytes(pdf)
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        text = "".join(page.extract_text() for page in document.pages)
    assert "第1张 60 50 4 6 50 0 0 印制＝收回＋作废＋未用" in text
    assert "手机票与纸质票对照" in text


def test_phones_and_paper_stand_side_by_side(hall):
    mixed, result, _ = hall
    lines = {line["id"]: line for line in result["paper"]["lines"]}
    phones = Counter(ballot["U1"] for ballot in mixed.phones)
    assert [lines["U1"]["hall"][key] for key in "agb"] == [phones[mark] for mark in "ABC"]
    whole = next(unit for unit in result["units"] if unit["id"] == "U1")
    assert all(lines["U1"]["hall"][key] + lines["U1"]["paper"][key] == whole[key] for key in "agb")


def test_a_stranger_recounts_the_opened_files_with_their_paper(hall):
    mixed, result, _ = hall
    folder = opened.folder(mixed.county.config, mixed.poll)
    command = [sys.executable, "-m", "scoring", folder / opened.SLATE, folder / opened.BALLOTS, "--json"]
    command += ["--rules", folder / opened.RULES, "--paper", folder / opened.PAPER]
    recounted = json.loads(subprocess.check_output(command, cwd=REPOSITORY))
    for part in ("overall", "units", "persons"):
        counts = [recounted[part], result[part]]
        rows = [each if isinstance(each, list) else [each] for each in counts]
        assert [[row[key] for key in CELLS] for row in rows[0]] == [
            [row[key] for key in CELLS] for row in rows[1]
        ]
    assert recounted["ballots"]["valid"] == PHONES + PAPER


def test_the_public_report_of_both_channels_passes_its_own_verifier(hall, tmp_path: Path):
    mixed, _, _ = hall
    sign(mixed.county, mixed.poll, 1, 3)
    mixed.poll.stage = Stage.REVIEWED
    config = mixed.county.config
    tally.report(mixed.session, mixed.poll, config=config, by=mixed.county.office)
    with zipfile.ZipFile(io.BytesIO(audit.report(config, mixed.poll))) as archive:
        archive.extractall(tmp_path)
    assert verify.faults(tmp_path) == []
    published = json.loads((tmp_path / "result.json").read_text())
    assert published["paper"]["accounts"][0]["returned"] == PAPER
    hall_app = create_hall(config)
    shown = hall_app.test_client().get(f"/results/{mixed.poll.key}").text
    hall_app.extensions["polls"].close()
    assert f"第1张印制60、收回{PAPER}、作废{SPOILED}、未用{UNUSED}" in shown
    told = (tmp_path / "table.txt").read_text()
    (tmp_path / "table.txt").write_text(told.replace(f"carried={PAPER}", f"carried={PAPER + 1}"))
    assert any("各项之和" in fault for fault in verify.faults(tmp_path))


def test_a_small_channel_or_a_withheld_line_is_not_told_apart():
    slate = {"units": [{"id": "U1", "name": "甲"}, {"id": "U2", "name": "乙"}]}
    sheets = [{"channel": "paper", "overall": "A", "units": {"U2": "C"}, "persons": {}}] * 5
    phones = [{"overall": "A", "units": {"U1": "B", "U2": "A"}, "persons": {}}] * 9
    four = [{"channel": "paper", "overall": None, "units": {"U1": "A"}, "persons": {}}] * 4
    lines = channels.side_by_side(slate, [*sheets, *phones, *four])
    told = {line["id"]: line for line in lines}
    assert told["U1"] == {"id": "U1", "name": "甲", "withheld": True}
    assert told["U2"]["paper"] == {"a": 0, "g": 0, "b": 5}
    hidden = {"units": [{"id": "U2", "withheld": True}], "overall": {"withheld": False}}
    thinned = channels.thinned({"lines": lines}, hidden)["lines"]
    assert [line["id"] for line in thinned if line.get("withheld")] == ["U1", "U2"]


def test_no_box_is_opened_while_its_paper_is_not_sealed(hall):
    assert hall[2] == ["paper.unsealed"]


def attacked(mixed: Mixed, kinds: dict[str, dict[str, bytes]], came: list[str]) -> dict[str, float]:
    """Let the intruder join the scanned stack (or the phones) to ballots by every file of the instance."""
    order = {name: number for number, name in enumerate(kinds)}
    targets = [Target(forms) for forms in kinds.values()]
    scene = Scene(targets, [order[name] for name in came if name in order])
    return linkage.attack(mixed.county.config.instance, scene)


def most_by_chance(ways: int) -> float:
    """Return how many hits the luckiest of many ways may have: Poisson of mean 1, one false alarm in 1e6."""
    hits, term = 0, 1.0
    tail = 1 - np.exp(-1.0)
    while tail * ways > 1e-6:
        hits += 1
        term /= hits
        tail -= np.exp(-1.0) * term
    return hits


def lines_of(mixed: Mixed) -> dict[tuple, bytes]:
    raw = (opened.folder(mixed.county.config, mixed.poll) / opened.BALLOTS).read_bytes()
    return {tuple(sorted(_marks(json.loads(line)).items())): line for line in raw.splitlines()}


def _marks(ballot: dict) -> dict[str, str]:
    overall = {"overall": ballot["overall"]} if ballot["overall"] else {}
    return {**overall, **ballot["units"], **ballot["persons"]}


def test_who_steals_everything_links_no_phone_and_no_place_in_the_stack(hall):
    mixed, _, _ = hall
    rows = lines_of(mixed)
    phones = {
        str(n): {"开箱选票": rows[tuple(sorted(marks.items()))]} for n, marks in enumerate(mixed.phones)
    }
    fronts = [digest for digest in mixed.stack if mixed.truths[digest]]
    sheets = {
        digest: {"图像": digest.encode(), "读数": json.dumps(mixed.readings[digest]).encode()}
        for digest in fronts
    }
    for kinds, came in ((phones, list(phones)), (sheets, fronts)):
        found = attacked(mixed, kinds, came)
        assert found
        assert max(found.values()) * len(kinds) <= most_by_chance(len(found)), max(found, key=found.get)


def test_the_attack_has_teeth(hall, tmp_path: Path):
    mixed, _, _ = hall
    fronts = [digest for digest in mixed.stack if mixed.truths[digest]]
    kept = mixed.county.config.instance / "order.log"
    kept.write_text("\n".join(fronts))
    try:
        found = attacked(mixed, {digest: {"图像": digest.encode()} for digest in sorted(fronts)}, fronts)
    finally:
        kept.unlink()
    assert max(found.values()) == 1


def test_no_token_picture_or_handwriting_is_left(hall):
    mixed, _, _ = hall
    mixed.session.commit()
    files = [path for path in mixed.county.config.instance.rglob("*") if path.is_file()]
    contents = [path.read_bytes() for path in files if "fonts" not in path.parts]
    for token in set(mixed.tokens.values()):
        assert not any(token.encode() in content for content in contents)
    assert len(mixed.pictures) > PAPER
    for picture in mixed.pictures:
        part = picture[len(picture) // 2 :][:64]
        assert not any(part in content for content in contents)


def test_the_end_of_the_box_is_the_end_of_its_paper(hall):
    mixed, _, _ = hall
    session, config, poll = mixed.session, mixed.county.config, mixed.poll
    rows = lines_of(mixed).values()
    readings = [json.dumps(rows).encode() for rows in mixed.readings.values() if rows]
    poll.stage = Stage.CONCLUDED
    later = AT + dt.timedelta(days=400)
    by = mixed.county.inspectors[0]
    asked = custody.ask_destruction(session, poll, reason="保管期满", config=config, by=by, at=later)
    assert {"paper.sealed", "paper-comments.sealed", "paper-readings"} <= {
        line.split("\t")[0] for line in asked.inventory.splitlines()
    }
    custody.confirm_destruction(session, poll, config=config, by=mixed.county.office, at=later)
    session.commit()
    files = [path for path in config.instance.rglob("*") if path.is_file() and "fonts" not in path.parts]
    contents = [path.read_bytes() for path in files]
    for mark in [*rows, *readings]:
        assert not any(mark in content for content in contents)
