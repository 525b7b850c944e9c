"""Quarters side by side: pooled counts, changes with intervals; changes of roster and post allowed for.

A year is the sum of its polls' counts, never a mean of their rates.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from scoring.rates import Interval, change_in_points, difference_interval, wilson

Result = Mapping[str, Any]


class Share(NamedTuple):
    """A pooled rate: numerator, denominator and the number of independent answers it is worth."""

    num: int
    den: int
    worth: float


class Change(NamedTuple):
    """A rate now and before, the change in 个百分点 and its interval (as shares, not points)."""

    now: Share
    before: Share
    points: str
    interval: Interval


def pooled(results: Iterable[Result], key: str) -> Share:
    """Return one named rate over several polls: numerators and denominators added."""
    rates = [rate for result in results for rate in result["rates"] if rate["key"] == key]
    return Share(
        sum(rate["num"] for rate in rates),
        sum(rate["den"] for rate in rates),
        sum(rate["den"] / rate["deff"] for rate in rates),
    )


def change(now: Result, before: Sequence[Result], *, key: str = "not_poor") -> Change | None:
    """Return how a named rate changed against one or more earlier polls taken together."""
    return _change(pooled([now], key), pooled(before, key))


def _change(now: Share, before: Share) -> Change | None:
    if not now.den or not before.den:
        return None
    ends = [(share.num / share.den, _interval(share)) for share in (now, before)]
    (first, own), (second, other) = ends
    return Change(
        now,
        before,
        change_in_points(now.num, now.den, before.num, before.den),
        difference_interval(first, own, second, other),
    )


def _interval(share: Share) -> Interval:
    return wilson(share.num * share.worth / share.den, share.worth)


def stayed(now: Result, before: Result) -> list[str]:
    """Return the officials who stood on both slates in the same unit."""
    units = {person["id"]: person["unit"] for person in before["persons"]}
    return [person["id"] for person in now["persons"] if units.get(person["id"]) == person["unit"]]


def like_for_like(now: Result, before: Result) -> Change | None:
    """Return the change of 非差评率 over the officials who stayed, so that moves make no difference."""
    same = set(stayed(now, before))
    shares = [_of(same, result, result["rates"][0]["deff"]) for result in (now, before)]
    return _change(*shares)


def _of(ids: set[str], result: Result, deff: float) -> Share:
    chosen = [person["rates"]["not_poor"] for person in result["persons"] if person["id"] in ids]
    num, den = sum(share[0] for share in chosen), sum(share[1] for share in chosen)
    return Share(num, den, den / deff)


def person_change(now: Result, before: Result, person: str) -> Change | None:
    """Return the change of one official's 非差评率; None unless rated twice in the same unit."""
    if person not in stayed(now, before):
        return None
    shares = [_of({person}, result, 1.0) for result in (now, before)]
    return _change(*shares)


def series_median(result: Result, slate_series: Mapping[str, str], series: str) -> float | None:
    """Return the middle 非差评率 of a series' rated officials: what an official is compared with."""
    shares: list[float] = sorted(
        person["rates"]["not_poor"][0] / person["n"]
        for person in result["persons"]
        if slate_series[person["id"]] == series and person["n"]
    )
    if not shares:
        return None
    middle = len(shares) // 2
    return shares[middle] if len(shares) % 2 else (shares[middle - 1] + shares[middle]) / 2
