"""What the sample county's entrepreneurs mark in each round: ballots whose sums are the sample's tallies."""

import datetime as dt
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from survey.box.seal import Remark
from survey.demo.county import SAMPLE

HELD = {
    "2022Q3": dt.date(2022, 9, 28),
    "2022Q4": dt.date(2022, 12, 28),
    "2023Q1": dt.date(2023, 3, 29),
}
# How many firms chose 服务较差 and 服务一般 for the county as a whole.
OVERALL = {"2022Q3": (6, 41), "2022Q4": (4, 30), "2023Q1": (1, 12)}
# Which remarks of the sample are written in which round.
WRITTEN = {"2022Q3": slice(0, 15), "2022Q4": slice(15, 18), "2023Q1": slice(18, None)}


@dataclass(frozen=True)
class Voter:
    """One entrepreneur's marks by line and remarks; nothing says which enterprise."""

    marks: Mapping[str, str]
    remarks: tuple[Remark, ...] = ()


def tallies(round_: str) -> dict[str, list[int]]:
    """Return person id → [非常满意, 服务一般, 服务较差] of one round of the sample."""
    sample = json.loads(Path(__file__).with_name("lulong_replay.json").read_text(encoding="utf-8"))
    rounds: dict[str, dict[str, list[int]]] = sample["rounds"]
    return rounds[round_]


def voters(round_: str, slate: Mapping[str, list[dict[str, str]]]) -> list[Voter]:
    """Deal one round's tallies out to voters at random; every sum stays what the sample says."""
    draw = random.Random(round_)  # noqa: S311  # sample data, no secret
    counts = tallies(round_)
    firms = sum(next(iter(counts.values())))
    sheets: list[dict[str, str]] = [{} for _ in range(firms)]
    for person in slate["persons"]:
        _deal(draw, sheets, person["id"], counts[person["id"]])
    people: dict[str, list[str]] = {unit["id"]: [] for unit in slate["units"]}
    for person in slate["persons"]:
        people[person["unit"]].append(person["id"])
    for unit, known in people.items():
        for sheet in sheets:
            sheet[unit] = sheet[draw.choice(known)]
    poor, fair = OVERALL[round_]
    _deal(draw, sheets, "overall", [firms - fair - poor, fair, poor])
    written = SAMPLE["remarks"][WRITTEN[round_]]
    remarks = [Remark(line=line, text=text) for line, _theme, text, _matter in written]
    writers = set(draw.sample(range(firms), len(remarks)))
    return [Voter(sheet, (remarks.pop(),) if n in writers else ()) for n, sheet in enumerate(sheets)]


def _deal(draw: random.Random, sheets: list[dict[str, str]], line: str, counts: list[int]) -> None:
    marks = [mark for mark, count in zip("ABC", counts, strict=True) for _ in range(count)]
    draw.shuffle(marks)
    for sheet, mark in zip(sheets, marks, strict=True):
        sheet[line] = mark
