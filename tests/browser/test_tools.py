"""The ballot page seals with the browser's own cryptography, or on plain http with what it brings along."""

import gzip
import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from survey.app import STATIC
from tests.browser.conftest import PHONE
from tests.browser.voter import Entrepreneur, says
from tests.hall.venue import Venue, only_marks

pytestmark = pytest.mark.browser


@pytest.fixture
def hall_network(chromium: Browser, origin: str) -> Iterator[Page]:
    """Return a page on a plain-http name of the hall's own network, which is no secure context."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    rules = ["--no-sandbox", "--host-resolver-rules=MAP hall.example 127.0.0.1"]
    environ = {name: value for name, value in os.environ.items() if name != "FONTCONFIG_FILE"}
    browser = chromium.browser_type.launch(executable_path=path, args=rules, env=environ)
    yield browser.new_page(viewport=PHONE, has_touch=True, is_mobile=True, locale="zh-CN")
    browser.close()


def casts(page: Page, venue: Venue, origin: str, code: str) -> list[str]:
    """Cast one ballot; return the scripts that the page fetched."""
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url.partition("?")[0].rpartition("/")[2]))
    voter = Entrepreneur(page)
    voter.opens(venue.link(code, origin))
    voter.rates("overall", "B")
    voter.reviews()
    voter.seals()
    assert voter.receipt()
    return fetched


def test_a_secure_context_seals_with_webcrypto_and_says_so(venue, phone, origin):
    venue.open()
    fetched = casts(phone, venue, origin, venue.codes[0])
    assert "subtle.js" in fetched
    assert "plain.js" not in fetched
    says(phone, "#sealed-by", "浏览器自带加密（WebCrypto）")
    venue.close()
    assert [only_marks(ballot) for ballot in venue.opened().ballots] == [{"overall": "B"}]


def test_plain_http_seals_with_what_the_page_brings_along_and_says_so(venue, hall_network, origin):
    venue.open()
    plain = origin.replace("127.0.0.1", "hall.example")
    fetched = casts(hall_network, venue, plain, venue.codes[0])
    assert hall_network.evaluate("[isSecureContext, typeof crypto.subtle]") == [False, "undefined"]
    assert "plain.js" in fetched  # subtle.js too: the page asks for it before any script knows the context
    says(hall_network, "#sealed-by", "网页自带加密（noble）")
    venue.close()
    assert [only_marks(ballot) for ballot in venue.opened().ballots] == [{"overall": "B"}]


def test_a_browser_whose_own_cryptography_fails_the_trial_falls_back(venue, phone, origin):
    venue.open()
    phone.add_init_script("crypto.subtle.deriveBits = () => Promise.reject(new Error('no'))")
    fetched = casts(phone, venue, origin, venue.codes[0])
    assert fetched.index("subtle.js") < fetched.index("plain.js")
    expect(phone.locator("#ballot")).to_have_attribute("data-tools", "noble")


def test_the_scripts_stay_small():
    sizes = {name: len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in ("subtle.js", "plain.js")}
    assert sizes["subtle.js"] < 10_000
    assert sizes["plain.js"] < 25_000
