"""Quarters and years side by side: a year is the sum of its quarters' counts, never a mean of their rates."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlmodel import Session

from scoring import rates, trend
from survey.clock import Quarter
from survey.errors import Missing
from survey.poll.models import Poll
from survey.tally import charts, compare, counts, figures

Row = Mapping[str, Any]
OPTIONS = ("a", "g", "b", "n", "blank")
KEYS = ("not_poor", "top", "firm")


def quarters_and_years(session: Session) -> dict[str, Any]:
    """Return the counted quarters, the newest first, their years, and the chart of their rates."""
    rows = counts.headlines(session)
    rounds = [
        {"round": row["poll"].round, "rates": _in_order(row["rates"].values())} for row in reversed(rows)
    ]
    years = sorted({Quarter.parse(row["poll"].round).year for row in rows}, reverse=True)
    return {
        "rows": rows,
        "years": [headline for each in years if (headline := _rates_of(session, each))],
        "chart": charts.trend(rounds) if len(rounds) > 1 else None,
    }


def _in_order(found: Iterable[Row]) -> list[Row]:
    return sorted((rate for rate in found if rate["key"] in KEYS), key=lambda rate: KEYS.index(rate["key"]))


def _polls(session: Session, year: int) -> list[Poll]:
    return [poll for poll in counts.counted_polls(session) if Quarter.parse(poll.round).year == year]


def _rates_of(session: Session, year: int) -> dict[str, Any]:
    """Return a year's pooled rates with their definitions and their changes on the year before."""
    now, before = (
        [counts.figures(session, poll) for poll in _polls(session, each)] for each in (year, year - 1)
    )
    pooled = {key: rate for key in KEYS if (rate := _pooled(key, now, before))}
    return {"year": year, "rounds": [poll.round for poll in _polls(session, year)], "rates": pooled}


def _pooled(key: str, now: Sequence[Row], before: Sequence[Row]) -> dict[str, Any] | None:
    told = [rate for result in now for rate in result["rates"] if rate["key"] == key]
    if len(told) < len(now) or not sum(rate["den"] for rate in told):
        return None
    num, den, worth = trend.pooled(now, key)
    deff = den / worth
    rate = {
        "key": key,
        "name": told[0]["name"],
        "num": num,
        "den": den,
        "pct": rates.percent(num, den),
        "deff": deff,
        "interval": rates.wilson(num / deff, worth),
        "definition": rates.DEFINITIONS[key],
    }
    return rate | {"change": compare.change(rate, before)}


def year(session: Session, year: int) -> dict[str, Any]:
    """Return everything the page of a year shows."""
    polls = _polls(session, year)
    if not polls:
        raise Missing("tally.no_year", f"{year}年还没有计票结果。")
    quarters = [counts.figures(session, poll) for poll in polls]
    units = added(figures.units(quarter) for quarter in quarters)
    series = added([{**row, "id": row["name"]} for row in quarter["series"]] for quarter in quarters)
    grouped = figures.by_series(units)
    return {
        **_rates_of(session, year),
        "quarters": [
            {
                "poll": poll,
                "rate": next((rate for rate in quarter["rates"] if rate["key"] == KEYS[0]), None),
            }
            for poll, quarter in zip(polls, quarters, strict=True)
        ],
        "series": series,
        "chart": charts.marks(row for row in series if not row["withheld"]),
        "each": [
            {
                "name": name,
                "rows": [row for row in units if row["series"] == name],
                "median": figures.median_percent(rows),
                "bars": charts.marks(rows) if rows else None,
            }
            for name, rows in grouped.items()
        ],
    }


def added(quarters: Iterable[Iterable[Row]]) -> list[dict[str, Any]]:
    """Return rows of several quarters added up by id; one withheld quarter withholds the year.

    The year less the shown quarters would give it away.
    """
    found: dict[str, dict[str, Any]] = {}
    for row in (row for quarter in quarters for row in quarter):
        sum_ = found.setdefault(
            row["id"], {**row, **dict.fromkeys(OPTIONS, 0), "withheld": False, "rounds": 0}
        )
        sum_["withheld"] = sum_["withheld"] or row["withheld"]
        sum_["rounds"] += 1
        for option in OPTIONS:
            sum_[option] += row.get(option) or 0
    blank = {**dict.fromkeys(OPTIONS), "pct": {"not_poor": "", "top": ""}, "interval": None}
    return [row | blank if row["withheld"] else compare.rated(row) for row in found.values()]
