"""An old phone in a bad network: CPU four times slower, 400 kbit/s with 400 ms, and a line that is cut.

How long the loading takes is measured in tests/bench/bench_phone.py.
"""

import pytest
from playwright.sync_api import BrowserContext, CDPSession, Page, expect

from tests.browser.voter import Entrepreneur, says
from tests.hall.venue import only_marks, slate

pytestmark = pytest.mark.browser

SLOW_3G = {"latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
PERSONS = slate()["persons"]
PROBLEM = "办许可证跑了四趟，希望一次告知。"
DEALT_WITH = {"P007": "A", "P058": "C", "P100": "B", "P200": "A", "P292": "A"}


def slowed(context: BrowserContext, page: Page) -> CDPSession:
    """Slow the phone down; `line` cuts its network or mends it."""
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    return session


def line(session: CDPSession, *, cut: bool) -> None:
    session.send("Network.emulateNetworkConditions", {"offline": cut, **SLOW_3G})


def test_an_old_phone_in_a_bad_network_votes_with_few_taps(
    venue, voter: Entrepreneur, phone: Page, origin, context
):
    venue.open()
    session = slowed(context, phone)
    line(session, cut=False)
    phone.goto(venue.link(venue.codes[0], origin), wait_until="commit")
    phone.wait_for_selector("#mark:not([hidden]) #list details", timeout=30_000)
    line(session, cut=True)
    for person, mark in DEALT_WITH.items():
        voter.taps_on("#to-search")
        phone.locator("#search").fill(PERSONS[int(person[1:])]["name"])
        voter.rates(person, mark)
    voter.writes("P292", PROBLEM)
    voter.reviews()
    expect(phone.locator("#review-list li")).to_have_count(5)
    voter.seals()
    says(phone, "#send-title", "还没有发出")
    line(session, cut=False)
    voter.receipt()
    assert voter.taps <= 25
    venue.close()
    assert [only_marks(ballot) for ballot in venue.opened().ballots] == [DEALT_WITH]
