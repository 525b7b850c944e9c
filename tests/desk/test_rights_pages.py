"""The people concerned through their pages: from a code on paper to a decision on the own objection."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlmodel import select

from survey.db import unit_of_work
from survey.review import objections
from survey.review.models import Measure, MeasureKind, Objection, Verdict
from survey.review.service import give_opinion
from survey.rights.models import LineState, LineWord
from survey.roster.models import Kind, Official, Tenure
from survey.staff.models import Account, Role
from tests.desk.review_rooms import AT, PEOPLE, TALK, TODAY, Room, a_counted_poll, units
from tests.desk.visitors import Visitor, hire, work

PASSWORD = "my own long password"


@pytest.fixture
def county(desk: Flask) -> Flask:
    with unit_of_work(desk.extensions["desk_engine"]) as session:
        room = Room(session)
        for badge, unit, name, kind in PEOPLE:
            person = Official(badge=badge, name=name)
            session.add(person)
            session.flush()
            place = {"official_id": person.id, "unit_id": units(session)[unit].id, "kind": Kind(kind)}
            session.add(Tenure(post="科长", duties="审批", since=TODAY.replace(year=2020), **place))
        (case,) = room.raises(a_counted_poll(session, TALK))
        room.votes(case)
    return desk


@pytest.fixture
def somebody(county: Flask) -> Callable[..., Visitor]:
    return lambda role, **more: Visitor(county, hire(county, role, login=f"{role.value}-x"[:20], **more))


def opens_the_account(county: Flask, clerk: Visitor, badge: str) -> Visitor:
    """Let a clerk print a code and the official open the account with it and sign in."""
    page = clerk.posts("/rights/codes", badge=badge).text
    code = page.split("<strong>")[1].split("<")[0]
    stranger = Visitor(county, None)
    fields = {"badge": badge, "code": code, "password": PASSWORD, "again": PASSWORD}
    assert stranger.posts("/rights/activate", **fields).status_code == 303
    assert stranger.posts("/rights/activate", **fields).status_code == 403, "a code opens once"
    answer = stranger.posts("/staff/sign-in", login=badge, password=PASSWORD)
    assert answer.status_code == 303
    return stranger


def test_an_official_goes_from_a_code_on_paper_to_a_ruling(county: Flask, somebody) -> None:
    office = somebody(Role.OFFICE)
    official = opens_the_account(county, somebody(Role.UNIT_CLERK, unit_id=1), "P2")
    assert official.client.get("/").location == "/rights"
    assert "没有涉及您本人的事项" in official.visit("/rights").text
    office.posts("/review/1/invite", "/review")
    assert "请陈述" in official.visit("/rights").text
    page = "/rights/matters/1"
    blank = official.posts(f"{page}/state", page, **{"statement-way": "WRITTEN"})
    assert (blank.status_code, "请写明陈述内容" in blank.text) == (400, True)
    said = {"statement-way": "WRITTEN", "statement-statement": "当日系统停用"}
    assert official.posts(f"{page}/state", page, **said).status_code == 303
    leader = somebody(Role.LEADER)
    assert "当日系统停用" in leader.visit("/review/case/1").text
    decided = {"decision-kind": MeasureKind.TALK.name}
    assert leader.posts("/review/case/1/decide", "/review/case/1", **decided).status_code == 303
    with unit_of_work(county.extensions["desk_engine"]) as session:
        measure = session.exec(select(Measure)).one()
        measure.delivered_on = measure.decided_on
    words = {"filing-text": "事实有出入", "filing-signed_name": "李致远"}
    assert official.posts(f"{page}/object", page, **words).status_code == 303
    assert "复核中" in official.visit(page).text
    with work(county) as session:
        assert session.exec(select(Objection)).one().signed_name == "李致远"


def test_an_objection_goes_from_examination_to_a_ruling_and_a_draft_on_its_pages(county, somebody) -> None:
    with unit_of_work(county.extensions["desk_engine"]) as session:
        for account in session.exec(select(Account)):
            account.login = f"first-{account.login}"
        room = Room(session)
        case = room.raises(a_counted_poll(session, TALK, round_="2023Q2"))[0]
        for member in session.exec(select(Account).where(Account.role == Role.REVIEWER)).all():
            give_opinion(session, case, verdict=Verdict.UPHOLD, by=member, at=AT)
        room.hears(case)
        measure = room.delivers(room.orders(case, MeasureKind.TALK))

        words = {"text": "不服", "signed_name": "李致远"}
        objections.file(session, measure, **words, by=room.office, today=TODAY)
    inspector, leader, office = (somebody(role) for role in (Role.INSPECTOR, Role.LEADER, Role.OFFICE))
    page = "/review/objection/1"
    assert "已逾期" in office.visit("/review/objections").text
    assert inspector.posts(f"{page}/examine", page, **{"examination-text": "已核"}).status_code == 303
    worse = {"ruling-ruling": "REDUCED", "ruling-reason": "减轻", "ruling-kind": ""}
    answer = leader.posts(f"{page}/rule", page, **worse)
    assert (answer.status_code, "不能加重" in answer.text) == (409, True)
    kept = {"ruling-ruling": "REFUSED", "ruling-reason": "事实清楚"}
    assert leader.posts(f"{page}/rule", page, **kept).status_code == 303
    assert "待复查" in office.visit("/review/rechecks").text
    assert office.posts(f"{page}/draft", page).status_code == 303


def test_a_line_goes_from_the_officials_words_to_the_roster_by_one_click(county: Flask, somebody) -> None:
    with unit_of_work(county.extensions["desk_engine"]) as session:
        hired = Account(login="P1", name="王守信", role=Role.OFFICIAL, password_hash="!", badge="P1")
        session.add(hired)
        session.flush()
        session.expunge(hired)
    official, office = Visitor(county, hired), somebody(Role.OFFICE)
    assert official.posts("/rights/line/confirm", "/rights/line").status_code == 303
    asked = {"name": "王守信", "post": "局长", "duties": "全面工作"}
    assert official.posts("/rights/line", **asked).status_code == 303
    assert "科长 → 局长" in office.visit("/rights/lines").text
    refused = office.posts("/rights/lines/2/refuse", "/rights/lines", **{"w2-reason": ""})
    assert refused.status_code == 400
    assert office.posts("/rights/lines/2/accept", "/rights/lines").status_code == 303
    assert "全面工作" in official.visit("/rights/line").text
    with work(county) as session:
        words = session.exec(select(LineWord).order_by(LineWord.id)).all()
        assert [word.state for word in words] == [LineState.CONFIRMED, LineState.ACCEPTED]


def test_a_dossier_opens_for_a_named_task_and_the_own_data_are_files(county: Flask, somebody) -> None:
    party = somebody(Role.PARTY, unit_id=1)
    assert "李致远" in party.visit("/rights/dossiers").text
    assert party.posts("/rights/dossiers/P2", reason=" ").status_code == 400
    assert "任职经历" in party.posts("/rights/dossiers/P2", reason="准备谈心谈话").text
    party.visit("/rights/dossiers/P3", status=403)
    official = somebody(Role.OFFICIAL, badge="P2")
    assert official.client.get("/rights/own.json").json["badge"] == "P2"
    assert official.client.get("/rights/own.xlsx").data.startswith(b"PK")
    assert official.client.get("/rights/dossiers/P2").status_code == 403
    assert "您的权利" in official.visit("/rights/rules").text


def test_nothing_is_done_when_nothing_was_chosen(county: Flask, somebody) -> None:
    office, clerk = somebody(Role.OFFICE), somebody(Role.UNIT_CLERK, unit_id=1)
    assert office.posts("/review/1/deliver", "/review/1/measures", on="2023-04-06").status_code == 400
    assert office.posts("/review/1/paraphrases", "/review").status_code == 400
    assert clerk.posts("/rights/codes").status_code == 400
