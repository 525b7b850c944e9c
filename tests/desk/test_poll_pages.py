"""Pages of poll and tally: a whole quarter clicked through by its people, every page seen by every role."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, SQLModel
from werkzeug.test import TestResponse

from survey.app import create_desk
from survey.box import opening
from survey.config import Config
from survey.db import unit_of_work
from survey.poll import boxes
from survey.poll.models import HallStep, Poll
from survey.staff import service as staff
from survey.staff.models import Account, Role
from tests.desk.poll_rooms import ALL_GOOD, PASSPHRASE, SEATS, County, key_file


class Room:
    """The desk with a small county; people act through its pages."""

    def __init__(self, app: Flask, config: Config) -> None:
        self.app, self.config = app, config
        with self.work() as session:
            self.county = County(session, config)
            self.reviewer, self.auditor = self.county.hire(Role.REVIEWER), self.county.hire(Role.AUDITOR)
            self.clerk = self.county.hire(Role.UNIT_CLERK, unit_id=1)

    def work(self) -> Any:
        return unit_of_work(self.app.extensions["desk_engine"])

    def client(self, account: Account) -> FlaskClient:
        client = self.app.test_client()
        with client.session_transaction() as cookie:
            cookie.update(account=account.id, seal=staff.seal_of(account))
        return client

    def get(self, who: Account, path: str) -> TestResponse:
        return self.client(who).get(path)

    def post(self, who: Account, path: str, **data: Any) -> TestResponse:
        client = self.client(who)
        client.get("/")
        token = client.get("/staff/password").get_data(as_text=True)
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', token)
        assert found
        return client.post(path, data=data | {"csrf_token": found[1]}, content_type="multipart/form-data")

    def poll(self) -> Poll:
        with self.work() as session:
            poll = session.get(Poll, 1)
            assert poll
            return poll


@pytest.fixture
def room(config: Config) -> Iterator[Room]:
    app = create_desk(config)
    engine = app.extensions["desk_engine"]
    SQLModel.metadata.create_all(engine)
    yield Room(app, config)
    engine.dispose()


PLAN = {
    "round": "2023Q1", "title": "第一季度测评", "held_on": "2023-03-29", "venue": "会议中心", "seats": "6",
    "spare_cards": "2", "threshold": "2", "policy": "replay", "rules": "",
}  # fmt: skip
PAGES = (
    "/", "/poll/", "/poll/1", "/poll/1/keys", "/poll/1/hall", "/poll/1/attendance", "/poll/1/cards",
    "/tally/", "/tally/1/opening", "/tally/1", "/tally/1/persons",
)  # fmt: skip


def look(room: Room) -> None:
    """Let every role look at every page: it is shown, kept from the role, or not there yet; never broken."""
    county = room.county
    people = (county.office, county.leaders[0], county.inspectors[0], room.reviewer, room.auditor, room.clerk)
    for path in PAGES:
        for who in people:
            answer = room.get(who, path)
            assert answer.status_code in (200, 403, 404), (
                f"{path} {who.role}: {answer.get_data(as_text=True)}"
            )
            inspect(answer.get_data(as_text=True))


def inspect(page: str) -> None:
    assert page.count("<h1") == 1
    assert "<style" not in page
    assert not re.search(r"<script(?![^>]*src=)", page)
    assert not re.search(r"\sstyle=|\son[a-z]+=", page)


def test_a_quarter_is_clicked_through_from_draft_to_count(room: Room):
    county, post = room.county, room.post
    look(room)
    assert "起草测评" in room.get(county.office, "/").get_data(as_text=True)
    assert room.get(county.office, "/poll/new").status_code == 200
    assert post(county.office, "/poll/new", **PLAN).status_code == 303
    assert room.get(county.office, "/poll/1/edit").status_code == 200
    look(room)
    for leader in county.leaders:
        assert post(leader, "/poll/1/approve").status_code == 303
    for place, inspector in enumerate(county.inspectors, 1):
        public = key_file("2023Q1-v1", place)["public_key"]
        assert post(inspector, "/poll/1/keys", public_key=public).status_code == 303
    look(room)
    answer = post(county.inspectors[0], "/poll/1/freeze")
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    assert answer.data.startswith(b"%PDF")
    look(room)
    assert room.poll().stage == "frozen"


def test_a_counted_quarter_shows_its_result_to_those_entitled(room: Room):
    with room.work() as session:
        poll, cards = County.open(rejoin(room, session))
        rejoin(room, session).cast(poll, cards.codes, [dict(ALL_GOOD, **{"U1-1": "C"})] * SEATS)
    look(room)
    county = room.county
    assert room.post(county.inspectors[0], "/poll/1/close").status_code == 303
    counted = {"printed": "8", "issued": "6", "remaining": "2", "replaced": "0"}
    assert room.post(county.office, "/poll/1/cards", **counted).status_code == 303
    look(room)
    hand_in(room, 1)
    refused = room.post(county.inspectors[0], "/tally/1/open")
    assert refused.status_code == 409
    assert "现只有1位" in refused.get_data(as_text=True)
    hand_in(room, 3)
    assert room.post(county.inspectors[0], "/tally/1/open").status_code == 303
    look(room)
    assert room.post(county.office, "/tally/1/count").status_code == 303
    look(room)
    result = room.get(county.office, "/tally/1").get_data(as_text=True)
    assert "91.67%" in result
    assert "行工1" not in result
    persons = room.get(county.leaders[0], "/tally/1/persons").get_data(as_text=True)
    assert "行工1" in persons
    assert "谈心谈话或约谈" in persons
    assert room.get(county.office, "/tally/1/persons").status_code == 403
    assert room.get(room.clerk, "/tally/1").status_code == 403
    for name, who in (("result.xlsx", county.office), ("full.xlsx", room.reviewer)):
        assert room.get(who, f"/tally/1/{name}").data.startswith(b"PK")


def rejoin(room: Room, session: Session) -> County:
    """Return the county at work in another session."""
    county = object.__new__(County)
    county.__dict__.update(room.county.__dict__, session=session)
    return county


def hand_in(room: Room, position: int) -> None:
    """Let an inspector fetch the package, decrypt the own shares and hand them in."""
    who = room.county.inspectors[position - 1]
    package = room.get(who, "/tally/1/package.json").data
    assert package == opening.package(boxes.folder(room.config, room.poll()))
    shares = opening.shares(package, key_file("2023Q1-v1", position), PASSPHRASE)
    answer = room.post(who, "/tally/1/shares", shares=(as_file(shares), "shares.json"))
    assert answer.status_code == 303, answer.get_data(as_text=True)


def as_file(content: dict[str, Any]) -> Any:
    from io import BytesIO

    return BytesIO(json.dumps(content).encode())


def test_the_hall_is_signed_step_by_step_on_its_page(room: Room):
    with room.work() as session:
        county = rejoin(room, session)
        county.freeze(county.approved())
    inspector = room.county.inspectors[0]
    assert room.post(inspector, "/poll/1/open").status_code == 409
    for step in list(HallStep)[:5]:
        assert room.post(inspector, f"/poll/1/hall/{step.name}", note="").status_code == 303
    assert room.post(room.county.office, "/poll/1/attendance", firm=["1", "3"]).status_code == 303
    assert room.post(inspector, "/poll/1/open").status_code == 303
    assert room.post(inspector, "/poll/1/hall/NOTHING").status_code == 404
    look(room)


def test_a_faulty_draft_form_is_shown_again_with_its_faults(room: Room):
    answer = room.post(room.county.office, "/poll/new", **PLAN | {"seats": "0", "round": "春季"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "席位应为1至5000个" in page
    assert "如 2023Q1" in page


def test_a_new_version_and_a_voided_poll_are_shown(room: Room):
    with room.work() as session:
        rejoin(room, session).approved()
    assert room.post(room.county.office, "/poll/1/new-version").status_code == 303
    assert room.post(room.county.office, "/poll/2/void", reason="停办").status_code == 303
    assert "已作废" in room.get(room.county.office, "/poll/2").get_data(as_text=True)
    look(room)


def test_damaged_shares_are_refused_in_words(room: Room):
    with room.work() as session:
        rejoin(room, session).closed()
    from io import BytesIO

    answer = room.post(room.county.inspectors[0], "/tally/1/shares", shares=(BytesIO(b"{"), "shares.json"))
    assert answer.status_code == 400
    assert "已损坏" in answer.get_data(as_text=True)
