"""The languages of the doors: Chinese is the source, English stands in translations/en/messages.po."""

import io
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, request
from flask_babel import Babel, Domain, get_locale

FOLDER = Path(__file__).parent / "translations"
SOURCE, ENGLISH = "zh", "en"
TAGS = {SOURCE: "zh-CN", ENGLISH: "en"}


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


def fit_out(app: Flask, door: str) -> None:
    """Give the templates of a door their `_`; only the hall speaks more than the source language."""
    choose = spoken if door == "hall" else lambda: SOURCE
    Babel(app, default_locale=SOURCE, locale_selector=choose)
    app.extensions["babel"].instance.domain_instance = Catalogues()
    app.jinja_env.globals.update(carry=carry)
    app.context_processor(lambda: {"lang": TAGS[choose()]})
