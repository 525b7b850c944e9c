"""WCAG 2.2 AA by axe-core on every page of both doors; the list of pages comes from the apps themselves."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlmodel import SQLModel

from survey.app import create_desk, create_hall
from survey.config import Config
from survey.db import unit_of_work
from survey.staff import service as staff
from survey.staff.models import Account, Role
from tests.browser.inside import ORIGIN, addresses, answer_from, faults
from tests.browser.sample import a_county_in_the_middle_of_its_work
from tests.browser.voter import Entrepreneur
from tests.hall.venue import POLL, RESULT, Venue

pytestmark = pytest.mark.browser
CODE = "ABCD-1234"
PARTS = 2
LETTER = {
    "state": "valid",
    "kind": "整改工作提示函",
    "number": "",
    "organ": "青禾县",
    "dated": "2023年4月3日",
}
HALL_WORDS = {"poll": (POLL,), "role": ("entrepreneur", "inspector"), "round_": ("2023Q1",), "code": (CODE,)}
DESK_WORDS = {
    "what": ("people", "points"),
    "kind": ("约谈纪要", "现场监督记录"),
    "badge": ("U1-2",),
    "subject": ("U2-1",),
    "year": (2023,),
    "role": ("office", "unit_clerk"),
}
UNSEEN = {
    "review.clue_sheet",
    "review.talk_sheet",
    "roster.preview",
    "intake.preview",
    "roster.mine",
    "tally.package",
    "tally.report_zip",
    "rectify.evidence",
    "rectify.letter",
    "paper.picture",
    "paper.remark_picture",
}
"""No pages to look at here: one lives between two clicks, one leads on, the others are files."""


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


@pytest.fixture
def venue(config: Config) -> Venue:
    venue = Venue(config)
    venue.board.post("result", POLL, json.dumps(RESULT).encode(), "application/json")
    register = {hashlib.sha256(CODE.encode()).hexdigest(): LETTER}
    venue.board.post("letters", "2023Q1", json.dumps(register).encode(), "application/json")
    return venue


@pytest.fixture
def hall(config: Config, venue: Venue) -> Iterator[Flask]:
    app = create_hall(config)
    yield app
    app.extensions["polls"].close()


def reads(app: Flask) -> list:
    """Return the routes that a reader can fetch."""
    return [rule for rule in app.url_map.iter_rules() if "GET" in rule.methods and rule.endpoint != "static"]


def mimetype_of(client, address: str) -> str:
    """Return what `address` gives this reader; nothing when it is kept from them."""
    answer = client.get(address)
    answer.close()
    return answer.mimetype if answer.status_code == 200 else ""


def test_every_hall_page_is_accessible_in_both_languages_and_in_every_look(page, venue, hall):
    venue.open().close()
    answer_from(page, hall.test_client())
    found = []
    for rule in reads(hall):
        for address in addresses(hall, rule, HALL_WORDS):
            if mimetype_of(hall.test_client(), address) != "text/html":
                continue
            for ask in ("", "?lang=en"):
                page.goto(ORIGIN + address + ask)
                found += [f"{address}{ask} {fault}" for fault in faults(page)]
            page.locator("#letters").click() if page.locator("#letters").count() else None
            page.locator("#contrast").click() if page.locator("#contrast").count() else None
            found += [f"{address} large, high contrast: {fault}" for fault in faults(page)]
            page.evaluate("localStorage.clear()")
    assert found == []


def test_every_step_of_the_ballot_is_accessible(page, venue, hall):
    venue.open()
    answer_from(page, hall.test_client())
    voter, found = Entrepreneur(page), []
    page.goto(f"{ORIGIN}/p/{POLL}/")
    found += faults(page)
    page.locator("#code").fill(venue.codes[0])
    page.locator("#code-form button").click()
    expect(page.locator("#compare")).to_be_visible()
    found += faults(page)
    page.locator("#fingerprint-same").click()
    page.locator("#line-overall label").first.click()
    page.locator("#unit-U00 > summary").click()
    page.locator("#line-P001 .remark > summary").click()
    page.locator("#text-P001").fill("等了三周")
    page.locator(".how > summary").first.click()
    page.locator("#jump .chip").first.click()
    found += faults(page)
    voter.looks_for("zhr")
    found += faults(page)
    for button in ("#to-review", "#seal"):
        page.locator(button).click()
        found += faults(page)
    voter.receipt()
    found += faults(page)
    assert found == []


@pytest.fixture
def desk(config: Config) -> Iterator[tuple[Flask, dict[Role, Account]]]:
    app = create_desk(replace(config, desk_database="sqlite://"))
    engine = app.extensions["desk_engine"]
    SQLModel.metadata.create_all(engine)
    with unit_of_work(engine) as session:
        people = a_county_in_the_middle_of_its_work(session, config)
    yield app, people
    engine.dispose()


def signed_in(app: Flask, account: Account | None):
    client = app.test_client()
    if account:
        with client.session_transaction() as cookie:
            cookie.update(account=account.id, seal=staff.seal_of(account))
    return client


def accessible(page: Page, desk: tuple[Flask, dict[Role, Account]], *, part: int) -> None:
    """Look at every `PARTS`th page of the desk, in light and in the dark."""
    app, people = desk
    page.set_viewport_size({"width": 1200, "height": 850})
    found, unseen = [], set()
    for rule in reads(app)[part::PARTS]:
        roles = sorted(getattr(app.view_functions[rule.endpoint], "roles", ()), key=str)
        shown = next(_shown(app, rule, [people[Role(role)] for role in roles] or [None]), None)
        if shown is None:
            unseen.add(rule.endpoint)
            continue
        client, address, kind = shown
        if kind != "text/html":
            continue
        page.unroute_all()
        answer_from(page, client)
        page.emulate_media(color_scheme="light")
        page.goto(ORIGIN + address)
        found += [f"{address} {fault}" for fault in faults(page)]
        page.emulate_media(color_scheme="dark")
        found += [f"{address} dark: {fault}" for fault in faults(page, "color-contrast")]
    assert found == []
    assert sorted(unseen - UNSEEN) == [], "tests/browser/sample.py needs data for these pages"


class TestTheDesk:
    """A class is what a worker takes as a whole, so the desk's pages are looked at by both."""

    def test_every_first_desk_page_is_accessible_in_light_and_in_the_dark(self, page, desk):
        accessible(page, desk, part=0)


class TestTheDeskAgain:
    """The other half of the desk's pages."""

    def test_every_second_desk_page_is_accessible_in_light_and_in_the_dark(self, page, desk):
        accessible(page, desk, part=1)


def _shown(app: Flask, rule, accounts) -> Iterator[tuple]:
    """Return who sees this page, at which of its addresses, and what it is."""
    for account in accounts:
        client = signed_in(app, account)
        for address in addresses(app, rule, DESK_WORDS):
            kind = mimetype_of(client, address)
            if kind:
                yield client, address, kind
