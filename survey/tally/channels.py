"""Phones and paper side by side, above the minimum cell only; 印制＝收回＋作废＋未用 of each sheet."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from survey.box.batch import CHANNEL
from survey.tally.opened import OpenedFiles
from survey.tally.publish import SMALLEST

HALL = "hall"
OPTIONS = {"A": "a", "B": "g", "C": "b"}


def told(files: OpenedFiles) -> dict[str, Any]:
    """Return what a count with paper shows beside its result."""
    header = files.paper or {}
    return {
        "accounts": header["accounts"],
        "sheets": header["sheets"],
        "controls": header["controls"],
        "decided": header["decided"],
        "void_lines": header["void_lines"],
        "lines": side_by_side(files.slate, files.ballots),
    }


def thinned(paper: Mapping[str, Any], result: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is told of paper with the lines withheld that the result withholds, for whatever reason."""
    hidden = {unit["id"] for unit in result["units"] if unit.get("withheld")}
    hidden |= {"overall"} if result["overall"].get("withheld") else set()
    lines = [
        {"id": line["id"], "name": line["name"], "withheld": True} if line["id"] in hidden else line
        for line in paper["lines"]
    ]
    return {**paper, "lines": lines}


def side_by_side(slate: Mapping[str, Any], ballots: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the overall and the unit lines by channel; a line with 1 to 4 ratings in either is withheld.

    Both its channels are, for the public sum would give the one away by the other.
    """
    counts: Counter[tuple[str, str, str]] = Counter()
    for ballot in ballots:
        channel = CHANNEL if ballot.get("channel") == CHANNEL else HALL
        marks = {**ballot["units"], **({"overall": ballot["overall"]} if ballot["overall"] else {})}
        counts.update((line, channel, OPTIONS[mark]) for line, mark in marks.items())
    named = [{"id": "overall", "name": "总体评价"}, *slate["units"]]
    return [_line(str(line["id"]), str(line["name"]), counts) for line in named]


def _line(line: str, name: str, counts: Mapping[tuple[str, str, str], int]) -> dict[str, Any]:
    found = {
        channel: {key: counts[line, channel, key] for key in OPTIONS.values()} for channel in (HALL, CHANNEL)
    }
    small = any(0 < sum(cells.values()) < SMALLEST for cells in found.values())
    return {"id": line, "name": name} | ({"withheld": True} if small else found)
