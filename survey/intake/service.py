"""The workbooks that the desk takes in beside the rosters: what each holds, who brings it, what it brings."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sqlmodel import Session

from survey.channels import service as channels
from survey.channels.sheets import FIGURE_COLUMNS, FIGURE_TITLE
from survey.channels.windowbooks import MENU_COLUMNS, MENU_TITLE, WORKLOAD_COLUMNS, WORKLOAD_TITLE
from survey.errors import Missing
from survey.review.access import only
from survey.roster.blanks import Column, template
from survey.roster.taken import Taken
from survey.sources import service as sources
from survey.sources import sheets as points
from survey.staff.models import Account, Role
from survey.watch import inspections
from survey.watch import service as watch

Read = Callable[[Session, IO[bytes], dt.date], Any]
Load = Callable[[Session, Any, Account, dt.date], Taken]


@dataclass(frozen=True)
class Book:
    """One workbook: its name, columns, who may bring it, how it is read and taken in, where it then shows."""

    title: str
    columns: tuple[Column, ...]
    roles: tuple[Role, ...]
    page: str
    about: str
    read: Read
    load: Load

    def template(self) -> bytes:
        """Return the blank workbook."""
        return template(self.title, self.columns)


OFFICE = (Role.OFFICE,)
BOOKS = {
    "points": Book(
        points.TITLE, points.COLUMNS, OFFICE, "sources.occasions",
        "恳谈会、座谈会、12345、热线、检查发现的事项，一次列入台账。",
        lambda session, stream, today: points.read(session, stream, today=today),
        lambda session, rows, by, today: sources.load(session, rows, by=by, today=today),
    ),
    "inspections": Book(
        inspections.TITLE, inspections.COLUMNS, (Role.OFFICE, Role.INSPECTOR), "watch.inspections",
        "各单位的入企检查登记；没有备案号的列入预警。",
        lambda session, stream, today: watch.read_visits(session, stream, today=today),
        lambda session, rows, by, today: watch.load_visits(session, rows, by=by, today=today),
    ),
    "figures": Book(
        FIGURE_TITLE, FIGURE_COLUMNS, OFFICE, "channels.figures",
        "好差评、12345等渠道的数据，须有分子、分母和含义；只有百分比的记为未提供分母。",
        lambda session, stream, today: channels.read_figures(session, stream, today=today),
        lambda session, rows, by, today: channels.load_figures(session, rows, by=by, today=today),
    ),
    "workloads": Book(
        WORKLOAD_TITLE, WORKLOAD_COLUMNS, OFFICE, "channels.stars",
        "窗口人员当月办件、按期、评价和好评件数。",
        lambda session, stream, today: channels.read_workloads(session, stream, today=today),
        lambda session, rows, by, today: channels.load_workloads(session, rows, by=by, today=today),
    ),
    "menu": Book(
        MENU_TITLE, MENU_COLUMNS, OFFICE, "channels.menu",
        "菜单驿站的服务目录；每项须有单位、联系人和电话，目录须是全套。",
        lambda session, stream, _today: channels.read_menu(session, stream),
        lambda session, rows, by, today: channels.load_menu(session, rows, by=by, today=today),
    ),
}  # fmt: skip


def book(what: str, *, by: Account) -> Book:
    """Return a workbook to whoever may bring it."""
    if what not in BOOKS:
        raise Missing("intake.no_book", "没有这种表格，请从导入页进入。")
    only(by, *BOOKS[what].roles, act=f"导入{BOOKS[what].title}")
    return BOOKS[what]


def load(session: Session, chosen: Book, path: Path, *, by: Account, today: dt.date) -> Taken:
    """Read the workbook at `path` once more and take it in."""
    with path.open("rb") as stream:
        rows = chosen.read(session, stream, today)
    return chosen.load(session, rows, by, today)


def rehearse(session: Session, chosen: Book, path: Path, *, by: Account, today: dt.date) -> Taken:
    """Return what `load` would bring, and undo it; the session must hold no other work."""
    taken = load(session, chosen, path, by=by, today=today)
    session.rollback()
    return taken


def check(session: Session, chosen: Book, stream: IO[bytes], *, today: dt.date) -> None:
    """Read a workbook and raise Faulty with all its faults; nothing is taken in."""
    chosen.read(session, stream, today)


def mine(by: Account) -> dict[str, Book]:
    """Return the workbooks that an account may bring."""
    return {what: each for what, each in BOOKS.items() if by.role in each.roles}
