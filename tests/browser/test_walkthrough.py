"""The whole ballot without a screen and without a mouse: what is read out, in which order, by keys alone."""

import re
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.voter import Entrepreneur, says
from tests.hall.venue import TITLE, only_marks, slate

pytestmark = pytest.mark.browser

SLATE = slate()
UNITS = {unit["id"]: unit["name"] for unit in SLATE["units"]}
PERSONS = {person["id"]: person for person in SLATE["persons"]}
MARKS = ["非常满意", "服务一般", "服务较差"]


@pytest.fixture
def ballot(venue, voter: Entrepreneur, phone: Page, origin) -> Page:
    venue.open()
    voter.opens(venue.link(venue.codes[0], origin))
    expect(phone.locator("#mark")).to_be_visible()
    return phone


def spoken(page: Page) -> list[dict[str, Any]]:
    """Return what a screen reader finds, in its order: role, name and state of every node."""
    session: Any = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    known = {node["nodeId"]: node for node in nodes}

    def walk(node: dict[str, Any]) -> Any:
        if not node.get("ignored"):
            yield {
                "role": node["role"]["value"],
                "name": node.get("name", {}).get("value", ""),
                "checked": next(
                    (
                        each["value"]["value"]
                        for each in node.get("properties", ())
                        if each["name"] == "checked"
                    ),
                    None,
                ),
            }
        for child in node.get("childIds", ()):
            yield from walk(known[child]) if child in known else ()

    return list(walk(nodes[0]))


def tabs_to(page: Page, where: str, *, most: int = 60) -> None:
    """Press Tab until the focus stands at `where`; nothing else moves it."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("(where) => document.activeElement.matches(where)", where):
            return
    raise AssertionError(f"{where} is not reached in {most} steps")


def test_every_question_is_a_group_named_by_person_and_unit_with_nothing_ticked(ballot: Page) -> None:
    unit = PERSONS["P007"]["unit"]
    ballot.locator(f"#unit-{unit} > summary").tap()
    expect(ballot.locator("#line-P007")).to_be_visible()
    found = spoken(ballot)
    groups = [node["name"] for node in found if node["role"] in ("group", "radiogroup")]
    for person in PERSONS.values():
        if person["unit"] == unit:
            assert [name for name in groups if person["name"] in name and UNITS[unit] in name], person["name"]
    radios = [node for node in found if node["role"] == "radio"]
    assert len(radios) % 3 == 0
    assert [node["name"] for node in radios] == MARKS * (len(radios) // 3)
    assert {node["checked"] for node in radios} == {"false"}
    unnamed = [node for node in found if node["role"] in ("button", "link", "searchbox") and not node["name"]]
    assert unnamed == []


def test_the_ballot_is_read_in_the_order_in_which_it_is_filled_in(ballot: Page) -> None:
    read = [(node["role"], node["name"]) for node in spoken(ballot)]
    expected = [
        ("link", "跳到正文"),
        ("heading", TITLE),
        ("radio", MARKS[0]),
        ("heading", "对单位和人员的评价"),
        ("searchbox", "找人"),
        ("navigation", "跳到单位"),
        ("button", "核对并投票"),
        ("link", "企业家一页通"),
    ]
    places = [read.index(each) for each in expected]
    assert places == sorted(places)
    assert next(name for role, name in read if role == "heading") == TITLE


def test_what_changes_is_announced_where_it_changes(ballot: Page) -> None:
    live = ballot.locator("[role=status], [role=alert], [aria-live]")
    ballot.locator("#search").fill("朱浩然")
    expect(ballot.get_by_role("status").filter(has_text="1")).not_to_have_count(0)
    ballot.locator("#mark-P000-A").check(force=True)
    expect(live.filter(has_text="已评 1 人")).to_have_count(1)


def test_keys_alone_lead_from_the_card_to_the_receipt(venue, ballot: Page, context: BrowserContext) -> None:
    wanted = PERSONS["P031"]["name"]
    tabs_to(ballot, "#search")
    ballot.keyboard.type(wanted)
    tabs_to(ballot, "[name=mark-P031]")
    ballot.keyboard.press("Space")
    ballot.keyboard.press("ArrowRight")
    expect(ballot.locator("#mark-P031-B")).to_be_checked()
    tabs_to(ballot, "#line-P031 .remark > summary")
    ballot.keyboard.press("Enter")
    tabs_to(ballot, "#text-P031")
    ballot.keyboard.type("希望一次告知材料。")
    tabs_to(ballot, "#to-review")
    ballot.keyboard.press("Enter")
    expect(ballot.locator("#review-list li")).to_have_count(1)
    expect(ballot.get_by_role("button", name=re.compile(f"修改：{wanted}"))).to_be_visible()
    tabs_to(ballot, "#seal")
    ballot.keyboard.press("Enter")
    expect(ballot.locator("#done")).to_be_visible(timeout=20_000)
    says(ballot, "#done", "已密封投入票箱")
    tabs_to(ballot, "#save-receipt")
    venue.close()
    opened = venue.opened()
    assert [only_marks(each) for each in opened.ballots] == [{"P031": "B"}]
    assert [(remark["line"], remark["text"]) for remark in opened.remarks] == [("P031", "希望一次告知材料。")]


def test_each_step_of_the_ballot_begins_at_its_own_heading(ballot: Page) -> None:
    ballot.locator("#to-review").tap()
    expect(ballot.get_by_role("heading", name="投票前请核对")).to_be_visible()
    assert ballot.evaluate("document.activeElement.closest('#review') !== null")
