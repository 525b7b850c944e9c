"""A paraphrase passes a second person before any unit sees it; accusations are for the inspectors alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.errors import Forbidden, Refused
from survey.poll.models import Stage
from survey.rectify import notices
from survey.rectify import service as rectify
from survey.rectify.models import OutcomeKind
from survey.review import comments as reading
from survey.review import paraphrases
from survey.review.models import Comment, Theme
from survey.roster.models import Enterprise
from tests.desk.review_rooms import TODAY, Room, a_counted_poll

WORDS = "去年十月我们恒泰机械申请供水报装，前后跑了三趟，两次报价都不一样。"
FIRM = "卢龙县恒泰机械有限公司"


@pytest.fixture
def room(session):
    return Room(session)


@pytest.fixture
def poll(session):
    return a_counted_poll(session, stage=Stage.RECTIFYING)


@pytest.fixture
def remark(session, room, poll):
    (remark,) = reading.take_in_comments(session, poll, [{"line": "U1", "text": WORDS}], by=room.office)
    return remark


def test_no_unit_sees_a_paraphrase_before_a_second_person_let_it_pass(session, room, poll, remark):
    reading.paraphrase(session, remark, text="报装费用口径不一", theme=Theme.FEES, by=room.office)
    assert reading.paraphrases_of(session, poll, "U1") == []
    assert notices.problems(session, poll, "U1") == ()
    paraphrases.passes(session, remark, by=room.reviewer)
    assert reading.paraphrases_of(session, poll, "U1") == ["报装费用口径不一"]


def test_nobody_lets_the_own_paraphrase_pass(session, room, remark):
    reading.paraphrase(session, remark, text="报装费用口径不一", theme=Theme.FEES, by=room.office)
    with pytest.raises(Forbidden, match="自己写的"):
        paraphrases.passes(session, remark, by=room.office)
    for stranger in (room.leader, room.auditor, room.clerk_of("U1")):
        with pytest.raises(Forbidden):
            paraphrases.passes(session, remark, by=stranger)


def test_a_changed_paraphrase_waits_for_a_new_check(session, room, poll, remark):
    room.paraphrases(remark, "报装费用口径不一", Theme.FEES)
    reading.paraphrase(session, remark, text="收费标准前后不一", theme=Theme.FEES, by=room.office)
    assert paraphrases.unchecked(session, poll) == [remark]


def test_a_paraphrase_that_is_sent_back_is_written_anew(session, room, poll, remark):
    reading.paraphrase(session, remark, text="恒泰机械报装慢", theme=Theme.SLOW, by=room.office)
    paraphrases.send_back(session, remark, by=room.reviewer)
    assert reading.waiting(session, poll) == [remark]
    with pytest.raises(Refused):
        paraphrases.passes(session, remark, by=room.reviewer)


@pytest.mark.parametrize(
    ("text", "warned"),
    [
        ("恒泰机械的报装事项多次往返", "企业名称"),
        ("2022年10月申请的报装", "日期"),
        ("报价相差3.5万元", "金额"),
        ("联系13800138000的企业", "号码"),
        ("前后跑了三趟，两次报价不同", "照用原文"),
        ("报装费用口径不一", ""),
    ],
)
def test_what_may_give_the_firm_away_is_pointed_out(session, room, remark, text, warned):
    session.add(Enterprise(uscc="X", name=FIRM, contact="张", phone="1"))
    reading.paraphrase(session, remark, text=text, theme=Theme.SLOW, by=room.office)
    found = paraphrases.telltales(remark, paraphrases.firms(session))
    assert (warned in "".join(found)) if warned else found == []


@given(st.text("一二三四五六七八九十甲乙丙丁", min_size=8, max_size=40), st.integers(0, 32))
def test_eight_signs_in_a_row_from_the_words_are_always_noticed(words, start):
    start = min(start, len(words) - 8)
    comment = Comment(poll_id=1, line="U1", line_name="", text=words)
    comment.paraphrase = f"经整理：{words[start : start + 8]}。"
    assert any("照用原文" in warning for warning in paraphrases.telltales(comment, []))


def test_a_clue_handed_over_later_is_closed_to_everybody_but_the_inspectors(session, room, poll, remark):
    room.paraphrases(remark, "有人索要好处", Theme.OTHER)
    rectify.settle_comment(
        session, remark, kind=OutcomeKind.DISCIPLINE, reason="涉嫌索贿", by=room.office, today=TODAY
    )
    assert reading.paraphrases_of(session, poll, "U1") == []
    assert reading.read(session, remark, by=room.inspector) == WORDS
    for other in (room.office, room.reviewer, room.leader, room.auditor, room.clerk_of("U1")):
        assert not reading.visible(remark, other)
        with pytest.raises(Forbidden):
            reading.read(session, remark, by=other)
        with pytest.raises(Forbidden):
            reading.get_for(session, remark.id, by=other)


def test_comments_in_equal_comments_with_an_outcome(session, room, poll):
    lines = [{"line": "U1", "text": f"第{number}条意见"} for number in range(6)]
    found = reading.take_in_comments(session, poll, lines, by=room.office)
    kinds = [kind for kind in OutcomeKind if kind is not OutcomeKind.TASK]
    for number, (comment, kind) in enumerate(zip(found, kinds, strict=False), 1):
        rectify.settle_comment(session, comment, kind=kind, reason="见说明", by=room.office, today=TODAY)
        assert rectify.equation(session, poll) == (6, number)
