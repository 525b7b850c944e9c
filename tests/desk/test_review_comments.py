"""Who reads a remark, and what the units get instead."""

import pytest
from sqlmodel import select

from survey.errors import Forbidden, Invalid, Refused
from survey.journal import JournalEntry
from survey.poll.models import Stage
from survey.review import comments as reading
from survey.review.models import Theme
from survey.review.service import take_in_comments
from tests.desk.review_rooms import Room, a_counted_poll

REMARKS = [
    {"line": "U1", "text": "供水报装跑了三趟，两次报价不一样。"},
    {"line": "P3", "text": "消防检查的人态度不好。"},
    {"line": "overall", "text": "希望一直办下去。"},
]


@pytest.fixture
def room(session):
    return Room(session)


@pytest.fixture
def taken(session, room):
    poll = a_counted_poll(session, stage=Stage.OPENED)
    return take_in_comments(session, poll, REMARKS, by=room.inspector)


def about(taken, line):
    return next(comment for comment in taken if comment.line == line)


def test_a_remark_on_a_person_counts_for_the_persons_unit(taken):
    assert {c.line: (c.line_name, c.unit_code) for c in taken} == {
        "P3": ("赵景行", "U2"),
        "U1": ("水务局", "U1"),
        "overall": ("总体评价", ""),
    }


def test_the_order_of_remarks_does_not_tell_which_came_in_one_envelope(session, room):
    mixed = a_counted_poll(session, round_="2022Q3")
    turned = a_counted_poll(session, round_="2022Q4")
    first = take_in_comments(session, mixed, REMARKS, by=room.inspector)
    second = take_in_comments(session, turned, REMARKS[::-1], by=room.inspector)
    assert [c.text for c in first] == [c.text for c in second]


def test_remarks_are_taken_in_once(session, room, taken):
    poll = a_counted_poll(session, round_="2022Q4")
    take_in_comments(session, poll, REMARKS, by=room.office)
    with pytest.raises(Refused, match="已经接收"):
        take_in_comments(session, poll, REMARKS, by=room.office)


def test_the_words_of_a_remark_are_for_the_review_group_and_the_inspectors(session, room, taken):
    comment = about(taken, "U1")
    reading.paraphrase(session, comment, text="供水报装收费依据不明", theme=Theme.FEES, by=room.office)
    for person in (room.reviewer, room.inspector):
        assert reading.read(session, comment, by=person) == REMARKS[0]["text"]
    for person in (room.office, room.leader, room.auditor, room.clerk_of("U1")):
        with pytest.raises(Forbidden):
            reading.read(session, comment, by=person)


def test_the_office_reads_a_remark_only_until_its_paraphrase_is_written(session, room, taken):
    comment = about(taken, "U1")
    assert reading.read(session, comment, by=room.office)
    reading.paraphrase(session, comment, text="供水报装收费依据不明", theme=Theme.FEES, by=room.office)
    assert not reading.may_read(comment, room.office)


def test_every_reading_of_a_remark_is_journaled_without_its_words(session, room, taken):
    reading.read(session, about(taken, "U1"), by=room.reviewer)
    entry = session.exec(select(JournalEntry).where(JournalEntry.act == "comment.read")).one()
    assert entry.actor == room.reviewer.login
    assert "报价" not in entry.detail + entry.subject


def test_a_remark_on_bribery_is_for_the_inspectors_alone(session, room, taken):
    comment = about(taken, "U1")
    reading.paraphrase(session, comment, text="", theme=Theme.BRIBERY, by=room.office)
    assert reading.read(session, comment, by=room.inspector)
    for person in (room.office, room.reviewer, room.leader):
        with pytest.raises(Forbidden):
            reading.read(session, comment, by=person)
    with pytest.raises(Forbidden):
        reading.paraphrase(session, comment, text="改个说法", theme=Theme.OTHER, by=room.office)


def test_a_paraphrase_does_not_copy_the_words(session, room, taken):
    comment = about(taken, "U1")
    with pytest.raises(Invalid, match="照抄"):
        reading.paraphrase(session, comment, text=f" {comment.text}\n", theme=Theme.SLOW, by=room.office)
    with pytest.raises(Invalid, match="请写出转述"):
        reading.paraphrase(session, comment, text=" ", theme=Theme.SLOW, by=room.office)


def test_a_unit_gets_paraphrases_of_its_own_line_and_its_persons_lines(session, room, taken):
    poll = a_counted_poll(session, round_="2022Q4")
    taken = take_in_comments(session, poll, REMARKS, by=room.office)
    for comment, text in zip(taken, ("检查时言语生硬", "收费依据不明", "建议坚持"), strict=True):
        room.paraphrases(comment, text, Theme.OTHER)
    assert reading.paraphrases_of(session, poll, "U1") == ["收费依据不明"]
    assert reading.paraphrases_of(session, poll, "U2") == ["检查时言语生硬"]


def test_a_paraphrase_written_once_is_offered_again_for_the_same_unit_and_no_other(session, room, taken):
    fees, manners, whole = about(taken, "U1"), about(taken, "P3"), about(taken, "overall")
    reading.paraphrase(session, fees, text="收费依据不明", theme=Theme.FEES, by=room.office)
    assert reading.written_about(session, fees) == ["收费依据不明"]
    assert reading.written_about(session, manners) == reading.written_about(session, whole) == []
