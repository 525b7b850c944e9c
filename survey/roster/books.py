"""The two workbooks of the roster, each with its reading, rehearsal, loading and templates."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sqlmodel import Session

from survey.roster import blanks, loading, queries, sheets
from survey.roster.changes import Changes
from survey.roster.sheets import EnterpriseSheet, PeopleSheet
from survey.staff.models import Account


@dataclass(frozen=True)
class Book:
    """One workbook: its Chinese name and what it consists of."""

    title: str
    heads: tuple[blanks.Column, ...]
    template: Callable[[], bytes]


PEOPLE = Book("单位与人员名册", blanks.PEOPLE_COLUMNS, blanks.people_template)
ENTERPRISES = Book("企业名册", blanks.ENTERPRISE_COLUMNS, blanks.enterprise_template)
BOOKS = {"people": PEOPLE, "enterprises": ENTERPRISES}


def read(book: Book, stream: IO[bytes]) -> PeopleSheet | EnterpriseSheet:
    """Read a workbook; raise Faulty with all faults."""
    return sheets.read_people(stream) if book is PEOPLE else sheets.read_enterprises(stream)


def load(session: Session, book: Book, path: Path, *, by: Account, today: dt.date) -> Changes:
    """Read the workbook at `path` once more and take it in."""
    with path.open("rb") as stream:
        sheet = read(book, stream)
    if isinstance(sheet, PeopleSheet):
        return loading.load_people(session, sheet, by=by, today=today)
    return loading.load_enterprises(session, sheet, by=by, today=today)


def rehearse(session: Session, book: Book, path: Path, *, by: Account, today: dt.date) -> Changes:
    """Return what `load` would change, and undo it; the session must hold no other work."""
    changes = load(session, book, path, by=by, today=today)
    session.rollback()
    return changes


def export(session: Session, book: Book, *, on: dt.date) -> bytes:
    """Return the roster as it stands on the day `on`, as a workbook that can be loaded again."""
    if book is PEOPLE:
        return blanks.people_workbook(queries.people_rows(session, on=on))
    return blanks.enterprise_workbook(queries.enterprise_rows(session))
