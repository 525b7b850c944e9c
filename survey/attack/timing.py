"""Timing alone: what a server that logs every moment links although it reads no ballot (ballot-box.md 2.2).

Tickets are drawn over three days; filling in takes 8 ± 2 minutes. With delays of that shape the likeliest
matching joins the k-th ticket to the k-th ballot, so sorting is the best attack.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from statistics import fmean

DAYS_OF_TICKETS = 3 * 24 * 60.0
HALL_MINUTES = 10.0
FILLING, SPREAD = 8.0, 2.0
RUNS = 400


@dataclass(frozen=True)
class Timing:
    """One arrangement and the share of voters that its moments link."""

    name: str
    linked: float
    voters: int

    @property
    def of_chance(self) -> float:
        """Return the linkage as a multiple of 1/n."""
        return self.linked * self.voters


def _filled_in(draw: random.Random) -> float:
    return max(0.5, draw.gauss(FILLING, SPREAD))


def _merged(draw: random.Random) -> tuple[float, float]:
    drawn = draw.uniform(0, DAYS_OF_TICKETS)
    return drawn, drawn + _filled_in(draw)


def _hall(draw: random.Random) -> tuple[float, float]:
    """Cards are handed out, everybody fills in at once."""
    drawn = draw.uniform(0, HALL_MINUTES)
    return drawn, drawn + _filled_in(draw)


def _two_windows(draw: random.Random) -> tuple[float, float]:
    return draw.uniform(0, DAYS_OF_TICKETS), DAYS_OF_TICKETS + draw.uniform(0, DAYS_OF_TICKETS)


ARRANGEMENTS: dict[str, Callable[[random.Random], tuple[float, float]]] = {
    "领证与投票合并": _merged,
    "会场十分钟内": _hall,
    "两个窗口（先领证，后投票）": _two_windows,
}


def simulate(voters: int = 110, *, runs: int = RUNS, seed: int = 1) -> list[Timing]:
    """Return what the moments alone link under each arrangement."""
    draw = random.Random(seed)  # noqa: S311  # a simulation, repeatable on purpose
    return [
        Timing(name, fmean(_linked([way(draw) for _ in range(voters)]) for _ in range(runs)), voters)
        for name, way in ARRANGEMENTS.items()
    ]


def _linked(moments: list[tuple[float, float]]) -> float:
    by_ticket = sorted(range(len(moments)), key=lambda one: moments[one][0])
    by_ballot = sorted(range(len(moments)), key=lambda one: moments[one][1])
    return fmean(one == other for one, other in zip(by_ticket, by_ballot, strict=True))
