"""A voter with a phone of 360 × 740 points, from the card's link to the receipt on the board."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.voter import says
from tests.hall.venue import TITLE, only_marks, slate

pytestmark = pytest.mark.browser

PERSONS = slate()["persons"]
PROBLEM = "办许可证跑了四趟，每次说的材料都不一样，希望一次告知。"


def test_a_voter_rates_five_people_writes_a_problem_and_finds_the_receipt(venue, voter, phone, origin, shot):
    venue.open()
    voter.opens(venue.link(venue.codes[0], origin))
    expect(phone.get_by_role("heading", name=TITLE)).to_be_visible()
    assert phone.url == f"{origin}/p/{venue.poll}/"
    says(phone, "#progress", "已评 0 人，其余 293 人保持未评价")
    assert phone.locator("input:checked").count() == 0
    shot("ballot-1-start")

    marks = {"overall": "A", "P007": "A", "P008": "C", "P100": "B", "P200": "A", "P292": "B"}
    voter.rates("overall", "A")
    found = PERSONS[100]
    voter.looks_for(f"{found['name']} {found['duties'][:2]}")
    voter.rates("P100", "B")
    shot("ballot-2-search")
    voter.looks_for(PERSONS[200]["name"])
    voter.rates("P200", "A")
    voter.looks_for(PERSONS[292]["name"])
    voter.rates("P292", "B")

    phone.reload()
    says(phone, "#progress", "已评 3 人、总体，其余 290 人保持未评价")
    voter.opens_unit(PERSONS[7]["unit"])
    voter.rates("P007", "A")
    voter.rates("P008", "C")
    voter.writes("P008", PROBLEM)
    shot("ballot-3-unit")
    assert voter.taps <= 25

    voter.reviews()
    expect(phone.locator("#review-list li")).to_have_count(6)
    says(phone, "#review-count", "其余 288 人保持未评价")
    shot("ballot-4-review", full_page=True)
    voter.seals()
    receipt = voter.receipt()
    shot("ballot-5-receipt", full_page=True)
    assert "draft" not in voter.kept()
    assert venue.codes[0] not in voter.kept()

    venue.close()
    phone.goto(f"{origin}/p/{venue.poll}/board")
    phone.locator("#receipt").fill(receipt[:12])
    phone.get_by_role("button", name="查找").tap()
    says(phone, "#answer", "找到了")
    shot("board-found", full_page=True)

    opened = venue.opened()
    assert [only_marks(ballot) for ballot in opened.ballots] == [marks]
    assert [(remark["line"], remark["text"]) for remark in opened.remarks] == [("P008", PROBLEM)]


def test_a_change_link_of_the_review_leads_back_to_the_line(venue, voter, phone, origin):
    venue.open()
    voter.opens(venue.link(venue.codes[0], origin))
    voter.looks_for(PERSONS[55]["name"])
    voter.rates("P055", "C")
    voter.reviews()
    phone.get_by_role("button", name=re.compile("修改：" + PERSONS[55]["name"])).tap()
    expect(phone.locator("#mark-P055-C")).to_be_focused()
    voter.rates("P055", "B")
    phone.get_by_role("button", name=re.compile("清除，不评价：" + PERSONS[55]["name"])).tap()
    says(phone, "#progress", "已评 0 人，其余 293 人保持未评价")


def test_the_back_key_of_the_phone_leads_from_review_to_the_list(venue, voter, phone, origin):
    venue.open()
    voter.opens(venue.link(venue.codes[0], origin))
    voter.reviews()
    says(phone, "#review-count", "没有作出任何评价")
    phone.go_back()
    expect(phone.locator("#mark")).to_be_visible()


def test_a_cut_line_keeps_the_sealed_ballot_until_it_is_in_the_box(
    venue, voter, phone, origin, context, shot
):
    venue.open()
    voter.opens(venue.link(venue.codes[0], origin))
    voter.rates("overall", "B")
    voter.reviews()
    context.set_offline(True)
    voter.seals()
    says(phone, "#send-title", "还没有发出")
    says(phone, "#send-words", "手机没有网络")
    shot("ballot-cut-line")
    context.set_offline(False)
    voter.receipt()
    venue.close()
    assert [only_marks(ballot) for ballot in venue.opened().ballots] == [{"overall": "B"}]


def test_a_reload_in_the_middle_of_sending_sends_the_same_ballot(venue, voter, phone, origin, context):
    venue.open()
    lost = []
    phone.route("**/ballot/*", lambda route: (lost.append(route.fetch().json()), route.abort()))
    voter.opens(venue.link(venue.codes[0], origin))
    voter.rates("overall", "C")
    voter.reviews()
    voter.seals()
    says(phone, "#send-title", "还没有发出")
    phone.unroute_all(behavior="wait")
    phone.reload()
    assert voter.receipt() == lost[0]["receipt"]
    venue.close()
    assert [only_marks(ballot) for ballot in venue.opened().ballots] == [{"overall": "C"}]


def test_a_shared_phone_keeps_nothing(venue, voter, phone, origin):
    venue.open()
    voter.opens(venue.link(venue.codes[0], origin))
    voter.rates("overall", "A")
    assert "qiping.draft" in voter.kept()
    voter.taps_on("#borrowed > summary")
    voter.taps_on("#shared-phone")
    voter.rates("overall", "B")
    assert "draft" not in voter.kept()
    assert venue.codes[0] not in voter.kept()


def test_after_sealing_nothing_that_was_marked_stays_on_the_page(venue, voter, phone, origin):
    venue.open()
    voter.opens(venue.link(venue.codes[0], origin))
    voter.looks_for(PERSONS[8]["name"])
    voter.rates("P008", "C")
    voter.writes("P008", PROBLEM)
    voter.reviews()
    voter.seals()
    voter.receipt()
    phone.go_back()
    content = phone.content()
    assert PROBLEM not in content
    assert phone.locator("input:checked").count() == 0


def test_a_draft_cannot_be_read_without_the_card(venue, voter, origin):
    venue.open()
    voter.opens(venue.link(venue.codes[0], origin))
    voter.looks_for(PERSONS[8]["name"])
    voter.rates("P008", "C")
    voter.writes("P008", PROBLEM)
    kept = voter.page.evaluate("JSON.stringify({...localStorage})")
    assert "P008" not in kept
    assert PROBLEM[:4] not in kept
