"""Figures for charts only: funnel position and shrunken rates. Neither gates anybody (scoring.md §7).

Sources: Spiegelhalter, Statistics in Medicine 2005, 24:1185 (funnel with overdispersion); moment estimator of
the beta-binomial for the shrunken rate.
"""

from collections.abc import Iterable, Sequence
from math import asin, sin, sqrt
from typing import NamedTuple

LIMIT = 3.09
WINSORISED = 0.10


class Funnel(NamedTuple):
    """The funnel of one poll: the average, its overdispersion phi and the extra spread tau²."""

    theta: float
    phi: float
    tau2: float

    def limits(self, n: int) -> tuple[float, float]:
        """Return between which rates n ratings lie unless something more than chance is at work."""
        middle, reach = asin(sqrt(self.theta)), LIMIT * sqrt(1 / (4 * n) + self.tau2)
        return sin(max(0.0, middle - reach)) ** 2, sin(min(asin(1), middle + reach)) ** 2


def average(cells: Iterable[tuple[int, int]]) -> float:
    """Return the pooled rate of cells (b, n)."""
    chosen = list(cells)
    return sum(b for b, _ in chosen) / max(1, sum(n for _, n in chosen))


def position(b: int, n: int, theta: float) -> float:
    """Return z: how many deviations a rate lies above (or below) the average."""
    return (asin(sqrt(b / n)) - asin(sqrt(theta))) * 2 * sqrt(n)


def winsorised(values: Sequence[float], share: float = WINSORISED) -> list[float]:
    """Pull the outermost values on both sides to the value next to them."""
    ordered = sorted(values)
    cut = int(share * len(ordered))
    low, high = ordered[cut], ordered[-1 - cut]
    return [min(high, max(low, value)) for value in values]


def dispersion(scores: Sequence[float]) -> float:
    """Return phi: the mean square of winsorised positions; 1 where chance alone is at work."""
    return sum(z * z for z in winsorised(scores)) / len(scores)


def between(phi: float, weights: Sequence[float]) -> float:
    """Return tau²: the spread between cells that chance does not explain."""
    total, squares, size = sum(weights), sum(weight * weight for weight in weights), len(weights)
    spare = total - squares / total if total else 0.0
    return max(0.0, (size * phi - (size - 1)) / spare) if spare > 0 else 0.0


def funnel(cells: Sequence[tuple[int, int]]) -> Funnel | None:
    """Return the funnel of cells (b, n), those without ratings left out."""
    rated = [(b, n) for b, n in cells if n]
    if not rated:
        return None
    theta = average(rated)
    phi = dispersion([position(b, n, theta) for b, n in rated])
    return Funnel(theta, phi, between(phi, [4 * n for _, n in rated]))


def shrunken(cells: Sequence[tuple[int, int]]) -> list[float | None]:
    """Return each cell's poor rate drawn towards the average, the more the fewer its ratings."""
    rated = [(b, n) for b, n in cells if n]
    theta, weight = average(rated), _prior_weight(rated)
    return [(b + weight * theta) / (n + weight) if n else None for b, n in cells]


def _prior_weight(rated: Sequence[tuple[int, int]]) -> float:
    """Return M, how many ratings the average is worth; very many where the cells do not differ."""
    theta, size, total = average(rated), len(rated), sum(n for _, n in rated)
    noise = theta * (1 - theta)
    spread = sum(n * (b / n - theta) ** 2 for b, n in rated)
    spare = total - sum(n * n for _, n in rated) / total if total else 0.0
    variance = (spread - (size - 1) * noise) / spare if spare > 0 else 0.0
    return max(0.0, noise / variance - 1) if variance > 0 else 1e9
