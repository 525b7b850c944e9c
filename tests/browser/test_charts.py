"""Charts in a browser: drawn under the policy of the page, told by pointing, readable in the dark."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlmodel import SQLModel

from survey.app import create_desk
from survey.config import Config
from survey.db import unit_of_work
from survey.staff.models import Role
from tests.browser.inside import ORIGIN, answer_from
from tests.browser.sample import a_county_in_the_middle_of_its_work
from tests.browser.test_access import signed_in

pytestmark = pytest.mark.browser
DRAWN = "() => [...document.querySelectorAll('[data-chart]')].every((each) => each.dataset.drawn)"


@pytest.fixture
def results(config: Config, chromium: Browser) -> Iterator[tuple[Page, list[str]]]:
    """Return a leader's page on a county's desk, and what its console complains of."""
    app: Flask = create_desk(replace(config, desk_database="sqlite://"))
    engine = app.extensions["desk_engine"]
    SQLModel.metadata.create_all(engine)
    with unit_of_work(engine) as session:
        people = a_county_in_the_middle_of_its_work(session, config)
    page = chromium.new_page(viewport={"width": 1200, "height": 850}, locale="zh-CN")
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda fault: complaints.append(str(fault)))
    answer_from(page, signed_in(app, people[Role.LEADER]))
    yield page, complaints
    page.close()
    engine.dispose()


def test_every_chart_is_drawn_without_loosening_the_policy_and_told_by_pointing(results):
    page, complaints = results
    for address in ("/tally/1", "/tally/1/persons", "/tally/year/2023"):
        page.goto(ORIGIN + address)
        assert page.locator("[data-chart]").count()
        page.wait_for_function(DRAWN)
        assert page.locator("[data-chart] svg").count() == page.locator("[data-chart]").count()
    page.goto(f"{ORIGIN}/tally/1/persons")
    page.wait_for_function(DRAWN)
    page.locator(".chart-place .mark-symbol.role-mark path").first.hover(force=True)
    expect(page.locator("#vg-tooltip-element")).to_contain_text("收缩后差评率")
    # The origin of this test is no https, which the browser says of each page.
    assert [said for said in complaints if "Cross-Origin-Opener-Policy" not in said] == []


def test_a_chart_takes_the_colours_of_the_page_and_fits_a_phone(results):
    page, _ = results
    page.set_viewport_size({"width": 360, "height": 740})
    colours = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto(f"{ORIGIN}/tally/1")
        page.wait_for_function(DRAWN)
        bar = page.locator(".chart-place .mark-rect.role-mark path").first
        colours.append(bar.evaluate("(each) => getComputedStyle(each).fill"))
    assert colours[0] != colours[1]
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert bar.evaluate("(each) => getComputedStyle(each).fill") == colours[0]
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_nobody_sorts_the_officials_by_a_rate(results):
    page, _ = results
    page.goto(f"{ORIGIN}/tally/1/persons")
    heads = page.locator("#persons thead th")
    sortable = heads.filter(has=page.locator("button")).all_inner_texts()
    assert [text.strip() for text in sortable] == ["姓名", "单位", "类别", "漏斗图位置"]
