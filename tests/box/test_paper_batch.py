"""The paper batch opens with the box: both openers count it alike; another than the board's is refused."""

import json
from base64 import b64encode
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from survey.box import batch, opening, proof, second, store
from survey.box.batch import Batch
from survey.box.manifest import canonical
from survey.errors import Invalid, Refused
from tests.box.polls import Poll, shares_of
from tests.box.test_openers import a_full_box, scalar, second_sets
from tests.box.twin import ask_one

Sheets = list[dict[str, str]]


def a_batch(poll: Poll, sheets: Sheets, **changes: Any) -> Batch:
    """Return a batch in which every sheet carries every line."""
    slate = poll.manifest.content["slate"]
    parts = {part: [entry["id"] for entry in slate[part]] for part in batch.PARTS}
    records = [
        {
            "channel": "paper",
            "overall": marks.get("overall"),
            **{part: {line: marks[line] for line in lines if line in marks} for part, lines in parts.items()},
        }
        for marks in sheets
    ]
    carried = dict.fromkeys(poll.manifest.lines, len(sheets))
    header = {"format": batch.FORMAT, "records": len(records), "carried": carried} | changes
    return Batch(header, records, [{"line": "U1", "text": "纸上写的意见"}])


def with_paper(poll: Poll, paper: Batch) -> bytes:
    """Return the package of a closed box beside which a batch was sealed."""
    batch.path(poll.folder).write_bytes(batch.close(poll.manifest, paper.content()))
    return opening.package(poll.folder)


def opened(package: bytes) -> opening.Opened:
    return opening.combine(package, [shares_of(package, place) for place in (1, 3)])


@pytest.fixture(scope="module")
def poll(tmp_path_factory: pytest.TempPathFactory) -> Poll:
    return a_full_box(tmp_path_factory.mktemp("box"))


LINES = ["overall", *(f"U{n}" for n in range(1, 4)), *(f"P{n:03}" for n in range(1, 9))]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sheets=st.lists(st.dictionaries(st.sampled_from(LINES), st.sampled_from("ABC")), max_size=9))
def test_any_sheets_are_added_line_by_line_and_both_openers_agree(poll: Poll, sheets: Sheets):
    batch.path(poll.folder).unlink(missing_ok=True)
    alone = {row[0]: row for row in opened(opening.package(poll.folder)).table.rows}
    package = with_paper(poll, a_batch(poll, sheets))
    found = opened(package)
    assert second.table(package, second_sets(package, 2, 3)) == found.table.raw
    marks = Counter((line, mark) for sheet in sheets for line, mark in sheet.items())
    for line, good, fair, poor, blank in found.table.rows:
        more = [marks[line, mark] for mark in "ABC"]
        was = alone[line]
        assert (good, fair, poor) == tuple(one + two for one, two in zip(was[1:4], more, strict=True))
        assert blank == was[4] + len(sheets) - sum(more)
    assert {"line": "U1", "text": "纸上写的意见"} in found.remarks


def test_a_line_that_fewer_sheets_carried_has_fewer_ballots(poll: Poll):
    paper = a_batch(poll, [{"U1": "A"}, {"U1": "C"}], carried={"U1": 2, "P001": 1})
    package = with_paper(poll, paper)
    found = opened(package)
    ballots = {row[0]: sum(row[1:]) for row in found.table.rows}
    valid = found.table.account["valid"]
    assert (ballots["U1"], ballots["P001"], ballots["U2"]) == (valid + 2, valid + 1, valid)
    assert second.table(package, second_sets(package, 1, 2)) == found.table.raw
    assert found.table.parse(found.table.raw) == found.table
    assert b"# paper records=2 carried=0 U1=2 P001=1\n" in found.table.raw


def test_more_marks_than_sheets_are_refused(poll: Poll):
    package = with_paper(poll, a_batch(poll, [{"U1": "A"}] * 20, carried={"U1": 1}))
    with pytest.raises(Refused, match="「U1」"):
        opened(package)


@pytest.mark.parametrize(
    "change",
    [
        {"format": "other"},
        {"records": 7},
    ],
)
def test_a_batch_of_another_form_is_refused(poll: Poll, change: dict[str, Any]):
    package = with_paper(poll, a_batch(poll, [{"U1": "A"}], **change))
    with pytest.raises(Invalid, match="不合格式"):
        opened(package)


@pytest.mark.parametrize("sheet", [{"U1": "D"}, {"overall": "X"}])
def test_a_mark_that_is_no_option_is_refused(poll: Poll, sheet: dict[str, str]):
    with pytest.raises(Invalid):
        opened(with_paper(poll, a_batch(poll, [sheet])))


def test_a_line_that_is_not_on_the_sheet_is_refused(poll: Poll):
    paper = a_batch(poll, [{"U1": "A"}])
    paper.records[0]["persons"]["P999"] = "C"
    with pytest.raises(Invalid):
        opened(with_paper(poll, paper))


def test_a_batch_other_than_the_boards_is_neither_signed_nor_opened(poll: Poll):
    content = json.loads(with_paper(poll, a_batch(poll, [{"U1": "A"}])))
    content["paper"] = b64encode(batch.close(poll.manifest, a_batch(poll, [{"U1": "C"}]).content())).decode()
    swapped = canonical(content)
    with pytest.raises(Refused, match="公示栏"):
        shares_of(swapped, 1)
    del content["paper"]
    left_out = canonical(content)
    with pytest.raises(Refused, match="公示栏"):
        shares_of(left_out, 1)
    for pack in (swapped, left_out):
        theirs = ask_one("openShares", pack=pack.decode(), key=scalar(1).hex(), position=1)
        assert theirs["code"] == "paper.other_board"


def test_the_browser_opens_the_batch_with_the_same_share(poll: Poll):
    package = with_paper(poll, a_batch(poll, [{"U1": "A"}]))
    theirs = ask_one("openShares", pack=package.decode(), key=scalar(3).hex(), position=3)
    assert theirs["shares"] == shares_of(package, 3)["shares"]
    assert proof.sheet(store.draw_all(poll.folder)).decode() in json.loads(package)["board"]


def test_the_opened_folder_holds_what_a_recount_needs(poll: Poll, tmp_path: Path):
    found = opened(with_paper(poll, a_batch(poll, [{"U1": "A"}])))
    opening.write(tmp_path / "opened", found, poll.slate, "")
    header = json.loads((tmp_path / "opened" / "paper.json").read_bytes())
    lines = (tmp_path / "opened" / "ballots.jsonl").read_text().splitlines()
    assert header["records"] == sum('"channel":"paper"' in line for line in lines) == 1
