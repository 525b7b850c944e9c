"""The public result: overall, series and unit lines only, as thinned by `shown` (scoring.md section 1)."""

from collections.abc import Mapping, Sequence
from typing import Any

from survey.box.board import Board
from survey.box.manifest import canonical
from survey.config import Config
from survey.poll.models import Poll

FORMAT = "qiping-result-1"
SMALLEST = 5
"""A cell with 1 to 4 valid ratings is withheld."""
SHOWN = ("id", "name", "series", "a", "g", "b", "n", "blank")
NAMED = ("id", "name", "series")
PAPER = ("accounts", "sheets", "controls", "lines")
SERIES = ("name", "a", "g", "b", "n", "blank")


def public_result(result: Mapping[str, Any]) -> bytes:
    """Return the notice of a reported poll: nothing about persons, enterprises or single ballots."""
    content = {
        "format": FORMAT,
        **{key: result[key] for key in ("poll", "round", "title", "held_on", "rules", "rates", "digests")},
        "overall": _line(result["overall"], ("a", "g", "b", "n", "blank"), ()),
        "series": [_line(row, SERIES, ("name",)) for row in result["series"]],
        "equation": {key: value for key, value in result["equation"].items() if key != "attended"},
        "units": [_line(unit, SHOWN, NAMED) for unit in result["units"]],
        **({"paper": {key: result["paper"][key] for key in PAPER}} if "paper" in result else {}),
    }
    return canonical(content)


def _line(row: Mapping[str, Any], shown: Sequence[str], named: Sequence[str]) -> dict[str, Any]:
    """Return a line of a thinned result; a withheld one keeps its name alone."""
    if row["withheld"]:
        return {key: row[key] for key in named} | {"withheld": True}
    return {key: row[key] for key in shown}


def post(config: Config, poll: Poll, content: bytes) -> None:
    """Put the public result on the board."""
    Board(config.board).post("result", poll.key, content, "application/json")
