"""What the ballot page says when it cannot go on: one clear sentence each, and nothing half-done."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.voter import says

pytestmark = pytest.mark.browser


def test_a_used_card_is_told_so_after_sealing(venue, voter, phone, origin, shot):
    venue.open()
    for _ in range(2):
        voter.opens(venue.link(venue.codes[0], origin))
        voter.rates("overall", "A")
        voter.reviews()
        voter.seals()
        expect(phone.locator("#done, #send[data-state=refused]").first).to_be_visible()
        phone.goto("about:blank") if phone.locator("#done").is_visible() else None
    says(phone, "#send-words", "已经投过票")
    shot("ballot-used-card")
    venue.close()
    assert len(venue.opened().ballots) == 1


def test_too_many_words_are_told_while_writing_and_before_sealing(venue, voter, phone, origin):
    venue.open()
    voter.opens(venue.link(venue.codes[0], origin))
    voter.looks_for("行政审批局")
    for line in ("P000", "P001", "P002"):
        voter.writes(line, "难" * 600)
    says(phone, "#line-P002 .remark", "请删减")
    voter.reviews()
    voter.seals()
    says(phone, "#review-fault", "反映的问题太长")
    expect(phone.locator("#review")).to_be_visible()


def test_another_manifest_than_the_cards_is_refused(venue, voter, phone, origin, shot):
    venue.open()
    voter.opens(f"{origin}/p/{venue.poll}/#{venue.codes[0]}~{'0' * 64}")
    says(phone, "#stop-sentence", "指纹与您的票卡不一致")
    assert phone.locator("fieldset").count() == 0
    shot("ballot-other-manifest")


def test_a_card_that_is_not_on_the_list_is_told_so(venue, voter, phone, origin):
    venue.open()
    voter.opens(venue.link("0123456789ABCDEF", origin))
    voter.rates("overall", "A")
    voter.reviews()
    voter.seals()
    says(phone, "#send-words", "不在本次测评的票卡清单中")


def test_a_typed_code_needs_the_fingerprint_compared(venue, voter, phone, origin, shot):
    venue.open()
    phone.goto(origin)
    shot("enter")
    phone.locator(".code").fill("12345")
    phone.get_by_role("button", name="打开选票").tap()
    says(phone, "[role=alert]:visible", "短码应为16位")
    phone.locator(".code").fill(venue.codes[0].lower())
    phone.get_by_role("button", name="打开选票").tap()
    says(phone, "#fingerprint", " ".join(re.findall("....", venue.manifest.sha256[:16])))
    shot("ballot-compare")
    phone.locator("#fingerprint-same").tap()
    expect(phone.locator("#mark")).to_be_visible()


def test_before_opening_and_after_closing_the_page_says_so(venue, voter, phone, origin, shot):
    voter.opens(venue.link(venue.codes[0], origin))
    says(phone, "h1:visible", "票箱还没有打开")
    shot("ballot-not-open")
    venue.open()
    phone.locator("#reload").tap()
    expect(phone.locator("#mark")).to_be_visible()
    venue.close()
    voter.rates("overall", "A")
    voter.reviews()
    voter.seals()
    says(phone, "#send-words", "已经封箱")
    phone.goto(venue.link(venue.codes[1], origin))
    says(phone, "h1:visible", "本次测评已经关闭")
    shot("ballot-closed")
