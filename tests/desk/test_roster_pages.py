"""The roster in the browser: upload, faults, preview, confirmation; people and their posts."""

import io
from collections.abc import Callable
from pathlib import Path

import pdfplumber
import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlmodel import select

from survey.config import Config
from survey.demo import county
from survey.roster import service
from survey.roster.models import Unit
from survey.staff.models import Account, Role
from tests.conftest import FONTS
from tests.desk.visitors import Visitor, hire, work

People = Callable[[Role], Visitor]
BOOKS = {"people": county.people_workbook, "enterprises": county.enterprises_workbook}


def uploads(clerk: Visitor, what: str, raw: bytes) -> str:
    """Upload a clean workbook and return the address of its preview."""
    reply = clerk.posts(f"/roster/books/{what}/upload", workbook=(io.BytesIO(raw), "名册.xlsx"))
    assert reply.status_code == 303, reply.text
    return str(reply.location)


def loads_the_county(clerk: Visitor) -> None:
    for what, make in BOOKS.items():
        preview = uploads(clerk, what, make())
        assert clerk.posts(f"{preview}/confirm", preview).status_code == 303


def kept(desk: Flask) -> list[Path]:
    config: Config = desk.config["SURVEY"]
    return list((config.instance / "uploads").glob("*"))


def test_an_upload_is_shown_first_and_taken_in_when_confirmed(desk: Flask, visitor: People) -> None:
    clerk = visitor(Role.OFFICE)
    preview = uploads(clerk, "people", county.people_workbook())
    page = clerk.visit(preview)
    assert "新增人员" in page.text
    with work(desk) as session:
        assert service.units(session) == []
    assert len(kept(desk)) == 1
    assert clerk.posts(f"{preview}/confirm", preview).location == "/roster/units"
    assert "已导入：新增单位33，新增人员293" in clerk.visit("/roster/units").text
    assert kept(desk) == []
    clerk.visit(preview, status=410)


def test_a_discarded_upload_changes_nothing_and_is_gone(desk: Flask, visitor: People) -> None:
    clerk = visitor(Role.OFFICE)
    preview = uploads(clerk, "enterprises", county.enterprises_workbook())
    assert clerk.posts(f"{preview}/discard", preview).status_code == 303
    assert kept(desk) == []
    with work(desk) as session:
        assert service.enterprises(session) == []


@pytest.mark.parametrize("token", ["x", "..%2f..%2fconfig", "20230101-" + "a" * 22])
def test_no_other_file_is_reached_by_a_guessed_token(visitor: People, token: str) -> None:
    assert visitor(Role.OFFICE).client.get(f"/roster/books/people/uploads/{token}").status_code in (404, 410)


def test_faults_are_listed_on_the_page_and_no_file_is_kept(desk: Flask, visitor: People) -> None:
    book = load_workbook(io.BytesIO(county.people_workbook()))
    sheet = book.worksheets[0]
    sheet["F5"], sheet["C9"] = None, "执法"
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    reply = visitor(Role.OFFICE).posts("/roster/books/people/upload", workbook=(stream, "名册.xlsx"))
    assert reply.status_code == 400
    assert "要改的地方（2处）" in reply.text
    assert "没有填写职务" in reply.text
    assert kept(desk) == []


def test_an_upload_without_a_file_says_so(visitor: People) -> None:
    reply = visitor(Role.OFFICE).posts("/roster/books/people/upload")
    assert "请先选择文件" in reply.text


def test_a_unit_that_changed_its_code_is_told_at_the_preview(visitor: People) -> None:
    clerk = visitor(Role.OFFICE)
    loads_the_county(clerk)
    book = load_workbook(io.BytesIO(county.people_workbook()))
    for row in book.worksheets[0].iter_rows(min_row=2):
        row[0].value = f"X{row[0].value}"
    stream = io.BytesIO()
    book.save(stream)
    reply = clerk.client.get(uploads(clerk, "people", stream.getvalue()))
    assert (reply.status_code, "请改用原来的编码" in reply.text) == (409, True)


def test_every_roster_page_can_be_read_by_those_who_may(desk: Flask, visitor: People) -> None:
    loads_the_county(visitor(Role.OFFICE))
    for role in (Role.INSPECTOR, Role.LEADER, Role.REVIEWER, Role.AUDITOR):
        reader = visitor(role)
        assert "行政审批局" in reader.visit("/roster/units").text
        assert "P001" in reader.visit("/roster/units/1").text
        assert "P292" in reader.visit("/roster/units/people").text
        assert "任职经历" in reader.visit("/roster/units/people/P001").text
        assert "有限公司" in reader.visit("/roster/enterprises").text
        assert "上传名册" not in reader.visit("/roster/units").text


def test_the_people_of_an_earlier_day_are_shown(visitor: People) -> None:
    clerk = visitor(Role.OFFICE)
    loads_the_county(clerk)
    assert "这一天没有在册人员" in clerk.visit("/roster/units/people?on=2020-01-01").text
    assert clerk.client.get("/roster/units/people?on=yesterday").status_code == 400


def test_a_unit_clerk_sees_the_own_unit_and_no_enterprise(desk: Flask, visitor: People) -> None:
    loads_the_county(visitor(Role.OFFICE))
    with work(desk) as session:
        own = session.exec(select(Unit.id).where(Unit.code == "U01")).one()
    clerk = Visitor(desk, hire(desk, Role.UNIT_CLERK, unit_id=own))
    assert clerk.client.get("/roster/mine").location == f"/roster/units/{own}"
    assert "自然资源" in clerk.visit(f"/roster/units/{own}").text
    assert clerk.client.get("/roster/units/1" if own != 1 else "/roster/units/2").status_code == 403
    assert clerk.client.get("/roster/enterprises").status_code == 403


def test_the_office_opens_a_clerks_account_on_the_units_page(desk: Flask, visitor: People) -> None:
    office = visitor(Role.OFFICE)
    loads_the_county(office)
    about = {"role": "unit_clerk", "name": "联络员", "password": "first password"}
    reply = office.posts("/roster/units/1/clerk", login="lian-1", **about)
    assert reply.location == "/roster/units/1"
    assert "lian-1" in office.visit("/roster/units/1").text
    with work(desk) as session:
        assert session.exec(select(Account.unit_id).where(Account.login == "lian-1")).one() == 1


def test_the_office_corrects_moves_and_retires_a_person(desk: Flask, visitor: People) -> None:
    office, path = visitor(Role.OFFICE), "/roster/units/people/P001"
    loads_the_county(office)
    assert office.posts(f"{path}/correct", name="易冬", post="副局长", duties="登记").status_code == 303
    new = {"unit": "2", "post": "局长", "duties": "全面工作", "kind": "leader", "since": "2099-01-01"}
    assert office.posts(f"{path}/move", **new).status_code == 303
    early = office.posts(f"{path}/retire", until="2098-12-31")
    assert (early.status_code, "不能早于现任职务的开始日期" in early.text) == (400, True)
    assert office.posts(f"{path}/retire", until="2099-02-01").status_code == 303
    page = office.visit(path)
    assert page.heading == "易冬"
    assert "2099-02-01" in page.text


def test_a_form_with_a_gap_keeps_what_was_typed(visitor: People) -> None:
    office = visitor(Role.OFFICE)
    loads_the_county(office)
    reply = office.posts("/roster/units/people/P001/correct", name="易冬", post="", duties="登记")
    assert (reply.status_code, "请填写此项" in reply.text, "易冬" in reply.text) == (200, True, True)


@pytest.mark.parametrize("what", ["people", "enterprises"])
def test_templates_and_rosters_are_given_as_workbooks(visitor: People, what: str) -> None:
    office = visitor(Role.OFFICE)
    loads_the_county(office)
    for page, rows in (("template", 2), ("export", {"people": 294, "enterprises": 111}[what])):
        reply = office.client.get(f"/roster/books/{what}/{page}")
        assert load_workbook(io.BytesIO(reply.data)).worksheets[0].max_row == rows
        assert ".xlsx" in reply.headers["Content-Disposition"]


def test_another_roster_does_not_exist(visitor: People) -> None:
    assert visitor(Role.OFFICE).client.get("/roster/books/secrets/template").status_code == 404


@pytest.mark.skipif(not FONTS.is_dir(), reason="the letters' fonts are not built here")
def test_each_unit_gets_a_sheet_on_which_its_people_confirm_their_lines(desk: Flask, visitor: People) -> None:
    office = visitor(Role.OFFICE)
    loads_the_county(office)
    reply = office.client.get("/roster/units/1/check-sheet")
    assert reply.mimetype == "application/pdf"
    with pdfplumber.open(io.BytesIO(reply.data)) as pdf:
        text = "".join(page.extract_text() for page in pdf.pages)
    assert "信息核对表" in text
    assert [f"P{number:03}" in text for number in range(10)] == [True] * 9 + [False]


def test_an_empty_roster_has_no_sheets_to_confirm(visitor: People) -> None:
    reply = visitor(Role.OFFICE).client.get("/roster/units/check-sheets")
    assert (reply.status_code, "请先上传" in reply.text) == (409, True)
