"""The review's rule book: what may become a measure, who decides it, what never changes."""

import datetime as dt

import pytest
from sqlalchemy.exc import IntegrityError

from survey.errors import Forbidden, Invalid, Refused
from survey.poll.models import Stage
from survey.review import cases as reading
from survey.review import rechecks, service
from survey.review.ladders import ladder
from survey.review.models import CaseState, Finding, Measure, MeasureKind, Verdict
from survey.tally.models import Count
from tests.desk.review_rooms import AT, EVIDENCE, MOVE, REMIND, TALK, TODAY, Room, a_counted_poll, proposal

PROOFS = {"verification": "核实组笔录", "group_decision": "县委会议纪要4号"}


@pytest.fixture
def room(session):
    return Room(session)


def excludes(room, case, **more):
    room.votes(case, Verdict.EXCLUDE, **(EVIDENCE | more))


def test_each_proposal_becomes_one_case_however_often_cases_are_raised(session, room):
    poll = a_counted_poll(session, REMIND, TALK)
    assert [case.name for case in room.raises(poll)] == ["整改工作提示函", "谈心谈话或约谈"]
    assert len(room.raises(poll)) == 2


def test_cases_rise_only_from_a_counted_poll(session, room):
    poll = a_counted_poll(session, REMIND, stage=Stage.OPENED)
    with pytest.raises(Refused) as refusal:
        room.raises(poll)
    assert refusal.value.code == "poll.stage"


def test_a_case_carries_the_name_and_unit_that_the_ballot_showed(session, room):
    (case,) = room.raises(a_counted_poll(session, TALK))
    assert (case.subject_name, case.unit_code) == ("李致远", "U1")


def test_no_act_of_the_review_changes_the_tally(session, room):
    poll = a_counted_poll(session, REMIND, TALK)
    before = session.get(Count, poll.id).model_dump()
    unit_case, person_case = room.raises(poll)
    room.upholds(unit_case)
    room.orders(unit_case, MeasureKind.REMINDER)
    room.excludes(person_case)
    (second,) = rechecks.rechecks(session)
    rechecks.check(session, second, finding=Finding.CONFIRMED, text="证据属实", by=room.inspector, at=AT)
    service.close_review(session, poll, by=room.office)
    session.expire_all()
    assert session.get(Count, poll.id).model_dump() == before


def test_only_a_leader_decides_a_measure(session, room):
    (case,) = room.raises(a_counted_poll(session, REMIND))
    room.upholds(case)
    for person in (room.office, room.inspector, room.reviewer, room.auditor, room.clerk_of("U1")):
        with pytest.raises(Forbidden):
            service.decide(session, case, kind=MeasureKind.REMINDER, by=person, at=AT)
    assert room.orders(case, MeasureKind.REMINDER).decided_by == room.leader.id


def test_a_leader_without_a_name_decides_nothing(session, room):
    (case,) = room.raises(a_counted_poll(session, REMIND))
    room.upholds(case)
    room.leader.name = " "
    with pytest.raises(Refused, match="实名"):
        room.orders(case, MeasureKind.REMINDER)


def test_a_case_that_the_group_has_not_upheld_gives_no_measure(session, room):
    (case,) = room.raises(a_counted_poll(session, REMIND))
    with pytest.raises(Refused, match="还没有认定"):
        room.orders(case, MeasureKind.REMINDER)


@pytest.mark.parametrize("absent", PROOFS)
def test_a_transfer_needs_verification_and_group_decision(session, room, absent):
    (case,) = room.raises(a_counted_poll(session, MOVE))
    room.upholds(case)
    with pytest.raises(Refused) as refusal:
        room.orders(case, MeasureKind.TRANSFER, **(PROOFS | {absent: "  "}))
    assert refusal.value.code == "review.unproven"
    assert room.orders(case, MeasureKind.TRANSFER, **PROOFS).kind is MeasureKind.TRANSFER


def test_the_database_itself_keeps_no_transfer_without_verification(session, room):
    (case,) = room.raises(a_counted_poll(session, MOVE))
    bare = Measure(
        case_id=case.id,
        poll_id=case.poll_id,
        kind=MeasureKind.TRANSFER,
        subject="P2",
        unit_code="U1",
        decided_by=room.leader.id,
        decided_at=AT,
    )
    session.add(bare)
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_an_admonition_needs_verification_even_if_the_rules_forget_it(session, room):
    (case,) = room.raises(a_counted_poll(session, proposal("person", "P2", 2, "约谈教育")))
    room.upholds(case)
    with pytest.raises(Refused, match="核实情况"):
        room.orders(case, MeasureKind.ADMONITION)


@pytest.mark.parametrize(
    ("proposed", "ordered", "lawful"),
    [
        (MOVE, MeasureKind.TALK, True),
        (TALK, MeasureKind.ADMONITION, False),
        (TALK, MeasureKind.TRANSFER, False),
        (TALK, MeasureKind.REMINDER, False),
        (REMIND, MeasureKind.INTERVIEW, False),
        (proposal("unit", "U1", 2, "约谈主要负责人"), MeasureKind.REMINDER, True),
    ],
)
def test_a_leader_may_order_a_milder_measure_never_a_heavier_one(session, room, proposed, ordered, lawful):
    (case,) = room.raises(a_counted_poll(session, proposed))
    room.upholds(case)
    if lawful:
        assert room.orders(case, ordered).kind is ordered
    else:
        with pytest.raises(Refused, match="重于"):
            room.orders(case, ordered, **PROOFS)


def test_an_excluded_case_gives_no_measure(session, room):
    (case,) = room.raises(a_counted_poll(session, REMIND))
    room.excludes(case)
    with pytest.raises(Refused) as refusal:
        room.orders(case, MeasureKind.REMINDER)
    assert refusal.value.code == "review.decided"


@pytest.mark.parametrize("gap", [{"reason": None}, {"evidence_number": " "}, {"evidence_date": None}])
def test_an_exclusion_needs_reason_evidence_number_and_date(session, room, gap):
    (case,) = room.raises(a_counted_poll(session, REMIND))
    with pytest.raises(Invalid) as refusal:
        excludes(room, case, **gap)
    assert refusal.value.code == "review.no_evidence"


def test_evidence_from_tomorrow_is_no_evidence(session, room):
    (case,) = room.raises(a_counted_poll(session, REMIND))
    with pytest.raises(Invalid, match="晚于今天"):
        excludes(room, case, evidence_date=dt.date(2023, 4, 4))


def test_nobody_excludes_a_case_alone(session, room):
    (case,) = room.raises(a_counted_poll(session, REMIND))
    with pytest.raises(Refused, match="审查小组"):
        service.exclude(session, case, by=room.leader, today=TODAY)
    excludes(room, case)
    with pytest.raises(Forbidden):
        service.exclude(session, case, by=room.reviewer, today=TODAY)


def test_an_exclusion_opinion_reopens_an_upheld_case(session, room):
    (case,) = room.raises(a_counted_poll(session, REMIND))
    room.upholds(case)
    excludes(room, case)
    assert case.state is CaseState.OPEN


def test_a_waived_case_keeps_the_leaders_reason(session, room):
    poll = a_counted_poll(session, REMIND)
    (case,) = room.raises(poll)
    room.upholds(case)
    with pytest.raises(Invalid):
        service.waive(session, case, reason=" ", by=room.leader, today=TODAY)
    service.waive(session, case, reason="单位已自行整改", by=room.leader, today=TODAY)
    assert (case.state, case.closed_reason) == (CaseState.WAIVED, "单位已自行整改")
    assert service.close_review(session, poll, by=room.office).stage is Stage.REVIEWED


def test_a_review_ends_only_when_every_case_is_decided(session, room):
    poll = a_counted_poll(session, REMIND, TALK)
    first, second = room.raises(poll)
    room.upholds(first)
    room.orders(first, MeasureKind.REMINDER)
    room.upholds(second)
    with pytest.raises(Refused, match=r"还有1件.*李致远"):
        service.close_review(session, poll, by=room.office)
    room.orders(second, MeasureKind.TALK)
    assert service.close_review(session, poll, by=room.office).stage is Stage.REVIEWED


def test_the_same_measure_of_a_running_quarter_is_joined_and_no_second_letter_goes_out(session, room):
    room.reviews(a_counted_poll(session, REMIND, TALK, round_="2022Q3"))
    later = a_counted_poll(session, REMIND, TALK, MOVE, round_="2022Q4")
    states = {(case.subject, case.rung): case.state for case in room.raises(later)}
    assert states == {
        ("U1", 1): CaseState.JOINED,
        ("P2", 1): CaseState.JOINED,
        ("P2", 2): CaseState.OPEN,
    }
    assert reading.count_measures(session, later) == {}


def test_a_concluded_quarter_takes_no_later_case_in(session, room):
    earlier = a_counted_poll(session, REMIND, round_="2022Q3")
    room.reviews(earlier)
    earlier.stage = Stage.CONCLUDED
    session.flush()
    (case,) = room.raises(a_counted_poll(session, REMIND, round_="2022Q4"))
    assert case.state is CaseState.OPEN


def test_a_unit_at_interview_also_gets_its_reminder_first(session, room):
    poll = a_counted_poll(session, REMIND, proposal("unit", "U1", 2, "约谈主要负责人"))
    room.reviews(poll)
    assert reading.count_measures(session, poll) == {MeasureKind.REMINDER: 1, MeasureKind.INTERVIEW: 1}
    steps = ladder(session, "unit", "U1")
    assert [step.decided for step in steps] == [("2023Q1",), ("2023Q1",), ()]


def test_what_the_party_organisation_did_is_recorded_once(session, room):
    (case,) = room.raises(a_counted_poll(session, TALK))
    room.upholds(case)
    measure = room.delivers(room.orders(case, MeasureKind.TALK))
    room.talks(measure, "局党组书记")
    with pytest.raises(Invalid, match="早于决定日期"):
        service.carry_out(session, measure, record="已谈话", on=dt.date(2023, 4, 2), by=room.office)
    service.carry_out(session, measure, record="局党组书记谈话", on=dt.date(2023, 4, 6), by=room.office)
    with pytest.raises(Refused, match="不能重复"):
        service.carry_out(session, measure, record="再谈", on=dt.date(2023, 4, 7), by=room.office)
