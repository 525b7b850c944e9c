"""An inspector in a real Chromium: makes the own key pair, saves it, later opens the own shares with it."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlmodel import SQLModel

from survey import serving
from survey.config import Config
from survey.db import open_engine, unit_of_work
from survey.poll import service as polls
from survey.staff import service as staff
from survey.tally import service as tally
from tests.browser.conftest import free_port
from tests.browser.test_desk import answers
from tests.desk.poll_rooms import ALL_GOOD, PASSPHRASE, County, key_file

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"


class Desk:
    """A served desk with a drafted poll; what other people do is done through the services."""

    def __init__(self, config: Config) -> None:
        self.config, self.engine = config, open_engine(config.database_url)
        SQLModel.metadata.create_all(self.engine)
        with unit_of_work(self.engine) as session:
            self.county = County(session, config)
            for account in self.county.inspectors:
                account.password_hash = staff.HASHER.hash(PASSWORD)
                session.add(account)
            self.county.draft()

    def do(self, act: Any) -> None:
        """Let the others act in one unit of work."""
        with unit_of_work(self.engine) as session:
            county = object.__new__(County)
            county.__dict__.update(self.county.__dict__, session=session)
            act(county, polls.get(session, 1))


@pytest.fixture
def desk(config: Config) -> Iterator[Desk]:
    port = free_port()
    config = replace(config, desk_port=port, desk_origin=f"http://127.0.0.1:{port}")
    desk = Desk(config)
    process = serving.start("desk", config)
    answers(port)
    yield desk
    process.terminate()
    assert process.wait(timeout=20) == 0
    desk.engine.dispose()


@pytest.fixture
def inspector(chromium: Browser, desk: Desk) -> Iterator[Page]:
    origin = desk.config.desk_origin
    context = chromium.new_context(base_url=origin, viewport={"width": 1100, "height": 900}, locale="zh-CN")
    faults: list[str] = []
    context.on("weberror", lambda error: faults.append(str(error.error)))
    context.on("console", lambda said: faults.append(said.text) if "Refused" in said.text else None)
    foreign = (origin, "blob:", "data:")
    context.on("request", lambda asked: None if asked.url.startswith(foreign) else faults.append(asked.url))
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto("/poll/1/keys")
    page.get_by_label("账号").fill(desk.county.inspectors[0].login)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    yield page
    context.close()
    assert faults == []


def test_an_inspector_makes_a_key_in_the_browser_and_opens_the_box_with_it(
    desk: Desk, inspector: Page, tmp_path: Path, artefacts: Path
):
    page = inspector
    saved = make_key(page, tmp_path)
    page.screenshot(path=artefacts / "desk-keys.png", full_page=True)

    desk.do(everything_up_to_closing)

    page.goto("/tally/1/opening")
    page.get_by_label("我的密钥文件").set_input_files(saved)
    page.get_by_label("口令").fill("不是这个口令，错的")
    page.get_by_role("button", name="打开并提交份额").click()
    expect(page.get_by_text("口令不对，密钥没有打开")).to_be_visible()
    page.get_by_label("口令").fill(PASSPHRASE)
    page.get_by_role("button", name="打开并提交份额").click()
    expect(page.get_by_text("第1位监督人员的开箱份额已提交。")).to_be_visible()

    desk.do(lambda county, poll: county.submit(poll, 2))

    page.reload()
    page.screenshot(path=artefacts / "desk-opening.png", full_page=True)
    page.get_by_role("button", name="打开票箱").click()
    page.get_by_role("dialog").get_by_role("button", name="打开票箱").click()
    expect(page.get_by_text("取出选票3张")).to_be_visible()
    page.get_by_role("button", name="计票").click()
    page.get_by_role("dialog").get_by_role("button", name="计票").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("结果")
    page.screenshot(path=artefacts / "desk-result.png", full_page=True)
    page.get_by_role("link", name="人员结果和处理建议").click()
    page.screenshot(path=artefacts / "desk-persons.png", full_page=True)
    page.goto("/tally/1/opening")
    page.get_by_label("我的密钥文件").set_input_files(saved)
    page.get_by_label("口令").fill(PASSPHRASE)
    page.get_by_role("button", name="签认计票表").click()
    expect(page.get_by_text("您对计票表的签名已公布。")).to_be_visible()
    expect(page.get_by_text("已签认1位")).to_be_visible()
    page.screenshot(path=artefacts / "desk-signed.png", full_page=True)
    with suppress(AssertionError):
        page.goto("/")
        page.screenshot(path=artefacts / "desk-overview.png", full_page=True)


def make_key(page: Page, folder: Path) -> Path:
    """Make a key pair, keep the file, confirm, register."""
    page.locator("#passphrase").fill(PASSPHRASE)
    page.locator("#again").fill(PASSPHRASE + "了")
    page.get_by_role("button", name="制作密钥文件").click()
    expect(page.get_by_text("两次输入的口令不一样")).to_be_visible()
    page.locator("#again").fill(PASSPHRASE)
    assert page.get_by_role("button", name="登记公钥").is_disabled()
    with page.expect_download() as download:
        page.get_by_role("button", name="制作密钥文件").click()
    saved = folder / download.value.suggested_filename
    download.value.save_as(saved)
    assert saved.name == "2023Q1-v1-key-1.json"
    page.get_by_text("密钥文件已保存到我的U盘").click()
    page.get_by_role("button", name="登记公钥").click()
    expect(page.get_by_text("已登记为第1位监督人员。")).to_be_visible()
    return saved


def everything_up_to_closing(county: County, poll: polls.Poll) -> None:
    """Register the others' keys, freeze, vote, close, settle the cards."""
    for position in (2, 3):
        public = key_file(poll.key, position)["public_key"]
        polls.register_key(county.session, poll, by=county.inspectors[position - 1], public_key=public)
    county.approved(poll)
    cards = polls.freeze(county.session, poll, config=county.config, by=county.inspectors[0])
    county.sign_steps(poll)
    polls.open_poll(county.session, poll, config=county.config, by=county.inspectors[0])
    county.cast(poll, cards.codes, [ALL_GOOD, ALL_GOOD, dict(ALL_GOOD, **{"U1-2": "C"})])
    county.close(poll)
    assert tally.submitted(county.session, poll) == frozenset()
