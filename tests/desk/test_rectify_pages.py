"""Rectification through its pages: from a comment to a closed task, letters seen before they are issued."""

import io

import pytest
from flask import Flask
from sqlmodel import select

from survey import clock
from survey.db import unit_of_work
from survey.letters.models import Letter
from survey.poll.models import Poll, Stage
from survey.rectify.models import Task
from survey.review.comments import take_in_comments
from survey.review.models import Theme
from survey.roster.models import Enterprise
from survey.staff.models import Role
from tests.desk.review_rooms import REMIND, TALK, Room, a_counted_poll, units
from tests.desk.visitors import Visitor, hire, work

REMARKS = [{"line": "U1", "text": "两次报价不一样。"}, {"line": "U2", "text": "说话不客气。"}]


@pytest.fixture
def people(desk: Flask) -> dict[str, Visitor]:
    with unit_of_work(desk.extensions["desk_engine"]) as session:
        room = Room(session)
        poll = a_counted_poll(session, REMIND, TALK)
        for comment in take_in_comments(session, poll, REMARKS, by=room.office):
            room.paraphrases(comment, f"关于{comment.line_name}的事", Theme.FEES)
        room.reviews(poll)
        poll.stage = Stage.REPORTED
        session.add(Enterprise(uscc="X1", name="恒泰机械有限公司", contact="张", phone="1"))
        clerks = {unit.code: unit.id for unit in units(session).values()}
    found = {
        role.value: Visitor(desk, hire(desk, role, login=role.value))
        for role in Role
        if role is not Role.UNIT_CLERK
    }
    for code, unit_id in clerks.items():
        found[code] = Visitor(desk, hire(desk, Role.UNIT_CLERK, login=f"clerk-{code}", unit_id=unit_id))
    return found


def hand_over_and_talk(office: Visitor, measure: int) -> None:
    page = f"/review/measure/{measure}"
    office.posts(f"{page}/deliver", page, **{"delivery-on": "2099-01-04"})
    talk = {"held_on": "2099-01-05", "talker": "局党组书记", "companion": "组织委员", "recorder": "办公室"}
    fields = {f"talk-{name}": value for name, value in (talk | {"statement": "说明了情况"}).items()}
    office.posts(f"{page}/talk", page, **fields)
    office.posts(f"{page}/carry-out", page, **{"carrying-on": "2099-01-05", "carrying-record": "已谈话"})


def enters(people: dict[str, Visitor], comment: int, **more: str):
    fields = {
        "task-unit": "U1",
        "task-theme": "收费",
        "task-title": "报装收费依据不明",
        "task-owner": "李致远",
        "task-phone": "0335-7201234",
        "task-deadline": "2099-06-30",
        "task-source": "测评会场",
    }
    page = f"/rectify/comment/{comment}"
    return people["office"].posts(f"{page}/task", page, **(fields | more))


def test_a_quarter_is_rectified_from_page_to_page(desk: Flask, people) -> None:
    office, clerk = people["office"], people["U1"]
    assert office.posts("/rectify/1/begin", "/rectify/1").status_code == 303
    assert "关于水务局的事" in office.visit("/rectify/comment/1").text
    assert enters(people, 1).headers["Location"] == "/rectify/comment/2"
    answer = office.posts(
        "/rectify/comment/2/outcome",
        "/rectify/comment/2",
        **{"outcome-kind": "DECLINED", "outcome-reason": "执法用语规范"},
    )
    assert answer.headers["Location"] == "/rectify/1/comments"
    assert "反映2条＝已有去向2条＋未定0条" in office.visit("/rectify/1/comments").text
    evidence = (io.BytesIO(b"%PDF-1.7"), "公示.pdf")
    answer = clerk.posts(
        "/rectify/task/1/report", "/rectify/task/1", **{"report-text": "已公示", "report-files": evidence}
    )
    assert answer.status_code == 303, answer.text
    assert "公示.pdf" in office.visit("/rectify/task/1").text
    got = clerk.client.get("/rectify/evidence/1")
    assert got.data == b"%PDF-1.7"
    assert got.headers["Content-Disposition"].startswith("attachment")
    page = "/rectify/task/1"
    assert office.posts(f"{page}/back", page, **{"back-text": "再核对"}).status_code == 303
    assert clerk.posts(f"{page}/note", page, **{"note-text": "已补公示"}).status_code == 303
    assert clerk.posts(f"{page}/report", page, **{"report-text": "已补"}).status_code == 303
    assert office.posts(f"{page}/verify", page, **{"verdict-text": "现场核实"}).status_code == 303
    assert "已销号" in people["inspector"].visit("/rectify").text


def test_the_second_task_of_a_unit_needs_no_typing_of_owner_and_phone(people) -> None:
    people["office"].posts("/rectify/1/begin", "/rectify/1")
    enters(people, 1)
    page = people["office"].visit("/rectify/comment/1").text
    assert "李致远" in page
    assert "0335-7201234" in page


def test_a_task_with_a_gap_comes_back_with_the_gap_marked(desk: Flask, people) -> None:
    answer = enters(people, 1, **{"task-phone": "", "task-owner": "李四"})
    assert answer.status_code == 400
    assert "请填写此项" in answer.text
    assert "李四" in answer.text
    with work(desk) as session:
        assert not session.exec(select(Task)).all()


def test_another_units_clerk_opens_neither_task_nor_evidence_nor_letter(desk: Flask, people) -> None:
    office, clerk, stranger = people["office"], people["U1"], people["U2"]
    enters(people, 1)
    evidence = (io.BytesIO(b"%PDF-1.7"), "公示.pdf")
    fields = {"report-text": "已公示", "report-files": evidence}
    clerk.posts("/rectify/task/1/report", "/rectify/task/1", **fields)
    assert office.posts("/rectify/1/remind", "/rectify/1/letters").status_code == 303
    assert clerk.client.get("/rectify/letter/1").data.startswith(b"%PDF-")
    assert "整改工作提示函" in clerk.visit("/rectify/letters").text
    for path in ("/rectify/task/1", "/rectify/evidence/1", "/rectify/letter/1"):
        stranger.visit(path, status=403)
    for path in ("report", "note"):
        answer = stranger.posts(f"/rectify/task/1/{path}", "/rectify", **{f"{path}-text": "改一下"})
        assert answer.status_code == 403
    assert "报装收费依据不明" not in stranger.visit("/rectify").text
    assert "没有发给本单位的文书" in stranger.visit("/rectify/letters").text


def test_letters_are_looked_at_before_they_take_a_number(desk: Flask, people) -> None:
    office = people["office"]
    assert "样张" in office.visit("/rectify/1/letters").text
    measure = office.client.get("/rectify/measure/1/preview")
    assert measure.data.startswith(b"%PDF-")
    assert office.client.get("/rectify/1/reply").data.startswith(b"%PDF-")
    with work(desk) as session:
        assert not session.exec(select(Letter)).all()


def test_replies_wait_until_every_comment_has_an_outcome_and_then_go_to_each_enterprise(
    desk: Flask, people
) -> None:
    office = people["office"]
    assert office.posts("/rectify/1/reply", "/rectify/1/letters").status_code == 409
    for comment in (1, 2):
        fields = {"outcome-kind": "ADOPTED", "outcome-reason": "照办"}
        office.posts(f"/rectify/comment/{comment}/outcome", f"/rectify/comment/{comment}", **fields)
    form = {"reply-dated": str(clock.today())}
    assert office.posts("/rectify/1/reply", "/rectify/1/letters", **form).status_code == 303
    assert "恒泰机械有限公司" in office.visit("/rectify/1/letters").text
    assert office.posts("/rectify/letter/1/sent", "/rectify/1/letters").status_code == 409
    people["leader"].posts("/registry/1/approve", "/registry/1")
    office.posts("/registry/1/issue", "/registry/1")
    assert office.posts("/rectify/letter/1/sent", "/rectify/1/letters").status_code == 303
    assert office.posts("/rectify/letter/1/lost", "/rectify/1/letters").status_code == 400
    assert "已送出" in office.visit("/rectify/1/letters").text


def test_a_quarter_concludes_from_its_page(desk: Flask, people) -> None:
    office = people["office"]
    office.posts("/rectify/1/begin", "/rectify/1")
    assert office.posts("/rectify/1/conclude", "/rectify/1").status_code == 409
    for comment in (1, 2):
        fields = {"outcome-kind": "ADOPTED", "outcome-reason": "照办"}
        office.posts(f"/rectify/comment/{comment}/outcome", f"/rectify/comment/{comment}", **fields)
    office.posts("/rectify/1/remind", "/rectify/1/letters")
    hand_over_and_talk(office, 2)
    assert office.posts("/rectify/1/conclude", "/rectify/1").status_code == 303
    with work(desk) as session:
        assert session.get(Poll, 1).stage is Stage.CONCLUDED


def test_the_wall_filters_and_exports(people) -> None:
    enters(people, 1)
    office = people["office"]
    assert "报装收费依据不明" in office.visit("/rectify?unit=U1&light=yellow&theme=收费&round=2023Q1").text
    assert "没有符合条件的事项" in office.visit("/rectify?light=red").text
    book = office.client.get("/rectify/ledger.xlsx?unit=U1")
    assert book.data.startswith(b"PK")


def test_an_item_from_another_source_enters_the_ledger_without_a_comment(people) -> None:
    fields = {
        "task-unit": "U2",
        "task-theme": "难",
        "task-title": "座谈会反映停车难",
        "task-owner": "赵景行",
        "task-phone": "0335-7200000",
        "task-deadline": "2099-06-30",
        "task-source": "恳谈会",
    }
    assert people["office"].posts("/rectify/1/task/new", **fields).status_code == 303
    assert "座谈会反映停车难" in people["U2"].visit("/rectify").text


@pytest.mark.parametrize("role", ["office", "inspector", "leader", "reviewer", "auditor", "U1"])
def test_an_empty_ledger_says_what_will_stand_there(people, role) -> None:
    assert (
        "整改事项" in people[role].visit("/rectify").text
        or "台账还是空的" in people[role].visit("/rectify").text
    )


def test_the_wall_leads_to_the_quarter_in_work_though_the_next_is_drafted(desk: Flask, people) -> None:
    with unit_of_work(desk.extensions["desk_engine"]) as session:
        drafted = {"title": "第二季度测评", "held_on": clock.today(), "seats": 1}
        session.add(Poll(round="2023Q2", rules="", rules_sha256="0", **drafted))
    page = people["office"].visit("/rectify").text
    assert "2023Q1 进度" in page
    assert "登记事项" in page
    assert "2023Q2 进度" not in people["office"].visit("/rectify?round=2023Q2").text
