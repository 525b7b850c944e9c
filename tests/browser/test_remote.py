"""A firm far from the hall, with a phone of 360 points: letter, ticket, phrase, another day, the vote."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from survey import clock
from survey.app import STATIC, create_hall, create_issuer
from survey.box import store
from survey.box.remote import Remote, Window
from survey.issuer import signer
from survey.issuer.ledger import Issuer
from tests.box.firms import DAY, a_channel, a_key
from tests.browser.inside import faults
from tests.browser.voter import Entrepreneur, says
from tests.desk.test_remote import HALL as NOON
from tests.hall.venue import POLL, Venue, only_marks

pytestmark = pytest.mark.browser
HALL, ISSUER = "https://hall.test", "https://issuer.test"
FIRMS = ("91130324MA0000001A", "91130324MA0000002B")
TICKETS, VOTES = Window(NOON - 5 * DAY, NOON - 3 * DAY), Window(NOON - DAY, NOON + DAY)
NAMELESS = re.compile("匿名|无记名|不记名|谁也看不到|看不到是谁|anonym", re.IGNORECASE)


class Afar:
    """A poll with a remote channel behind two doors, and a clock that the test sets."""

    def __init__(self, config, monkeypatch, channel: Remote) -> None:
        self.config = replace(config, hall_origin=HALL, issuer_origin=ISSUER)
        self.monkeypatch = monkeypatch
        self.venue = Venue(self.config, remote=channel)
        self.issuer = Issuer(self.config.issuer / POLL, POLL)
        monkeypatch.setattr(signer, "make_key", a_key)
        self.codes = self.issuer.prepare(FIRMS)
        self.issuer.announce(self.venue.manifest)
        self.doors: dict[str, Flask] = {
            HALL: create_hall(self.config),
            ISSUER: create_issuer(self.config),
        }
        self.at(channel.tickets)

    def at(self, window: Window) -> None:
        moment = window.begins + (window.ends - window.begins) / 2
        self.monkeypatch.setattr(clock, "now", lambda: moment)

    def letter(self, firm: int = 0) -> str:
        uscc = FIRMS[firm]
        return f"{ISSUER}/t/{POLL}/#{uscc}~{self.codes[uscc]}"

    def voting(self) -> None:
        """Let the inspectors open the voting window."""
        self.venue.board.post("tickets", POLL, self.issuer.answers(), "text/plain")
        store.open_remote(self.venue.folder)
        self.at(self.venue.manifest.remote.votes)

    def marks(self) -> list[dict[str, str]]:
        self.venue.close()
        return [only_marks(ballot) for ballot in self.venue.opened().ballots]

    def close(self) -> None:
        self.doors[HALL].extensions["polls"].close()


@pytest.fixture
def afar(config, monkeypatch) -> Iterator[Callable[..., Afar]]:
    made: list[Afar] = []

    def make(**channel) -> Afar:
        made.append(Afar(config, monkeypatch, a_channel(**{"tickets": TICKETS, "votes": VOTES, **channel})))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def phones(chromium: Browser) -> Iterator[Callable[[Afar], Page]]:
    """Return a maker of phones, each with a memory of its own; a fault of a script fails the test."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def make(place: Afar) -> Page:
        context = chromium.new_context(
            viewport={"width": 360, "height": 740}, device_scale_factor=2, is_mobile=True, has_touch=True,
            locale="zh-CN",
        )  # fmt: skip
        contexts.append(context)
        context.on("weberror", lambda error: wrong.append(str(error.error)))
        for origin, app in place.doors.items():
            context.route(f"{origin}/**", answering(app, origin))
        page = context.new_page()
        page.set_default_timeout(15_000)
        return page

    yield make
    for context in contexts:
        assert context.cookies() == []
        context.close()
    assert wrong == []


def answering(app: Flask, origin: str) -> Callable[[Route], None]:
    """Let the door of this process answer whatever a phone asks of its origin; no cookie is ever set."""

    def answer(route: Route) -> None:
        asked = route.request
        said = app.test_client().open(
            asked.url.removeprefix(origin),
            method=asked.method,
            data=asked.post_data_buffer,
            base_url=origin,
            headers={"Accept-Encoding": "identity"},
        )
        assert "Set-Cookie" not in said.headers
        body = said.data
        said.close()
        route.fulfill(status=said.status_code, headers=dict(said.headers.items()), body=body)

    return answer


@pytest.fixture
def shot(artefacts: Path) -> Callable[[Page, str], None]:
    return lambda page, name: page.screenshot(path=artefacts / f"{name}.png", full_page=True)


def note_phrase(page: Page) -> str:
    """Go from the letter to the twelve characters and write them down."""
    page.locator("#enter-form button").tap()
    expect(page.locator("#phrase")).to_be_visible()
    return "".join(page.locator("#phrase-words li").all_inner_texts())


def say_back(page: Page, phrase: str) -> None:
    page.locator("#copied").tap()
    for field in ("first", "second"):
        place = int(re.findall(r"\d+", page.locator(f"#{field}-label").inner_text())[0])
        page.locator(f"#{field}").fill(phrase[place - 1])
    page.locator("#check-form button").tap()


def draws(page: Page, letter: str) -> str:
    """Draw a ticket by the letter and keep it on this phone; return the phrase."""
    page.goto(letter)
    phrase = note_phrase(page)
    say_back(page, phrase)
    expect(page.locator("#drawn")).to_be_visible(timeout=30_000)
    page.locator("#store").tap()
    expect(page.locator("#not-open:visible, #mark:visible")).to_have_count(1)
    return phrase


def votes(page: Page, mark: str) -> str:
    """Rate the county as a whole and cast; return the receipt."""
    voter = Entrepreneur(page)
    expect(page.locator("#mark")).to_be_visible()
    voter.rates("overall", mark)
    voter.reviews()
    voter.seals()
    return voter.receipt()


def test_a_firm_draws_a_ticket_and_votes_on_another_day_without_signing_in(afar, phones, shot):
    place = afar()
    page = phones(place)
    page.goto(place.letter())
    assert page.url == f"{ISSUER}/t/{POLL}/"
    assert page.locator("#uscc").input_value() == FIRMS[0]
    shot(page, "remote-1-letter")
    found = faults(page)
    phrase = note_phrase(page)
    assert len(phrase) == 12
    shot(page, "remote-2-phrase")
    found += faults(page)
    page.locator("#copied").tap()
    page.locator("#first").fill("错")
    page.locator("#check-form button").tap()
    says(page, "#check-fault", "对不上")
    shot(page, "remote-3-check")
    found += faults(page)
    page.locator("#again").tap()
    say_back(page, phrase)
    expect(page.locator("#drawn")).to_be_visible(timeout=30_000)
    shot(page, "remote-4-drawn")
    found += faults(page)
    page.locator("#store").tap()
    expect(page.locator("#has-ticket")).to_be_visible()
    assert page.url == f"{HALL}/p/{POLL}/remote"
    shot(page, "remote-5-wait")
    found += faults(page)

    place.voting()
    page.goto(f"{HALL}/p/{POLL}/remote")
    expect(page.locator("#mark")).to_be_visible()
    says(page, ".promise", "无记名")
    assert page.locator("#ballot").get_attribute("data-tools") == "WebCrypto"
    shot(page, "remote-6-ballot")
    receipt = votes(page, "B")
    shot(page, "remote-7-receipt")
    page.reload()
    expect(page.locator("#voted")).to_be_visible()
    shot(page, "remote-8-voted")
    found += faults(page)
    kept = page.evaluate("JSON.stringify({...localStorage})")
    assert "seed" not in kept
    assert found == []
    assert place.marks() == [{"overall": "B"}]
    assert receipt in place.venue.board.fetch("sealed", POLL).content.decode()


def test_a_new_phone_gets_the_same_ticket_by_the_phrase_and_another_phrase_gets_none(afar, phones):
    place = afar()
    phrase = draws(phones(place), place.letter())
    before = place.issuer.answers()
    second = phones(place)
    second.goto(place.letter())
    say_back(second, note_phrase(second))
    expect(second.locator("#restore")).to_be_visible(timeout=30_000)
    says(second, "#restore-fault", "已经领过凭证")
    second.locator("#typed").fill(phrase[1] + phrase[0] + phrase[2:])
    second.locator("#restore-form button").tap()
    expect(second.locator("#restore-fault")).to_contain_text(re.compile("对不上|已经领过"))
    second.locator("#typed").fill(" ".join(phrase))
    second.locator("#restore-form button").tap()
    expect(second.locator("#drawn")).to_be_visible(timeout=30_000)
    assert place.issuer.answers() == before
    assert place.issuer.drawn() == 1


def test_a_phone_lost_between_the_windows_votes_by_the_phrase_alone(afar, phones, shot):
    place = afar()
    phrase = draws(phones(place), place.letter())
    place.voting()
    page = phones(place)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url + (request.post_data or "")))
    page.goto(f"{HALL}/p/{POLL}/remote")
    expect(page.locator("#ask-phrase")).to_be_visible()
    shot(page, "remote-9-phrase")
    page.locator("#phrase").fill("的" * 12)
    page.locator("#phrase-form button").tap()
    expect(page.locator("#phrase-fault")).to_be_visible()
    page.locator("#phrase").fill(phrase)
    page.locator("#phrase-form button").tap()
    expect(page.locator("#compare")).to_be_visible(timeout=30_000)
    assert not [url for url in asked if url.startswith(ISSUER)], "the issuer must not hear of the vote"
    page.locator("#fingerprint-same").tap()
    votes(page, "A")
    assert place.marks() == [{"overall": "A"}]


def test_a_firm_under_pressure_changes_the_vote_and_only_the_last_counts(afar, phones, shot):
    place = afar(revote=True)
    page = phones(place)
    phrase = draws(page, place.letter())
    place.voting()
    page.goto(f"{HALL}/p/{POLL}/remote")
    first = votes(page, "A")
    page.goto(f"{HALL}/p/{POLL}/remote")
    says(page, "#voted", "整张重新填写")
    shot(page, "remote-10-change")
    page.locator("#change").tap()
    second = votes(page, "C")
    other = phones(place)
    other.goto(f"{HALL}/p/{POLL}/remote")
    other.locator("#phrase").fill(phrase)
    other.locator("#phrase-form button").tap()
    other.locator("#fingerprint-same").tap(timeout=30_000)
    third = votes(other, "B")
    assert len({first, second, third}) == 3
    assert place.marks() == [{"overall": "B"}]


def test_without_that_permission_a_second_ballot_is_refused(afar, phones):
    place = afar()
    page = phones(place)
    phrase = draws(page, place.letter())
    place.voting()
    page.goto(f"{HALL}/p/{POLL}/remote")
    votes(page, "A")
    page.reload()
    expect(page.locator("#change")).to_be_hidden()
    page.locator("#by-phrase").tap()
    page.locator("#phrase").fill(phrase)
    page.locator("#phrase-form button").tap()
    page.locator("#fingerprint-same").tap(timeout=30_000)
    voter = Entrepreneur(page)
    voter.rates("overall", "C")
    voter.reviews()
    voter.seals()
    says(page, "#send-title", "没有入箱")
    assert place.marks() == [{"overall": "A"}]


def test_a_poll_that_merges_the_windows_calls_the_channel_anonymous_nowhere(afar, phones, shot):
    merged = Window(NOON - 5 * DAY, NOON - 3 * DAY)
    place = afar(tickets=merged, votes=merged)
    place.voting()
    page = phones(place)
    texts = []
    for address in (
        f"{ISSUER}/t/{POLL}/", f"{HALL}/p/{POLL}/remote", f"{HALL}/p/{POLL}/remote?lang=en",
    ):  # fmt: skip
        page.goto(address)
        page.wait_for_load_state("networkidle")
        texts.append(page.content())
    draws(page, place.letter())
    expect(page.locator("#mark")).to_be_visible()
    says(page, ".promise", "有可能对出选票是谁投的")
    shot(page, "remote-11-merged")
    texts.append(page.content())
    texts += [(STATIC / name).read_text(encoding="utf-8") for name in ("remote.js", "ticket.js", "lost.js")]
    assert [hit for text in texts for hit in NAMELESS.findall(text)] == []


def test_the_same_words_are_there_when_the_windows_lie_apart(afar, phones):
    """So that the reading of the merged poll would notice them."""
    place = afar()
    page = phones(place)
    for address in (f"{HALL}/p/{POLL}/remote", f"{HALL}/p/{POLL}/remote?lang=en"):
        page.goto(address)
        page.wait_for_load_state("networkidle")
        assert NAMELESS.search(page.content()) or "nobody can see" in page.content()


def test_the_ticket_page_says_when_it_is_too_early_or_too_late(afar, phones, shot):
    place = afar()
    page = phones(place)
    for window, screen in ((Window(NOON - 9 * DAY, NOON - 8 * DAY), "#early"), (VOTES, "#late")):
        place.at(window)
        page.goto(place.letter())
        page.reload()
        expect(page.locator(screen)).to_be_visible()
        assert faults(page) == []
        shot(page, f"remote-12{screen[1:]}")
