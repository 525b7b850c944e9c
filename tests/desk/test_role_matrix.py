"""Who sees what: every page as every person, searched for words planted where each may not reach."""

import hashlib
import io
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlmodel import select
from werkzeug.routing import Rule

from survey import desk_models
from survey.db import unit_of_work
from survey.poll.models import Stage
from survey.rectify import service as rectify
from survey.rectify.models import OutcomeKind
from survey.review import objections
from survey.review.comments import paraphrase, take_in_comments
from survey.review.hearings import invite, state_case
from survey.review.models import HearingWay, MeasureKind, Theme
from survey.roster.models import Kind, Official, Tenure
from survey.staff.models import Account, Role
from tests.desk.review_rooms import PEOPLE, TODAY, Room, a_counted_poll, proposal, units
from tests.desk.visitors import Visitor, hire
from tests.test_doors import a_desk

ACCUSING, RAW, UNCHECKED = "索要两条烟的原话", "逐字写下的牢骚", "尚未核对的转述句"
TOLD, TASK, STATED, OBJECTED = "消防队的问题转述", "消防队的整改事项", "消防队的陈述", "消防队的异议"
CLUE = "后来才认定的线索句"
PERSON_SAID = "赵景行的陈述"
COUNTY = frozenset({Role.OFFICE, Role.INSPECTOR, Role.LEADER, Role.REVIEWER, Role.AUDITOR})
U2 = ("clerk of U2", "party of U2")
# Which words may reach whom; people are named by role, and by unit or 工号 where that matters.
MAY_SEE: dict[str, set[str]] = {
    ACCUSING: {"inspector"},
    CLUE: {"inspector"},
    RAW: {"inspector", "reviewer"},
    UNCHECKED: {"office", "inspector", "reviewer"},
    TOLD: {*COUNTY, *U2},
    TASK: {*COUNTY, *U2},
    STATED: {*COUNTY, *U2},
    OBJECTED: {*COUNTY, *U2},
    PERSON_SAID: {*COUNTY, "party of U2", "official P3"},
}
WORDS: dict[str, tuple[Any, ...]] = {
    "badge": ("P3",), "subject": ("U2", "P3"), "what": ("people",), "poll_id": (1,),
    "comment_id": (1, 2, 3, 4),
}  # fmt: skip
STAND_INS: dict[str, tuple[Any, ...]] = {"IntegerConverter": (1, 2)}


def plant(session: Any) -> None:
    """Fill a county so that each planted text stands in one place."""
    room = Room(session)
    for badge, unit, name, kind in PEOPLE:
        person = Official(badge=badge, name=name)
        session.add(person)
        session.flush()
        post = {"post": "科长", "duties": "审批", "kind": Kind(kind), "since": TODAY.replace(year=2020)}
        session.add(Tenure(official_id=person.id, unit_id=units(session)[unit].id, **post))
    listed = (proposal("unit", "U2", 1, "整改工作提示函"), proposal("person", "P3", 1, "谈心谈话"))
    poll = a_counted_poll(session, *listed)
    words = (ACCUSING, RAW, f"原文{UNCHECKED[:3]}", f"原文{CLUE[:3]}")
    remarks = [{"line": "U2", "text": text} for text in words]
    taken = {one.text: one for one in take_in_comments(session, poll, remarks, by=room.office)}
    paraphrase(session, taken[ACCUSING], text="", theme=Theme.BRIBERY, by=room.office)
    room.paraphrases(taken[RAW], TOLD, Theme.SLOW)
    paraphrase(session, taken[words[2]], text=UNCHECKED, theme=Theme.SLOW, by=room.office)
    room.paraphrases(taken[words[3]], CLUE, Theme.OTHER)
    unit_case, person_case = room.raises(poll)
    for case, said in ((unit_case, STATED), (person_case, PERSON_SAID)):
        room.votes(case)
        rooms_hearing(room, case, said)
    letter = room.delivers(room.orders(unit_case, MeasureKind.REMINDER))
    room.delivers(room.orders(person_case, MeasureKind.TALK))
    objections.file(session, letter, text=OBJECTED, signed_name="消防", by=room.office, today=TODAY)
    poll.stage = Stage.RECTIFYING
    rectify.open_task(
        session, poll=poll, unit=units(session)["U2"], title=TASK, owner="赵景行", phone="0335-7201234",
        deadline=TODAY.replace(year=2099), theme="慢", by=room.office, today=TODAY, comment=taken[RAW],
    )  # fmt: skip
    rectify.settle_comment(
        session, taken[words[3]], kind=OutcomeKind.DISCIPLINE, reason="线索", by=room.inspector, today=TODAY
    )


def rooms_hearing(room: Room, case: Any, said: str) -> None:
    invite(room.session, case, by=room.office, today=TODAY)
    state_case(room.session, case, way=HearingWay.SPOKEN, statement=said, by=room.office, today=TODAY)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, dict[str, Visitor]]]:
    app = a_desk(tmp_path_factory.mktemp("matrix"))
    engine = app.extensions["desk_engine"]
    desk_models.SQLModel.metadata.create_all(engine)
    with unit_of_work(engine) as session:
        plant(session)
        for stranger in session.exec(select(Account)):
            stranger.login = f"planter-{stranger.login}"
    people = {role.value: hire(app, role, login=role.value) for role in COUNTY}
    for number, code in ((1, "U1"), (2, "U2")):
        people[f"clerk of {code}"] = hire(app, Role.UNIT_CLERK, login=f"clerk-{code}", unit_id=number)
        people[f"party of {code}"] = hire(app, Role.PARTY, login=f"party-{code}", unit_id=number)
    for badge in ("P1", "P3"):
        people[f"official {badge}"] = hire(app, Role.OFFICIAL, login=badge, badge=badge)
    yield app, {name: Visitor(app, account) for name, account in people.items()}
    engine.dispose()


def addresses(app: Flask, rule: Rule) -> list[str]:
    """Return addresses of a route with every small number and known word for its arguments."""
    found: list[dict[str, Any]] = [{}]
    for name, kind in rule._converters.items():
        known = getattr(kind, "items", None) or STAND_INS.get(type(kind).__name__, ("x",))
        choices = WORDS.get(name) or tuple(known)
        found = [chosen | {name: each} for chosen in found for each in choices]
    with app.test_request_context():
        return [str(app.url_for(rule.endpoint, **chosen)) for chosen in found]


def readable(answer: Any) -> str:
    """Return the text of an answer: of a page, of JSON, of every cell of a workbook."""
    if not answer.mimetype.endswith("spreadsheetml.sheet") or answer.status_code != 200:
        return "" if answer.mimetype == "application/pdf" else answer.get_data().decode("utf-8", "replace")
    book = openpyxl.load_workbook(io.BytesIO(answer.get_data()))
    return "\n".join(str(cell) for page in book for row in page.iter_rows(values_only=True) for cell in row)


def test_no_page_shows_anybody_words_that_are_not_for_them(county) -> None:
    app, people = county
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in rule.methods and rule.endpoint != "static"]
    seen: dict[str, set[str]] = {words: set() for words in MAY_SEE}
    leaks, crashed = [], set()
    for rule in rules:
        for address in addresses(app, rule):
            for name, visitor in people.items():
                answer = visitor.client.get(address)
                text = readable(answer)
                answer.close()
                crashed |= {address} if answer.status_code >= 500 else set()
                for words, allowed in MAY_SEE.items():
                    if words in text:
                        seen[words].add(name)
                        leaks += [] if name in allowed else [f"{name} reads {words} at {address}"]
    assert (leaks, crashed) == ([], set())
    unseen = {words for words, readers in seen.items() if not readers}
    assert unseen == set(), "the search must find each text somewhere, or it proves nothing"


def state_of(app: Flask) -> str:
    """Return a digest of every table but the journal."""
    digest = hashlib.sha256()
    with app.extensions["desk_engine"].connect() as connection:
        for table in desk_models.TABLES:
            if not table.name.startswith("journal"):
                rows = connection.execute(table.select()).fetchall()
                digest.update(repr((table.name, sorted(map(repr, rows)))).encode())
    return digest.hexdigest()


OF_U2 = {
    "case_id": (1, 2), "measure_id": (1, 2), "objection_id": (1,), "comment_id": (1, 2, 3, 4),
    "task_id": (1,), "badge": ("P3",), "unit_id": (2,),
}  # fmt: skip
STRANGERS = ("clerk of U1", "party of U1", "official P1")
FORMS = {
    "task-title": "x", "statement-way": "WRITTEN", "statement-statement": "x", "filing-text": "x",
    "filing-signed_name": "x", "delivery-on": "2099-01-01", "report-text": "x", "note-text": "x",
    "carrying-on": "2099-01-01", "carrying-record": "x", "visit-on": "2099-01-01", "visit-text": "x",
    "talk-held_on": "2099-01-01", "talk-talker": "a", "talk-companion": "b", "talk-recorder": "c",
    "talk-statement": "x", "reason": "为了看看别人的档案", "text": "x",
}  # fmt: skip


def test_nothing_of_another_unit_or_person_is_changed_by_guessing_its_number(county) -> None:
    app, people = county
    app.config["WTF_CSRF_ENABLED"] = False
    before, tried = state_of(app), 0
    for rule in app.url_map.iter_rules():
        names = set(rule._converters) & set(OF_U2)
        if "POST" not in rule.methods or not names:
            continue
        for stranger in STRANGERS:
            role = people[stranger].account.role
            if role not in app.view_functions[rule.endpoint].roles:
                continue
            for address in guessed(app, rule):
                answer = people[stranger].client.post(address, data=FORMS)
                tried += 1
                assert answer.status_code in (400, 403, 404, 409), (stranger, address, answer.status_code)
                assert state_of(app) == before, (stranger, address)
    app.config["WTF_CSRF_ENABLED"] = True
    assert tried > 10


def guessed(app: Flask, rule: Rule) -> list[str]:
    """Return addresses that name what belongs to the other unit or person."""
    found: list[dict[str, Any]] = [{}]
    for name, kind in rule._converters.items():
        known = OF_U2.get(name) or tuple(getattr(kind, "items", ())) or (1,)
        found = [chosen | {name: each} for chosen in found for each in known]
    with app.test_request_context():
        return [str(app.url_for(rule.endpoint, **chosen)) for chosen in found]


def test_a_case_is_read_by_whoever_it_is_about_and_by_no_other_unit(county) -> None:
    _, people = county
    assert "消防救援大队" in people["clerk of U2"].visit("/rights/matters/1").text
    assert PERSON_SAID in people["official P3"].visit("/rights/matters/2").text
    for stranger in ("clerk of U1", "party of U1", "official P1", "official P3"):
        people[stranger].visit("/rights/matters/1", status=403)
    for stranger in ("clerk of U2", "party of U2", "official P1"):
        people[stranger].visit("/rights/matters/2", status=403)
    people["clerk of U2"].visit("/rights/matters/999", status=404)


def test_the_list_of_cases_is_for_the_county_alone(county) -> None:
    _, people = county
    for visitor in people.values():
        visitor.visit("/review", status=200 if visitor.account.role in COUNTY else 403)
