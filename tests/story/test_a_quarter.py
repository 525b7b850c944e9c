"""Three quarters of the sample county, run by the command a new user runs; then read as an outsider would."""

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from survey import clock
from survey.db import open_engine, unit_of_work
from survey.demo.client import MAKE
from survey.journal import first_break
from survey.letters.models import Letter
from survey.poll import queries
from survey.poll.models import Poll
from survey.tally.models import Count

REPOSITORY = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Told:
    """What is left when the story is told: the instance folder, its summary, what was printed, when."""

    instance: Path
    summary: dict
    printed: str
    began: float
    ended: float

    @property
    def anonymous(self) -> list[Path]:
        """Return the files of the anonymous side: every box and the public board."""
        boxes = (self.instance / "boxes").rglob("*")
        return [*sorted(path for path in boxes if path.is_file()), self.instance / "board.db"]


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    instance = tmp_path_factory.mktemp("county") / "instance"
    instance.mkdir()
    if (fonts := REPOSITORY / "instance" / "fonts").is_dir():
        (instance / "fonts").symlink_to(fonts)
    began = clock.now().timestamp()
    command = [sys.executable, "-m", "survey", "--instance", str(instance), "demo"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, timeout=600, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    summary = json.loads((instance / "summary.json").read_text(encoding="utf-8"))
    return Told(instance, summary, done.stdout + done.stderr, began, clock.now().timestamp())


@pytest.fixture
def desk(told: Told):
    engine = open_engine(f"sqlite:///{told.instance / 'desk.db'}")
    with unit_of_work(engine) as session:
        yield session
    engine.dispose()


def test_the_figures_of_the_published_case_come_out(told: Told):
    rates = told.summary["rates"]
    assert rates["2022"] == {"numerator": 61798, "denominator": 64460, "percent": "95.87"}
    assert rates["2023Q1"] == {"numerator": 31937, "denominator": 32230, "percent": "99.09"}
    assert rates["change"] == "+3.22"
    assert told.summary["overall_question"] == {"2023Q1": "109/110"}
    assert told.summary["measures"] == {"提示函": 15, "约谈": 6, "个人谈话": 30, "调整岗位": 3}
    assert told.summary["ballots_cast"] == 330
    assert told.summary["letters"] == {"整改工作提示函": 15, "致企业家的一封信": 110}


@pytest.mark.parametrize("round_", ["2022Q3", "2022Q4", "2023Q1"])
def test_a_stranger_counts_the_opened_files_to_the_same_figures(told: Told, desk, round_: str):
    opened = told.instance / "boxes" / f"{round_}-v1" / "opened"
    command = [sys.executable, "-m", "scoring", opened / "slate.json", opened / "ballots.jsonl"]
    command += ["--rules", opened / "rules.toml", "--json"]
    recount = json.loads(subprocess.check_output(command, cwd=REPOSITORY))
    poll = next(poll for poll in queries.every(desk) if poll.round == round_)
    counted = json.loads(desk.get(Count, poll.id).result)
    for part in ("ballots", "overall", "rates", "persons", "units"):
        assert recount[part] == counted[part]
    assert recount["ballots"]["valid"] == 110


def test_every_remark_has_an_outcome(told: Told):
    ledger = told.summary["ledger"]
    assert ledger["remarks"] == ledger["with_outcome"] > 0
    assert ledger["red"] + ledger["yellow"] + ledger["green"] == ledger["tasks"] > 0


def test_the_journal_of_the_desk_verifies(desk):
    assert first_break(desk) is None


def test_every_letter_lies_on_disk_as_its_digest_says(told: Told, desk):
    from hashlib import sha256

    from sqlmodel import select

    letters = desk.exec(select(Letter)).all()
    for letter in letters:
        path = told.instance / "letters" / letter.filename
        assert sha256(path.read_bytes()).hexdigest() == letter.sha256
    serials = sorted(letter.serial for letter in letters if letter.serial)
    assert serials == list(range(1, len(serials) + 1))


def test_nothing_on_the_anonymous_side_tells_address_phone_or_time(told: Told):
    marks = [b"127.77.88.", MAKE.encode(), b"User-Agent"]
    for path in told.anonymous:
        content = path.read_bytes()
        for mark in marks:
            assert mark not in content, f"{mark!r} in {path}"
        moments = {int(found) for found in re.findall(rb"(?<!\d)1[78]\d{8}(?!\d)", content)}
        assert not [t for t in moments if told.began - 60 <= t <= told.ended + 60], path
        assert not told.began <= path.stat().st_mtime <= told.ended, f"mtime of {path}"
    for path in told.instance.rglob("*"):
        if path.is_file() and "fonts" not in path.parts:
            assert b"127.77.88." not in path.read_bytes(), path
            assert MAKE.encode() not in path.read_bytes(), path
    assert "127.77.88." not in told.printed
    assert MAKE not in told.printed


def test_no_card_code_is_kept_anywhere(told: Told, desk):
    manifest = json.loads(desk.get(Poll, 1).manifest)
    assert "codes" not in json.dumps(manifest)
