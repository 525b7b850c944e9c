"""What may be printed for whom: small cells withheld so that no subtraction brings them back.

Counts form a tree: the whole, its series, their units, their officials. A cell with 1 to 4 valid ratings is
withheld; wherever a published total would give a withheld cell away, the next smallest cell goes with it
(scoring.md §1). One set of withheld cells serves every reader, so readers who compare notes learn no more.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from scoring.ballot import Slate
from scoring.rules import Rules

Result = Mapping[str, Any]
WHOLE = "whole"
PUBLIC_KEYS = ("key", "name", "num", "den", "pct", "interval")


class Cell(NamedTuple):
    """One cell of the tree: its valid ratings, and the cells that add up to it."""

    n: int
    parts: tuple[str, ...]


Tree = Mapping[str, Cell]


def withheld(tree: Tree, min_cell: int, told: Collection[str] = ()) -> set[str]:
    """Return the cells to withhold so that none of them can be worked out from the others.

    The cells in `told` are stated elsewhere, as a proposal states its numbers: none of them hides another.
    """
    hidden = {key for key, cell in tree.items() if 0 < cell.n < min_cell}
    equations = [[key, *cell.parts] for key, cell in tree.items() if cell.parts]
    given = _closed(tree, told)
    while weak := _weak(tree, equations, hidden, min_cell, given):
        hidden.add(weak)
    return hidden


def _closed(tree: Tree, told: Collection[str]) -> set[str]:
    """Return the told cells with every total that they add up to."""
    given = set(told)
    while more := {
        key
        for key, cell in tree.items()
        if cell.parts and key not in given and all(part in given or not tree[part].n for part in cell.parts)
    }:
        given |= more
    return given


def _weak(
    tree: Tree, equations: Iterable[list[str]], hidden: set[str], min_cell: int, told: Collection[str]
) -> str | None:
    """Return one more cell to withhold: the smallest of an equation that still gives something away."""
    gives = derivable(equations, hidden)
    for total, *parts in equations:
        unknown = [key for key in parts if key in hidden]
        lone = [key for key in (total, *parts) if key in gives]
        few = total not in hidden and unknown and sum(tree[key].n for key in unknown) < min_cell
        open_parts = [key for key in parts if key not in hidden and tree[key].n and key not in told]
        if (lone or few) and open_parts:
            return min(open_parts, key=lambda key: (tree[key].n, key))
        if (lone or few) and total not in hidden:
            return total
    return None


def derivable(equations: Iterable[list[str]], hidden: Iterable[str]) -> set[str]:
    """Return the hidden cells that follow from the others by addition and subtraction.

    Each cell stands in at most two equations and these form a tree, so taking the only unknown of an
    equation, again and again, finds everything that can be found.
    """
    unknown, found = set(hidden), set()
    lines = list(equations)
    while lone := {left[0] for line in lines if len(left := [key for key in line if key in unknown]) == 1}:
        unknown -= lone
        found |= lone
    return found


def tree_of(result: Result, slate: Slate) -> dict[str, Cell]:
    """Return the tree of valid ratings of the officials' lines: series, their units, their officials."""
    ratings = {person["id"]: person["n"] for person in result["persons"]}
    tree = {f"person:{person.id}": Cell(ratings[person.id], ()) for person in slate.persons}
    units: dict[str, list[str]] = {}
    for unit in slate.units:
        own = tuple(f"person:{person.id}" for person in slate.persons if person.unit == unit.id)
        tree[f"unit:{unit.id}"] = Cell(sum(tree[key].n for key in own), own)
        units.setdefault(f"series:{unit.series}", []).append(f"unit:{unit.id}")
    for series, keys in units.items():
        tree[series] = Cell(sum(tree[key].n for key in keys), tuple(keys))
    tree[WHOLE] = Cell(sum(tree[key].n for key in units), tuple(units))
    return tree


def public(result: Result, slate: Slate, rules: Rules) -> dict[str, Any]:
    """Return what anybody may read: the county's rates, series and units; never officials or ballots."""
    hidden = withheld(tree_of(result, slate), rules.min_cell)
    units = {unit["id"]: unit["persons"] for unit in result["units"]}
    series: dict[str, list[Mapping[str, int]]] = {}
    for unit in slate.units:
        series.setdefault(unit.series, []).append(units[unit.id])
    whole_shown = WHOLE not in hidden
    return {
        "poll": result["poll"],
        "rules": result["rules"],
        "valid": result["ballots"]["valid"],
        "rates": [
            {key: rate[key] for key in PUBLIC_KEYS}
            for rate in result["rates"]
            if whole_shown and (rate["key"] != "firm" or not 0 < rate["den"] < rules.min_cell)
        ],
        "series": [
            _cell(f"series:{name}", {"name": name}, _pooled(counts), hidden)
            for name, counts in series.items()
        ],
        "units": [
            _cell(f"unit:{unit.id}", {"id": unit.id, "name": unit.name}, units[unit.id], hidden)
            for unit in slate.units
        ],
    }


def for_unit(result: Result, slate: Slate, rules: Rules, *, unit: str) -> dict[str, Any]:
    """Return what one unit may read: its own total and its own officials."""
    hidden = withheld(tree_of(result, slate), rules.min_cell)
    names = {person.id: person.name for person in slate.persons}
    own = next(entry for entry in result["units"] if entry["id"] == unit)
    return {
        "unit": _cell(f"unit:{unit}", {"id": unit}, own["persons"], hidden),
        "persons": [
            _cell(f"person:{person['id']}", {"id": person["id"], "name": names[person["id"]]}, person, hidden)
            for person in result["persons"]
            if person["unit"] == unit
        ],
    }


def _pooled(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    columns = list(counts)
    return {key: sum(column[key] for column in columns) for key in ("a", "g", "b", "n")}


def _cell(key: str, named: Mapping[str, str], counts: Mapping[str, int], hidden: set[str]) -> dict[str, Any]:
    if key in hidden:
        return {**named, "withheld": True}
    return {**named, **{option: counts[option] for option in ("a", "g", "b", "n")}}
