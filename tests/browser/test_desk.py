"""The desk in a real Chromium: sign in, load a roster, search and sort a table, answer a question."""

import contextlib
import io
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect
from sqlmodel import SQLModel

from survey import serving
from survey.config import Config
from survey.db import open_engine, unit_of_work
from survey.demo import county
from survey.staff import service
from survey.staff.models import Role
from tests.browser.conftest import free_port

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"


def answers(port: int) -> None:
    for _ in range(400):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError("the desk does not answer")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the desk with two accounts and return its address; the tests share its roster."""
    port, instance = free_port(), tmp_path_factory.mktemp("desk")
    config = Config(
        instance=instance,
        mode="demo",
        secret_key="for-tests-only-" + "x" * 32,
        desk_port=port,
        desk_origin=f"http://127.0.0.1:{port}",
    )
    engine = open_engine(config.database_url)
    SQLModel.metadata.create_all(engine)
    with unit_of_work(engine) as session:
        for login, role in (("office-1", Role.OFFICE), ("leader-1", Role.LEADER)):
            service.create_account(
                session, login=login, name="王小明", role=role, password=PASSWORD, by=service.SYSTEM
            )
    engine.dispose()
    process = serving.start("desk", config)
    answers(port)
    yield config.desk_origin
    process.terminate()
    assert process.wait(timeout=20) == 0


@pytest.fixture
def clerk(chromium: Browser, desk: str) -> Iterator[Page]:
    """Sit the office's clerk down; a script fault, a refused style or a foreign request fails the test."""
    context = chromium.new_context(base_url=desk, viewport={"width": 1200, "height": 850}, locale="zh-CN")
    faults: list[str] = []
    context.on("weberror", lambda error: faults.append(str(error.error)))
    context.on("console", lambda said: faults.append(said.text) if "Refused" in said.text else None)
    context.on(
        "request", lambda asked: None if asked.url.startswith((desk, "data:")) else faults.append(asked.url)
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.goto("/roster/units")
    page.get_by_label("账号").fill("office-1")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("单位与人员名册")
    yield page
    context.close()
    assert faults == []


def loads(page: Page, what: str, raw: bytes) -> None:
    page.goto(f"/roster/books/{what}/upload")
    workbook = {"name": "名册.xlsx", "mimeType": "application/octet-stream", "buffer": raw}
    page.get_by_label("选择 .xlsx 文件").set_input_files(files=[workbook])
    page.get_by_role("button", name="检查这份名册").click()


def test_a_clerk_mends_a_roster_loads_it_and_finds_a_person(clerk: Page, artefacts: Path) -> None:
    book = load_workbook(io.BytesIO(county.people_workbook()))
    book.worksheets[0]["F5"] = None
    stream = io.BytesIO()
    book.save(stream)
    loads(clerk, "people", stream.getvalue())
    expect(clerk.get_by_role("alert")).to_contain_text("没有导入任何内容")
    expect(clerk.get_by_role("row", name="5 职务 没有填写职务，请补上。")).to_be_visible()
    clerk.screenshot(path=artefacts / "desk-faults.png")
    loads(clerk, "people", county.people_workbook())
    clerk.screenshot(path=artefacts / "desk-preview.png")
    clerk.get_by_role("button", name="确认导入").click()
    expect(clerk.get_by_role("status").first).to_contain_text("新增人员293")
    clerk.screenshot(path=artefacts / "desk-units.png")
    clerk.get_by_role("link", name="全部人员").click()
    clerk.get_by_placeholder("在表中查找").fill("副局长 企业开办")
    expect(clerk.locator("tbody tr:visible")).to_have_count(1)
    clerk.get_by_placeholder("在表中查找").fill("")
    clerk.get_by_label("按人员类别筛选").select_option("部门领导")
    expect(clerk.locator("tbody tr:visible")).to_have_count(33)
    expect(clerk.get_by_text("33行，共293行")).to_be_visible()


def test_a_table_sorts_by_a_click_on_its_head_and_back(clerk: Page) -> None:
    loads(clerk, "people", county.people_workbook())
    clerk.get_by_role("button", name="确认导入").click()
    head = clerk.get_by_role("columnheader", name="人数")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    expect(clerk.locator("tbody tr").first.locator("td.number")).to_have_text("8")
    head.get_by_role("button").click()
    expect(clerk.locator("tbody tr").first.locator("td.number")).to_have_text("9")


def test_a_grave_act_asks_first_and_no_leaves_everything(clerk: Page, artefacts: Path) -> None:
    clerk.goto("/staff/accounts")
    row = clerk.get_by_role("row", name="leader-1")
    row.get_by_role("button", name="停用").click()
    clerk.screenshot(path=artefacts / "desk-question.png")
    clerk.get_by_role("dialog").get_by_role("button", name="先不").click()
    expect(row).to_contain_text("使用中")
    row.get_by_role("button", name="停用").click()
    clerk.get_by_role("dialog").get_by_role("button", name="停用").click()
    expect(clerk.get_by_role("row", name="leader-1")).to_contain_text("已停用")


def test_the_desk_is_dark_when_the_system_is_and_light_on_paper(clerk: Page, artefacts: Path) -> None:
    theme = clerk.locator("html")
    expect(theme).to_have_attribute("data-theme", "light")
    clerk.emulate_media(color_scheme="dark")
    expect(theme).to_have_attribute("data-theme", "dark")
    clerk.screenshot(path=artefacts / "desk-dark.png")
    clerk.pdf(path=artefacts / "desk-print.pdf", format="A4")
