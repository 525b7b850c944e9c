"""Polls for the tests of the scoring: the worked example, the replay, and small ones made to measure."""

import csv
import json
import random
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from scoring import rules
from scoring.recount import recount

GOLDEN = Path(__file__).parent.parent / "golden" / "counts"
EXAMPLE = GOLDEN / "recount_example"
POLICY = (files("scoring") / "policies" / "lulong.toml").read_text(encoding="utf-8")
REPLAY_POLICY = (files("scoring") / "policies" / "replay.toml").read_text(encoding="utf-8")
RULES = rules.load(POLICY)
REPLAY_RULES = rules.load(REPLAY_POLICY)
SLATE = json.loads((EXAMPLE / "slate.json").read_text(encoding="utf-8"))
EXPECTED = json.loads((EXAMPLE / "expected.json").read_text(encoding="utf-8"))
BALLOTS = [json.loads(line) for line in (EXAMPLE / "ballots.jsonl").read_text(encoding="utf-8").splitlines()]
PUBLISHED = json.loads((GOLDEN / "published.json").read_text(encoding="utf-8"))
DECISIONS = list(csv.DictReader((GOLDEN / "decision_table.csv").read_text(encoding="utf-8").splitlines()))
UNIT_SIZES = [9] * 29 + [8] * 4
ROUNDS = ("2022Q3", "2022Q4", "2023Q1")


@cache
def example() -> dict[str, Any]:
    """Return the recount of the worked example."""
    return recount(SLATE, BALLOTS, RULES)


def slate(officials: int, *, units: int = 1, poll: str = "T", actions: dict[str, int] | None = None) -> dict:
    """Return a slate of officials P0.. shared out to units U0.. in turn, with firms under penalty."""
    return {
        "poll": poll,
        "units": [{"id": f"U{at}", "name": f"{at}局", "series": f"类{at % 2}"} for at in range(units)],
        "persons": [
            {
                "id": f"P{at}",
                "unit": f"U{at % units}",
                "name": f"人{at}",
                "post": "科员",
                "duties": "综合",
                "kind": "staff",
                "series": f"类{at % units % 2}",
                "adverse_actions": (actions or {}).get(f"P{at}", 0),
            }
            for at in range(officials)
        ],
    }


def spread(tallies: dict[str, tuple[int, int, int]], voters: int, seed: int = 1) -> list[dict]:
    """Return ballots whose marks add up to the tallies (very, so_so, poor); who marks what is drawn."""
    draw = random.Random(seed)
    ballots: list[dict] = [{"overall": None, "units": {}, "persons": {}} for _ in range(voters)]
    for line, (good, fair, poor) in tallies.items():
        marks = ["A"] * good + ["B"] * fair + ["C"] * poor
        for ballot, mark in zip(draw.sample(ballots, len(marks)), marks, strict=True):
            ballot["persons"][line] = mark
    return ballots


@cache
def replay() -> dict[str, dict[str, Any]]:
    """Return the recount of each round of the replay, each with the earlier rounds as history."""
    sample = json.loads((files("survey.demo") / "lulong_replay.json").read_text(encoding="utf-8"))
    results: dict[str, dict[str, Any]] = {}
    for round_ in ROUNDS:
        tallies = {line: tuple(marks) for line, marks in sample["rounds"][round_].items()}
        ballots = spread(tallies, sample["firms"])
        results[round_] = recount(replay_slate(sample, round_), ballots, REPLAY_RULES, list(results.values()))
    return results


def replay_slate(sample: dict, round_: str) -> dict:
    """Return the slate of one round of the replay: 29 units of nine officials and four of eight."""
    units = [f"U{at:02}" for at, size in enumerate(UNIT_SIZES) for _ in range(size)]
    return {
        "poll": round_,
        "units": [{"id": unit, "name": unit, "series": "全县"} for unit in dict.fromkeys(units)],
        "persons": [
            {
                "id": person,
                "unit": unit,
                "name": person,
                "post": "岗位",
                "duties": "职责",
                "kind": "staff",
                "series": "全县",
                "adverse_actions": 0,
            }
            for person, unit in zip(sample["rounds"][round_], units, strict=True)
        ],
    }


def proposals(result: dict, **wanted: Any) -> list[dict]:
    """Return the proposals that carry the wanted values."""
    return [one for one in result["proposals"] if all(one[key] == value for key, value in wanted.items())]
