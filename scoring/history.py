"""Earlier counts of the same people: which rung they reached, and what was counted for them."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from scoring.ladders import Rung
from scoring.rules import Rules

Output = Mapping[str, Any]


class Round(NamedTuple):
    """One earlier count: the highest rung proposed directly, and each official's counts."""

    reached: dict[tuple[str, str], int]
    persons: dict[str, Mapping[str, Any]]
    adverse: Mapping[str, int]


Past = Sequence[Round]


def remember(history: Sequence[Output], rules: Rules) -> list[Round]:
    """Return earlier recount outputs (oldest first) as rounds, the latest first.

    Rungs are taken from counts under the same policy id only: another policy has other rungs.
    """
    return [_round(output, rules) for output in reversed(history)]


def _round(output: Output, rules: Rules) -> Round:
    reached: dict[tuple[str, str], int] = {}
    if output["rules"]["id"] == rules.id:
        for proposal in output["proposals"]:
            if proposal["lane"] == "direct" and proposal["rung"] and proposal["rule"] != "person.rolling":
                key = proposal["kind"], proposal["id"]
                reached[key] = max(reached.get(key, 0), proposal["rung"])
    persons = {person["id"]: person for person in output["persons"]}
    return Round(reached, persons, output.get("adverse", {}))


def times_reached(past: Past, kind: str, id_: str, rung: int) -> list[bool]:
    """Say for each earlier round, the latest first, whether a rung (from 1) was reached directly."""
    return [earlier.reached.get((kind, id_), 0) >= rung for earlier in past]


def running(past: Past, kind: str, id_: str, *, rung: int, periods: int) -> bool:
    """Say whether a rung was reached in each of the `periods` - 1 rounds before this one."""
    before = times_reached(past, kind, id_, rung)[: periods - 1]
    return len(before) == periods - 1 and all(before)


def at_line(past: Past, id_: str, rung: Rung) -> bool:
    """Say whether an official's raw rate stood at a rung's line in each earlier round that counts."""
    before = past[: rung.consecutive - 1]
    persons = [earlier.persons.get(id_) for earlier in before]
    return len(before) == rung.consecutive - 1 and all(
        person is not None and reaches(person["b"], person["n"], rung.line) for person in persons
    )


def reaches(b: int, n: int, line: float) -> bool:
    """Say whether the raw rate b/n is at or above a line.

    Division and literal are both correctly rounded, so a rate that equals the line compares equal.
    """
    return n > 0 and b / n >= line
