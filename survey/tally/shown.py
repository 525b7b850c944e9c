"""What of a result any reader may see: small cells, and those that would give them away, lose their counts.

One set of withheld cells serves every page, workbook, letter and notice, so that readers who compare notes
learn no more (scoring.md §1). The figures of scoring stay whole: only what is shown is thinned.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scoring import disclose
from scoring.ballot import parse_slate
from scoring.disclose import WHOLE, Cell
from scoring.rules import Rules

COUNTS = ("a", "g", "b", "n", "blank")
OVERALL = "overall"
FEW = "有效评价太少，不显示票数，本季不定级。"
# The rates over all officials' lines, and the one over the overall question.
POOLED_RATES = ("not_poor", "top", "score")


@dataclass(frozen=True)
class Hidden:
    """Withheld cells of the officials' lines (person:, unit:, series:, whole), and withheld own lines."""

    cells: frozenset[str]
    lines: frozenset[str]

    def rate(self, key: str) -> bool:
        """Tell whether a named rate of the county is withheld."""
        return WHOLE in self.cells if key in POOLED_RATES else OVERALL in self.lines


def of(outcome: Mapping[str, Any], slate: Mapping[str, Any], rules: Rules) -> Hidden:
    """Return what is withheld of a recount."""
    stated = {
        f"person:{proposal['id']}"
        for proposal in outcome["proposals"]
        if proposal["kind"] != "unit" and proposal["rule"] != "person.rolling"
    }
    tree = disclose.tree_of(outcome, parse_slate(dict(slate)))
    own = {unit["id"]: unit["n"] for unit in outcome["units"]} | {OVERALL: outcome["overall"]["n"]}
    return Hidden(frozenset(disclose.withheld(tree, rules.min_cell, stated)), small_lines(own, rules))


def small_lines(ratings: Mapping[str, int], rules: Rules) -> frozenset[str]:
    """Return the lines with too few ratings; their sum is published nowhere, so they give no other away."""
    return frozenset(disclose.withheld({line: Cell(n, ()) for line, n in ratings.items()}, rules.min_cell))


def concealed(result: Mapping[str, Any], hidden: Hidden) -> dict[str, Any]:
    """Return a result with names whose withheld rows say so and hold no count."""
    cells, lines = hidden.cells, hidden.lines
    return {
        **result,
        "overall": _row(result["overall"], OVERALL, lines),
        "rates": [rate for rate in result["rates"] if not hidden.rate(rate["key"])],
        "series": [_row(row, f"series:{row['name']}", cells) for row in result["series"]],
        "units": [
            _row(row, row["id"], lines) | {"persons": _row(row["persons"], f"unit:{row['id']}", cells)}
            for row in result["units"]
        ],
        "persons": [_row(row, f"person:{row['id']}", cells) for row in result["persons"]],
        "not_tested": [
            {**entry, "n": None, "text": FEW} if f"person:{entry['id']}" in cells else entry
            for entry in result["not_tested"]
        ],
    }


def _row(row: Mapping[str, Any], cell: str, hidden: frozenset[str]) -> dict[str, Any]:
    """Return a row that says whether its cell is withheld, and holds counts only where it is not."""
    if cell not in hidden:
        return {**row, "withheld": False}
    counts = dict.fromkeys((key for key in COUNTS if key in row), None)
    told = {key: None for key in ("rates", "evidence", "q", "ballots") if key in row}
    return {**row, **counts, **told, "pct": {"not_poor": "", "top": ""}, "interval": None, "withheld": True}
