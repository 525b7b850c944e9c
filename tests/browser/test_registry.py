"""A batch of letters goes on by itself in the browser, part after part, and shows how far it is."""

from dataclasses import replace

import pytest
from playwright.sync_api import Browser, expect
from sqlmodel import SQLModel

from survey.app import create_desk
from survey.config import Config
from survey.db import unit_of_work
from survey.letters import service as letters
from survey.staff import service as staff
from tests.browser.inside import ORIGIN, answer_from
from tests.desk.poll_rooms import County
from tests.letters.samples import DATED, a_reply

pytestmark = pytest.mark.browser


def test_a_batch_goes_on_until_every_letter_is_out(
    chromium: Browser, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "PART", 1)
    app = create_desk(replace(config, desk_database="sqlite://"))
    engine = app.extensions["desk_engine"]
    SQLModel.metadata.create_all(engine)
    with unit_of_work(engine) as session:
        county = County(session, config)
        poll = county.draft()
        for name in ("甲公司", "乙公司", "丙公司"):
            letter = letters.draft(
                session, a_reply(enterprise=name), round_=poll.round, reference="", addressee=name, word=None,
                dated=DATED, by=county.office,
            )  # fmt: skip
            letters.approve(session, letter, by=county.leaders[0])
        office, address = county.office, f"{ORIGIN}/registry/{poll.id}"
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie.update(account=office.id, seal=staff.seal_of(office))
    context = chromium.new_context(locale="zh-CN")
    page = context.new_page()
    answer_from(page, client)
    page.goto(address)
    page.get_by_role("button", name="印发3份").click()
    page.locator("dialog button.primary").click()
    expect(page.get_by_text("已印发3份，共3份")).to_be_visible(timeout=20_000)
    expect(page.locator("form[data-continue]")).to_have_count(0)
    context.close()
    engine.dispose()
