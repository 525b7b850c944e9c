"""The review group's rule book: recusal, quorum and vote, the case sheet, the second look at refusals."""

import datetime as dt
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.errors import Forbidden, Refused
from survey.poll.models import Stage
from survey.rectify import ledger
from survey.rectify import service as rectify
from survey.rectify.models import OutcomeKind
from survey.review import casesheet, rechecks, recusal, service, votes
from survey.review.comments import take_in_comments
from survey.review.models import CaseState, Finding, MeasureKind, RecheckMatter, Theme, TieKind, Verdict
from survey.staff.models import Role
from survey.tally.models import Count
from tests.desk.review_rooms import (
    AT,
    EVIDENCE,
    REMIND,
    TALK,
    TODAY,
    Room,
    a_counted_poll,
    proposal,
    units,
)

VERDICTS = st.lists(st.sampled_from(Verdict), max_size=9)


@pytest.fixture
def room(session):
    return Room(session)


def ties(room, account, code="U1", kind=TieKind.SUPERVISES, **more):
    unit = units(room.session)[code]
    given_ = {"since": dt.date(2023, 1, 1), "by": room.office}
    return recusal.add_tie(room.session, account, unit=unit, kind=kind, **(given_ | more))


def says(room, case, member, verdict=Verdict.UPHOLD):
    more = {} if verdict is Verdict.UPHOLD else EVIDENCE
    return service.give_opinion(room.session, case, verdict=verdict, by=member, at=AT, **more)


@given(VERDICTS, st.integers(0, 9))
def test_nothing_is_carried_without_a_quorum(found, members):
    if len(found) < max(2, members // 2 + 1):
        assert votes.carried(found, members=members) is None


@given(VERDICTS)
def test_exclusion_is_carried_by_more_than_half_and_by_nothing_less(found):
    members, against = len(found), found.count(Verdict.EXCLUDE)
    carried = votes.carried(found, members=members)
    assert (carried is Verdict.EXCLUDE) == (members >= 2 and 2 * against > members)
    if members >= 2 and 2 * against == members:
        assert carried is None


@given(VERDICTS, st.integers(2, 9), st.randoms(use_true_random=False))
def test_the_order_of_the_votes_does_not_matter(found, members, order: random.Random):
    mixed = list(found)
    order.shuffle(mixed)
    assert votes.carried(mixed, members=members) is votes.carried(found, members=members)


def test_one_member_alone_upholds_nothing(room, session):
    (case,) = room.raises(a_counted_poll(session, REMIND))
    says(room, case, room.reviewer)
    assert case.state is CaseState.OPEN
    says(room, case, room.reviewer2)
    assert case.state is CaseState.UPHELD


def test_a_member_who_thinks_again_changes_the_own_vote_and_keeps_the_old_opinion(room, session):
    (case,) = room.raises(a_counted_poll(session, REMIND))
    room.votes(case)
    says(room, case, room.reviewer, Verdict.EXCLUDE)
    board = votes.board(session, case, on=TODAY)
    assert (len(board.votes), board.carried, case.state) == (2, None, CaseState.OPEN)
    assert len(casesheet.sheet(session, case, today=TODAY).opinions) == 3


@pytest.mark.parametrize("kind", TieKind)
def test_whoever_is_tied_to_the_unit_has_no_vote_on_it_or_its_people(room, session, kind):
    ties(room, room.reviewer, kind=kind)
    for case in room.raises(a_counted_poll(session, REMIND, TALK)):
        with pytest.raises(Forbidden) as refusal:
            says(room, case, room.reviewer)
        assert refusal.value.code == "review.recused"
        board = votes.board(session, case, on=TODAY)
        assert [member.account.id for member in board.recused] == [room.reviewer.id]


def test_a_tie_to_another_unit_keeps_nobody_out(room, session):
    ties(room, room.reviewer, "U2")
    (case,) = room.raises(a_counted_poll(session, REMIND))
    assert says(room, case, room.reviewer)


def test_a_vote_given_before_the_tie_was_entered_no_longer_counts(room, session):
    (case,) = room.raises(a_counted_poll(session, REMIND))
    room.votes(case)
    ties(room, room.reviewer)
    assert votes.board(session, case, on=TODAY).carried is None


def test_a_tie_that_has_ended_keeps_out_of_earlier_matters_only(room, session):
    tie = ties(room, room.reviewer)
    recusal.end_tie(session, tie, until=dt.date(2023, 4, 1), by=room.inspector)
    assert recusal.tie_to(session, room.reviewer, unit_code="U1", on=dt.date(2023, 3, 31))
    (case,) = room.raises(a_counted_poll(session, REMIND))
    assert says(room, case, room.reviewer)


def test_the_leader_in_charge_of_a_unit_decides_nothing_about_it(room, session):
    ties(room, room.leader)
    (case,) = room.raises(a_counted_poll(session, REMIND))
    room.upholds(case)
    with pytest.raises(Forbidden, match="回避"):
        room.orders(case, MeasureKind.REMINDER)
    with pytest.raises(Forbidden, match="回避"):
        service.waive(session, case, reason="算了", by=room.leader, today=TODAY)


def test_everybody_may_enter_the_own_tie_but_not_anothers_and_nobody_ends_the_own(room):
    with pytest.raises(Forbidden, match="本人的"):
        ties(room, room.reviewer2, by=room.reviewer)
    tie = ties(room, room.reviewer, by=room.reviewer)
    with pytest.raises(Forbidden):
        recusal.end_tie(room.session, tie, until=TODAY, by=room.reviewer)


def test_a_group_that_recusals_leave_with_one_member_decides_nothing(room, session):
    ties(room, room.reviewer)
    (case,) = room.raises(a_counted_poll(session, REMIND))
    says(room, case, room.reviewer2)
    assert votes.board(session, case, on=TODAY).quorum == 2
    assert case.state is CaseState.OPEN


def test_an_exclusion_spawns_a_second_look_by_somebody_who_did_not_exclude(room, session):
    poll = a_counted_poll(session, REMIND)
    (case,) = room.raises(poll)
    room.excludes(case)
    (second,) = rechecks.rechecks(session, poll=poll)
    assert second.matter is RecheckMatter.EXCLUSION
    for member in (room.reviewer, room.reviewer2, room.leader):
        with pytest.raises(Forbidden, match="自己参与"):
            rechecks.check(session, second, finding=Finding.CONFIRMED, text="属实", by=member, at=AT)
    for stranger in (room.office, room.auditor, room.clerk_of("U1")):
        with pytest.raises(Forbidden):
            rechecks.check(session, second, finding=Finding.CONFIRMED, text="属实", by=stranger, at=AT)
    with pytest.raises(Refused, match="批否倒查"):
        service.close_review(session, poll, by=room.office)
    rechecks.check(
        session, second, finding=Finding.CONFIRMED, text="处罚决定书属实", by=room.inspector, at=AT
    )
    assert service.close_review(session, poll, by=room.office).stage is Stage.REVIEWED


def test_an_exclusion_that_does_not_hold_opens_the_case_for_new_votes(room, session):
    poll = a_counted_poll(session, REMIND)
    (case,) = room.raises(poll)
    room.excludes(case)
    (second,) = rechecks.rechecks(session)
    rechecks.check(session, second, finding=Finding.OVERTURNED, text="文号不存在", by=room.inspector, at=AT)
    assert (case.state, votes.board(session, case, on=TODAY).votes) == (CaseState.OPEN, ())
    room.upholds(case)
    assert room.orders(case, MeasureKind.REMINDER).kind is MeasureKind.REMINDER


def test_a_declined_remark_is_looked_at_twice_and_counts_as_open_when_sent_back(room, session):
    poll = a_counted_poll(session, stage=Stage.RECTIFYING)
    (remark,) = take_in_comments(session, poll, [{"line": "U1", "text": "跑了三趟"}], by=room.office)
    room.paraphrases(remark, "办理次数多", Theme.SLOW)
    rectify.settle_comment(
        session, remark, kind=OutcomeKind.DECLINED, reason="规定如此", by=room.office, today=TODAY
    )
    assert ledger.equation(session, poll) == (1, 1)
    (second,) = rechecks.open_rechecks(session, poll)
    with pytest.raises(Forbidden):
        rechecks.check(session, second, finding=Finding.CONFIRMED, text="是", by=room.office, at=AT)
    other = room.staff.hire(Role.OFFICE)
    rechecks.check(session, second, finding=Finding.OVERTURNED, text="规定已废止", by=other, at=AT)
    assert ledger.equation(session, poll) == (1, 0)


def test_a_second_look_is_late_after_five_working_days(room, session):
    (case,) = room.raises(a_counted_poll(session, REMIND))
    room.excludes(case)
    (second,) = rechecks.rechecks(session)
    # 5 April 2023 is Qingming: five working days after Monday 3 April end on Tuesday 11 April.
    assert second.due == dt.date(2023, 4, 11)
    assert [second.overdue(dt.date(2023, 4, day)) for day in (11, 12)] == [False, True]


def test_the_sheet_shows_similar_cases_of_the_same_rung_and_series_only(room, session):
    other = proposal("unit", "U2", 1, "整改工作提示函")
    poll = a_counted_poll(session, REMIND, other, TALK, proposal("person", "P1", 1, "谈心谈话或约谈"))
    found = {case.subject: case for case in room.raises(poll)}
    sheet = casesheet.sheet(session, found["P2"], today=TODAY)
    assert [(one.case.subject, one.poor, one.rated, one.rate) for one in sheet.similar] == [
        ("P1", 12, 110, "10.91%")
    ]
    assert casesheet.sheet(session, found["U1"], today=TODAY).similar == ()
    assert (sheet.series, sheet.adverse) == ("公共服务", 0)


def test_the_interval_on_the_sheet_is_wilsons():
    # Wilson 95 % of 12/110: (6.35 %, 18.10 %), Newcombe 1998, method 3.
    assert casesheet.interval((80, 18, 12)) == "6.35%至18.10%"
    assert casesheet.interval((0, 0, 0)) == ""


def test_every_act_of_the_group_leaves_the_tally_as_it_was(room, session):
    poll = a_counted_poll(session, REMIND, TALK)
    before = session.get(Count, poll.id).model_dump()
    first, second = room.raises(poll)
    room.excludes(first)
    (look,) = rechecks.rechecks(session)
    rechecks.check(session, look, finding=Finding.OVERTURNED, text="不成立", by=room.inspector, at=AT)
    room.upholds(second)
    room.orders(second, MeasureKind.TALK)
    session.expire_all()
    assert session.get(Count, poll.id).model_dump() == before
