"""Rates with numerator, denominator and interval; display rounds half up, from exact integers."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import lru_cache
from math import erfc, sqrt
from typing import NamedTuple

NOT_POOR = "非差评率"
TOP = "非常满意率"
FIRM = "总体满意率（按企业）"
SCORE = "得分"
DEFINITIONS = {
    "not_poor": "（非常满意＋服务一般）÷有效评价，合计全部工作人员",
    "top": "非常满意÷有效评价，合计全部工作人员",
    "firm": "总体评价为非常满意或服务一般的企业÷作出总体评价的企业",
    "score": "各选项分值之和÷有效评价，合计全部工作人员",
}


class Interval(NamedTuple):
    """A two-sided interval of a share or of a difference."""

    low: float
    high: float


class Rate(NamedTuple):
    """A named rate: what it is called, its numerator and denominator, its interval and design effect."""

    key: str
    name: str
    num: int
    den: int
    interval: Interval | None
    deff: float


def half_up(num: int, den: int, places: int) -> str:
    """Return num/den in decimals, ROUND_HALF_UP (away from zero), computed on integers."""
    size, den = abs(num) * 10**places, abs(den)
    whole = (2 * size + den) // (2 * den)
    digits = str(whole).rjust(places + 1, "0")
    sign = "-" if num < 0 and whole else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def percent(num: int, den: int) -> str:
    """Return num/den as a percentage with two places and no sign: percent(61798, 64460) is 95.87."""
    return half_up(100 * num, den, 2)


def share(value: float) -> str:
    """Return a share such as a bound as a percentage with two places and the sign: 10.36%."""
    return percent(*value.as_integer_ratio()) + "%"


def line(value: float) -> str:
    """Return a threshold without needless zeros: 5%, 12.5%."""
    return percent(*value.as_integer_ratio()).rstrip("0").rstrip(".") + "%"


def change(num1: int, den1: int, num0: int, den0: int) -> Fraction:
    """Return the exact change of a rate from num0/den0 to num1/den1."""
    return Fraction(num1, den1) - Fraction(num0, den0)


def points(difference: Fraction) -> str:
    """Return a change in 个百分点 with its sign and two places, rounded once: +3.22."""
    shown = half_up(100 * difference.numerator, difference.denominator, 2)
    return shown if shown.startswith("-") or not shown.strip("0.") else f"+{shown}"


def change_in_points(num1: int, den1: int, num0: int, den0: int) -> str:
    """Return the change from num0/den0 to num1/den1 in 个百分点, from unrounded rates."""
    return points(change(num1, den1, num0, den0))


@lru_cache(maxsize=16)
def normal_quantile(probability: float) -> float:
    """Return z with P(Z ≤ z) = probability for a standard normal Z, by bisection."""
    low, high = -40.0, 40.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if erfc(-middle / sqrt(2)) / 2 < probability else (low, middle)
    return (low + high) / 2


def wilson(num: float, den: float, level: float = 0.95) -> Interval:
    """Return the two-sided Wilson score interval; `den` may be an effective, broken number."""
    z = normal_quantile((1 + level) / 2)
    share_, weight = num / den, z * z / den
    middle, half = share_ + weight / 2, z * sqrt(share_ * (1 - share_) / den + weight / (4 * den))
    low, high = (middle - half) / (1 + weight), (middle + half) / (1 + weight)
    return Interval(0.0 if num == 0 else max(0.0, low), 1.0 if num == den else min(1.0, high))


def difference_interval(first: float, own: Interval, second: float, other: Interval) -> Interval:
    """Combine the intervals of two shares into one of first - second (square-and-add, Newcombe 1998)."""
    low = sqrt((first - own.low) ** 2 + (other.high - second) ** 2)
    high = sqrt((own.high - first) ** 2 + (second - other.low) ** 2)
    return Interval(first - second - low, first - second + high)


def newcombe(num1: int, den1: int, num0: int, den0: int) -> Interval:
    """Return Newcombe's method 10 interval of num1/den1 - num0/den0."""
    return difference_interval(num1 / den1, wilson(num1, den1), num0 / den0, wilson(num0, den0))


def design_effect(ballots: Sequence[tuple[int, int]]) -> float:
    """Return how much one ballot's ratings agree: leave-one-out variance over that of a simple sample.

    `ballots` holds each ballot's numerator and denominator; the result is at least 1.
    """
    num, den = sum(part for part, _ in ballots), sum(own for _, own in ballots)
    if not 0 < num < den or any(den == own for _, own in ballots):
        return 1.0
    size = len(ballots)
    left_out = [(num - part) / (den - own) for part, own in ballots]
    mean = sum(left_out) / size
    variance = (size - 1) / size * sum((value - mean) ** 2 for value in left_out)
    rate = num / den
    return max(1.0, variance / (rate * (1 - rate) / den))


def pooled_rate(key: str, name: str, ballots: Iterable[tuple[int, int]]) -> Rate:
    """Return a rate over all ballots whose interval allows for answers that hang together in a ballot."""
    parts = list(ballots)
    num, den = sum(part for part, _ in parts), sum(own for _, own in parts)
    effect = design_effect(parts)
    return Rate(key, name, num, den, wilson(num / effect, den / effect) if den else None, effect)


def plain_rate(key: str, name: str, num: int, den: int) -> Rate:
    """Return a rate where each ballot counts once, with its plain Wilson interval."""
    return Rate(key, name, num, den, wilson(num, den) if den else None, 1.0)
