"""Finding five people among 293: by name, pinyin, initials, unit, post, matter; and the voter's own list."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.voter import Entrepreneur, says
from tests.hall.venue import slate

pytestmark = pytest.mark.browser
PERSONS = {person["id"]: person for person in slate()["persons"]}


@pytest.fixture
def ballot(venue, voter: Entrepreneur, phone: Page, origin) -> Page:
    venue.open()
    voter.opens(venue.link(venue.codes[0], origin))
    expect(phone.locator("#mark")).to_be_visible()
    return phone


def test_a_name_is_found_however_it_is_typed(ballot: Page):
    assert PERSONS["P000"]["name"] == "朱浩然"
    for typed in (
        "朱浩然",
        "浩然",
        "zhuhaoran",
        "zhr",
        "ZHR",
        "zhuhr",
        "haoran",
        "朱 审批局",
        "zhr 局长",
        "zhu'haoran",
    ):
        ballot.locator("#search").fill(typed)
        expect(ballot.locator("#list fieldset").first).to_have_id("line-P000")
    ballot.locator("#search").fill("qqqq")
    says(ballot, "#list", "没有找到")


def test_a_matter_is_found_by_its_own_and_by_other_words(ballot: Page):
    ballot.locator("#search").fill("用地")
    duties = ballot.locator("#list .duties").all_inner_texts()
    assert {"负责：用地预审", "负责：用地报批", "负责：不动产登记"} <= set(duties)
    ballot.locator("#search").fill("xfjydd")
    expect(ballot.locator("#list legend .name").first).to_have_text("消防救援大队")
    ballot.locator("#search").fill("消防救援大队 大队长")
    expect(ballot.locator("#list fieldset").first).to_contain_text("全面工作")


def test_two_taps_lead_from_a_series_to_any_unit(ballot: Page):
    ballot.get_by_role("button", name="执法监管", exact=True).tap()
    ballot.locator("#jump").get_by_role("button", name="消防救援大队").tap()
    unit = ballot.locator("#unit-U06")
    expect(unit).to_have_attribute("open", "")
    expect(unit.locator("> summary")).to_be_focused()
    assert -4 <= unit.bounding_box()["y"] < 120
    expect(ballot.locator("#jump-units button")).to_have_count(0)


def test_those_dealt_with_stay_alone_on_the_list_and_on_the_device(ballot: Page, voter: Entrepreneur):
    voter.looks_for("zhr")
    voter.taps_on("#line-P000 .pin")
    expect(ballot.locator("#line-P000 .pin")).to_have_attribute("aria-pressed", "true")
    ballot.reload()
    voter.looks_for(PERSONS["P100"]["name"])
    voter.rates("P100", "B")
    ballot.locator("#search").fill("")
    voter.taps_on("#only-dealt")
    lines = ballot.locator("#list fieldset")
    expect(lines).to_have_count(2)
    assert [each.get_attribute("id") for each in lines.all()] == ["line-P000", "line-P100"]
    says(ballot, "#found", "打过交道的 2 项")
    assert "P000" not in voter.kept()
    voter.reviews()
    expect(ballot.locator("#review-list li")).to_have_count(1)
    says(ballot, "#review-count", "其余 292 人保持未评价")


def test_a_borrowed_tablet_wipes_itself_after_each_voter(venue, voter: Entrepreneur, phone: Page, origin):
    venue.open()
    phone.goto(f"{origin}/p/{venue.poll}/?kiosk=1#{venue.codes[0]}~{venue.manifest.sha256}")
    voter.rates("overall", "A")
    assert not re.search("draft|card", voter.kept())
    voter.reviews()
    voter.seals()
    voter.receipt()
    phone.get_by_role("button", name="给下一位").tap()
    expect(phone.locator("#ask-code")).to_be_visible()
    phone.go_back()
    assert phone.locator("input:checked").count() == 0


def test_a_tablet_left_alone_asks_and_then_wipes_itself(venue, voter: Entrepreneur, phone: Page, origin):
    venue.open()
    phone.clock.install()
    phone.goto(f"{origin}/p/{venue.poll}/?kiosk=1&idle=20#{venue.codes[0]}~{venue.manifest.sha256}")
    voter.rates("overall", "C")
    phone.clock.run_for(22_000)
    expect(phone.get_by_role("dialog")).to_be_visible()
    phone.get_by_role("button", name="我还在填写").tap()
    expect(phone.locator("#mark-overall-C")).to_be_checked()
    phone.clock.run_for(90_000)
    expect(phone.locator("#ask-code")).to_be_visible()
    assert phone.locator("input:checked").count() == 0
