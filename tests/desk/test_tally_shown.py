"""What is actually given out (board, report, workbooks, pages) hides small cells, proved with a solver."""

import io
import json
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from scipy.optimize import linprog

from scoring.recount import recount
from scoring.rules import load
from survey.poll import policies
from survey.tally import bundle, compare, export, figures, publish, shown
from tests.scoring.polls import slate, spread

RULES = load(policies.text("lulong"))
OPTIONS = "agb"
SHEET = {key: key for key in ("manifest", "slate", "rules", "ballots", "tally")}
SIZES = st.lists(st.integers(0, 9) | st.integers(10, 30), min_size=1, max_size=6)
LINES = st.lists(st.integers(0, 30), min_size=2, max_size=2)


def a_result(
    sizes: list[int], lines: list[int], poor: Mapping[int, int] | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a recount with names, and the same as it is shown; officials sit in two units of two series."""
    names = slate(len(sizes), units=2)
    bad = [n // 3 if poor is None else poor.get(at, 0) for at, n in enumerate(sizes)]
    tallies = {f"P{at}": (n - bad[at], 0, bad[at]) for at, n in enumerate(sizes)}
    ballots = spread(tallies, 40)
    for unit, n in enumerate(lines):
        for ballot in ballots[:n]:
            ballot["units"][f"U{unit}"] = "A"
    for ballot in ballots[: sum(lines) % 31]:
        ballot["overall"] = "B"
    outcome = recount(names, ballots, RULES)
    named = compare.named(outcome, names) | {
        "poll": "T",
        "round": "2023Q1",
        "title": "T",
        "held_on": "2023-03-29",
        "equation": {},
        "digests": SHEET,
    }
    hidden = shown.of(outcome, names, RULES)
    seen = shown.concealed(named, hidden)
    return named, seen | {"rates": [compare.with_changes(rate, "2023Q1", {}) for rate in seen["rates"]]}


class Reader:
    """Somebody who puts together everything given out, and knows how the sums hang together."""

    def __init__(self, named: Mapping[str, Any]) -> None:
        self.cells: list[str] = []
        self.sums: list[tuple[str, list[str]]] = []
        self.known: dict[str, int] = {}
        people = {row["id"]: row["unit"] for row in named["persons"]}
        series = {unit["id"]: f"series:{unit['series']}" for unit in named["units"]}
        for unit, kind in series.items():
            self.sums.append(
                (f"unit:{unit}", [f"person:{one}" for one, own in people.items() if own == unit])
            )
            self.sums.append((kind, [f"unit:{one}" for one, other in series.items() if other == kind]))
        self.sums.append(("whole", sorted(set(series.values()))))
        self.cells = [f"person:{one}" for one in people] + [f"unit:{one}" for one in series]
        self.cells += [*sorted(set(series.values())), "whole", "overall", *(f"line:{one}" for one in series)]

    def reads(self, cell: str, a: int, g: int, b: int) -> None:
        self.known |= {f"{cell} a": a, f"{cell} g": g, f"{cell} b": b}

    def learns_rate(self, key: str, num: int, den: int) -> None:
        """Take in a published numerator and denominator."""
        cell = "overall" if key == "firm" else "whole"
        self.known[f"{cell} n"] = den
        self.known[f"{cell} {'a' if key == 'top' else 'ag'}"] = num

    def range_of(self, cell: str) -> tuple[float, float]:
        """Return between which numbers of ratings a cell can lie for this reader."""
        names = [f"{one} {option}" for one in self.cells for option in OPTIONS]
        place = {name: at for at, name in enumerate(names)}
        equations, totals = [], []

        def say(plus: list[str], minus: list[str], total: int) -> None:
            row = np.zeros(len(names))
            for name in plus:
                row[place[name]] += 1
            for name in minus:
                row[place[name]] -= 1
            equations.append(row)
            totals.append(total)

        for total, parts in self.sums:
            for option in OPTIONS:
                say([f"{part} {option}" for part in parts], [f"{total} {option}"], 0)
        for name, value in self.known.items():
            one, option = name.rsplit(" ", 1)
            say([f"{one} {each}" for each in ("agb" if option == "n" else option)], [], value)
        aim = np.array([float(name.rsplit(" ", 1)[0] == cell) for name in names])
        ends = [
            linprog(sign * aim, A_eq=np.array(equations), b_eq=totals, bounds=(0, None), method="highs")
            for sign in (1, -1)
        ]
        assert ends[0].status == 0, "what is given out contradicts itself"
        return ends[0].fun, float("inf") if ends[1].status == 3 else -ends[1].fun


def reads_everything(named: Mapping[str, Any], seen: Mapping[str, Any]) -> Reader:
    """Return who read the notice (whose lines the report repeats) and all sheets of the full workbook."""
    reader = Reader(named)
    reads_the_notice(reader, seen)
    reads_the_workbook(reader, named, seen)
    return reader


def reads_the_notice(reader: Reader, seen: Mapping[str, Any]) -> None:
    notice = json.loads(publish.public_result(seen))
    for rate in notice["rates"]:
        reader.learns_rate(rate["key"], rate["num"], rate["den"])
    for cell, row in [
        ("overall", notice["overall"]),
        *((f"series:{row['name']}", row) for row in notice["series"]),
        *((f"line:{row['id']}", row) for row in notice["units"]),
    ]:
        if not row.get("withheld"):
            reader.reads(cell, row["a"], row["g"], row["b"])


def reads_the_workbook(reader: Reader, named: Mapping[str, Any], seen: Mapping[str, Any]) -> None:
    book = load_workbook(io.BytesIO(export.workbook(seen, export.FULL_SHEETS)))
    units = {unit["name"]: unit["id"] for unit in named["units"]}
    for row in [*book["单位"].values][1:]:
        if row[2] != export.WITHHELD:
            reader.reads(f"unit:{units[row[0]]}", *row[2:5])
        if row[9] != export.WITHHELD:
            reader.reads(f"line:{units[row[0]]}", *row[9:12])
    for row in [*book["人员"].values][1:]:
        if row[5] != export.WITHHELD:
            reader.reads(f"person:{row[0]}", *row[5:8])


@settings(max_examples=30, deadline=None)
@given(SIZES, LINES)
def test_nobody_who_puts_everything_together_works_out_a_withheld_cell(sizes, lines):
    named, seen = a_result(sizes, lines)
    reader = reads_everything(named, seen)
    small = {f"person:{row['id']}": row["n"] for row in named["persons"]}
    small |= {f"unit:{row['id']}": row["persons"]["n"] for row in named["units"]}
    small |= {f"line:{row['id']}": row["n"] for row in named["units"]}
    small |= {f"series:{row['name']}": row["n"] for row in named["series"]} | {
        "overall": named["overall"]["n"]
    }
    for cell, n in small.items():
        if 0 < n < 5:
            low, high = reader.range_of(cell)
            assert high - low > 0.5, f"{cell} must be {low}"


def test_the_solver_does_find_a_cell_that_is_only_struck_out():
    named, seen = a_result([3, 20, 20, 20], [20, 20])
    careless = seen | {"persons": [*seen["persons"]], "units": [*seen["units"]]}
    for at, row in enumerate(named["persons"]):
        if at:
            careless["persons"][at] = {**row, "withheld": False}
    careless["units"] = [
        {**row, "withheld": False, "persons": {**row["persons"], "withheld": False}} for row in named["units"]
    ]
    assert reads_everything(named, careless).range_of("person:P0") == (3, 3)
    low, high = reads_everything(named, seen).range_of("person:P0")
    assert low < high


def test_slips_are_sorted_line_by_line_and_join_nothing():
    table = b"# qiping\nU1\t3\t1\t2\t4\nU2\twithheld\n"
    assert bundle.slips(table).decode() == "# slips\nU1\tAAABCC----\nU2\twithheld\n"


def test_an_official_who_is_proposed_keeps_the_own_numbers_and_hides_nobody():
    sizes = [3, 20, 30, 20]
    named, seen = a_result(sizes, [20, 20], {2: 12})
    proposed = {one["id"] for one in named["proposals"] if one["kind"] == "person"}
    assert "P2" in proposed
    rows = {row["id"]: row for row in seen["persons"]}
    assert rows["P0"]["withheld"]
    assert not any(rows[one]["withheld"] for one in proposed)


def test_a_withheld_official_is_not_named_with_numbers_anywhere():
    _, seen = a_result([3, 20, 8, 20], [20, 20])
    row = next(row for row in seen["persons"] if row["id"] == "P0")
    assert {
        key: row[key] for key in ("a", "g", "b", "n", "blank", "evidence", "q", "interval")
    } == dict.fromkeys(("a", "g", "b", "n", "blank", "evidence", "q", "interval"))
    told = next(one for one in seen["not_tested"] if one["id"] == "P0")
    assert told["n"] is None
    assert "3" not in told["text"]
    drawn = json.dumps([figures.overview(seen), figures.people(seen)], ensure_ascii=False, default=str)
    assert "人0" not in drawn


@pytest.mark.parametrize(("n", "withheld"), [(0, False), (1, True), (4, True), (5, False)])
def test_a_line_of_one_to_four_ratings_is_withheld(n: int, withheld: bool):
    rules = SimpleNamespace(min_cell=5)
    assert bool(shown.small_lines({"U1": n, "U2": 8}, rules)) is withheld


def test_nobody_is_ranked_anywhere():
    _, seen = a_result([20, 30, 25, 28], [20, 20])
    order = [row["id"] for row in seen["persons"]]
    book = load_workbook(io.BytesIO(export.workbook(seen, export.FULL_SHEETS)))
    assert [row[0] for row in [*book["人员"].values][1:]] == order
    assert "名次" not in "".join(
        str(cell) for sheet in book for row in sheet.values for cell in row if cell
    ).replace("不排名次", "")
