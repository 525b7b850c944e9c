"""What officials, their units and their party organisations may do, and what nobody else may see."""

import datetime as dt
import io
import json

import openpyxl
import pytest
from sqlmodel import select

from survey.errors import Busy, Forbidden, Invalid, Refused
from survey.journal import JournalEntry
from survey.poll.models import Stage
from survey.review import hearings
from survey.review.comments import take_in_comments
from survey.review.models import HearingWay, MeasureKind, Theme
from survey.rights import codes, dossier, lines, matters, service
from survey.rights.models import LineState, OpeningCode
from survey.roster.models import Kind, Official, Tenure
from survey.staff import service as staff
from survey.staff.models import Role
from tests.desk.review_rooms import AT, PEOPLE, REMIND, TALK, TODAY, Room, a_counted_poll, units

PASSWORD = "一个够长的好密码123"


@pytest.fixture
def room(session):
    room = Room(session)
    for badge, unit, name, kind in PEOPLE:
        person = Official(badge=badge, name=name)
        session.add(person)
        session.flush()
        session.add(
            Tenure(
                official_id=person.id,
                unit_id=units(session)[unit].id,
                post="科长",
                duties="审批",
                kind=Kind(kind),
                since=dt.date(2020, 1, 1),
            )
        )
    session.flush()
    room.clerk = room.clerk_of("U1")
    room.party = room.staff.hire(Role.PARTY, room.clerk.unit_id)
    room.official = room.staff.hire(Role.OFFICIAL, badge="P2")
    return room


def person(session, badge):
    return session.exec(select(Official).where(Official.badge == badge)).one()


def draws(room, badge="P1", by=None):
    (slip,) = service.issue_codes(
        room.session, units(room.session)["U1"], [badge], by=by or room.clerk, today=TODAY
    )
    return slip.code


def opens(room, code, badge="P1", at=AT):
    return service.activate(room.session, badge, code=code, password=PASSWORD, at=at)


# An account by 工号 and a one-time code.


def test_an_official_opens_the_own_account_with_a_code_and_signs_in(room, session):
    account = opens(room, draws(room).lower())
    assert (account.role, account.badge, account.login) == (Role.OFFICIAL, "P1", "P1")
    assert staff.sign_in(session, "P1", PASSWORD, at=AT) is account


def test_a_code_opens_once_for_one_person_and_two_weeks(room):
    code = draws(room)
    for badge, at in (("P2", AT), ("P1", AT + dt.timedelta(days=15))):
        with pytest.raises(Forbidden, match="开通码"):
            opens(room, code, badge, at)
    opens(room, code)
    with pytest.raises(Forbidden, match="开通码"):
        opens(room, code)


def test_a_new_code_voids_the_one_before(room):
    first, second = draws(room), draws(room)
    with pytest.raises(Forbidden):
        opens(room, first)
    assert opens(room, second)


def test_only_a_digest_of_a_code_is_kept_and_the_journal_does_not_name_it(room, session):
    code = draws(room)
    kept = session.exec(select(OpeningCode)).one()
    assert code not in kept.model_dump_json()
    assert all(code not in entry.detail for entry in session.exec(select(JournalEntry)))


def test_a_unit_hands_out_codes_for_its_own_people_only(room):
    with pytest.raises(Refused, match="不在水务局的名册"):
        draws(room, "P3")
    with pytest.raises(Forbidden):
        draws(room, by=room.clerk_of("U2"))


def test_codes_cannot_be_guessed_by_trying(room, session):
    for _ in range(staff.ALLOWED_FAILURES):
        staff.note_failure(session, "P1", at=AT)
    with pytest.raises(Busy):
        opens(room, draws(room))


def test_whoever_hands_out_codes_stands_on_the_own_page(room, session):
    opens(room, draws(room))
    ((code, who),) = codes.history(session, "P1")
    assert (who.id, code.used_on) == (room.clerk.id, TODAY)


# The own line before the freeze.


def test_an_official_confirms_the_own_line_or_asks_for_a_change_that_the_office_takes_over(room, session):
    lines.confirm(session, by=room.official, today=TODAY)
    word = lines.ask(session, name="李致远", post="副科长", duties="报装", by=room.official, today=TODAY)
    service.accept_line(session, word, by=room.office, today=TODAY)
    assert word.state is LineState.ACCEPTED
    held = lines.roster.history(session, person(session, "P2"))[0]
    assert (held.tenure.post, held.tenure.duties) == ("副科长", "报装")


def test_a_change_that_changes_nothing_or_is_refused_without_reason_is_sent_back(room, session):
    with pytest.raises(Invalid, match="相同"):
        lines.ask(session, name="李致远", post="科长", duties="审批", by=room.official, today=TODAY)
    word = lines.ask(session, name="李致远", post="局长", duties="审批", by=room.official, today=TODAY)
    with pytest.raises(Invalid, match="理由"):
        lines.refuse(session, word, reason=" ", by=room.office, today=TODAY)
    with pytest.raises(Forbidden):
        lines.refuse(session, word, reason="不是局长", by=room.clerk, today=TODAY)


@pytest.mark.parametrize("stage", [Stage.FROZEN, Stage.OPEN, Stage.CLOSED, Stage.OPENED])
def test_a_frozen_line_is_no_longer_put_right(room, session, stage):
    word = lines.ask(session, name="李致远", post="副科长", duties="审批", by=room.official, today=TODAY)
    a_counted_poll(session, stage=stage)
    with pytest.raises(Refused, match="已冻结"):
        lines.confirm(session, by=room.official, today=TODAY)
    with pytest.raises(Refused, match="已冻结"):
        service.accept_line(session, word, by=room.office, today=TODAY)


# The own matters.


def test_an_official_sees_the_own_matter_once_told_with_counts_interval_and_checked_paraphrases(
    room, session
):
    poll = a_counted_poll(session, TALK)
    (case,) = room.raises(poll)
    assert matters.mine(session, by=room.official) == []
    room.votes(case)
    hearings.invite(session, case, by=room.office, today=TODAY)
    found = matters.matter(session, case.id, by=room.official, today=TODAY)
    assert (found.marks, found.interval, found.may_state) == ((80, 18, 12), "6.35%至18.10%", True)
    hearings.state_case(
        session, case, way=HearingWay.WRITTEN, statement="说明", by=room.official, today=TODAY
    )
    measure = room.delivers(room.orders(case, MeasureKind.TALK))
    assert matters.matter(session, case.id, by=room.official, today=measure.delivered_on).may_object


@pytest.mark.parametrize("number", [1, 2])
def test_no_number_in_an_address_opens_somebody_elses_matter(room, session, number):
    for case in room.raises(a_counted_poll(session, REMIND, TALK)):
        room.upholds(case)
    others = (room.clerk_of("U2"), room.staff.hire(Role.OFFICIAL, badge="P3"), room.office, room.leader)
    for stranger in others:
        with pytest.raises(Forbidden):
            matters.matter(session, number, by=stranger, today=TODAY)
    assert [case.kind for case in matters.mine(session, by=room.clerk)] == ["unit"]


# 一人一档.


def test_a_dossier_is_for_the_person_the_party_organisation_and_the_inspectors_alone(room, session):
    found = person(session, "P2")
    for reader in (room.official, room.party, room.inspector):
        service.may_open_dossier(session, found, by=reader, today=TODAY)
    elsewhere = room.staff.hire(Role.PARTY, room.clerk_of("U2").unit_id)
    colleague = room.staff.hire(Role.OFFICIAL, badge="P1")
    others = (room.office, room.leader, room.reviewer, room.auditor, room.clerk, elsewhere, colleague)
    for stranger in others:
        with pytest.raises(Forbidden, match="只由本人"):
            service.may_open_dossier(session, found, by=stranger, today=TODAY)


def test_a_dossier_follows_the_person_to_a_new_party_organisation(room, session):
    found = person(session, "P2")
    elsewhere = room.staff.hire(Role.PARTY, room.clerk_of("U2").unit_id)
    moved = session.exec(select(Tenure).where(Tenure.official_id == found.id)).one()
    moved.unit_id = elsewhere.unit_id
    service.may_open_dossier(session, found, by=elsewhere, today=TODAY)
    with pytest.raises(Forbidden):
        service.may_open_dossier(session, found, by=room.party, today=TODAY)


def test_others_name_the_task_they_open_a_dossier_for_and_the_journal_keeps_it(room, session):
    found = person(session, "P2")
    (case,) = room.raises(a_counted_poll(session, TALK))
    with pytest.raises(Invalid, match="哪项工作"):
        service.open_dossier(session, found, by=room.party, today=TODAY, reason="看看"[:1])
    service.open_dossier(session, found, by=room.party, today=TODAY, reason="准备谈心谈话")
    other = person(session, "P1")
    service.open_dossier(session, other, by=room.party, today=TODAY, reason="准备谈心谈话")
    entries = session.exec(select(JournalEntry).where(JournalEntry.act == "dossier.open")).all()
    assert [json.loads(entry.detail)["task"] for entry in entries] == [f"审查事项{case.id}", ""]


def a_whole_affair(room):
    poll = a_counted_poll(room.session, TALK)
    (case,) = room.raises(poll)
    remarks = [{"line": "P2", "text": "报装问了几次都没有答复"}]
    (remark,) = take_in_comments(room.session, poll, remarks, by=room.office)
    room.paraphrases(remark, "=答复不及时", Theme.SLOW)
    room.upholds(case)
    room.delivers(room.orders(case, MeasureKind.TALK))
    poll.stage = Stage.REPORTED
    room.session.flush()


def test_the_own_data_leave_as_json_and_as_a_workbook_with_the_same_content(room, session):
    a_whole_affair(room)
    mine = service.open_dossier(session, person(session, "P2"), by=room.official, today=TODAY)
    told = json.loads(service.as_json(mine))
    assert (told["badge"], told["affairs"][0]["measure"]) == ("P2", "谈心谈话")
    book = openpyxl.load_workbook(io.BytesIO(service.as_workbook(mine)))
    assert book.sheetnames == ["任职", "各季结果", "转述", "事项"]
    assert book["转述"]["B2"].value == "'=答复不及时"
    assert book["事项"]["E2"].value is not None


def test_unpublished_quarters_stand_in_the_inspectors_dossier_only(room, session):
    a_whole_affair(room)
    a_counted_poll(session, round_="2023Q2")
    mine = dossier.compile(session, person(session, "P2"), by=room.official)
    theirs = dossier.compile(session, person(session, "P2"), by=room.inspector)
    assert [len(found.quarters) for found in (mine, theirs)] == [1, 2]
