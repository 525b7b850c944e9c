"""首接负责, 回头看, the five rhythms, and the lists of units: who answers for an item, and for how long."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.clock import Quarter
from survey.errors import Forbidden, Invalid, Refused
from survey.poll.models import Stage
from survey.rectify import digests, handover, ledger, revisits, rolls, service
from survey.rectify.digests import Rhythm
from survey.rectify.models import Finding, Light, Task
from survey.review.models import Theme
from tests.desk.review_rooms import TODAY, Room, a_counted_poll, units

DUE = dt.date(2023, 6, 30)
CLOSED = dt.date(2023, 8, 31)


@pytest.fixture
def room(session):
    return Room(session)


@pytest.fixture
def poll(session):
    return a_counted_poll(session, stage=Stage.RECTIFYING)


def opens(room, poll, *, unit="U1", deadline=DUE, title="供水报装收费依据不明", **more):
    return service.open_task(
        room.session, poll=poll, unit=units(room.session)[unit], title=title, owner="李致远",
        phone="0335-7201234", deadline=deadline, theme=Theme.FEES.value, by=room.office, today=TODAY, **more,
    )  # fmt: skip


def offers(room, task, *, by=None, unit="U2", owner="赵景行"):
    return service.offer(
        room.session, task, unit=units(room.session)[unit], owner=owner, phone="0335-7209999",
        reason="属消防职责", by=by or room.clerk_of("U1"), today=TODAY,
    )  # fmt: skip


def finishes(room, task, day, *, unit="U1"):
    service.report_step(room.session, task, text="已办", by=room.clerk_of(unit), today=day)


def closes(room, task, *, done=DUE, closed=CLOSED):
    finishes(room, task, done)
    service.verify(room.session, task, text="属实", by=room.office, today=closed)


def test_the_first_owner_answers_until_the_hand_over_is_accepted(session, room, poll):
    task = opens(room, poll)
    offer = offers(room, task)
    assert (task.owner, task.unit_id) == ("李致远", units(session)["U1"].id)
    service.accept(session, offer, by=room.clerk_of("U2"), today=TODAY)
    assert (task.owner, task.phone, task.unit_id) == ("赵景行", "0335-7209999", units(session)["U2"].id)
    assert task.deadline == DUE
    kinds = [entry.step.kind.value for entry in ledger.thread(session, task)]
    assert kinds == ["受理", "提出移交", "接收"]


def test_a_refused_hand_over_leaves_everything_as_it_was_and_says_why(session, room, poll):
    task = opens(room, poll)
    offer, taker = offers(room, task), room.clerk_of("U2")
    with pytest.raises(Invalid, match="理由"):
        service.refuse(session, offer, reason=" ", by=taker, today=TODAY)
    service.refuse(session, offer, reason="不属我局职责", by=taker, today=TODAY)
    assert (task.owner, offer.accepted, handover.pending(session, task)) == ("李致远", False, None)
    with pytest.raises(Refused, match="已于"):
        service.accept(session, offer, by=taker, today=TODAY)


def test_only_the_taking_unit_accepts_and_never_who_offered(session, room, poll):
    task = opens(room, poll)
    giver = room.clerk_of("U1")
    offer = offers(room, task, by=giver)
    for other in (giver, room.office, room.inspector, room.leader):
        with pytest.raises(Forbidden):
            service.accept(session, offer, by=other, today=TODAY)


def test_inside_one_unit_somebody_else_confirms_the_new_owner(session, room, poll):
    task = opens(room, poll)
    giver = room.clerk_of("U1")
    offer = offers(room, task, by=giver, unit="U1", owner="王守信")
    with pytest.raises(Forbidden):
        service.accept(session, offer, by=giver, today=TODAY)
    assert service.accept(session, offer, by=room.office, today=TODAY).owner == "王守信"


@pytest.mark.parametrize(
    ("gap", "words"),
    [({"owner": ""}, "请补齐"), ({"owner": "李致远", "unit": "U1"}, "已经是"), ({"by": "U2"}, "其他单位")],
)
def test_a_hand_over_that_makes_no_sense_is_refused(room, poll, gap, words):
    task = opens(room, poll)
    if "by" in gap:
        gap = {"by": room.clerk_of(gap["by"])}
    with pytest.raises(Refused, match=words):
        offers(room, task, **gap)


def test_one_hand_over_at_a_time(room, poll):
    task = opens(room, poll)
    offers(room, task)
    with pytest.raises(Refused, match="等待接收"):
        offers(room, task)


def test_a_closed_task_is_looked_at_again_after_three_and_six_months(session, room, poll):
    task = opens(room, poll)
    closes(room, task)
    assert [(each.months, each.on) for each in revisits.planned(session)] == [
        (3, dt.date(2023, 11, 30)),
        (6, dt.date(2024, 2, 29)),
    ]
    holds = {"finding": Finding.HOLDS, "text": "回访三家，未再收费", "by": room.office}
    with pytest.raises(Refused, match="还没有到期"):
        revisits.revisit(session, task, today=dt.date(2023, 11, 29), **holds)
    revisits.revisit(session, task, today=dt.date(2023, 11, 30), **holds)
    assert [each.months for each in revisits.due(session, today=dt.date(2024, 3, 1))] == [6]
    revisits.revisit(session, task, today=dt.date(2024, 3, 1), **holds)
    assert revisits.due(session, today=dt.date(2025, 1, 1)) == []
    assert task.verified_on == CLOSED


def test_a_problem_that_has_come_back_reopens_as_red_and_its_revisits_begin_anew(session, room, poll):
    task = opens(room, poll)
    closes(room, task)
    day = dt.date(2023, 12, 1)
    revisits.revisit(session, task, finding=Finding.RECURRED, text="又收一次", by=room.inspector, today=day)
    assert (task.light(day), ledger.label(task, day)) == (Light.RED, "问题反弹，重新整改")
    assert task.deadline == dt.date(2023, 12, 31)
    assert ledger.state(task) == "办理中"
    closes(room, task, done=dt.date(2023, 12, 20), closed=dt.date(2023, 12, 22))
    assert task.light(day) is Light.GREEN
    assert [each.on for each in revisits.planned(session)] == [dt.date(2024, 3, 22), dt.date(2024, 6, 22)]


def test_a_revisit_says_how_it_was_made(session, room, poll):
    task = opens(room, poll)
    closes(room, task)
    with pytest.raises(Invalid, match="写明情况"):
        revisits.revisit(
            session, task, finding=Finding.HOLDS, text=" ", by=room.office, today=dt.date(2024, 1, 1)
        )


@given(st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31)))
def test_every_due_date_stands_in_one_digest_of_each_rhythm(day):
    task = Task(unit_id=1, title="x", owner="x", phone="x", opened_on=day, deadline=day)
    spans = digests.events(task)
    assert list(spans) == list(Rhythm)
    assert all(span.holds(day) for span in spans.values())
    for rhythm, span in spans.items():
        following = digests.span(rhythm, span.last + dt.timedelta(days=1))
        assert following.first == span.last + dt.timedelta(days=1)
        assert digests.span(rhythm, span.first) == span == digests.span(rhythm, span.last)


def test_a_digest_chases_what_is_due_and_what_is_overdue_and_names_owner_and_phone(session, room, poll):
    opens(room, poll, title="早就逾期", deadline=dt.date(2023, 6, 1))
    opens(room, poll, title="今天到期")
    opens(room, poll, title="以后到期", deadline=dt.date(2023, 9, 1))
    done = opens(room, poll, title="已经办完")
    finishes(room, done, DUE)
    made = digests.digest(session, Rhythm.DAILY, day=DUE, today=DUE)
    assert {row.task.title for row in made.chase} == {"早就逾期", "今天到期"}
    text = digests.text(made)
    assert "【整改台账日推送】2023-06-30" in text
    assert "盯办人李致远 0335-7201234" in text
    assert "以后到期" not in text
    assert "一、红灯事项（1件）" in digests.agenda(session, today=DUE)


def test_a_rate_counts_only_what_can_be_judged_and_names_its_denominator(session, room, poll):
    for day in (dt.date(2023, 6, 29), dt.date(2023, 7, 3)):
        finishes(room, opens(room, poll), day)
    opens(room, poll, deadline=dt.date(2023, 6, 1))
    opens(room, poll, deadline=dt.date(2023, 6, 30))
    today = dt.date(2023, 6, 30)
    (score,) = digests.digest(session, Rhythm.QUARTERLY, day=DUE, today=today).scores
    assert (score.due, score.in_time, score.late, score.overdue) == (4, 1, 1, 1)
    assert score.shown_rate == "33.33%（1/3）"


def test_units_are_ranked_within_their_series_and_a_week_ranks_nobody(session, room, poll):
    finishes(room, opens(room, poll), DUE)
    opens(room, poll, unit="U2", deadline=dt.date(2023, 6, 1))
    quarter = digests.digest(session, Rhythm.QUARTERLY, day=DUE, today=CLOSED)
    assert {score.unit.code: score.place for score in quarter.scores} == {"U1": 1, "U2": 1}
    week = digests.digest(session, Rhythm.WEEKLY, day=DUE, today=CLOSED)
    assert [score.place for score in week.scores] == [None]


def fixes(room, *, valid_from="2023Q2", **more):
    lines = {"least_items": 1, "red_from": 95, "black_below": 70, "target": 90}
    return rolls.fix_rule(
        room.session, valid_from=Quarter.parse(valid_from), by=room.leader,
        today=more.pop("today", dt.date(2023, 3, 31)), **lines | more,
    )  # fmt: skip


def test_no_list_without_a_rule_that_was_fixed_before_the_quarter(session, room, poll):
    with pytest.raises(Refused, match="没有事先确定"):
        rolls.rolls(session, Quarter(2023, 2), today=CLOSED)
    with pytest.raises(Refused, match="已经开始"):
        fixes(room, today=dt.date(2023, 4, 1))
    fixes(room)
    with pytest.raises(Refused, match="不能改动"):
        fixes(room)
    with pytest.raises(Refused, match="才结束"):
        rolls.rolls(session, Quarter(2023, 2), today=DUE)
    assert rolls.rule_for(session, Quarter(2023, 1)) is None
    assert rolls.rule_for(session, Quarter(2024, 1)).valid_from == "2023Q2"


def test_units_enter_the_red_and_the_black_list_by_the_rule_and_leave_it_by_the_rule(session, room, poll):
    fixes(room)
    finishes(room, opens(room, poll), DUE)
    late = opens(room, poll, unit="U2")
    lists = {one.series.value: one for one in rolls.rolls(session, Quarter(2023, 2), today=CLOSED)}
    assert [(e.score.unit.name, e.left) for e in lists["公共服务"].red] == [("水务局", "")]
    assert [(e.score.unit.name, e.left) for e in lists["执法监管"].black] == [("消防救援大队", "")]
    finishes(room, late, CLOSED, unit="U2")
    opens(room, poll, deadline=dt.date(2023, 7, 31))
    lists = {one.series.value: one for one in rolls.rolls(session, Quarter(2023, 2), today=CLOSED)}
    assert lists["公共服务"].red[0].left == "已出现红灯事项，退出红榜"
    assert lists["执法监管"].black[0].left == "2023-08-31全部完成，退出黑榜"


def test_a_series_that_met_its_target_has_no_black_list(session, room, poll):
    fixes(room, target=50, black_below=60)
    for title in "甲乙":
        finishes(room, opens(room, poll, title=title, unit="U2"), DUE, unit="U2")
    opens(room, poll, unit="U2", title="丙")
    opens(room, poll, unit="U2", title="丁")
    (one,) = rolls.rolls(session, Quarter(2023, 2), today=CLOSED)
    assert (one.black, one.spared) == ((), "本类别合计按期2/4，已达目标，不列黑榜")


def test_an_item_that_comes_back_leaves_the_earlier_quarter_as_it_was(session, room, poll):
    fixes(room)
    task = opens(room, poll)
    closes(room, task, done=dt.date(2023, 7, 9), closed=dt.date(2023, 7, 10))
    before = rolls.rolls(session, Quarter(2023, 2), today=CLOSED)
    day = dt.date(2023, 10, 10)
    revisits.revisit(session, task, finding=Finding.RECURRED, text="又收", by=room.office, today=day)
    after = rolls.rolls(session, Quarter(2023, 2), today=day)
    assert [(e.score.judged, e.score.late) for one in before for e in one.black] == [(1, 1)]
    assert [e.score for one in after for e in one.black] == [e.score for one in before for e in one.black]
    autumn = digests.digest(session, Rhythm.QUARTERLY, day=day, today=day)
    assert [(score.due, score.judged) for score in autumn.scores] == [(1, 0)]


def test_a_unit_with_too_few_items_stands_on_no_list(session, room, poll):
    fixes(room, least_items=3)
    opens(room, poll)
    (one,) = rolls.rolls(session, Quarter(2023, 2), today=CLOSED)
    assert (one.red, one.black) == ((), ())
