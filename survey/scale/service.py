"""Counting a store, keeping the counts, rolling them up to unit, county, city, province, nation and year."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import func, literal_column
from sqlmodel import Session, col, delete, insert, select

from scoring import disclose, scale
from scoring.ballot import Slate
from scoring.tally import Counts, Tally
from survey import journal
from survey.errors import Invalid
from survey.scale import vectors
from survey.scale.models import Level, LineCount, LineKind, Period
from survey.scale.vectors import place
from survey.staff.models import Account

MIN_CELL = 5
PLACES = {
    Level.UNIT: "county || ':' || unit",
    Level.COUNTY: "county",
    Level.CITY: "substr(county, 1, 4)",
    Level.PROVINCE: "substr(county, 1, 2)",
    Level.NATION: "'00'",
}
PERIODS = {Period.QUARTER: "quarter", Period.YEAR: "substr(quarter, 1, 4)"}


class Counted(NamedTuple):
    """The tally of one county's poll of one quarter."""

    county: str
    quarter: str
    slate: Slate
    tally: Tally


class Rolled(NamedTuple):
    """The officials' lines of one place over one period, added up."""

    place: str
    period: str
    counts: Counts


def count_store(store: sqlite3.Connection) -> Iterator[Counted]:
    """Count every poll of a store on this machine, one after the other."""
    for held in vectors.polls(store):
        slate = vectors.slate_of(vectors.slate_text_of(store, held))
        try:
            tally = scale.count(vectors.ballots_of(store, held), len(slate.lines))
        except ValueError:
            raise Invalid(
                "scale.width",
                f"{held.county} {held.quarter} 的选票与名单行数（{len(slate.lines)}行）不符，请重新收入。",
            ) from None
        yield Counted(held.county, held.quarter, slate, tally)


def record(session: Session, counted: Iterable[Counted], *, by: Account) -> int:
    """Keep the counts of polls; a poll counted before is replaced. Return the number of polls."""
    polls = 0
    for polls, one in enumerate(counted, 1):  # noqa: B007
        _replace(session, one.county, one.quarter, list(_rows(one)))
    journal.record(session, by=by.login, act="scale.count", detail={"polls": polls})
    return polls


def _replace(session: Session, county: str, quarter: str, rows: list[dict[str, Any]]) -> None:
    session.exec(delete(LineCount).where(col(LineCount.county) == county, col(LineCount.quarter) == quarter))
    session.exec(insert(LineCount), params=rows)


def _rows(one: Counted) -> Iterator[dict[str, Any]]:
    about = [(LineKind.OVERALL, "")]
    about += [(LineKind.UNIT, unit.id) for unit in one.slate.units]
    about += [(LineKind.PERSON, person.unit) for person in one.slate.persons]
    for line, (kind, unit), counts in zip(one.slate.lines, about, one.tally.lines, strict=True):
        told = {"county": one.county, "quarter": one.quarter, "line": line, "kind": kind, "unit": unit}
        yield told | counts._asdict()


def take_result(
    session: Session, result: Mapping[str, Any], *, county: str, quarter: str, by: Account
) -> None:
    """Keep the counts of a county's own recount result: no ballot has to leave the county for them."""
    place(county, quarter)
    try:
        rows = [
            {"county": county, "quarter": quarter, "line": line, "kind": kind, "unit": unit} | _cell(entry)
            for line, kind, unit, entry in _result_lines(result)
        ]
    except (KeyError, TypeError, ValueError):
        raise Invalid("scale.result", "这不是 python -m scoring --json 的结果，读不出计数。") from None
    _replace(session, county, quarter, rows)
    journal.record(session, by=by.login, act="scale.take", subject=f"{county}-{quarter}")


def _result_lines(result: Mapping[str, Any]) -> Iterator[tuple[str, LineKind, str, Mapping[str, Any]]]:
    yield "overall", LineKind.OVERALL, "", result["overall"]
    for unit in result["units"]:
        yield unit["id"], LineKind.UNIT, unit["id"], unit
    for person in result["persons"]:
        yield person["id"], LineKind.PERSON, person["unit"], person


def _cell(entry: Mapping[str, Any]) -> dict[str, int]:
    cell = {key: entry[key] for key in Counts._fields}
    if not all(type(value) is int and value >= 0 for value in cell.values()):
        raise ValueError("not a count")
    return cell


def roll_up(session: Session, level: Level, *, over: Period) -> list[Rolled]:
    """Add up the officials' lines to a level over quarters or years; SQLite and PostgreSQL alike."""
    columns: list[Any] = [literal_column(PLACES[level]).label("place")]
    columns += [literal_column(PERIODS[over]).label("period")]
    columns += [func.sum(getattr(LineCount, key)) for key in Counts._fields]
    query = (
        select(*columns)
        .where(LineCount.kind == LineKind.PERSON)
        .group_by("place", "period")
        .order_by("period", "place")
    )
    return [Rolled(at, when, Counts(*map(int, sums))) for at, when, *sums in session.exec(query)]


def withheld(rolled: Iterable[Rolled]) -> set[tuple[str, str]]:
    """Return which units (place, period) must not be shown: 1 to 4 ratings, or found by subtraction."""
    tree: dict[str, disclose.Cell] = {}
    for one in rolled:
        county = f"{one.period} {one.place.split(':')[0]}"
        own = f"{one.period} {one.place}"
        tree[own] = disclose.Cell(one.counts.n, ())
        above = tree.get(county, disclose.Cell(0, ()))
        tree[county] = disclose.Cell(above.n + one.counts.n, (*above.parts, own))
    hidden = disclose.withheld(tree, MIN_CELL)
    return {(at, period) for period, at in (key.split(" ", 1) for key in hidden)}
