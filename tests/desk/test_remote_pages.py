"""The pages of the remote channel and of the answers, as each role meets them."""

import dataclasses
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlmodel import SQLModel

from survey.app import create_desk
from survey.config import Config
from survey.db import unit_of_work
from survey.issuer import signer
from survey.mailbox.models import Mail
from survey.poll.models import Poll
from survey.review.models import Comment, Theme
from survey.staff.models import Account
from tests.box.firms import a_key
from tests.desk.poll_rooms import County
from tests.desk.test_remote import PLAN, TICKETS, VOTES, frozen
from tests.desk.visitors import Visitor, work

WINDOWS = {
    "mode": "two", "tickets_from": "2023-03-24T09:00", "tickets_until": "2023-03-26T09:00",
    "votes_from": "2023-03-28T09:00", "votes_until": "2023-03-30T09:00", "revote": "y",
}  # fmt: skip


@pytest.fixture
def desk(config: Config, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Flask, County]]:
    monkeypatch.setattr(signer, "make_key", a_key)
    app = create_desk(dataclasses.replace(config, desk_database="sqlite://"))
    engine = app.extensions["desk_engine"]
    SQLModel.metadata.create_all(engine)
    with unit_of_work(engine) as session:
        county = County(session, config)
        county.draft()
    yield app, county
    engine.dispose()


def as_(app: Flask, account: Account) -> Visitor:
    return Visitor(app, account)


def test_a_leader_switches_it_on_by_the_form_and_everybody_sees_the_windows(desk):
    app, county = desk
    leader = as_(app, county.leaders[0])
    answer = leader.posts("/remote/1/on", form="/remote/1", **WINDOWS)
    assert answer.status_code == 303
    for reader in (county.office, county.inspectors[0], *county.leaders):
        page = as_(app, reader).visit("/remote/1")
        assert TICKETS.chinese in page.text
        assert VOTES.chinese in page.text
        assert "可以称为无记名" in page.text
    link = as_(app, county.office).visit("/poll/1").text
    assert "/remote/1" in link


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"votes_from": "2023-03-26T10:00"}, "至少空12小时"),
        ({"votes_until": ""}, "结束要晚于开始"),
        ({"tickets_until": "2023-03-23T09:00"}, "结束要晚于开始"),
        ({"tickets_until": "2023-03-30T09:00"}, "会场测评日"),
        ({"tickets_from": "昨天"}, "改正"),
        ({"mode": "three"}, "改正"),
    ],
)
def test_windows_that_cannot_be_are_told_on_the_form(desk, changes, words):
    app, county = desk
    leader = as_(app, county.leaders[0])
    answer = leader.posts("/remote/1/on", form="/remote/1", **(WINDOWS | changes))
    assert answer.status_code == 400
    assert words in answer.text
    assert "没有设远程渠道" in leader.visit("/remote/1").text


def test_one_window_is_shown_as_what_it_is(desk):
    app, county = desk
    leader = as_(app, county.leaders[0])
    leader.posts("/remote/1/on", form="/remote/1", **(WINDOWS | {"mode": "one"}))
    text = leader.visit("/remote/1").text
    assert "有可能对出选票是谁投的" in text
    assert "可以称为无记名" not in text


def test_an_inspector_takes_the_letters_once_as_a_file(desk):
    app, county = desk
    with unit_of_work(app.extensions["desk_engine"]) as session:
        county.session = session
        session.delete(session.get(Poll, 1))
        session.flush()
        poll = frozen(county)
        number = poll.id
        assert PLAN.tickets == TICKETS
    inspector = as_(app, county.inspectors[0])
    page = inspector.visit(f"/remote/{number}")
    assert "印制领票信" in page.text
    answer = inspector.client.post(f"/remote/{number}/letters", data={"csrf_token": page.csrf})
    # The windows of the sample lie in the past, so the page says that no letter is printed any more.
    assert answer.status_code == 409
    assert "已过" in answer.text


def test_the_office_answers_on_its_page_and_the_inspector_only_reads(desk):
    app, county = desk
    with unit_of_work(app.extensions["desk_engine"]) as session:
        remark = Comment(
            poll_id=1, line="U1", line_name="行政审批局", unit_code="U1", text="慢", paraphrase="办件慢",
            theme=Theme.FEES,
        )  # fmt: skip
        session.add(remark)
        session.flush()
        session.add(Mail(comment_id=remark.id, poll_id=1, key="02" + "ab" * 32))
    office, inspector = as_(app, county.office), as_(app, county.inspectors[0])
    assert "未答复" in office.visit("/mailbox/1").text
    assert "<textarea" not in inspector.visit("/mailbox/comment/1").text
    refused = office.posts("/mailbox/comment/1", text="慢")
    assert (refused.status_code, "不能照抄" in refused.text) == (400, True)
    assert office.posts("/mailbox/comment/1", text="已增开两个窗口，一天办结。").status_code == 303
    assert "尚无回音" in office.visit("/mailbox/1").text
    with work(app) as session:
        assert session.get(Mail, 1).answered_on
    assert inspector.client.post("/mailbox/comment/1").status_code in (400, 403)
    office.visit("/mailbox/comment/7", status=404)
