"""Officials and units beside those of their own series, and nobody else: medians, funnels, shrunken rates.

All of it is for charts (scoring.md §7); withheld rows take no part, so no picture gives one away.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from scoring import funnel
from scoring.rates import percent
from survey.tally import charts

Row = Mapping[str, Any]
FEWEST = 3
"""Below this many there is no funnel to speak of."""


def by_series(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Return rated rows that may be shown by their series, in the order of the slate."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["series"], [])
        if not row["withheld"] and row["n"]:
            found[row["series"]].append(row)
    return found


def units(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return each unit as the sum of its officials' lines."""
    return [
        {**row["persons"], "id": row["id"], "name": row["name"], "series": row["series"]}
        for row in result["units"]
    ]


def median(rows: Sequence[Row]) -> float | None:
    """Return the middle 非差评率 of rows of one series; of an even number the mean of the middle two."""
    shares: list[float] = sorted((row["a"] + row["g"]) / row["n"] for row in rows)
    middle = len(shares) // 2
    if not shares:
        return None
    return shares[middle] if len(shares) % 2 else (shares[middle - 1] + shares[middle]) / 2


def median_percent(rows: Sequence[Row]) -> str:
    """Return the median as a percentage without its sign, empty where nobody was rated."""
    found = median(rows)
    return "" if found is None else percent(*found.as_integer_ratio())


def shrunken(rows: Sequence[Row]) -> dict[str, float]:
    """Return each row's poor rate drawn towards its series' average, by id."""
    rates = funnel.shrunken([(row["b"], row["n"]) for row in rows])
    return {row["id"]: rate for row, rate in zip(rows, rates, strict=True) if rate is not None}


def place(b: int, n: int, of: funnel.Funnel) -> str:
    """Return where a rate lies against the limits that chance keeps to."""
    low, high = of.limits(n)
    return charts.PLACES["above" if b / n > high else "below" if b / n < low else "inside"]


def funnel_of(rows: Sequence[Row]) -> dict[str, Any] | None:
    """Return the funnel of one series: its chart, average, overdispersion, and each row's place by id."""
    found = funnel.funnel([(row["b"], row["n"]) for row in rows])
    if found is None or len(rows) < FEWEST:
        return None
    drawn = shrunken(rows)
    places = {row["id"]: place(row["b"], row["n"], found) for row in rows}
    points = [
        {
            "name": row["name"],
            "unit": row.get("unit_name", row["series"]),
            "n": row["n"],
            "b": row["b"],
            "rate": row["b"] / row["n"],
            "shrunken": drawn[row["id"]],
            "place": places[row["id"]],
        }
        for row in rows
    ]
    return {
        "chart": charts.funnel(points, _limits(found, [row["n"] for row in rows]), found.theta),
        "average": percent(*found.theta.as_integer_ratio()),
        "phi": f"{found.phi:.2f}",
        "places": places,
        "outside": sum(one != charts.PLACES["inside"] for one in places.values()),
        "size": len(rows),
    }


def _limits(found: funnel.Funnel, sizes: Sequence[int]) -> list[dict[str, float]]:
    """Return the limits at up to forty numbers of ratings around those that there are."""
    least, most = max(1, int(0.8 * min(sizes))), int(1.1 * max(sizes)) + 1
    steps = sorted({round(least + (most - least) * at / 40) for at in range(41)})
    return [dict(zip(("n", "low", "high"), (n, *found.limits(n)), strict=True)) for n in steps]


def overview(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return the charts of a result: bars of the series, and for each series bars and funnel of its units."""
    grouped = by_series(units(result))
    shown = [row for row in result["series"] if not row["withheld"]]
    return {
        "series": charts.marks(shown) if any(row["n"] for row in shown) else None,
        "each": [
            {
                "name": name,
                "median": median_percent(rows),
                "bars": charts.marks(rows) if rows else None,
                "funnel": funnel_of(rows),
                "units": [row for row in result["units"] if row["series"] == name],
            }
            for name, rows in grouped.items()
        ],
    }


def people(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the funnel and the median of each series' officials."""
    return [
        {"name": name, "median": median_percent(rows), "funnel": funnel_of(rows), "size": len(rows)}
        for name, rows in by_series(result["persons"]).items()
    ]


def places(result: Mapping[str, Any]) -> dict[str, str]:
    """Return each official's place in the funnel of the own series, by id."""
    found: dict[str, str] = {}
    for rows in by_series(result["persons"]).values():
        drawn = funnel_of(rows)
        found |= drawn["places"] if drawn else {}
    return found
