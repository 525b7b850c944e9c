"""The hall speaks Chinese and English: nothing is left untranslated, no placeholder is lost."""

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract
from jinja2 import nodes

from scoring import rates
from survey.app import SENTENCES, create_hall, template_folder
from survey.config import Config
from survey.hall import polls
from survey.languages import catalogue
from survey.poll.models import HallStep
from survey.roster.models import Series
from tests.hall.venue import POLL, Venue

ROOT = Path(__file__).parents[2]
HAN = re.compile("[\u4e00-\u9fff]")
FOLDER = template_folder()
TEMPLATES = sorted((FOLDER / "hall").glob("*.html"))
TEMPLATES += [FOLDER / "base.html", FOLDER / "errors" / "error.html"]
SCRIPTS = sorted(path for path in (ROOT / "survey/static/hall").glob("*.js") if path.name != "en.js")
OTHER_TONGUE = {"中文"}
"""What stands in the language it leads to."""
MATTERS = {"finding.js"}
"""Words that are looked for on the sheet, which stays Chinese in every language."""


def words() -> dict[str, str]:
    """Return the English words of the scripts."""
    text = (ROOT / "survey/static/hall/en.js").read_text(encoding="utf-8")
    return dict(ast.literal_eval(text[text.index("{") : text.rindex("}") + 1]))


def asked() -> Iterator[str]:
    """Return every sentence that a page of the hall may show."""
    for path in TEMPLATES:
        source = io.BytesIO(path.read_bytes())
        for _, sentence, *_ in extract("jinja2.ext:babel_extract", source, keywords={"_": None}):
            yield str(sentence)
    for path in (ROOT / "survey/hall").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Missing", "Refused"):
                yield from (each.value for each in node.args[1:] if isinstance(each, ast.Constant))
    yield from SENTENCES.values()
    yield from (step.value for step in HallStep)
    yield from (series.value for series in Series)
    yield from polls.PLAIN_STEPS
    yield from rates.DEFINITIONS.values()


@pytest.mark.parametrize("sentence", sorted(set(asked())))
def test_every_sentence_of_the_hall_is_translated_with_its_placeholders(sentence: str):
    english = catalogue("en").gettext(sentence)
    assert english != sentence
    assert english.strip()
    assert sorted(re.findall(r"%\(\w+\)s", english)) == sorted(re.findall(r"%\(\w+\)s", sentence))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_of_the_hall_writes_chinese_past_the_catalogue(config: Config, path: Path):
    app = create_hall(config)
    tree = app.jinja_env.parse(path.read_text(encoding="utf-8"))
    plain = " ".join(data.data for data in tree.find_all(nodes.TemplateData))
    for word in OTHER_TONGUE:
        plain = plain.replace(word, "")
    assert not HAN.search(plain)
    named = {id(each) for call in tree.find_all(nodes.Call) for each in call.args}
    loose = [each.value for each in tree.find_all(nodes.Const) if id(each) not in named]
    assert [value for value in loose if isinstance(value, str) and HAN.search(value)] == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_every_sentence_of_a_script_is_translated_with_its_placeholders(path: Path):
    known = words()
    code = re.sub(r"/\*.*?\*/|(^|\s)//[^\n]*", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for sentence in re.findall(r'\bt\("([^"]+)"', code):
        assert sentence in known
        assert sorted(re.findall(r"\{\w+\}", known[sentence])) == sorted(re.findall(r"\{\w+\}", sentence))
    if path.name not in MATTERS:
        # A fault carries its Chinese sentence with a code; the page says the code's own words.
        rest = re.sub(r'\bt\("[^"]*"|new Fault\([^;]*;|const words = `[^`]*`', "", code)
        assert not HAN.search(rest)


def test_the_address_alone_chooses_the_language(config: Config):
    venue = Venue(config).open()
    app = create_hall(config)
    phone = app.test_client()
    for path in ("/", f"/p/{POLL}/", f"/p/{POLL}/screen", "/guide/entrepreneur"):
        for ask, tag in (("", "zh-CN"), ("?lang=en", "en"), ("?lang=fr", "zh-CN")):
            answer = phone.get(path + ask, headers={"Accept-Language": "en"})
            assert f'<html lang="{tag}">' in answer.get_data(as_text=True)
            assert "Set-Cookie" not in answer.headers
    english = phone.get("/guide/inspector?lang=en").get_data(as_text=True)
    assert "For inspectors: the hall from one screen" in english
    assert 'href="/guide/entrepreneur?lang=en"' in english
    missing = phone.get("/p/none/board?lang=en").get_data(as_text=True)
    assert "There is no such poll." in missing
    assert venue.manifest.poll == POLL
    app.extensions["polls"].close()
