"""The desk speaks Chinese and English: pages, forms, confirmations; documents and refusals stay Chinese."""

import ast
import io
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest
from babel.messages.extract import extract
from flask import Flask
from jinja2 import nodes

from survey import desk as doors
from survey import inbox, languages
from survey.app import SENTENCES, create_desk, template_folder
from survey.config import Config
from survey.db import unit_of_work
from survey.languages import catalogue
from survey.poll import guide
from survey.rectify import ledger
from survey.review import cases
from survey.staff import guides, log
from survey.staff import service as staff
from survey.staff.models import Account, Role
from tests.browser.inside import addresses
from tests.browser.sample import a_county_in_the_middle_of_its_work
from tests.browser.test_access import DESK_WORDS, reads, signed_in
from tests.desk.visitors import Visitor, hire

ROOT = Path(__file__).parents[2]
SURVEY = ROOT / "survey"
HAN = re.compile("[\u4e00-\u9fff]")
PLACES = re.compile(r"%\(\w+\)s")
FOLDER = template_folder()
TEMPLATES = sorted(path for part in ("desk", "parts", "errors") for path in (FOLDER / part).rglob("*.html"))
VIEWS = sorted([*SURVEY.glob("*/views.py"), *SURVEY.glob("*/views/*.py")])
VIEWS = [path for path in VIEWS if "hall" not in path.parts]
FORMS = sorted(path for path in SURVEY.glob("*/forms.py") if "hall" not in path.parts)
STAYS_CHINESE = {"Refused", "Missing", "Invalid", "Forbidden", "Gone", "Busy"}
"""Refusals are sentences of the record: an English page shows them in Chinese, marked so."""
FILES = {"_file", "send_file", "download", "Response", "quote", "workbook", "to", "unsaved"}
"""Names of documents, their sheets and whom they address are as Chinese as the documents."""
OTHER_TONGUE = {"中文"}
AROUND_FIGURES = ((SURVEY / "rectify" / "ledger.py", "label"), (SURVEY / "review" / "steps.py", "path"))


def subclasses(kind: type) -> Iterator[type]:
    for each in kind.__subclasses__():
        yield each
        yield from subclasses(each)


def constants(path: Path, *, spared: set[str]) -> Iterator[tuple[str, bool]]:
    """Return each Chinese text of a module that is no docstring, and whether it goes through gettext."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    told = {"gettext"}
    pending: list[tuple[ast.AST, bool, bool]] = [(tree, False, False)]
    while pending:
        node, safe, spare = pending.pop()
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            safe, spare = safe or name in told, spare or name in spared
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and HAN.search(node.value)
            and not spare
        ):
            yield node.value, safe
        pending += [(child, safe, spare) for child in ast.iter_child_nodes(node)]


def from_templates() -> Iterator[str]:
    for path in [FOLDER / "base.html", *TEMPLATES]:
        source = io.BytesIO(path.read_bytes())
        for _, sentence, *_ in extract("jinja2.ext:babel_extract", source, keywords={"_": None}):
            yield str(sentence)


def from_code() -> Iterator[str]:
    """Return the texts that pages show as data: labels, names of states, next acts."""
    for path in VIEWS:
        yield from (text for text, safe in constants(path, spared=STAYS_CHINESE | FILES) if safe)
    for path in FORMS:
        yield from whole_sentences(path)
    yield from SENTENCES.values()
    yield from (*cases.KIND_NAMES.values(), *cases.LANE_NAMES.values(), *cases.NUMBER_NAMES.values())
    yield from ledger.STATE_NAMES
    for path, function in AROUND_FIGURES:
        yield from around_figures(path, function)
    yield from (label for _, label in doors.WAYS)
    yield from log.STAGES.values()
    yield from whole_sentences(SURVEY / "tally" / "charts.py")
    for role in guides.GUIDES.values():
        yield from (role.lead, *role.steps, *role.never, *role.trouble)
    yield from (kind[0] for kind in (*inbox.OF_A_QUARTER, *inbox.OF_ALL_QUARTERS))
    acts = [*guide.START.values(), *(act for acts in guide.ACTS.values() for act in acts.values())]
    yield from (text for act in acts for text in (act.sentence, act.label) if text)
    yield from guide.WAITING.values()
    for kind in subclasses(StrEnum):
        if kind.__module__.startswith("survey."):
            yield from (str(getattr(each, "chinese", each.value)) for each in kind)


def whole_sentences(path: Path) -> Iterator[str]:
    """Return the labels and faults of forms; one that a figure completes is a refusal and stays Chinese."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    composed = {
        id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values
    }
    notes = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in composed | notes
        ):
            yield node.value


def around_figures(path: Path, function: str) -> Iterator[str]:
    """Return the sentences of a function, # standing for each figure."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    body = next(
        each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef) and each.name == function
    ).body[1:]
    joined = [node for part in body for node in ast.walk(part) if isinstance(node, ast.JoinedStr)]
    inside = {id(value) for node in joined for value in node.values}
    for node in joined:
        yield "".join(value.value if isinstance(value, ast.Constant) else "#" for value in node.values)
    for node in (node for part in body for node in ast.walk(part)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            yield node.value


def asked() -> list[str]:
    return sorted({text for text in (*from_templates(), *from_code()) if HAN.search(text)})


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    instance = tmp_path_factory.mktemp("instance")
    return create_desk(Config(instance=instance, mode="demo", secret_key="k" * 40, desk_database="sqlite://"))


def test_every_sentence_of_the_desk_is_translated_with_its_placeholders() -> None:
    english = catalogue("en").gettext
    missing = [text for text in asked() if english(text) == text or not english(text).strip()]
    assert missing == []
    for text in asked():
        assert set(PLACES.findall(english(text))) <= set(PLACES.findall(text)), text
        assert not HAN.search(english(text)), text


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_page_of_the_desk_writes_chinese_past_the_catalogue(app: Flask, path: Path) -> None:
    tree = app.jinja_env.parse(path.read_text(encoding="utf-8"))
    plain = " ".join(data.data for data in tree.find_all(nodes.TemplateData))
    for word in OTHER_TONGUE:
        plain = plain.replace(word, "")
    assert not HAN.search(plain), HAN.findall(plain)
    told = [call for call in tree.find_all(nodes.Call) if getattr(call.node, "name", "") == "_"]
    named = {id(each) for call in told for each in call.args}
    # What is looked up or compared is data, not a word to show.
    named |= {id(pair.key) for pair in tree.find_all(nodes.Pair)}
    named |= {id(item.arg) for item in tree.find_all(nodes.Getitem)}
    named |= {id(each) for test in tree.find_all(nodes.Compare) for each in test.find_all(nodes.Const)}
    loose = [each.value for each in tree.find_all(nodes.Const) if id(each) not in named]
    assert [value for value in loose if isinstance(value, str) and HAN.search(value)] == []


@pytest.mark.parametrize("path", VIEWS, ids=lambda path: "/".join(path.parts[-2:]))
def test_no_view_confirms_in_chinese_past_the_catalogue(path: Path) -> None:
    loose = [text for text, safe in constants(path, spared=STAYS_CHINESE | FILES) if not safe]
    assert loose == []


def test_a_visitor_chooses_the_language_and_keeps_it_through_signing_in_and_out(desk: Flask) -> None:
    desk.config["WTF_CSRF_ENABLED"] = False
    client = desk.test_client()
    assert '<html lang="zh-CN">' in client.get("/staff/sign-in").text
    chosen = client.post("/staff/language", data={"lang": "en", "next": "/staff/sign-in"})
    assert (chosen.status_code, chosen.location) == (303, "/staff/sign-in")
    assert "Sign in to the desk" in client.get("/staff/sign-in").text
    account = hire(desk, Role.OFFICE, login="clerk")
    with unit_of_work(desk.extensions["desk_engine"]) as session:
        staff.reset_password(
            session, session.get_one(Account, account.id), password="nine small rivers", by=staff.SYSTEM
        )
    client.post("/staff/sign-in", data={"login": "clerk", "password": "nine small rivers", "next": "/"})
    home = client.get("/").text
    assert '<html lang="en">' in home
    assert "Waiting for you" in home
    client.post("/staff/sign-out")
    assert '<html lang="en">' in client.get("/staff/sign-in").text
    client.post("/staff/language", data={"lang": "zh", "next": "//elsewhere.example/"})
    assert '<html lang="zh-CN">' in client.get("/staff/sign-in").text


def test_a_choice_of_language_leads_to_no_other_site(desk: Flask) -> None:
    desk.config["WTF_CSRF_ENABLED"] = False
    answer = desk.test_client().post("/staff/language", data={"lang": "en", "next": "//elsewhere.example/"})
    assert answer.location == "/"


def test_an_english_page_shows_a_refusal_as_it_was_said_with_its_code(desk: Flask) -> None:
    desk.config["WTF_CSRF_ENABLED"] = False
    client = Visitor(desk, hire(desk, Role.OFFICE)).client
    client.post("/staff/language", data={"lang": "en", "next": "/"})
    page = client.get("/staff/journal").text
    assert 'lang="zh-CN">您的账号（我来办办公室）没有这项权限。' in page
    assert "staff.role" in page
    assert "Not done" in page


def test_a_sentence_around_figures_is_found_by_its_words(desk: Flask) -> None:
    with desk.test_request_context():
        languages.choose("en")
        assert languages.say("已逾期1303天") == "1303 days overdue"
        assert languages.say("应于2023-04-13（已逾期）") == "due 2023-04-13, overdue"
        assert languages.say("青禾县第3号") == "青禾县第3号"
        assert languages.say("") == ""


def test_every_page_of_the_desk_is_shown_in_english(desk: Flask, config: Config) -> None:
    with unit_of_work(desk.extensions["desk_engine"]) as session:
        people = a_county_in_the_middle_of_its_work(session, config)
        session.flush()
        session.expunge_all()
    shown = set()
    for account in people.values():
        client = signed_in(desk, account)
        with client.session_transaction() as cookie:
            cookie[languages.KEPT] = "en"
        for rule in reads(desk):
            for address in addresses(desk, rule, DESK_WORDS):
                answer = client.get(address)
                assert answer.status_code < 500, address
                if answer.status_code == 200 and answer.mimetype == "text/html":
                    assert '<html lang="en">' in answer.text, address
                    shown.add(rule.endpoint)
                answer.close()
    assert len(shown) > 80
