"""The desk's pages for meetings, other ratings and the watch: brought by workbook, seen, acted on."""

import datetime as dt
import hashlib
import io

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlmodel import select

from survey import clock
from survey.db import unit_of_work
from survey.intake.service import BOOKS
from survey.poll.models import Stage
from survey.rectify import service as rectify
from survey.rectify.models import HandOver, Task
from survey.sources.models import Point
from survey.staff.models import Role
from tests.desk.books import a_book
from tests.desk.review_rooms import Room, a_counted_poll, units
from tests.desk.test_channels import month, pair, service_row
from tests.desk.test_sources import row
from tests.desk.test_watch import visit
from tests.desk.visitors import Visitor, hire, work

FUTURE = "2099-06-30"
ROWS = {
    "points": lambda **more: row(1, 完成时限=FUTURE, **more),
    "inspections": lambda **more: visit(1, **more),
    "figures": lambda **more: pair(81, 82, **more),
    "workloads": lambda **more: month("W1", when="2023-03") | more,
    "menu": lambda **more: service_row(1, **more),
}


@pytest.fixture
def people(desk: Flask) -> dict[str, Visitor]:
    with unit_of_work(desk.extensions["desk_engine"]) as session:
        room, poll = Room(session), a_counted_poll(session, stage=Stage.RECTIFYING)
        poll.rules_sha256 = hashlib.sha256(poll.rules.encode()).hexdigest()
        clerk, today = room.clerk_of("U1"), clock.today()
        for title in ("早已办好", "正在办理"):
            task = rectify.open_task(
                session, poll=poll, unit=units(session)["U1"], title=title, owner="李致远",
                phone="0335-7201234", deadline=today + dt.timedelta(days=9), theme="收费",
                by=room.office, today=today,
            )  # fmt: skip
            if title == "早已办好":
                past = today - dt.timedelta(days=120)
                rectify.report_step(session, task, text="已办", by=clerk, today=past)
                rectify.verify(session, task, text="属实", by=room.office, today=past)
        ids = {unit.code: unit.id for unit in units(session).values()}
    roles = (Role.OFFICE, Role.INSPECTOR, Role.LEADER, Role.REVIEWER, Role.AUDITOR)
    found = {role.value: Visitor(desk, hire(desk, role, login=role.value)) for role in roles}
    for code, unit_id in ids.items():
        found[code] = Visitor(desk, hire(desk, Role.UNIT_CLERK, login=f"clerk-{code}", unit_id=unit_id))
    return found


def brings(visitor: Visitor, what: str, *rows: dict[str, object]):
    book = BOOKS[what]
    stream = a_book(book.title, book.columns, rows)
    return visitor.posts(f"/intake/{what}", workbook=(stream, "表.xlsx"))


def confirms(visitor: Visitor, what: str, *rows: dict[str, object]) -> str:
    address = brings(visitor, what, *rows).headers["Location"]
    page = visitor.visit(address)
    assert "还没有导入" in page.text
    return visitor.posts(f"{address}/confirm", address).headers["Location"]


@pytest.mark.parametrize("what", list(BOOKS))
def test_each_workbook_is_checked_previewed_and_taken_in_only_when_confirmed(people, what: str) -> None:
    office = people["office"]
    template = load_workbook(io.BytesIO(office.client.get(f"/intake/{what}/template").data))
    assert [cell.value for cell in template[BOOKS[what].title][1]] == [c.head for c in BOOKS[what].columns]
    assert BOOKS[what].title in office.visit("/intake").text
    place = confirms(office, what, ROWS[what]())
    assert "已导入" in office.visit(place).text


@pytest.mark.parametrize("what", list(BOOKS))
def test_the_example_of_a_template_is_never_taken_in(people, what: str) -> None:
    template = people["office"].client.get(f"/intake/{what}/template").data
    answer = people["office"].posts(f"/intake/{what}", workbook=(io.BytesIO(template), "表.xlsx"))
    assert answer.status_code == 400
    assert "没有内容" in answer.text


@pytest.mark.parametrize(
    ("what", "head"),
    [
        ("points", "责任单位"),
        ("inspections", "检查单位"),
        ("figures", "渠道"),
        ("workloads", "办件数"),
        ("menu", "联系电话"),
    ],
)
def test_a_fault_is_shown_with_sheet_row_and_column(people, what: str, head: str) -> None:
    answer = brings(people["office"], what, ROWS[what](**{head: ""}))
    assert answer.status_code == 400
    assert f"没有填写{head}，请补上。" in answer.text
    assert BOOKS[what].title in answer.text


def test_a_file_that_is_no_workbook_is_refused_in_one_sentence(people) -> None:
    answer = people["office"].posts("/intake/points", workbook=(io.BytesIO(b"MZ"), "表.xlsx"))
    assert answer.status_code == 400
    assert "文件打不开" in answer.text
    assert people["office"].posts("/intake/points").status_code == 200


def test_a_discarded_upload_brings_nothing(desk: Flask, people) -> None:
    office = people["office"]
    address = brings(office, "points", ROWS["points"]()).headers["Location"]
    assert office.posts(f"{address}/discard", address).status_code == 303
    office.visit(address, status=410)
    with work(desk) as session:
        assert not session.exec(select(Point)).all()


def test_an_inspector_brings_the_register_and_nothing_else(people) -> None:
    inspector = people["inspector"]
    assert brings(inspector, "inspections", ROWS["inspections"](备案号="")).status_code == 303
    inspector.visit("/intake/points", status=403)
    inspector.visit("/intake/nothing", status=404)


def test_a_meeting_is_entered_point_by_point_and_only_office_and_inspectors_see_who_raised_it(
    people,
) -> None:
    office = people["office"]
    fields = {"kind": "TALK", "title": "恳谈会", "held_on": str(clock.today()), "people": "张一 企业甲 经理"}
    place = office.posts("/sources/new", **fields).headers["Location"]
    point = {
        "title": "外道路没有路灯", "theme": "难", "unit": "U1", "owner": "李致远", "phone": "0335-7201234",
        "deadline": FUTURE, "raised_by": "某某项目",
    }  # fmt: skip
    assert office.posts(place, **point).status_code == 303
    assert office.posts(place, **(point | {"phone": "小李"})).status_code == 400
    assert "某某项目" in people["inspector"].visit(place).text
    assert "某某项目" not in people["leader"].visit(place).text
    wall = people["U1"].visit("/rectify?source=恳谈会").text
    assert "外道路没有路灯" in wall
    assert "某某项目" not in wall
    assert "外道路没有路灯" not in people["U2"].visit("/rectify").text
    people["U1"].visit(place, status=403)


def test_a_hand_over_goes_through_the_pages_of_both_units(desk: Flask, people) -> None:
    clerk, taker = people["U1"], people["U2"]
    offer = {
        "offer-unit": "U2", "offer-owner": "赵景行", "offer-phone": "0335-7209999", "offer-reason": "属消防"
    }  # fmt: skip
    assert clerk.posts("/rectify/task/2/offer", "/rectify/task/2", **offer).status_code == 303
    assert "正在移交" in clerk.visit("/rectify/task/2").text
    taker.visit("/rectify/task/2", status=403)
    assert "正在办理" in taker.visit("/rectify/handovers").text
    clerk_answer = clerk.posts("/rectify/handover/1/accept", "/rectify/handovers")
    assert clerk_answer.status_code == 403
    no = taker.posts("/rectify/handover/1/refuse", "/rectify/handovers", **{"answer-reason": ""})
    assert no.status_code == 400
    assert taker.posts("/rectify/handover/1/accept", "/rectify/handovers").status_code == 303
    assert "赵景行" in taker.visit("/rectify/task/2").text
    with work(desk) as session:
        assert session.get(HandOver, 1).accepted


def test_a_revisit_is_due_listed_and_reopens_what_has_come_back(desk: Flask, people) -> None:
    assert "早已办好" in people["inspector"].visit("/rectify/revisits").text
    fields = {"revisit-finding": "RECURRED", "revisit-text": "又收了一次"}
    office = people["office"]
    assert office.posts("/rectify/task/1/revisit", "/rectify/task/1", **fields).status_code == 303
    assert "问题反弹，重新整改" in office.visit("/rectify/task/1").text
    with work(desk) as session:
        assert session.get(Task, 1).reopened_on == clock.today()


def test_digests_and_lists_are_pages_and_workbooks(people) -> None:
    leader = people["leader"]
    for rhythm in ("DAILY", "WEEKLY", "MONTHLY", "QUARTERLY", "YEARLY"):
        assert "整改台账" in leader.visit(f"/rectify/digest?rhythm={rhythm}").text
        assert leader.client.get(f"/rectify/digest.xlsx?rhythm={rhythm}").data.startswith(b"PK")
    leader.visit("/rectify/digest?rhythm=HOURLY", status=400)
    leader.visit("/rectify/digest?day=yesterday", status=400)
    assert "没有事先确定的榜单规则" in people["U1"].visit("/rectify/rolls").text
    rule = {f"rule-{name}": value for name, value in {
        "valid_from": "2099Q1", "least_items": "3", "red_from": "95", "black_below": "70", "target": "90"
    }.items()}  # fmt: skip
    assert leader.posts("/rectify/rolls", **rule).status_code == 303
    assert "自2099Q1起适用" in leader.visit("/rectify/rolls?quarter=2099Q2").text
    assert leader.posts("/rectify/rolls", **(rule | {"rule-valid_from": "明年"})).status_code == 400


def test_the_other_channels_are_seen_and_acted_on(people) -> None:
    office, leader = people["office"], people["leader"]
    bare = {"评价对象": "全县", "渠道": "好差评", "期间": "2023-02", "指标": "好评率", "百分比": "98.78"}
    confirms(office, "figures", ROWS["figures"](), bare)
    page = leader.visit("/channels").text
    assert "98.78%（81/82）" in page
    assert "至少82件才可能得出" in page
    confirms(office, "workloads", ROWS["workloads"]())
    star = {"badge": "W1", "consent": "同意书1号"}
    assert leader.posts("/channels/stars/2023-03", "/channels/stars", **star).status_code == 303
    assert leader.posts("/channels/stars/2023-03", "/channels/stars", **star).status_code == 409
    weights = {"year": "2099", "weights": "企业评价 50\n部门互评 50"}
    assert leader.posts("/channels/schemes", **weights).status_code == 409
    weights["weights"] = "企业评价 60\n部门互评 40"
    assert leader.posts("/channels/schemes", **weights).status_code == 303
    confirms(office, "menu", ROWS["menu"]())
    assert office.posts("/channels/menu", code="S001").status_code == 303
    assert office.posts("/channels/orders/1/served", "/channels/menu").status_code == 303
    assert office.posts("/channels/orders/1/rating", "/channels/menu", mark="GOOD").status_code == 303
    assert office.posts("/channels/orders/1/rating", "/channels/menu", mark="GOOD").status_code == 409


def test_a_spot_check_is_drawn_and_recorded_by_its_own_level(people) -> None:
    inspector = people["inspector"]
    place = inspector.posts("/channels/checks", size="1", seed="20230403").headers["Location"]
    assert "重抽核对" in people["office"].visit(place).text
    found = {"passed": "no", "note": "没有公示"}
    assert people["office"].posts(f"{place}/1", "/channels/checks", **found).status_code == 403
    assert inspector.posts(f"{place}/1", place, **found).status_code == 303
    assert "没有公示" in inspector.visit("/rectify/task/1").text


def test_the_watch_lists_alerts_and_says_whether_all_is_as_it_was(desk: Flask, people) -> None:
    inspector = people["inspector"]
    confirms(inspector, "inspections", ROWS["inspections"](备案号=""))
    assert "没有备案号" in inspector.visit("/watch").text
    assert "未备案" in people["office"].visit("/watch/inspections").text
    assert inspector.posts("/watch/inspection:1", "/watch", note="补办").status_code == 303
    assert inspector.posts("/watch/inspection:1", "/watch", note="").status_code == 400
    assert "少于5家的一方不单独统计" in inspector.visit("/watch/aftermath").text
    assert "都与当时一致" in people["auditor"].visit("/watch/integrity").text
    with work(desk) as session:
        session.get(Task, 1).owner = "别人"
        session.commit()
    assert "台账事项1（早已办好）被改动过" in inspector.visit("/watch/integrity").text
    for other in ("office", "leader", "reviewer", "U1"):
        people[other].visit("/watch", status=403)
