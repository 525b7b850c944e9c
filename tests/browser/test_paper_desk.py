"""Paper at the desk by keyboard alone, and its pages in every state to WCAG 2.2 AA."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlmodel import SQLModel, select

from survey.app import create_desk
from survey.config import Config
from survey.db import unit_of_work
from survey.paper import service
from survey.paper.models import PaperDecision, PaperDoubt, PaperGallery, PaperRemark
from survey.poll.models import Poll
from survey.staff.models import Account
from tests.browser.inside import ORIGIN, answer_from, faults
from tests.browser.test_access import signed_in
from tests.desk.poll_rooms import County
from tests.paper.rooms import paper_in_hand

pytestmark = pytest.mark.browser
KEYS = {"dense": "9", "uncertain": "2"}


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1200, "height": 850}, locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


@pytest.fixture
def desk(config: Config) -> Iterator[tuple[Flask, list[Account]]]:
    app = create_desk(replace(config, desk_database="sqlite://"))
    engine = app.extensions["desk_engine"]
    SQLModel.metadata.create_all(engine)
    with unit_of_work(engine) as session:
        county = County(session, config)
        poll = county.closed()
        paper_in_hand(session, poll, config=config, by=county.office, ballots=1)
    yield app, [county.office, county.inspectors[0]]
    engine.dispose()


def in_session(app: Flask):
    return unit_of_work(app.extensions["desk_engine"])


def closes_the_intake(app: Flask, by: Account, config: Config) -> None:
    with in_session(app) as session:
        service.close_intake(session, session.get_one(Poll, 1), config=config, by=by)


def sits_down(page: Page, app: Flask, person: Account) -> None:
    page.unroute_all()
    answer_from(page, signed_in(app, person))


def reaches(page: Page, selector: str) -> None:
    """Go on with Tab until the focus stands on `selector`, as one without a mouse does."""
    for _ in range(120):
        if page.evaluate("(wanted) => document.activeElement?.matches(wanted) ?? false", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never comes to {selector}")


def test_doubts_blanks_and_comments_are_done_with_keys_alone(
    page: Page, desk, config: Config, artefacts: Path
):
    app, people = desk
    closes_the_intake(app, people[0], config)
    for person in people:
        sits_down(page, app, person)
        page.goto(f"{ORIGIN}/paper/1/doubts")
        if person is people[0]:
            page.screenshot(path=artefacts / "paper-doubts.png", full_page=True)
        while page.locator("button[data-key]").count():
            with in_session(app) as session:
                number = int(page.locator("form.doubt").get_attribute("action").rsplit("/", 1)[1])
                doubt = session.get_one(PaperDoubt, number)
                key = {"A": "1", "B": "2"}.get(doubt.machine) or KEYS[doubt.reason]
            with page.expect_navigation():
                page.keyboard.press(key)
    with in_session(app) as session:
        doubts = session.exec(select(PaperDoubt)).all()
        assert doubts
        assert [doubt for doubt in doubts if not doubt.outcome] == []
        assert len(session.exec(select(PaperDecision)).all()) == 2 * len(doubts)
    looks_through_the_blanks(page, app, people[0], artefacts)
    writes_and_checks(page, app, people, artefacts)


def looks_through_the_blanks(page: Page, app: Flask, person: Account, artefacts: Path) -> None:
    sits_down(page, app, person)
    page.goto(f"{ORIGIN}/paper/1/gallery")
    page.screenshot(path=artefacts / "paper-gallery.png", full_page=True)
    with in_session(app) as session:
        cells = session.exec(select(PaperGallery)).one().cells
    for place in (place for place, (*_, hidden) in enumerate(cells) if hidden):
        reaches(page, f'input[name="seen"][value="{place}"]')
        page.keyboard.press("Space")
    reaches(page, "main button[type=submit]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    with in_session(app) as session:
        assert session.exec(select(PaperGallery)).one().passed_by == person.id


def writes_and_checks(page: Page, app: Flask, people: list[Account], artefacts: Path) -> None:
    with in_session(app) as session:
        comments = len(session.exec(select(PaperRemark)).all())
    sits_down(page, app, people[0])
    page.goto(f"{ORIGIN}/paper/1/remarks")
    page.screenshot(path=artefacts / "paper-remark-written.png", full_page=True)
    for _ in range(comments):
        assert page.evaluate("document.activeElement.id") == "text"
        page.keyboard.type("窗口排队太久")
        reaches(page, 'button[value="write"]')
        with page.expect_navigation():
            page.keyboard.press("Enter")
    sits_down(page, app, people[1])
    page.goto(f"{ORIGIN}/paper/1/remarks")
    page.screenshot(path=artefacts / "paper-remark-checked.png", full_page=True)
    for _ in range(comments):
        with page.expect_navigation():
            page.keyboard.press("1")
    with in_session(app) as session:
        kept = session.exec(select(PaperRemark)).all()
        assert {(each.text, each.written_by, each.checked_by) for each in kept} == {
            ("窗口排队太久", people[0].id, people[1].id)
        }


def test_every_state_of_paper_is_accessible(page: Page, desk, config: Config, artefacts: Path):
    app, (office, inspector) = desk
    found = []
    sits_down(page, app, office)

    def look(address: str, name: str) -> None:
        page.goto(f"{ORIGIN}/paper/1{address}")
        page.screenshot(path=artefacts / f"paper-{name}.png", full_page=True)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found.extend(f"{name} {scheme} {fault}" for fault in faults(page))
        page.emulate_media(color_scheme="light")

    look("", "taking")
    closes_the_intake(app, office, config)
    for address, name in (
        ("", "deciding"),
        ("/doubts", "doubt"),
        ("/gallery", "blanks"),
        ("/remarks", "remark"),
    ):
        look(address, name)
    with in_session(app) as session:
        poll = session.get_one(Poll, 1)
        for remark in service.remarks.every(session, poll):
            service.remarks.write(session, poll, remark.id, text="排队", line="", by=inspector)
    look("/remarks", "remark to check")
    assert found == []
