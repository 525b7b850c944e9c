"""More than luck? Exact binomial bounds, drop-k, severity of raters, false discoveries, least numbers.

Sources: Clopper and Pearson 1934 (bound); Hong 2013 (Poisson binomial by characteristic function);
Benjamini and Hochberg 1995 (q).
"""

import cmath
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import ceil, exp, floor, lgamma, log, log1p, pi, prod, sqrt
from typing import NamedTuple

from scoring.ladders import Rung
from scoring.rules import Rules

NEWTON_STEPS = 50
STEP_LIMIT = 1e-13
ROUNDED_DOWN = 2.0**-40
# A tail this near the limit is a tie of floats, and a tie does not pass.
TIE = 1e-12
# Above this many steps the exact recursion gives way to the characteristic function.
RECURSION_STEPS = 300_000
PRINTED_SIZES = range(10, 121)
TRUE_RATES = (0.01, 0.02, 0.05)


def tail(b: int, n: int, p: float) -> float:
    """Return P(at least b of n) when each happens with chance p."""
    if b <= 0:
        return 1.0
    if b > n or p <= 0:
        return 0.0
    if p >= 1:
        return 1.0
    if b < n * p:
        return 1.0 - _upper(n - b + 1, n, 1 - p)
    return _upper(b, n, p)


def _upper(b: int, n: int, p: float) -> float:
    """Return P(at least b of n) where b lies above the mean."""
    return _point(b, n, p)[1]


def _point(b: int, n: int, p: float) -> tuple[float, float]:
    """Return P(exactly b of n) and P(at least b of n), summed upwards until nothing more is added."""
    ways = lgamma(n + 1) - lgamma(b + 1) - lgamma(n - b + 1)
    term = first = exp(ways + b * log(p) + (n - b) * log1p(-p))
    odds, total = p / (1 - p), 0.0
    while term > total * 1e-17:
        total += term
        term *= (n - b) / (b + 1) * odds
        b += 1
    return first, total


@lru_cache(maxsize=4096)
def bound(b: int, n: int, conf: float) -> float:
    """Return L(b, n, conf): the exact one-sided lower bound of the true share, where tail = 1 - conf.

    log tail is concave in log p, so Newton's steps from b/n approach the root from below and never pass it;
    the last digits are rounded down as forty halvings of [0, b/n] would leave them.
    """
    if b <= 0:
        return 0.0
    p = b / n
    for _ in range(NEWTON_STEPS):
        first, whole = (0.0, 1.0) if p >= 1 else _point(b, n, p)
        slope = n if p >= 1 else b * first / whole
        step = (log(1 - conf) - log(whole)) / slope
        p *= exp(step)
        if abs(step) < STEP_LIMIT:
            break
    return p * (1 - ROUNDED_DOWN)


def passes(b: int, n: int, conf: float, line: float) -> bool:
    """Say whether L(b, n, conf) > line, by one tail: it grows with p, so it is small at the line."""
    return b >= 1 and n >= 1 and tail(b, n, line) < 1 - conf - TIE


def poisson_binomial(chances: Sequence[float], b: int) -> float:
    """Return P(at least b happen) when each has its own chance."""
    if b <= 0:
        return 1.0
    if b > len(chances):
        return 0.0
    if len(chances) * b <= RECURSION_STEPS:
        return _by_recursion(chances, b)
    return _by_characteristic_function(chances, b)


def _by_recursion(chances: Sequence[float], b: int) -> float:
    fewer, reached = [1.0] + [0.0] * (b - 1), 0.0
    for chance in chances:
        reached += chance * fewer[-1]
        fewer = [own + chance * (below - own) for own, below in zip(fewer, [0.0, *fewer], strict=False)]
    return reached


def _by_characteristic_function(chances: Sequence[float], b: int) -> float:
    """Invert the characteristic function on a window of 40 deviations, outside which nothing is left."""
    mean, spread = sum(chances), sqrt(sum(chance * (1 - chance) for chance in chances)) + 1
    first, size = floor(mean - 20 * spread), ceil(40 * spread)
    if b <= first or b >= first + size:
        return 1.0 if b <= first else 0.0
    groups = Counter(chances).items()
    total = (first + size - b) / size
    for step in range(1, size // 2 + 1):
        angle = 2 * pi * step / size
        if spread * angle > 12:
            break
        turn = cmath.exp(1j * angle)
        value = prod((1 - chance + chance * turn) ** times for chance, times in groups)
        sweep = (cmath.exp(-1j * angle * b) - cmath.exp(-1j * angle * (first + size))) / (1 - 1 / turn)
        total += (2 if 2 * step < size else 1) * (value * sweep).real / size
    return min(1.0, max(0.0, total))


def false_discovery(p_values: Sequence[float]) -> list[float]:
    """Return the Benjamini-Hochberg adjusted value q of each p, in the order given."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__, reverse=True)
    adjusted, least = [1.0] * len(p_values), 1.0
    for rank, index in zip(range(len(order), 0, -1), order, strict=True):
        least = min(least, p_values[index] * len(order) / rank)
        adjusted[index] = least
    return adjusted


def holds(b: int, n: int, rung: Rung) -> bool:
    """Say whether b poor of n hold against luck and without the k most severe ballots (G2 and G3)."""
    k = rung.drop_k
    return passes(b, n, rung.conf, rung.line) and passes(b - k, n - k, rung.drop_conf, rung.line)


@lru_cache(maxsize=65536)
def least_poor(n: int, rung: Rung) -> int | None:
    """Return the least number of poor ratings of n that reaches a rung by G1 to G3; None if none does."""
    low, high = rung.min_poor, n + 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle, n, rung) else (middle + 1, high)
    return low if low <= n else None


def expected_false(sizes: Iterable[int], rung: Rung, theta: float) -> float:
    """Return how many would reach a rung by luck if everyone stood at the average rate theta."""
    found = ((least_poor(n, rung), n, times) for n, times in Counter(sizes).items())
    return sum(times * tail(b, n, theta) for b, n, times in found if b is not None)


class LeastRow(NamedTuple):
    """One row of the printed policy table: for n ratings the least poor count per rung, and its chance.

    `chances[rung][true rate]` is the chance that a person of that true poor rate reaches the rung.
    """

    n: int
    least: tuple[int | None, ...]
    chances: tuple[tuple[float, ...], ...]


def least_table(rules: Rules, sizes: Iterable[int] = PRINTED_SIZES) -> list[LeastRow]:
    """Return the table leaders sign: how many poor ratings list an official, for each number of ratings."""
    rungs = [rung for rung in rules.person.rungs if rung.tested]
    find = least_poor if rules.evidence else _least_at_line
    return [_least_row(n, [find(n, rung) for rung in rungs]) for n in sizes if n >= rules.person.min_n]


def _least_at_line(n: int, rung: Rung) -> int:
    """Return the least number of poor ratings whose raw rate reaches a line."""
    return next(b for b in range(n + 1) if b / n >= rung.line)


def _least_row(n: int, least: Sequence[int | None]) -> LeastRow:
    chances = tuple(tuple(tail(n + 1 if b is None else b, n, rate) for rate in TRUE_RATES) for b in least)
    return LeastRow(n, tuple(least), chances)
