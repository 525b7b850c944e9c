"""The languages of the doors: Chinese is the source, English stands in translations/en/messages.po.

The hall keeps no cookie: an address says its language. The desk keeps the choice in its session.
Sentences made of names and figures by a rule, above all refusals, stay Chinese in every language.
"""

import io
import re
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, request, session
from flask_babel import Babel, Domain, get_domain, get_locale
from markupsafe import Markup

FOLDER = Path(__file__).parent / "translations"
SOURCE, ENGLISH = "zh", "en"
TAGS = {SOURCE: "zh-CN", ENGLISH: "en"}
HAN, LATIN = re.compile("[\u4e00-\u9fff]"), re.compile("[A-Za-z]")
FIGURE = re.compile(r"\d[\d.,%-]*")
"""A figure or date within a sentence; the catalogue writes # for it."""
KEPT = "lang"
"""Where the desk's session keeps the language."""


class Catalogues(Domain):  # type: ignore[misc]  # Flask-Babel carries no types
    """Translations read from the text catalogues themselves, so no compiled file can be out of date."""

    def get_translations(self) -> NullTranslations:
        """Return the catalogue of the language of this request; the source language needs none."""
        locale = str(get_locale())
        return NullTranslations() if locale == SOURCE else catalogue(locale)


@cache
def catalogue(locale: str) -> Translations:
    """Return the translations into `locale`."""
    compiled = io.BytesIO()
    with (FOLDER / locale / "messages.po").open("rb") as source:
        write_mo(compiled, read_po(source, locale=locale))
    compiled.seek(0)
    return Translations(compiled)


def spoken() -> str:
    """Return the language that the address asks for; no cookie and no header decides it."""
    return ENGLISH if request.args.get("lang") == ENGLISH else SOURCE


def carry(path: str) -> str:
    """Return `path` so that the next page speaks the language of this one."""
    return path if spoken() == SOURCE else f"{path}?lang={ENGLISH}"


def kept() -> str:
    """Return the language that this visitor of the desk chose."""
    return ENGLISH if session.get(KEPT) == ENGLISH else SOURCE


def choose(locale: str) -> None:
    """Let the desk speak `locale` to this visitor from now on."""
    session[KEPT] = ENGLISH if locale == ENGLISH else SOURCE


def say(text: object) -> str:
    """Return a word, or a sentence around figures, that comes as data, in the language of this request."""
    if isinstance(text, Markup):
        return text
    words = str(text)
    known = get_domain().get_translations().gettext
    found = str(known(words)) if words else ""
    if found != words:
        return found
    lifted = FIGURE.sub("#", words)
    figures = iter(FIGURE.findall(words))
    return re.sub("#", lambda _: next(figures), str(known(lifted))) if lifted != words else words


def say_all(value: Any) -> Any:
    """Return a chart's specification with its texts in the language of this request."""
    if isinstance(value, dict):
        return {key: say_all(each) for key, each in value.items()}
    if isinstance(value, list):
        return [say_all(each) for each in value]
    return say(value) if isinstance(value, str) and HAN.search(value) else value


def tongue(text: object) -> str:
    """Return the language tag of a text as it is read aloud; an English sentence may hold a Chinese name."""
    words = say(text)
    return TAGS[SOURCE if len(HAN.findall(words)) * 2 > len(LATIN.findall(words)) else ENGLISH]


def fit_out(app: Flask, door: str) -> None:
    """Give the templates of a door their `_`, `say` and `tongue`."""
    chosen = spoken if door == "hall" else kept
    Babel(app, default_locale=SOURCE, locale_selector=chosen)
    app.extensions["babel"].instance.domain_instance = Catalogues()
    app.jinja_env.globals.update(carry=carry, say=say, say_all=say_all, tongue=tongue)
    app.context_processor(lambda: {"lang": TAGS[chosen()]})
