"""The desk doors: each endpoint names its roles, keeps all others out, takes no form without its token."""

import dataclasses
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlmodel import SQLModel, select
from werkzeug.routing import Rule

from survey.app import create_desk
from survey.config import Config
from survey.db import unit_of_work
from survey.roster.models import Series, Unit
from survey.staff.models import OF_A_UNIT, Account, Role
from tests.desk.visitors import Page, Visitor, hire

OPEN_TO_ALL = {"staff.sign_in", "staff.enter", "rights.activation", "rights.activate", "staff.language"}
STAND_INS = {"IntegerConverter": 1, "UnicodeConverter": "x", "PathConverter": "x"}
NOT_YOURS = "没有这项权限"


def a_desk(instance: Path) -> Flask:
    config = Config(instance=instance, mode="demo", secret_key="for-tests-only-" + "x" * 32)
    return create_desk(dataclasses.replace(config, desk_database="sqlite://"))


APP = a_desk(Path("unused"))
RULES = [rule for rule in APP.url_map.iter_rules() if rule.endpoint != "static"]
GUARDED = [rule for rule in RULES if rule.endpoint not in OPEN_TO_ALL]
WAYS = [(rule, method) for rule in GUARDED for method in sorted(rule.methods & {"GET", "POST"})]
POSTS = [rule for rule in RULES if "POST" in rule.methods]


def name(value: Any) -> str:
    return value.endpoint if isinstance(value, Rule) else str(value)


def roles_of(rule: Rule) -> frozenset[Role]:
    return getattr(APP.view_functions[rule.endpoint], "roles", None)


def address(rule: Rule) -> str:
    arguments = {key: STAND_INS[type(kind).__name__] for key, kind in rule._converters.items()}
    with APP.test_request_context():
        return str(APP.url_for(rule.endpoint, **arguments))


def raw(app: Flask) -> sqlite3.Connection:
    """Return the one connection of an in-memory desk."""
    with app.extensions["desk_engine"].connect() as connection:
        return connection.connection.driver_connection


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, sqlite3.Connection]]:
    """Return one desk for all doors, and its database as it stands before anybody came."""
    app = a_desk(tmp_path_factory.mktemp("desk"))
    engine = app.extensions["desk_engine"]
    SQLModel.metadata.create_all(engine)
    with unit_of_work(engine) as session:
        session.add(Unit(code="U1", name="行政审批局", series=Series.APPROVAL))
    # Stands where an endpoint's example points, so that no visitor of a test closes the own account.
    hire(app, Role.OFFICE, login="stand-in")
    with closing(sqlite3.connect(":memory:")) as empty:
        raw(app).backup(empty)
        yield app, empty
    engine.dispose()


@pytest.fixture
def desk(furnished: tuple[Flask, sqlite3.Connection]) -> Flask:
    """Return the desk as it was before the test before this one."""
    app, empty = furnished
    empty.backup(raw(app))
    app.config["WTF_CSRF_ENABLED"] = True
    return app


@pytest.mark.parametrize("rule", RULES, ids=name)
def test_every_endpoint_names_its_roles(rule: Rule) -> None:
    roles = roles_of(rule)
    assert roles is not None, f"{rule.endpoint} is not decorated with allow"
    assert roles <= set(Role)
    assert bool(roles) == (rule.endpoint not in OPEN_TO_ALL), rule.endpoint


@pytest.mark.parametrize("rule", RULES, ids=name)
def test_what_changes_something_is_never_a_plain_get(rule: Rule) -> None:
    assert rule.methods <= {"GET", "HEAD", "OPTIONS", "POST"}


@pytest.mark.parametrize("rule", POSTS, ids=name)
def test_no_form_is_taken_without_its_token(desk: Flask, rule: Rule) -> None:
    roles = roles_of(rule) or {Role.OFFICE}
    visitor = Visitor(desk, hire(desk, min(roles)))
    assert visitor.client.post(address(rule)).status_code == 400
    assert visitor.client.post(address(rule), data={"csrf_token": "forged"}).status_code == 400


@pytest.mark.parametrize(("rule", "method"), WAYS, ids=name)
def test_each_role_gets_where_it_may_and_nowhere_else(desk: Flask, rule: Rule, method: str) -> None:
    desk.config["WTF_CSRF_ENABLED"] = False
    path, allowed = address(rule), roles_of(rule)
    stranger = desk.test_client().open(path, method=method)
    assert stranger.status_code == 303, "a stranger"
    assert stranger.location.startswith("/staff/sign-in")
    for role in Role:
        account = hire(desk, role, unit_id=1 if role in OF_A_UNIT else None)
        reply = Visitor(desk, account).client.open(path, method=method)
        refused = reply.status_code == 403 and NOT_YOURS in reply.text
        assert refused == (role not in allowed), (role, reply.status_code)
        assert reply.status_code < 500, (role, reply.status_code)
        if method == "GET" and reply.mimetype == "text/html" and reply.status_code < 300:
            assert Page(reply.text).faults() == [], (role, path)


def test_a_closed_account_stands_before_the_door(desk: Flask) -> None:
    account = hire(desk, Role.OFFICE)
    visitor = Visitor(desk, account)
    with unit_of_work(desk.extensions["desk_engine"]) as session:
        session.exec(select(Account).where(Account.id == account.id)).one().active = False
    assert visitor.client.get("/staff/accounts").status_code == 303


def test_a_cookie_with_a_wrong_seal_opens_nothing(desk: Flask) -> None:
    visitor = Visitor(desk, hire(desk, Role.OFFICE))
    with visitor.client.session_transaction() as cookie:
        cookie["seal"] = "0" * 16
    assert visitor.client.get("/staff/accounts").status_code == 303


def test_every_answer_forbids_foreign_and_inline_code(desk: Flask) -> None:
    headers = desk.test_client().get("/staff/sign-in").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_the_cookie_is_kept_from_scripts_and_other_sites(desk: Flask) -> None:
    cookie = desk.test_client().get("/staff/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


def test_a_page_that_does_not_exist_says_so(desk: Flask) -> None:
    reply = desk.test_client().get("/no/such/page")
    assert (reply.status_code, Page(reply.text).faults()) == (404, [])
