"""Rehearsal before a poll, destruction after it: by whom, when; nothing of the box is left anywhere."""

import datetime as dt
from pathlib import Path

import pytest
from sqlmodel import select

from survey import journal
from survey.box import proof, store, tokens
from survey.box.board import Board
from survey.clock import CHINA
from survey.custody import service
from survey.errors import Refused
from survey.mailbox.ending import GONE
from survey.mailbox.models import Mail
from survey.poll import boxes
from survey.poll import service as polls
from survey.poll.models import Poll, Stage
from survey.review.models import Comment
from survey.tally.models import ShareSet
from tests.desk.poll_rooms import AT, SEATS, County

LATER = dt.datetime(2024, 4, 1, 9, 0, tzinfo=CHINA)


@pytest.fixture
def county(session, config) -> County:
    return County(session, config)


def concluded(county: County) -> Poll:
    poll = county.counted()
    for stage in (Stage.REVIEWED, Stage.REPORTED, Stage.RECTIFYING, Stage.CONCLUDED):
        polls.advance(county.session, poll, stage, county.office)
    return poll


def ask(county: County, poll: Poll, at: dt.datetime = LATER):
    inspector = county.inspectors[0]
    return service.ask_destruction(
        county.session, poll, reason="保管期满", config=county.config, by=inspector, at=at
    )


def confirm(county: County, poll: Poll, by=None, at: dt.datetime = LATER):
    by = by or county.office
    return service.confirm_destruction(county.session, poll, config=county.config, by=by, at=at)


def marks_of(county: County, poll: Poll) -> dict[str, bytes]:
    """Return bytes of the box that nothing may hold after its destruction."""
    drawn = store.draw_all(boxes.folder(county.config, poll))
    (key, envelope), line = drawn.ballots[0], proof.receipts(drawn)[0]
    return {
        "envelope": envelope[100:164],
        "key": bytes.fromhex(key),
        "key in hex": key.encode(),
        "receipt": line.split()[1].encode(),
    }


def holding(instance: Path, mark: bytes) -> list[str]:
    paths = [path for path in instance.rglob("*") if path.is_file() and "fonts" not in path.parts]
    return [path.name for path in paths if mark in path.read_bytes()]


def test_a_destroyed_box_leaves_none_of_its_bytes_in_any_file(county, config):
    poll = concluded(county)
    marks = marks_of(county, poll)
    before = {name: holding(config.instance, mark) for name, mark in marks.items()}
    assert all(before.values()), before
    ask(county, poll)
    confirm(county, poll)
    assert {name: holding(config.instance, mark) for name, mark in marks.items()} == {
        name: [] for name in marks
    }
    assert not boxes.folder(config, poll).exists()


def test_what_left_with_the_box_and_what_stays(county, config):
    poll = concluded(county)
    Board(config.board).post("result", poll.key, b"{}", "application/json")
    ask(county, poll)
    confirm(county, poll)
    assert county.session.exec(select(ShareSet)).all() == []
    board = Board(config.board)
    assert board.fetch("sealed", poll.key) is None
    assert board.fetch("result", poll.key)
    assert board.fetch("state", poll.key).content == b"destroyed"


def test_the_record_names_both_people_the_grounds_and_every_file(county):
    poll = concluded(county)
    ask(county, poll)
    row = confirm(county, poll)
    assert row.done
    assert (row.asked_by, row.confirmed_by) == (county.inspectors[0].id, county.office.id)
    assert len(row.sealed_sha256) == 64
    assert {line.split("\t")[0] for line in row.inventory.splitlines()} >= {"box.db", "opened/ballots.jsonl"}
    acts = [entry.act for entry in county.session.exec(select(journal.JournalEntry)).all()][-2:]
    assert acts == ["custody.ask", "custody.destroy"]
    assert journal.first_break(county.session) is None


def refused(act) -> str:
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.code


def test_nobody_destroys_a_box_alone_early_or_unasked(county):
    poll = concluded(county)
    assert refused(lambda: ask(county, poll, at=AT)) == "custody.early"
    assert refused(lambda: confirm(county, poll)) == "custody.not_asked"
    ask(county, poll)
    assert refused(lambda: ask(county, poll)) == "custody.asked"
    assert refused(lambda: confirm(county, poll, by=county.inspectors[0])) == "custody.second_body"
    assert refused(lambda: confirm(county, poll, by=county.inspectors[1])) == "custody.second_body"
    confirm(county, poll)
    assert refused(lambda: confirm(county, poll)) == "custody.done"


def test_the_box_of_a_poll_under_way_is_not_destroyed(county):
    poll = county.closed()
    assert refused(lambda: ask(county, poll)) == "custody.stage"


def test_an_interrupted_destruction_goes_on(county, config):
    poll = concluded(county)
    ask(county, poll)
    folder = boxes.folder(config, poll)
    (folder / "box.db").rename(folder / "box.db.doomed")
    (folder / "opened" / "ballots.jsonl").unlink()
    confirm(county, poll)
    assert not folder.exists()


def test_the_inspector_rehearses_before_the_poll_and_the_result_stays(county, config, monkeypatch):
    monkeypatch.setattr(service, "RUNS", 2)
    monkeypatch.setattr(service, "VOTERS", 5)
    poll, inspector = county.draft(), county.inspectors[0]
    row = service.rehearse(county.session, poll, config=config, by=inspector, at=AT)
    assert service.rehearsals(county.session, poll) == [row]
    assert (row.voters, row.runs, row.chance) == (5, 2, 0.2)
    assert "关联" in row.report
    assert not [path for path in config.instance.iterdir() if path.name.startswith("rehearsal")]


def test_only_an_inspector_rehearses_and_only_before_filling_begins(county, config):
    poll, _ = county.open()

    def rehearse(by):
        return lambda: service.rehearse(county.session, poll, config=config, by=by, at=AT)

    assert refused(rehearse(county.office)) == "custody.inspector_only"
    assert refused(rehearse(county.inspectors[0])) == "custody.too_late"


def test_codes_of_cards_are_in_no_file_at_any_time(county, config):
    _poll, cards = county.open()
    for code in cards.codes[:SEATS]:
        assert holding(config.instance, code.encode()) == []
        assert holding(config.instance, tokens.display(code).encode()) == []


def test_the_words_of_remarks_and_their_reply_keys_go_with_the_box(county, config):
    poll = county.counted()
    session, words, clue, key = county.session, "窗口排队两小时", "张某收钱", "02" + "ab" * 32
    for text, closed in ((words, False), (clue, True)):
        remark = Comment(
            poll_id=poll.id, line="U1", line_name="甲局", text=text, clue=closed, paraphrase="排队长"
        )
        session.add(remark)
        session.flush()
        session.add(Mail(comment_id=remark.id, poll_id=poll.id, key=key[:-1] + str(int(closed))))
    for stage in (Stage.REVIEWED, Stage.REPORTED, Stage.RECTIFYING, Stage.CONCLUDED):
        polls.advance(session, poll, stage, county.office)
    ask(county, poll)
    confirm(county, poll)
    left = session.exec(select(Comment)).all()
    assert {(one.text, one.paraphrase) for one in left} == {(GONE, "排队长"), (clue, "排队长")}
    assert session.exec(select(Mail)).all() == []
