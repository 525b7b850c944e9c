"""The ballot page on a line that is cut: what the phone holds, and that it holds nothing of a voter."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import HANDSET
from tests.browser.voter import Entrepreneur, says
from tests.hall.venue import only_marks, slate

pytestmark = pytest.mark.browser
PERSONS = slate()["persons"]
HELD = """async () => {
  const store = await caches.open("qiping-page");
  const keys = await store.keys();
  return Promise.all(keys.map(async (key) => [key.url, await (await store.match(key)).text()]));
}"""


@pytest.fixture
def handset(chromium: Browser):
    """Give a phone whose browser may keep a page for later."""
    context = chromium.new_context(**HANDSET, service_workers="allow")
    yield context
    context.close()


def visited(context: BrowserContext, address: str) -> tuple[Page, list[str]]:
    """Load the ballot page and wait until the phone holds it; return what was asked of the server."""
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.goto(address)
    expect(page.locator("#mark")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.wait_for_function(f"({HELD})().then((held) => held.length >= 5)")
    return page, asked


def test_a_page_once_loaded_opens_and_fills_in_without_any_network(venue, handset, origin) -> None:
    venue.open()
    page, _ = visited(handset, venue.link(venue.codes[0], origin))
    page.close()
    handset.set_offline(True)
    page = handset.new_page()
    page.goto(venue.link(venue.codes[0], origin))
    voter = Entrepreneur(page)
    voter.looks_for(PERSONS[58]["name"])
    voter.rates("P058", "C")
    page.reload()
    says(page, "#progress", "已评 1 人")
    voter.reviews()
    voter.seals()
    says(page, "#send-title", "还没有发出")
    handset.set_offline(False)
    voter.receipt()
    venue.close()
    assert [only_marks(ballot) for ballot in venue.opened().ballots] == [{"P058": "C"}]


def test_what_the_phone_holds_is_public_and_the_same_for_every_voter(venue, handset, origin) -> None:
    venue.open()
    page, asked = visited(handset, venue.link(venue.codes[0], origin))
    first = {url for url in asked if url.startswith(origin)}
    assert len(first) <= 6, sorted(first)
    card = next(iter(venue.codes))
    voter = Entrepreneur(page)
    voter.looks_for(PERSONS[8]["name"])
    voter.rates("P008", "C")
    voter.reviews()
    voter.seals()
    receipt = voter.receipt()
    held = page.evaluate(HELD)
    public = re.compile(rf"{origin}/(p/{venue.poll}/(manifest\.json)?|static/[\w.]+\?v=\w+)")
    assert [url for url, _ in held if not public.fullmatch(url)] == []
    everything = " ".join(text for _, text in held)
    for secret in (card, card.replace("-", ""), receipt):
        assert secret not in everything


def test_only_the_server_says_that_a_box_is_closed(venue, handset, origin) -> None:
    venue.open()
    page, _ = visited(handset, venue.link(venue.codes[0], origin))
    venue.close()
    page.reload()
    expect(page.locator("#closed")).to_be_visible()


def test_a_box_that_is_not_open_leaves_nothing_on_the_phone(venue, handset, origin) -> None:
    page = handset.new_page()
    page.goto(venue.link(venue.codes[0], origin))
    expect(page.locator("#not-open")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    assert page.evaluate("caches.keys().then((names) => names.length)") == 0
