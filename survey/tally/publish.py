"""The public result: overall, series and unit lines only; small cells withheld (scoring.md section 1)."""

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


def public_result(result: Mapping[str, Any]) -> bytes:
    """Return the notice of a reported poll: nothing about persons, enterprises or single ballots."""
    content = {
        "format": FORMAT,
        **{
            key: result[key]
            for key in ("poll", "round", "title", "held_on", "rules", "overall", "rates", "series")
        },
        "equation": {key: value for key, value in result["equation"].items() if key != "attended"},
        "units": withheld([{key: unit[key] for key in SHOWN} for unit in result["units"]]),
        "digests": result["digests"],
    }
    return canonical(content)


def withheld(lines: Sequence[Mapping[str, Any]], *, keep: Sequence[str] = NAMED) -> list[dict[str, Any]]:
    """Return the lines without the counts of small ones; a single small one takes the next smallest along."""
    small = {line["id"] for line in lines if 0 < line["n"] < SMALLEST}
    if len(small) == 1:
        others = [line for line in lines if line["id"] not in small and line["n"]]
        small |= {min(others, key=lambda line: int(line["n"]))["id"]} if others else set()
    return [
        {key: line[key] for key in keep} | {"withheld": True} if line["id"] in small else dict(line)
        for line in lines
    ]


def post(config: Config, poll: Poll, content: bytes) -> None:
    """Put the public result on the board."""
    Board(config.board).post("result", poll.key, content, "application/json")
