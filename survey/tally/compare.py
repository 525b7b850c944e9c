"""Quarters side by side: changes in 个百分点 from unrounded values; a year is its pooled counts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from scoring import rates, trend
from survey.clock import Quarter

Recounts = Mapping[str, Mapping[str, Any]]
"""Recount outputs by round."""


def pooled(recounts: Iterable[Mapping[str, Any]], key: str) -> tuple[int, int]:
    """Return numerator and denominator of one rate over several polls: counts are added, never rates."""
    found = [rate for recount in recounts for rate in recount["rates"] if rate["key"] == key]
    return sum(rate["num"] for rate in found), sum(rate["den"] for rate in found)


def with_changes(rate: Mapping[str, Any], round_: str, earlier: Recounts) -> dict[str, Any]:
    """Return a rate with its definition and its changes on the last quarter and on the last year."""
    quarter = Quarter.parse(round_)
    told = [name for name in sorted(earlier) if pooled([earlier[name]], rate["key"])[1]]
    last_year = [name for name in told if Quarter.parse(name).year == quarter.year - 1]
    last_quarter = [name for name in told if name == str(quarter.before())]
    return {
        **rate,
        "definition": rates.DEFINITIONS.get(rate["key"], ""),
        "last_quarter": _change(rate, last_quarter, earlier),
        "last_year": _change(rate, last_year, earlier),
    }


def _change(rate: Mapping[str, Any], rounds: Sequence[str], earlier: Recounts) -> dict[str, Any] | None:
    found = change(rate, [earlier[name] for name in rounds])
    return found and {"rounds": list(rounds), **found}


def change(rate: Mapping[str, Any], before: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Return the change of a rate in 个百分点 with Newcombe's interval, allowing for design effects."""
    found = trend.change({"rates": [rate]}, before, key=rate["key"])
    if found is None:
        return None
    num, den, _ = found.before
    return {
        "num": num,
        "den": den,
        "pct": rates.percent(num, den),
        "points": found.points,
        "interval": [100 * end for end in found.interval],
    }


def named(outcome: Mapping[str, Any], slate: Mapping[str, Any]) -> dict[str, Any]:
    """Return a recount with the names, posts and series of the slate beside its ids."""
    units = {unit["id"]: unit for unit in slate["units"]}
    people = {person["id"]: person for person in slate["persons"]}
    names = {id_: entry["name"] for id_, entry in (units | people).items()}
    return {
        **outcome,
        "units": [
            {
                **row,
                "name": names[row["id"]],
                "series": units[row["id"]]["series"],
                "persons": rated(row["persons"]),
            }
            for row in map(rated, outcome["units"])
        ],
        "persons": [
            {
                **row,
                "name": names[row["id"]],
                "unit_name": names[row["unit"]],
                "post": people[row["id"]]["post"],
                "series": people[row["id"]]["series"],
            }
            for row in map(rated, outcome["persons"])
        ],
        "series": [rated(row) for row in outcome["series"]],
        "proposals": [{**row, "subject_name": names[row["id"]]} for row in outcome["proposals"]],
    }


def rated(counts: Mapping[str, Any]) -> dict[str, Any]:
    """Return counts with 非差评率, its Wilson interval and 非常满意率; empty where nobody rated."""
    shares = {"not_poor": counts["a"] + counts["g"], "top": counts["a"]}
    return {
        **counts,
        "pct": {key: _percent(num, counts["n"]) for key, num in shares.items()},
        "interval": rates.wilson(shares["not_poor"], counts["n"]) if counts["n"] else None,
    }


def _percent(num: int, den: int) -> str:
    return rates.percent(num, den) if den else ""
