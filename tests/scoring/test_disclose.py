"""What may be printed: small cells withheld, and no reader can work them out, proved with a solver."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from scoring.ballot import parse_slate
from scoring.disclose import WHOLE, Cell, for_unit, public, tree_of, withheld
from scoring.recount import recount
from tests.scoring.polls import PUBLISHED, REPLAY_RULES, RULES, SLATE, example, replay, slate, spread

PEOPLE = st.lists(st.integers(0, 12), min_size=1, max_size=5)
COUNTIES = st.lists(st.lists(PEOPLE, min_size=1, max_size=3), min_size=1, max_size=3)


def a_tree(county):
    """Return the tree of a county given as series of units of officials' numbers of ratings."""
    tree = {}
    for s, units in enumerate(county):
        for u, people in enumerate(units):
            own = {f"p{s}.{u}.{p}": Cell(n, ()) for p, n in enumerate(people)}
            tree |= own
            tree[f"u{s}.{u}"] = Cell(sum(people), tuple(own))
        tree[f"s{s}"] = Cell(sum(map(sum, units)), tuple(f"u{s}.{u}" for u in range(len(units))))
    tree[WHOLE] = Cell(
        sum(tree[f"s{s}"].n for s in range(len(county))), tuple(f"s{s}" for s in range(len(county)))
    )
    return tree


def ranges(tree, hidden):
    """Return between which values each hidden cell can lie for somebody who reads all the others."""
    keys = list(tree)
    totals = [(key, cell.parts) for key, cell in tree.items() if cell.parts]
    equations = np.zeros((len(totals), len(keys)))
    for row, (total, parts) in enumerate(totals):
        equations[row, keys.index(total)] = -1
        for part in parts:
            equations[row, keys.index(part)] = 1
    bounds = [(0, None) if key in hidden else (tree[key].n, tree[key].n) for key in keys]
    found = {}
    for key in hidden:
        aim = np.array([float(one == key) for one in keys])
        ends = [
            linprog(sign * aim, A_eq=equations, b_eq=np.zeros(len(totals)), bounds=bounds, method="highs")
            for sign in (1, -1)
        ]
        found[key] = (ends[0].fun, float("inf") if ends[1].status == 3 else -ends[1].fun)
    return found


@settings(max_examples=40, deadline=None)
@given(COUNTIES)
def test_no_withheld_cell_can_be_worked_out(county):
    tree = a_tree(county)
    hidden = withheld(tree, 5)
    assert {key for key, cell in tree.items() if 1 <= cell.n <= 4} <= hidden
    for key, (low, high) in ranges(tree, hidden).items():
        assert high - low > 0.5, f"{key} must be {low}"


@settings(max_examples=100, deadline=None)
@given(COUNTIES)
def test_withheld_parts_of_a_shown_total_are_together_no_small_cell(county):
    tree = a_tree(county)
    hidden = withheld(tree, 5)
    for key, cell in tree.items():
        unknown = [tree[part].n for part in cell.parts if part in hidden]
        if key not in hidden and unknown:
            assert len(unknown) > 1
            assert sum(unknown) >= 5


def test_primary_suppression_alone_would_give_cells_away():
    tree = a_tree([[[3, 20, 30]]])
    assert ranges(tree, {"p0.0.0"}) == {"p0.0.0": (3, 3)}
    assert withheld(tree, 5) == {"p0.0.0", "p0.0.1"}


def test_a_cell_that_a_proposal_states_hides_no_other():
    tree = a_tree([[[3, 20, 30], [40, 50]]])
    hidden = withheld(tree, 5, told={"p0.0.1", "p0.0.2"})
    assert {"p0.0.0", "u0.0"} <= hidden
    assert not hidden & {"p0.0.1", "p0.0.2"}
    assert all(high > low for low, high in ranges(tree, hidden).values())


@settings(max_examples=40, deadline=None)
@given(COUNTIES)
def test_no_withheld_cell_can_be_worked_out_where_large_ones_are_stated(county):
    tree = a_tree(county)
    told = {key for key, cell in tree.items() if not cell.parts and cell.n >= 10}
    hidden = withheld(tree, 5, told)
    assert not hidden & told
    for key, (low, high) in ranges(tree, hidden).items():
        assert high - low > 0.5, f"{key} must be {low}"


def test_nothing_is_withheld_where_nothing_is_small():
    assert withheld(a_tree([[[10, 0, 5], [8]], [[7, 9]]]), 5) == set()


def test_the_first_level_of_the_nhs():
    case = PUBLISHED["suppression"]
    tree = {str(at): Cell(n, ()) for at, n in enumerate(case["responses"])}
    assert [key in withheld(tree, 5) for key in tree] == case["withheld"]


def test_the_public_reads_no_official_and_no_ballot():
    shown = public(example(), parse_slate(SLATE), RULES)
    assert shown.keys() == {"poll", "rules", "valid", "rates", "series", "units"}
    text = str(shown)
    assert not any(person["id"] in text or person["name"] in text for person in SLATE["persons"])
    assert [rate["pct"] for rate in shown["rates"]] == ["89.88", "70.37", "98.28"]
    assert shown["units"][0] == {"id": "U1", "name": "甲局", "a": 133, "g": 37, "b": 28, "n": 198}


def test_a_small_unit_is_withheld_with_the_next_smallest_of_its_series():
    names = slate(6, units=6)
    tallies = {"P0": (3, 0, 0), "P2": (9, 0, 1), "P4": (20, 0, 0), "P1": (20, 0, 0), "P3": (20, 0, 0)}
    result = recount(names, spread(tallies, 20), RULES)
    shown = {unit["id"]: unit for unit in public(result, parse_slate(names), RULES)["units"]}
    assert shown["U0"] == {"id": "U0", "name": "0局", "withheld": True}
    assert "withheld" in shown["U2"]
    assert shown["U4"]["n"] == 20
    assert shown["U5"]["n"] == 0


def test_a_unit_reads_its_own_officials_alone():
    names = slate(8, units=2)
    tallies = {"P0": (2, 0, 0), "P2": (5, 0, 1), "P4": (9, 0, 0), "P6": (12, 0, 0), "P1": (20, 0, 0)}
    shown = for_unit(recount(names, spread(tallies, 20), RULES), parse_slate(names), RULES, unit="U0")
    assert [entry["id"] for entry in shown["persons"]] == ["P0", "P2", "P4", "P6"]
    assert [entry.get("n") for entry in shown["persons"]] == [None, None, 9, 12]
    assert shown["unit"]["n"] == 29


@pytest.mark.parametrize("round_", ["2022Q3", "2023Q1"])
def test_a_full_county_is_shown_whole(round_):
    result = replay()[round_]
    form = parse_slate({"poll": round_, "units": [], "persons": []})
    units = [{"id": unit["id"], "name": unit["id"], "series": "全县"} for unit in result["units"]]
    persons = [
        {
            "id": person["id"],
            "unit": person["unit"],
            "name": "",
            "post": "",
            "duties": "",
            "kind": "",
            "series": "",
        }
        for person in result["persons"]
    ]
    form = parse_slate({"poll": round_, "units": units, "persons": persons})
    assert withheld(tree_of(result, form), REPLAY_RULES.min_cell) == set()
