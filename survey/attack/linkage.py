"""How many voters an intruder links to their ballots, against what mere guessing gives, 1/n."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from survey.attack.reading import orders
from survey.attack.targets import Order, Scene

Scores = Mapping[str, float]
WATCHER = "现场旁观"
JOINING = ("位置", "页内逆序", "末次")


@dataclass(frozen=True)
class Linkage:
    """The mean share of voters linked over some runs and how far it may lie off by chance alone."""

    mean: float
    error: float
    chance: float
    runs: int

    @property
    def off(self) -> float:
        """Return the distance from mere guessing in standard errors."""
        return (self.mean - self.chance) / self.error

    @property
    def lawful(self) -> bool:
        """Tell whether the intruder did no better than guessing (within three standard errors)."""
        return abs(self.off) <= 3


def attack(root: Path, scene: Scene) -> dict[str, float]:
    """Return the share of voters that each way of joining people to ballots links."""
    marks = _forms([target.marks for target in scene.targets])
    traces = _forms([target.traces for target in scene.targets])
    people = dict(orders(root, traces)) if traces else {}
    if scene.watched:
        people[WATCHER] = scene.came
    ballots = dict(orders(root, marks))
    return {
        f"{who} × {where}": _joined(seen, lying, len(scene.targets))
        for who, seen in people.items()
        for where, lying in ballots.items()
    } | _remarks_to_ballots(ballots, len(scene.targets))


def _forms(each: Sequence[Mapping[str, bytes]]) -> dict[str, list[bytes]]:
    kinds = each[0].keys() if each else ()
    return {kind: [forms[kind] for forms in each] for kind in kinds}


def _joined(seen: Order, lying: Order, count: int) -> float:
    """Join the k-th person to the k-th ballot, as whoever lays a log beside a table does."""
    return sum(one == other for one, other in zip(seen, lying, strict=False)) / count


def _remarks_to_ballots(ballots: Mapping[str, Order], count: int) -> dict[str, float]:
    """Join remarks to ballots by their places, although nobody is known: the writer's style may be."""
    pairs = [
        (one, other)
        for one in ballots
        for other in ballots
        if "问题" in one and "问题" not in other and one.split()[-1] == other.split()[-1] in JOINING
    ]
    return {f"{one} × {other}": _joined(ballots[one], ballots[other], count) for one, other in pairs}


def measured(scores: Sequence[float], voters: int) -> Linkage:
    """Return mean and standard error; by chance hits are Poisson with mean 1, so one run's error is 1/n."""
    return Linkage(fmean(scores), 1 / voters / math.sqrt(len(scores)), 1 / voters, len(scores))


def by_way(runs: Sequence[Scores]) -> dict[str, list[float]]:
    """Return each way's scores over the runs; where a way found nothing it linked nobody."""
    ways = dict.fromkeys(way for run in runs for way in run)
    return {way: [run.get(way, 0.0) for run in runs] for way in ways}


def best(runs: Sequence[Scores]) -> list[float]:
    """Return what the best intruder links: the way is chosen on one half of the runs, tried on the other.

    Choosing and trying on the same runs would make a lucky way look like a leak.
    """
    halves = runs[::2], runs[1::2] or runs[::2]
    tried = []
    for learnt, other in (halves, halves[::-1]):
        ways = by_way(learnt)
        chosen = max(ways, key=lambda way: fmean(ways[way])) if ways else ""
        tried += [run.get(chosen, 0.0) for run in other]
    return tried
