"""The templates compile, import nothing in vain, hold no inline code, lookalike sign or foreign host."""

import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import nodes

from survey.app import create_desk, template_folder
from survey.config import Config

FOLDER = template_folder()
ALL = sorted(
    path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.*") if path.suffix in (".html", ".css")
)
PAGES = [path for path in ALL if not path.startswith(("letters/", "ballots/", "envelopes/"))]
DESK = [path for path in PAGES if path.startswith("desk/") and path != "desk/base.html"]
STYLES = sorted((Path(__file__).parent.parent / "survey" / "static").glob("[dhs]*/*.css"))
# Non-breaking and zero-width signs, odd hyphens, full-width Latin letters and digits.
LOOKALIKES = re.compile(
    "[\u00a0\u00ad\u2010\u2011\u200b-\u200f\u2028-\u202f\u2060\ufeff\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]"
)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    instance = tmp_path_factory.mktemp("instance")
    config = Config(instance=instance, mode="demo", secret_key="k" * 40, desk_database="sqlite://")
    return create_desk(config)


def source(path: str) -> str:
    return (FOLDER / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", [path for path in PAGES if path.endswith(".html")])
def test_a_template_compiles_and_imports_nothing_in_vain(app: Flask, path: str) -> None:
    app.jinja_env.get_template(path)
    tree = app.jinja_env.parse(source(path))
    brought: set[str] = set()
    for node in tree.find_all(nodes.FromImport):
        names = [each if isinstance(each, str) else each[1] for each in node.names]
        known = app.jinja_env.parse(source(node.template.value)).find_all(nodes.Macro)
        given = {macro.name for macro in known}
        assert {each if isinstance(each, str) else each[0] for each in node.names} <= given, path
        brought |= set(names)
    used = {node.name for node in tree.find_all(nodes.Name)}
    assert brought <= used, f"{path} imports {brought - used} in vain"


@pytest.mark.parametrize("path", PAGES)
def test_a_page_holds_no_inline_code_and_no_foreign_host(path: str) -> None:
    text = source(path)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text), "inline script"
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", text), "inline style or handler"
    assert not re.search(r"(src|href|action)=\"(https?:)?//", text), "foreign host"
    assert "|safe" not in text.replace(" ", ""), "unescaped text"


@pytest.mark.parametrize("path", DESK)
def test_a_desk_page_stands_in_the_frame_and_has_a_title(path: str) -> None:
    text = source(path)
    if Path(path).name.startswith("_"):
        return
    assert '{% extends "desk/base.html" %}' in text
    assert re.search(r"{% block title %}\s*\S", text), "no title"
    assert "<h1" not in text, "the frame gives the only h1"


@pytest.mark.parametrize("path", DESK)
def test_every_post_carries_the_token(path: str) -> None:
    text = source(path)
    posts = len(re.findall(r"<form[^>]*method=\"post\"", text))
    tokens = len(re.findall(r"csrf\(\)|csrf_token\(\)|hidden_tag\(\)", text))
    assert tokens >= posts, path


@pytest.mark.parametrize("path", [*ALL, *map(str, STYLES)])
def test_no_lookalike_sign_hides_in_a_template_or_style(path: str) -> None:
    text = Path(path).read_text(encoding="utf-8") if Path(path).is_absolute() else source(path)
    found = LOOKALIKES.search(text)
    assert not found, (
        f"{path}: U+{ord(found[0]):04X} in {text[max(0, found.start() - 20) : found.end() + 20]!r}"
    )


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_a_style_sheet_reaches_no_foreign_host(path: Path) -> None:
    assert not re.search(r"url\(['\"]?(https?:)?//|@import ['\"]https?:", path.read_text(encoding="utf-8"))
