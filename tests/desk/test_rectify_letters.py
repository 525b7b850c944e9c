"""What a reply says to the enterprises: everything that became of the remarks, no person, no firm."""

import dataclasses
import datetime as dt

import pytest

from survey.errors import Refused
from survey.letters import kinds
from survey.letters import service as post_office
from survey.letters.models import LetterState
from survey.poll.models import Stage
from survey.rectify import notices, service
from survey.rectify.models import OutcomeKind
from survey.review import objections
from survey.review.comments import paraphrase, take_in_comments
from survey.review.models import Theme
from survey.roster.models import Enterprise, Official
from tests.desk.review_rooms import MOVE, PEOPLE, REMIND, TALK, TODAY, Room, a_counted_poll, units

DATED = dt.date(2023, 4, 28)
FIRMS = (("恒泰机械有限公司", True), ("金禾食品有限公司", True), ("停产水泥厂", False))
REMARKS = [
    {"line": "U1", "text": "供水报装报价两次不一样。"},
    {"line": "P1", "text": "王守信拖着不办。"},
    {"line": "U2", "text": "检查太多。"},
    {"line": "U2", "text": "要求取消消防检查。"},
    {"line": "overall", "text": "有人索要好处。"},
]


@pytest.fixture
def config(config):
    return dataclasses.replace(config, office_phone="0335-7201234")


@pytest.fixture
def room(session):
    for number, (name, active) in enumerate(FIRMS):
        session.add(Enterprise(uscc=f"USCC{number}", name=name, contact="张", phone="1", active=active))
    for badge, _, name, _ in PEOPLE:
        session.add(Official(badge=badge, name=name))
    return Room(session)


@pytest.fixture
def poll(session, room):
    poll = a_counted_poll(session, REMIND, TALK, MOVE)
    comments = take_in_comments(session, poll, REMARKS, by=room.inspector)
    room.reviews(poll)
    poll.stage = Stage.RECTIFYING
    by_text = {comment.text: comment for comment in comments}
    _settle(session, room, poll, [by_text[remark["text"]] for remark in REMARKS])
    return poll


def _settle(session, room, poll, comments):
    fees, slow, many, abolish, bribe = comments
    for comment, text, theme in (
        (fees, "供水报装收费依据不明", Theme.FEES),
        (slow, "王守信经办的事项办理时间长，金禾食品有限公司等反映", Theme.SLOW),
        (many, "入企检查未统筹", Theme.INSPECTIONS),
        (abolish, "取消消防检查", Theme.OTHER),
    ):
        room.paraphrases(comment, text, theme)
    paraphrase(session, bribe, text="", theme=Theme.BRIBERY, by=room.office)
    done, late = (
        service.open_task(
            session,
            poll=poll,
            unit=units(session)["U1"],
            title=comment.paraphrase,
            owner="李致远",
            phone="0335-7201234",
            deadline=dt.date(2023, 5, 31),
            theme=comment.theme.value,
            by=room.office,
            today=TODAY,
            comment=comment,
        )
        for comment in (fees, slow)
    )
    service.report_step(session, done, text="已公示", by=room.clerk_of("U1"), today=dt.date(2023, 4, 20))
    service.verify(session, done, text="李致远已公示收费依据。", by=room.office, today=dt.date(2023, 4, 25))
    assert late.done_on is None
    settle = {"by": room.office, "today": TODAY}
    service.settle_comment(session, many, kind=OutcomeKind.ADOPTED, reason="实行综合查一次", **settle)
    service.settle_comment(
        session, abolish, kind=OutcomeKind.DECLINED, reason="《消防法》第五十三条要求监督检查。", **settle
    )
    service.settle_comment(
        session, bribe, kind=OutcomeKind.DISCIPLINE, reason="问题线索", by=room.inspector, today=TODAY
    )


def reply_all(session, poll, *, config, room, dated, progress=lambda *_: None):
    """Draft the letters to the enterprises, let a leader approve them, issue them."""
    drafts = service.draft_replies(session, poll, config=config, by=room.office, dated=dated)
    for letter in drafts:
        post_office.approve(session, letter, by=room.leader)
    failures = post_office.issue_all(session, drafts, config=config, by=room.office, progress=progress)
    return service.Batch(tuple(drafts), tuple(failures))


def test_a_reply_tells_what_is_done_what_is_not_yet_and_what_cannot_be(session, poll, config):
    letter = notices.reply(session, poll, config=config, dated=DATED)
    assert [(item.theme, item.unit, item.on.isoformat()) for item in letter.done] == [
        ("涉企收费", "水务局", "2023-04-20"),
        ("检查多", "消防救援大队", "2023-04-03"),
    ]
    assert [(item.theme, item.by.isoformat()) for item in letter.pending] == [("办事慢", "2023-05-31")]
    assert [(item.matter, item.ground) for item in letter.cannot] == [
        ("取消消防检查", "《消防法》第五十三条要求监督检查")
    ]
    assert {theme.name: theme.count for theme in letter.themes} == {
        "办事慢": 1,
        "检查多": 1,
        "涉企收费": 1,
        "其他": 2,  # a clue for the inspectors is not told apart: whoever is accused reads this letter too
    }


def test_a_reply_says_how_late_an_unfinished_matter_is(session, poll, config):
    letter = notices.reply(session, poll, config=config, dated=dt.date(2023, 6, 3))
    assert [(item.by.isoformat(), item.days_late) for item in letter.pending] == [("2023-05-31", 3)]


def test_a_reply_counts_measures_and_clues_and_prints_no_name(session, poll, config):
    letter = notices.reply(session, poll, config=config, dated=DATED)
    assert {(item.name, item.count, item.measure_word) for item in letter.measures} == {
        ("发出整改工作提示函", 1, "份"),
        ("谈心谈话", 1, "人"),
        ("调整岗位", 1, "人"),
        ("移交纪委监委问题线索", 1, "件"),
    }
    text = kinds.write(letter)
    for name in [name for _, _, name, _ in PEOPLE] + [name for name, _ in FIRMS]:
        assert name not in text
    for remark in REMARKS:
        assert remark["text"].rstrip("。") not in text


def test_every_active_enterprise_gets_one_reply(session, room, poll, config):
    seen = []
    batch = reply_all(
        session, poll, config=config, room=room, dated=DATED, progress=lambda *n: seen.append(n)
    )
    assert batch.failures == ()
    assert [letter.addressee for letter in batch.issued] == ["恒泰机械有限公司", "金禾食品有限公司"]
    assert {letter.state for letter in batch.issued} == {LetterState.ISSUED}
    assert {letter.number for letter in batch.issued} == {""}
    assert seen == [(1, 2), (2, 2)]
    again = reply_all(session, poll, config=config, room=room, dated=DATED)
    assert again.issued == ()


def test_no_reply_goes_out_while_a_comment_has_no_outcome(session, room, config):
    poll = a_counted_poll(session, stage=Stage.REPORTED)
    take_in_comments(session, poll, REMARKS, by=room.office)
    with pytest.raises(Refused, match="还差5条"):
        reply_all(session, poll, config=config, room=room, dated=DATED)


def test_no_reply_goes_out_while_the_remarks_lie_unread(session, room, config):
    poll = a_counted_poll(session, stage=Stage.REPORTED)
    with pytest.raises(Refused, match="还没有接收"):
        reply_all(session, poll, config=config, room=room, dated=DATED)
    take_in_comments(session, poll, [], by=room.office)
    assert len(reply_all(session, poll, config=config, room=room, dated=DATED).issued) == 2


def test_no_reminder_goes_out_before_the_review_ends(session, room, config):
    poll = a_counted_poll(session, REMIND)
    with pytest.raises(Refused) as refusal:
        service.remind(session, poll, config=config, by=room.office, dated=DATED)
    assert refusal.value.code == "poll.stage"


def test_a_reminder_needs_a_telephone_to_print(session, room, poll, config):
    mute = dataclasses.replace(config, office_phone=" ")
    with pytest.raises(Refused, match="office_phone"):
        service.remind(session, poll, config=mute, by=room.office, dated=DATED)


def test_a_matter_left_open_by_one_reply_stands_in_the_next_until_it_is_closed(session, room, poll, config):
    reply_all(session, poll, config=config, room=room, dated=DATED)
    later = a_counted_poll(session, round_="2023Q2", stage=Stage.RECTIFYING)
    letter = notices.reply(session, later, config=config, dated=dt.date(2023, 7, 20))
    assert [item.theme for item in letter.pending] == ["办事慢"]
    assert letter.done == ()


def test_a_reminder_is_recorded_as_carried_out_by_its_number(session, room, poll, config):
    batch = service.remind(session, poll, config=config, by=room.office, dated=DATED)
    assert [letter.addressee for letter in batch.issued] == ["水务局"]
    assert notices.due_reminders(session, poll) == []


def test_a_withdrawn_reminder_is_due_again_and_gets_a_new_number(session, room, poll, config):
    (letter,) = service.remind(session, poll, config=config, by=room.office, dated=DATED).issued
    service.move_letter(session, letter, state=LetterState.WITHDRAWN, config=config, by=room.office)
    assert len(notices.due_reminders(session, poll)) == 1
    (second,) = service.remind(session, poll, config=config, by=room.office, dated=DATED).issued
    assert (letter.serial, second.serial) == (1, 2)


def test_the_receipt_of_a_reminder_begins_the_days_for_an_objection(session, room, poll, config):
    (letter,) = service.remind(session, poll, config=config, by=room.office, dated=DATED).issued
    about = {"config": config, "by": room.office}
    service.move_letter(session, letter, state=LetterState.SENT, **about)
    on = dt.date(2023, 5, 4)
    service.receive_letter(session, letter, on=on, signed_by="办公室收文员", **about)
    measure = notices.measure_behind(session, letter)
    # Saturday 6 May 2023 was worked in exchange for the 2nd: the fifth working day is Wednesday the 10th.
    assert (measure.delivered_on, objections.last_day(measure)) == (on, dt.date(2023, 5, 10))


def test_no_second_letter_goes_to_a_unit_whose_objection_is_open(session, room, poll, config):
    (measure,) = notices.due_reminders(session, poll)
    room.delivers(measure)
    objected = {"text": "不服", "signed_name": "水务局", "by": room.office, "today": TODAY}
    objections.file(session, measure, **objected)
    assert service.remind(session, poll, config=config, by=room.office, dated=DATED).issued == ()
