"""Letters, targets, keyboard, weight and the pages that are only read."""

import json
import re

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.voter import says
from tests.hall.venue import RESULT, Venue, slate

pytestmark = pytest.mark.browser

PERSONS = slate()["persons"]


@pytest.mark.parametrize("size", ["standard", "large", "huge"])
def test_letters_and_targets_are_large_and_nothing_sticks_out(venue, voter, phone, origin, shot, size):
    venue.open()
    voter.opens(venue.link(venue.codes[0], origin))
    expect(phone.locator("#mark")).to_be_visible()
    for _ in range(["standard", "large", "huge"].index(size)):
        phone.locator("#letters").tap()
    voter.opens_unit(PERSONS[7]["unit"])
    voter.rates("P007", "A")
    voter.taps_on("#line-P007 .remark > summary")
    shot(f"ballot-size-{size}")
    voter.reviews()
    shot(f"review-size-{size}")
    phone.go_back()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    small = phone.evaluate("""() => [...document.querySelectorAll("#mark *")].filter((each) =>
        each.childElementCount === 0 && each.textContent.trim() && each.checkVisibility() &&
        parseFloat(getComputedStyle(each).fontSize) < 18).map((each) => each.outerHTML)""")
    assert small == []
    least = 44 if size == "standard" else 60
    narrow = phone.evaluate(
        """(least) => [...document.querySelectorAll(
        "#mark button, #mark summary, #mark .option, #mark .switch, #mark input[type=search]")]
        .filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < least)
        .map((each) => each.outerHTML)""",
        least,
    )
    assert narrow == []


def test_the_keyboard_alone_rates_and_reaches_the_review(venue, voter, phone, origin):
    venue.open()
    voter.opens(venue.link(venue.codes[0], origin))
    expect(phone.locator("#mark")).to_be_visible()
    phone.locator("#search").focus()
    phone.keyboard.type(PERSONS[31]["name"])
    for _ in range(3):
        phone.keyboard.press("Tab")
        if phone.evaluate("document.activeElement.name") == "mark-P031":
            break
    phone.keyboard.press("Space")
    phone.keyboard.press("ArrowRight")
    expect(phone.locator("#mark-P031-B")).to_be_checked()
    group = phone.get_by_role("group", name=re.compile(f"{PERSONS[31]['name']}.*"))
    expect(group).to_be_visible()
    while phone.evaluate("document.activeElement.id") != "to-review":
        phone.keyboard.press("Tab")
    phone.keyboard.press("Enter")
    expect(phone.locator("#review")).to_be_visible()


def test_the_first_load_is_light_and_the_second_asks_once(venue, phone, origin, context: BrowserContext):
    venue.open()
    sizes: dict[str, int] = {}
    asked: list[str] = []
    session = context.new_cdp_session(phone)
    session.send("Network.enable")
    names: dict[str, str] = {}
    session.on(
        "Network.requestWillBeSent", lambda event: names.update({event["requestId"]: event["request"]["url"]})
    )
    session.on(
        "Network.loadingFinished",
        lambda event: sizes.update({names[event["requestId"]]: event["encodedDataLength"]}),
    )
    phone.on("request", lambda request: asked.append(request.url))
    phone.goto(venue.link(venue.codes[0], origin))
    expect(phone.locator("#mark")).to_be_visible()
    first = [url for url, size in sizes.items() if size]
    assert len(first) <= 6
    assert sum(sizes.values()) <= 60_000
    sizes.clear()
    phone.reload()
    expect(phone.locator("#mark")).to_be_visible()
    assert len([url for url, size in sizes.items() if size]) <= 1


def test_results_are_read_on_a_phone(venue: Venue, phone, origin, shot):
    venue.open().close()
    venue.board.post("result", venue.poll, json.dumps(RESULT).encode(), "application/json")
    phone.goto(f"{origin}/results/{venue.poll}")
    says(phone, ".rate", "99.09%")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    shot("results", full_page=True)


def test_the_hall_screen_follows_the_box(venue: Venue, voter, phone, origin, chromium, shot):
    wall = chromium.new_page(viewport={"width": 1280, "height": 720})
    wall.goto(f"{origin}/p/{venue.poll}/screen")
    expect(wall.locator("[aria-current=step]")).to_contain_text("离场")
    expect(wall.get_by_text("请听讲解")).to_be_visible()
    venue.open()
    expect(wall.locator("[aria-current=step]")).to_contain_text("开始填写", timeout=10_000)
    expect(wall.get_by_text("请安静填写")).to_be_visible()
    assert wall.locator("img[alt='选票网址的二维码']").evaluate("each => each.naturalWidth") > 20
    shot("screen", wall)
    venue.close()
    expect(wall.get_by_text("票箱已封")).to_be_visible(timeout=10_000)
    expect(wall.locator("img[alt='公示栏网址的二维码']")).to_be_visible()
    wall.close()
