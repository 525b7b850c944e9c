"""`make screens`: a picture of every page of both doors, to be looked at one by one."""

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlmodel import select

from survey import config as configuration
from survey import languages
from survey.app import create_desk, create_hall
from survey.config import Config
from survey.db import unit_of_work
from survey.staff.models import Account, Role
from tests.browser.conftest import launch
from tests.browser.inside import ORIGIN, addresses, answer_from
from tests.browser.test_access import reads, signed_in
from tests.browser.voter import Entrepreneur
from tests.hall.venue import POLL, Venue

ROOT = Path(__file__).parents[2]
SCREENS = ROOT / "tests" / "artefacts" / "screens"
PHONE, WALL, DESK = (
    {"width": 360, "height": 740},
    {"width": 1280, "height": 720},
    {"width": 1200, "height": 850},
)
LOOKS = {"phone": (0, 0), "large": (2, 0), "contrast": (0, 1)}


def hall_pages(browser: Browser, config: Config) -> None:
    """Take every public page: phone, largest letters, high contrast, print, and the wall."""
    app = create_hall(config)
    keys = [poll.key for poll in app.extensions["polls"].listed()]
    words = {"poll": (keys[0],), "role": ("entrepreneur", "inspector")}
    page = browser.new_page(viewport=PHONE, device_scale_factor=1.5, locale="zh-CN")
    answer_from(page, app.test_client())
    for rule in reads(app):
        for address in addresses(app, rule, words):
            if app.test_client().get(address).mimetype != "text/html":
                continue
            name = "-".join(
                ["hall", rule.endpoint.split(".")[1], *([address[7:]] if "role" in rule.arguments else [])]
            )
            for look in LOOKS:
                dressed(page, address, look)
                page.screenshot(path=SCREENS / f"{name}-{look}.png", full_page=True)
            page.goto(f"{ORIGIN}{address}?lang=en")
            page.screenshot(path=SCREENS / f"{name}-english.png", full_page=True)
            page.goto(ORIGIN + address)
            page.pdf(path=SCREENS / f"{name}-print.pdf", format="A4")
    page.close()
    app.extensions["polls"].close()


def dressed(page: Page, address: str, look: str) -> None:
    """Open a page with the letters and contrast of `look`."""
    page.goto(ORIGIN + address)
    page.evaluate("localStorage.clear()")
    page.reload()
    for button, times in zip(("#letters", "#contrast"), LOOKS[look], strict=True):
        for _ in range(times):
            if page.locator(button).count():
                page.locator(button).click()


def ballot_steps(browser: Browser) -> None:
    """Take the steps of a ballot in an open hall, and the wall before, during and after."""
    with tempfile.TemporaryDirectory() as folder:
        config = Config(instance=Path(folder), mode="demo", hall_origin=ORIGIN)
        venue = Venue(config)
        app = create_hall(config)
        wall = browser.new_page(viewport=WALL)
        page = browser.new_page(viewport=PHONE, device_scale_factor=1.5, locale="zh-CN")
        for each in (wall, page):
            answer_from(each, app.test_client())
        for state, act in (("ready", None), ("open", venue.open), ("closed", venue.close)):
            if act:
                act()
            wall.goto(f"{ORIGIN}/p/{POLL}/screen")
            wall.wait_for_load_state("networkidle")
            wall.screenshot(path=SCREENS / f"wall-{state}.png")
            if state == "open":
                votes(page, venue)
        app.extensions["polls"].close()


def votes(page: Page, venue: Venue) -> None:
    voter = Entrepreneur(page)
    for look in LOOKS:
        dressed(page, f"/p/{POLL}/", look)
        page.screenshot(path=SCREENS / f"ballot-code-{look}.png")
        page.goto("about:blank")
        page.goto(venue.link(venue.codes[0], ORIGIN))
        expect(page.locator("#mark")).to_be_visible()
        page.screenshot(path=SCREENS / f"ballot-mark-{look}.png")
        voter.looks_for("zhr")
        page.screenshot(path=SCREENS / f"ballot-found-{look}.png")
        page.evaluate("document.querySelector('#line-P000 label').click()")
        page.locator("#to-review").click()
        page.screenshot(path=SCREENS / f"ballot-review-{look}.png")
    page.locator("#seal").click()
    voter.receipt()
    page.screenshot(path=SCREENS / "ballot-receipt.png", full_page=True)


def desk_pages(browser: Browser, config: Config) -> None:
    """Take every page of the desk as the first role that may see it: light, dark, print, English."""
    app = create_desk(config)
    with unit_of_work(app.extensions["desk_engine"]) as session:
        people = {account.role: account for account in session.exec(select(Account)) if account.active}
        session.expunge_all()
    page = browser.new_page(viewport=DESK, locale="zh-CN")
    for rule in reads(app):
        roles = sorted(getattr(app.view_functions[rule.endpoint], "roles", ()), key=str)
        accounts = [people[Role(role)] for role in roles if Role(role) in people] or [None]
        shown = first_shown(app, rule, accounts)
        if not shown:
            continue
        page.unroute_all()
        answer_from(page, shown[0])
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.goto(ORIGIN + shown[1])
            page.screenshot(path=SCREENS / f"desk-{rule.endpoint}-{scheme}.png", full_page=True)
        page.pdf(path=SCREENS / f"desk-{rule.endpoint}-print.pdf", format="A4")
        page.emulate_media(color_scheme="light")
        with shown[0].session_transaction() as cookie:
            cookie[languages.KEPT] = languages.ENGLISH
        page.goto(ORIGIN + shown[1])
        page.screenshot(path=SCREENS / f"desk-{rule.endpoint}-english.png", full_page=True)
    page.close()


def first_shown(app: Flask, rule, accounts):
    for account in accounts:
        client = signed_in(app, account)
        for address in addresses(app, rule, {"what": ("people",), "badge": ("P000",), "role": ("office",)}):
            answer = client.get(address)
            answer.close()
            if answer.status_code == 200 and answer.mimetype == "text/html":
                return client, address
    return None


def main() -> None:
    """Take all pictures into the git-ignored folder of artefacts."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    for old in SCREENS.iterdir():
        old.unlink()
    config = replace(configuration.load(ROOT / "instance" / "demo"), mode="demo")
    with sync_playwright() as playwright:
        browser = launch(playwright)
        ballot_steps(browser)
        hall_pages(browser, config)
        desk_pages(browser, config)
        browser.close()
    sys.stdout.write(f"{len(list(SCREENS.iterdir()))} pictures in {SCREENS.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
