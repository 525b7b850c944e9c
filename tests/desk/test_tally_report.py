"""The report ZIP: an outsider recounts with a bare Python; one altered slip, line or signature is named."""

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import Session

from survey.box import boards, keys, verify
from survey.box.board import Board
from survey.config import Config
from survey.errors import Forbidden, Refused
from survey.poll.models import Poll, Stage
from survey.roster.models import Unit
from survey.staff.models import Account, Role
from survey.tally import audit, opened, service
from tests.desk.poll_rooms import PASSPHRASE, SEATS, County, ballots, key_file


@pytest.fixture
def county(session: Session, config: Config) -> County:
    return County(session, config)


def sign(county: County, poll: Poll, *positions: int) -> None:
    """Let inspectors sign board T as in their own browsers."""
    board = audit.public_table(county.config, poll)
    for position in positions:
        private = keys.unlock(key_file(poll.key, position), PASSPHRASE, poll=poll.key)
        signed = boards.sign("table", poll.key, board, private=private)["signature"]
        who = county.inspectors[position - 1]
        audit.sign_table(county.session, poll, config=county.config, by=who, signature=signed)


def a_report(county: County, folder: Path) -> tuple[Poll, Path]:
    """Return a published poll and the folder of its unpacked report."""
    # Two of the six rate the unit U2: its line is too small to be printed, and it takes U1 along.
    sheets = ballots(overall=1, U3=2, U1_1=3)
    for sheet in sheets[2:]:
        sheet.pop("U2", None)
    poll = county.counted(sheets)
    sign(county, poll, 1, 3)
    poll.stage = Stage.REVIEWED
    service.report(county.session, poll, config=county.config, by=county.office)
    with zipfile.ZipFile(io.BytesIO(audit.report(county.config, poll))) as archive:
        archive.extractall(folder)
    return poll, folder


def verified(folder: Path) -> tuple[int, str]:
    """Run the report's own verifier with a Python that sees neither us nor our folder."""
    done = subprocess.run(
        [sys.executable, "-I", "verify.py"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert not done.stderr
    return done.returncode, done.stdout


def test_an_outsider_recounts_the_report_and_each_alteration_is_named(county: County, tmp_path: Path):
    _, folder = a_report(county, tmp_path / "report")
    card = "0" * 66 + " " + "1" * 64
    code, said = verified(folder)
    assert (code, said[:2]) == (0, "通过"), said
    for name, change, named in (
        ("slips.txt", lambda text: text.replace("U3\tAAAACC", "U3\tAAAAAC"), "「U3」的票条与计票表不符"),
        ("table.txt", lambda text: text.replace("overall\t5\t0\t1", "overall\t6\t0\t0"), "「overall」"),
        ("table.txt", lambda text: text.replace("U3\t4\t0\t2", "U3\t5\t0\t1"), "table.txt 上的签名不符"),
        ("result.json", lambda text: text.replace('"a":4', '"a":5'), "公布结果中「U3」"),
        ("sealed.txt", lambda text: text.replace(text.splitlines()[3], card), "sealed.txt"),
        ("sealed.txt", lambda text: text + "# later\n", "（第1位）在 sealed.txt 上的签名不符"),
        ("signatures.json", lambda text: text.replace('"3"', '"2"'), "只有1位监督人的有效签名"),
        ("manifest.json", lambda text: text.replace('"threshold":2', '"threshold":1'), "manifest.json"),
    ):  # fmt: skip
        honest = (folder / name).read_text()
        assert change(honest) != honest, name
        (folder / name).write_text(change(honest))
        code, said = verified(folder)
        assert code == 1
        assert named in said, said
        (folder / name).write_text(honest)
    assert verified(folder)[0] == 0


def test_consistent_forgery_of_slips_table_result_and_index_fails_at_the_signatures(
    county: County, tmp_path: Path
):
    _, folder = a_report(county, tmp_path / "report")
    for name, before, after in (
        ("slips.txt", "U3\tAAAACC", "U3\tAAAAAA"),
        ("table.txt", "U3\t4\t0\t2", "U3\t6\t0\t0"),
    ):
        path = folder / name
        path.write_text(path.read_text().replace(before, after))
    result = json.loads((folder / "result.json").read_text())
    unit = next(unit for unit in result["units"] if unit["id"] == "U3")
    unit.update(a=6, b=0)
    (folder / "result.json").write_text(json.dumps(result))
    names = [line.split("  ")[1] for line in (folder / "index.txt").read_text().splitlines()]
    index = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}" for name in names]
    (folder / "index.txt").write_text("\n".join(index))
    assert {sentence.split("（")[0].split(" ")[0] for sentence in verify.faults(folder)} == {
        *(inspector["holder"] for inspector in verify.Report(folder).manifest["inspectors"][::2]),
        "table.txt",
    }


def test_the_report_holds_no_person_line_no_withheld_count_and_the_same_bytes_each_time(
    county: County, tmp_path: Path
):
    poll, folder = a_report(county, tmp_path / "report")
    again = audit.report(county.config, poll)
    assert again == audit.report(county.config, poll)
    notice = Board(county.config.board).fetch("report", poll.key)
    assert notice
    assert notice.content == again
    table, slips = ((folder / name).read_text() for name in ("table.txt", "slips.txt"))
    persons = [person["id"] for person in json.loads(poll.slate)["persons"]]
    assert not any(f"{person}\t" in table + slips for person in persons)
    assert "U2\twithheld" in table
    assert "U2\twithheld" in slips
    assert f"# full {audit.full_table(county.config, poll).sha256}" in table


def test_person_lines_go_to_those_entitled_only(county: County, account: Callable[[Role], Account]):
    poll = county.counted(ballots(overall=1, U1_1=3))
    see = audit.table_for
    everything = (opened.folder(county.config, poll) / opened.TABLE).read_bytes()
    auditor, clerk = account(Role.AUDITOR), account(Role.UNIT_CLERK)
    assert see(county.session, poll, config=county.config, by=auditor) == everything
    unit = next(unit for unit in county.session.exec(service.select(Unit)) if unit.code == "U1")
    clerk.unit_id = unit.id
    own = see(county.session, poll, config=county.config, by=clerk).decode()
    assert "U1-1\t" in own
    assert "U2" not in own
    clerk.unit_id = None
    with pytest.raises(Forbidden):
        see(county.session, poll, config=county.config, by=clerk)


def test_a_table_is_signed_with_the_own_key_and_published_only_after_review(county: County):
    poll = county.counted()
    with pytest.raises(Refused, match="还没有公布"):
        audit.report(county.config, poll)
    with pytest.raises(Refused, match="签名不符"):
        audit.sign_table(
            county.session, poll, config=county.config, by=county.inspectors[0], signature="00" * 64
        )
    with pytest.raises(Forbidden):
        audit.sign_table(county.session, poll, config=county.config, by=county.office, signature="")
    sign(county, poll, 2)
    assert audit.signed_by(county.config, poll) == [2]
    assert SEATS == 6
