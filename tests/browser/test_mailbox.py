"""The whole loop of a problem: written in the hall, answered in public, found by its writer, closed."""

import datetime as dt
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from survey.app import create_hall
from survey.errors import Refused
from survey.letters.cards import address
from survey.mailbox import service as mailbox
from survey.mailbox.models import Word
from survey.poll import stages
from survey.poll.models import Stage
from survey.rectify import service as rectify
from survey.review import comments
from survey.review.models import Theme
from survey.review.paraphrases import passes
from survey.roster import service as roster
from survey.staff.models import Role
from survey.tally import opened
from survey.tally import service as tally
from tests.browser.inside import faults
from tests.browser.test_remote import answering
from tests.browser.voter import Entrepreneur, says
from tests.desk.poll_rooms import ALL_GOOD, AT, County

pytestmark = pytest.mark.browser
ORIGIN = "https://hall.test"
PROBLEM = "供水报装跑了三趟，两次报价不一样，希望一次说清。"
TODAY = dt.date(2023, 4, 10)


@pytest.fixture
def county(session, config) -> County:
    return County(session, config)


@pytest.fixture
def page(chromium: Browser, config) -> Iterator[Page]:
    app = create_hall(config)
    context = chromium.new_context(
        viewport={"width": 360, "height": 740}, device_scale_factor=2, is_mobile=True, has_touch=True,
        locale="zh-CN",
    )  # fmt: skip
    wrong: list[str] = []
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    context.route(f"{ORIGIN}/**", answering(app, ORIGIN))
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    assert context.cookies() == []
    context.close()
    app.extensions["polls"].close()
    assert wrong == []


def test_a_writer_finds_the_answer_says_it_is_not_solved_and_the_task_stays_open(county, page, artefacts):
    session, config = county.session, county.config
    poll, cards = county.open()
    county.cast(poll, cards.codes[1:], [ALL_GOOD] * 4, remark="另一条反映，没有要查询码")
    link = address(ORIGIN, poll.key, cards.codes[0], poll.manifest_sha256)
    code = writes_a_problem(page, link, artefacts)
    page.context.unroute_all()
    counted(county, poll)

    reviewer = county.hire(Role.REVIEWER)
    comments.take_in_comments(session, poll, opened.remarks(config, poll), by=county.office)
    assert mailbox.take_in(session, poll, config=config) == 1
    assert mailbox.take_in(session, poll, config=config) == 1
    [letter] = mailbox.letters(session, poll, by=county.office)
    assert letter.comment.text == PROBLEM
    comments.paraphrase(session, letter.comment, text="供水报装报价前后不一", theme=Theme.FEES, by=reviewer)
    passes(session, letter.comment, by=county.hire(Role.REVIEWER))
    task = in_the_ledger(county, poll, letter.comment)

    hall = create_hall(config)
    page.context.route(f"{ORIGIN}/**", answering(hall, ORIGIN))
    assert finds(page, poll.key, code) == 0
    said(county, poll, letter, "收费标准已张贴在窗口，请再来办理。")
    assert finds(page, poll.key, code) == 1
    assert faults(page) == []
    page.screenshot(path=artefacts / "answers-found.png", full_page=True)
    page.get_by_role("button", name="没有解决").tap()
    says(page, "#own .sentence", "已收到：没有解决")
    assert finds(page, poll.key, code) == 1
    page.get_by_role("button", name="解决了", exact=True).tap()
    says(page, "#own .hint", "已经对这条答复说过")
    assert mailbox.collect(session, poll, config=config)[Word.UNSOLVED] == 1
    with pytest.raises(Refused, match="没有解决，不能销号"):
        closes(county, task)

    said(county, poll, letter, "已退回多收的费用，并公布统一报价单。")
    assert finds(page, poll.key, code) == 1
    page.get_by_role("button", name="解决了", exact=True).tap()
    says(page, "#own .sentence", "已收到：解决了")
    assert mailbox.collect(session, poll, config=config)[Word.SOLVED] == 1
    closes(county, task)
    assert task.verified_on == TODAY
    hall.extensions["polls"].close()
    nothing_joins(county, code, cards.codes[0])


def writes_a_problem(page: Page, link: str, artefacts) -> str:
    """Vote by a card, write a problem, ask for a code; return the code from the receipt page."""
    voter = Entrepreneur(page)
    page.goto(link)
    expect(page.locator("#mark")).to_be_visible()
    voter.rates("overall", "B")
    voter.opens_unit("U1")
    voter.writes("U1", PROBLEM)
    voter.reviews()
    page.locator("#want-reply").check()
    assert faults(page) == []
    page.screenshot(path=artefacts / "answers-ask.png", full_page=True)
    voter.seals()
    voter.receipt()
    page.screenshot(path=artefacts / "answers-code.png", full_page=True)
    assert faults(page) == []
    return page.locator("#reply-code").inner_text()


def counted(county: County, poll) -> None:
    county.close(poll)
    county.submit(poll, 1, 3)
    for act in (tally.open_box, tally.count):
        act(county.session, poll, config=county.config, by=county.inspectors[0], at=AT)
    for stage in (Stage.REVIEWED, Stage.REPORTED, Stage.RECTIFYING):
        stages.move(county.session, poll, stage, by=county.office)


def in_the_ledger(county: County, poll, comment):
    """Enter the remark into the ledger and let its unit report."""
    unit = next(unit for unit in roster.units(county.session) if unit.code == "U1")
    task = rectify.open_task(
        county.session, poll=poll, unit=unit, title="供水报装报价前后不一", owner="李致远",
        phone="0335-7201234", deadline=TODAY + dt.timedelta(days=30), theme=Theme.FEES.value,
        by=county.office, today=TODAY, comment=comment,
    )  # fmt: skip
    clerk = county.hire(Role.UNIT_CLERK, unit.id)
    rectify.report_step(county.session, task, text="已公示收费标准", by=clerk, today=TODAY)
    return task


def closes(county: County, task) -> None:
    rectify.verify(county.session, task, text="回访属实", by=county.office, today=TODAY)


def said(county: County, poll, letter, text: str) -> None:
    mailbox.answer(
        county.session, poll, letter.comment.id, text=text, config=county.config, by=county.office,
        today=TODAY,
    )  # fmt: skip


def finds(page: Page, poll: str, code: str) -> int:
    """Type the code on the page of answers; return how many own answers stand there."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{ORIGIN}/p/{poll}/answers")
    expect(page.locator("#total")).to_contain_text("条公开答复")
    before = len(asked)
    page.locator("#code").fill(code.lower())
    page.locator("#find button").tap()
    expect(page.locator("#found")).to_be_visible()
    assert asked[before:] == [], "the search stays on the device"
    return page.locator("#own > li").count()


def nothing_joins(county: County, code: str, card: str) -> None:
    """Neither the writer's code nor the card lies in any file."""
    files = [
        path for path in county.config.instance.rglob("*") if path.is_file() and "fonts" not in path.parts
    ]
    for secret in (code, code.replace("-", ""), card):
        assert [path.name for path in files if secret.encode() in path.read_bytes()] == []
