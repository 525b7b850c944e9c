"""Hearings and objections: heard first, five days to object, ten to decide, other people, never worse."""

import datetime as dt

import pytest
from sqlmodel import select

from survey.clock import add_working_days
from survey.errors import Forbidden, Invalid, Refused
from survey.journal import JournalEntry, first_break
from survey.poll.models import Poll, Stage
from survey.rectify import service as rectify
from survey.review import cases as reading
from survey.review import hearings, objections, rechecks, service, steps
from survey.review.comments import take_in_comments
from survey.review.models import CaseState, Finding, HearingWay, MeasureKind, RecheckMatter, Ruling
from survey.staff.models import Role
from tests.desk.review_rooms import AT, MOVE, REMIND, TALK, TODAY, Room, a_counted_poll, proposal

PROOFS = {"verification": "核实属实", "group_decision": "集体研究同意"}
WORKDAYS = [add_working_days(TODAY, days) for days in range(12)]


@pytest.fixture
def room(session):
    room = Room(session)
    room.leader2 = room.staff.hire(Role.LEADER)
    room.official = room.staff.hire(Role.OFFICIAL, badge="P2")
    return room


def a_measure(room, wanted=MOVE, kind=MeasureKind.TRANSFER):
    (case,) = room.raises(a_counted_poll(room.session, wanted))
    room.upholds(case)
    return room.delivers(room.orders(case, kind, **PROOFS))


def objects(room, measure, *, on=TODAY, by=None, **more):
    words = {"text": "与事实不符", "signed_name": "李致远"} | more
    return objections.file(room.session, measure, **words, by=by or room.official, today=on)


def rules(room, objection, ruling, **more):
    objections.examine(room.session, objection, text="调阅了卷宗", by=room.inspector, today=TODAY)
    return objections.rule(
        room.session, objection, ruling=ruling, reason="理由", by=room.leader2, at=AT, **more
    )


# Before any step: told, and heard or silent.


def test_nothing_is_decided_before_the_person_was_told_and_heard(room, session):
    (case,) = room.raises(a_counted_poll(session, TALK))
    room.votes(case)
    with pytest.raises(Refused, match="须先告知"):
        room.orders(case, MeasureKind.TALK)
    hearings.invite(session, case, by=room.office, today=TODAY)
    with pytest.raises(Refused, match="陈述期到"):
        room.orders(case, MeasureKind.TALK)
    hearings.state_case(
        session, case, way=HearingWay.WRITTEN, statement="系政策调整", by=room.official, today=TODAY
    )
    assert "系政策调整" in room.orders(case, MeasureKind.TALK).hearing


def test_silence_is_recorded_as_silence_and_only_after_the_last_day(room, session):
    (case,) = room.raises(a_counted_poll(session, TALK))
    room.votes(case)
    hearing = hearings.invite(session, case, by=room.office, today=TODAY)
    assert (hearing.settled(hearing.due), hearing.words(hearing.due)) == (False, "")
    late = AT + (hearing.due - TODAY) + dt.timedelta(days=1)
    measure = service.decide(session, case, kind=MeasureKind.TALK, by=room.leader, at=late)
    assert measure.hearing == f"2023-04-03告知，至{hearing.due}未作陈述"


def test_nobody_states_the_case_of_somebody_else(room, session):
    (case,) = room.raises(a_counted_poll(session, TALK))
    room.votes(case)
    hearings.invite(session, case, by=room.office, today=TODAY)
    strangers = (room.staff.hire(Role.OFFICIAL, badge="P3"), room.clerk_of("U1"), room.clerk_of("U2"))
    for stranger in (*strangers, room.leader, room.reviewer):
        with pytest.raises(Forbidden):
            hearings.state_case(session, case, way=HearingWay.WAIVED, statement="", by=stranger, today=TODAY)


def test_a_units_case_is_stated_by_its_clerk_or_party_organisation(room, session):
    (case,) = room.raises(a_counted_poll(session, REMIND))
    room.votes(case)
    hearings.invite(session, case, by=room.office, today=TODAY)
    with pytest.raises(Forbidden):
        hearings.state_case(
            session, case, way=HearingWay.WRITTEN, statement="说明", by=room.clerk_of("U2"), today=TODAY
        )
    hearings.state_case(
        session, case, way=HearingWay.WRITTEN, statement="说明", by=room.clerk_of("U1"), today=TODAY
    )
    with pytest.raises(Refused, match="已经登记"):
        hearings.state_case(
            session, case, way=HearingWay.WAIVED, statement="", by=room.clerk_of("U1"), today=TODAY
        )


# A18: objections within five working days of delivery, later none.


@pytest.mark.parametrize(("day", "taken"), [(0, True), (4, True), (5, True), (6, False)])
def test_a18_an_objection_on_the_sixth_working_day_is_refused(room, session, day, taken):
    measure = a_measure(room)
    if taken:
        assert objects(room, measure, on=WORKDAYS[day]).open
    else:
        with pytest.raises(Refused, match="已于2023-04-11届满"):
            objects(room, measure, on=WORKDAYS[day])


def test_an_objection_waits_for_delivery_and_is_made_once_in_writing_with_a_name(room, session):
    (case,) = room.raises(a_counted_poll(session, MOVE))
    room.upholds(case)
    measure = room.orders(case, MeasureKind.TRANSFER, **PROOFS)
    with pytest.raises(Refused, match="还没有送达"):
        objects(room, measure)
    room.delivers(measure)
    with pytest.raises(Invalid, match="署名"):
        objects(room, measure, signed_name=" ")
    objects(room, measure)
    with pytest.raises(Refused, match="不能重复"):
        objects(room, measure)


def test_nobody_objects_for_somebody_else(room, session):
    measure = a_measure(room)
    for stranger in (room.staff.hire(Role.OFFICIAL, badge="P3"), room.clerk_of("U1"), room.leader2):
        with pytest.raises(Forbidden):
            objects(room, measure, by=stranger)
    assert objects(room, measure, by=room.office).filed_by == room.office.id


def test_a_decision_is_due_after_ten_working_days_and_late_from_then_on(room, session):
    objection = objects(room, a_measure(room))
    # Working days after 3 April 2023, Qingming on the 5th left out: the tenth is Tuesday 18 April.
    assert objection.due == dt.date(2023, 4, 18)
    assert [objection.overdue(dt.date(2023, 4, day)) for day in (18, 19)] == [False, True]


def test_whoever_sat_on_the_case_neither_examines_nor_decides(room, session):
    objection = objects(room, a_measure(room))
    for member in (room.leader, room.reviewer):
        with pytest.raises(Forbidden):
            objections.examine(session, objection, text="看过", by=member, today=TODAY)
    objections.examine(session, objection, text="看过", by=room.leader2, today=TODAY)
    with pytest.raises(Forbidden, match="两人"):
        objections.rule(session, objection, ruling=Ruling.REFUSED, reason="理由", by=room.leader2, at=AT)
    with pytest.raises(Forbidden, match="没有参与"):
        objections.rule(session, objection, ruling=Ruling.REFUSED, reason="理由", by=room.leader, at=AT)


def test_an_objection_is_not_decided_before_it_was_examined(room, session):
    objection = objects(room, a_measure(room))
    with pytest.raises(Refused, match="还没有核查"):
        objections.rule(session, objection, ruling=Ruling.REVOKED, reason="理由", by=room.leader2, at=AT)


def test_a_ruling_never_makes_it_worse(room, session):
    objection = objects(room, a_measure(room, MOVE, MeasureKind.TALK))
    for kind in (None, MeasureKind.TALK, MeasureKind.ADMONITION, MeasureKind.TRANSFER, MeasureKind.REMINDER):
        with pytest.raises(Refused, match="不能加重"):
            rules(room, objection, Ruling.REDUCED, kind=kind)


def test_a_reduced_measure_is_the_milder_one_from_then_on(room, session):
    measure = a_measure(room)
    rules(room, objects(room, measure), Ruling.REDUCED, kind=MeasureKind.TALK)
    assert measure.kind is MeasureKind.TALK


def test_a_revoked_measure_counts_nowhere_and_nothing_more_is_done(room, session):
    measure = a_measure(room)
    rules(room, objects(room, measure), Ruling.REVOKED)
    case = reading.get(session, measure.case_id)
    assert reading.count_measures(session, session.get_one(Poll, case.poll_id)) == {}
    assert (measure.revoked_on, case.state) == (TODAY, CaseState.WAIVED)
    with pytest.raises(Refused, match="撤销"):
        service.carry_out(session, measure, record="调整", on=dt.date(2023, 5, 4), by=room.office)


def test_no_step_is_taken_while_an_objection_is_open(room, session):
    measure = a_measure(room)
    objects(room, measure)
    with pytest.raises(Refused, match="异议正在复核"):
        service.carry_out(session, measure, record="调整", on=dt.date(2023, 5, 4), by=room.office)


def test_only_a_named_leader_with_a_reason_lets_steps_go_on_and_the_journal_keeps_both(room, session):
    measure = a_measure(room)
    objection = objects(room, measure)
    with pytest.raises(Forbidden):
        objections.lift(session, objection, reason="急", by=room.office)
    with pytest.raises(Invalid):
        objections.lift(session, objection, reason=" ", by=room.leader2)
    objections.lift(session, objection, reason="涉及公共安全，不能等待", by=room.leader2)
    service.carry_out(session, measure, record="已调整", on=dt.date(2023, 5, 4), by=room.office)
    entries = session.exec(select(JournalEntry).where(JournalEntry.act == "review.lift")).all()
    assert [(entry.actor, "公共安全" in entry.detail) for entry in entries] == [(room.leader2.login, True)]
    assert first_break(session) is None


def test_a_refused_objection_is_looked_at_twice_and_may_be_sent_back_to_others(room, session):
    objection = objects(room, a_measure(room))
    rules(room, objection, Ruling.REFUSED)
    (second,) = [one for one in rechecks.rechecks(session) if one.matter is RecheckMatter.OBJECTION]
    for member in (room.inspector, room.leader, room.leader2, room.reviewer):
        with pytest.raises(Forbidden):
            rechecks.check(session, second, finding=Finding.CONFIRMED, text="是", by=member, at=AT)
    fresh = room.staff.hire(Role.INSPECTOR)
    rechecks.check(session, second, finding=Finding.OVERTURNED, text="没有听取本人", by=fresh, at=AT)
    assert (objection.open, objection.due) == (True, WORKDAYS[10])
    with pytest.raises(Forbidden, match="没有参与"):
        objections.examine(session, objection, text="再看", by=room.inspector, today=TODAY)


def test_a_quarter_with_an_open_objection_does_not_conclude(room, session):
    measure = a_measure(room, TALK, MeasureKind.TALK)
    objects(room, measure)
    poll = session.get_one(Poll, measure.poll_id)
    poll.stage = Stage.RECTIFYING
    take_in_comments(session, poll, [], by=room.office)
    with pytest.raises(Refused, match="异议没有复核决定"):
        rectify.conclude(session, poll, by=room.office)


def test_praise_is_neither_heard_nor_objected_to(room, session):
    (case,) = room.raises(a_counted_poll(session, proposal("reward", "P1", 0, "通报表扬")))
    room.upholds(case)
    measure = room.orders(case, MeasureKind.COMMENDATION, verification="核对属实")
    with pytest.raises(Refused, match="不适用"):
        objections.may_file(session, measure, today=TODAY)


# After the decision: delivered, talked about, carried out, followed up.


def test_an_interview_needs_three_talkers_with_three_records(room, session):
    (case,) = room.raises(a_counted_poll(session, proposal("unit", "U1", 2, "约谈主要负责人")))
    room.upholds(case)
    measure = room.delivers(room.orders(case, MeasureKind.INTERVIEW))
    room.talks(measure, "县委书记", "县长")
    with pytest.raises(Refused, match="须有3份谈话记录，现有2份"):
        service.carry_out(session, measure, record="约谈", on=TODAY, by=room.office)
    with pytest.raises(Invalid, match="单独谈话"):
        room.talks(measure, "县长")
    room.talks(measure, "县纪委书记")
    assert (
        service.carry_out(session, measure, record="约谈", on=TODAY, by=room.office).carried_out_on == TODAY
    )


def test_a_talk_needs_two_talkers_and_a_recorder_who_are_three_people(room, session):
    measure = a_measure(room, TALK, MeasureKind.TALK)
    words = {"held_on": TODAY, "statement": "说明", "commitments": "", "by": room.office}
    for talker, companion, recorder in (("甲", "甲", "乙"), ("甲", "乙", "乙"), ("甲", "", "乙")):
        with pytest.raises(Invalid):
            steps.record_talk(
                session, measure, talker=talker, companion=companion, recorder=recorder, **words
            )


def test_a_transfer_is_carried_out_only_after_the_days_for_an_objection(room, session):
    measure = a_measure(room)
    until = objections.last_day(measure)
    with pytest.raises(Refused, match="异议期"):
        service.carry_out(session, measure, record="调整", on=until, by=room.office)
    after = add_working_days(until, 1)
    assert (
        service.carry_out(session, measure, record="调整", on=after, by=room.office).carried_out_on == after
    )


def test_the_party_organisation_records_its_own_peoples_measures_and_no_others(room, session):
    measure = a_measure(room, TALK, MeasureKind.TALK)
    own = room.staff.hire(Role.PARTY, room.clerk_of("U1").unit_id)
    other = room.staff.hire(Role.PARTY, room.clerk_of("U2").unit_id)
    steps.may_record(session, measure, by=own)
    with pytest.raises(Forbidden, match="其他单位"):
        steps.may_record(session, measure, by=other)
    with pytest.raises(Forbidden):
        steps.may_record(session, measure, by=room.clerk_of("U1"))


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (dt.date(2023, 4, 6), 6, dt.date(2023, 10, 6)),
        (dt.date(2023, 8, 31), 6, dt.date(2024, 2, 29)),
        (dt.date(2023, 11, 30), 3, dt.date(2024, 2, 29)),
    ],
)
def test_a_measure_is_followed_up_after_months_on_a_day_that_exists(day, months, later):
    assert steps.add_months(day, months) == later


def test_a_measure_is_followed_up_once_and_after_it_was_carried_out(room, session):
    measure = a_measure(room, TALK, MeasureKind.TALK)
    with pytest.raises(Refused, match="还没有落实"):
        steps.follow_up(session, measure, on=TODAY, text="已改进", by=room.office)
    room.talks(measure, "局党组书记")
    service.carry_out(session, measure, record="已谈", on=TODAY, by=room.office)
    assert steps.follow_up_due(measure) == dt.date(2023, 10, 3)
    steps.follow_up(session, measure, on=dt.date(2023, 10, 9), text="已改进", by=room.office)
    with pytest.raises(Refused, match="不能重复"):
        steps.follow_up(session, measure, on=dt.date(2023, 10, 9), text="已改进", by=room.office)
