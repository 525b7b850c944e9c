"""滚动四季: officials with few ratings in every poll, pooled over the last polls."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from scoring.escalation import Finding, Numbers, Standing, findings
from scoring.history import Past
from scoring.ladders import Ladder, Rolling
from scoring.rules import Rules


class Season(NamedTuple):
    """One official in one poll: ratings before G0, evidence counts, firms under penalty."""

    counted: int
    n: int
    b: int
    actions: int


def seasons(this: Season, id_: str, past: Past, rolling: Rolling | None) -> list[Season]:
    """Return an official's last polls, the latest first; fewer than asked for where some are missing."""
    before = [
        _season(earlier.persons[id_], earlier.adverse.get(id_, 0))
        for earlier in past[: rolling.periods - 1 if rolling else 0]
        if id_ in earlier.persons
    ]
    return [this, *before]


def _season(person: Mapping[str, Any], actions: int) -> Season:
    return Season(person["n"], person["evidence"]["n"], person["evidence"]["b"], actions)


def rolling_findings(standing: Standing, polls: list[Season], ladder: Ladder, rules: Rules) -> list[Finding]:
    """Return the proposal from pooled polls, only where the official was too rarely rated in each of them.

    Severity is not asked (scoring.md §4); a firm under penalty may have marked poor in every poll.
    """
    rolling = ladder.rolling
    if not rolling or len(polls) < rolling.periods or any(poll.counted >= ladder.min_n for poll in polls):
        return []
    number = ladder.number(rolling.rung)
    rung = ladder.rungs[number - 1]._replace(
        min_poor=rolling.min_poor, drop_k=rolling.drop_k * rolling.periods
    )
    pooled_ladder = ladder._replace(min_n=rolling.min_n, rungs=(rung,))
    with_poor = sum(poll.b > 0 for poll in polls)
    told: Numbers = {"periods": rolling.periods, "periods_with_poor": with_poor}
    if with_poor < rolling.min_periods_with_poor:
        return []
    return [
        finding._replace(rung=number, rule="person.rolling", numbers=finding.numbers | told)
        for finding in findings(pooled(standing, polls), pooled_ladder, rules, ())
    ]


def pooled(standing: Standing, polls: list[Season]) -> Standing:
    """Return an official's standing over several polls together."""
    return Standing(
        standing.kind,
        standing.id,
        standing.name,
        sum(poll.n for poll in polls),
        sum(poll.b for poll in polls),
        sum(min(poll.actions, poll.b) for poll in polls),
    )
