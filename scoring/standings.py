"""Standings of all officials and units of one poll, and everything that is proposed for them."""

from collections.abc import Callable, Sequence
from functools import cache, partial, reduce
from itertools import combinations
from operator import or_
from typing import NamedTuple

from scoring.ballot import Slate
from scoring.escalation import Finding, Standing, commendation, findings, plain_findings
from scoring.evidence import Evidence, Load, expected_poor, gather, severity
from scoring.fairness import false_discovery, tail
from scoring.history import Past
from scoring.rolling import Season, rolling_findings, seasons
from scoring.rules import Rules
from scoring.tally import Tally, persons, pool

# scoring.md §4, multiplicity: q compares everyone with a true poor rate of 2 %.
NULL_RATE = 0.02


class Proposal(NamedTuple):
    """A finding with the standing it is about."""

    standing: Standing
    finding: Finding


class Assessment(NamedTuple):
    """What one poll's ballots say about everybody."""

    evidence: Evidence
    q: list[float | None]
    persons: list[Standing]
    units: list[Standing]


def assess(
    rows: Sequence[bytes], loads: Sequence[Load], tally: Tally, slate: Slate, rules: Rules
) -> Assessment:
    """Return the standings of one poll."""
    evidence = gather(rows, loads, slate, rules.evidence)
    q = _q_values(evidence, rules)
    counts = persons(tally, slate)
    people = [_official(slate, evidence, at, counts[at].n, q[at], rules) for at in range(len(slate.persons))]
    return Assessment(evidence, q, people, _units(slate, evidence, rules))


def _q_values(evidence: Evidence, rules: Rules) -> list[float | None]:
    """Return Benjamini-Hochberg's q over the officials with enough ratings, None for the others."""
    enough = [
        at
        for at, column in enumerate(evidence.columns)
        if rules.evidence and rules.multiplicity.report_q and column.n >= rules.person.min_n
    ]
    p_values = [tail(evidence.columns[at].b, evidence.columns[at].n, NULL_RATE) for at in enough]
    found: list[float | None] = [None] * len(evidence.columns)
    for at, q in zip(enough, false_discovery(p_values), strict=True):
        found[at] = q
    return found


def _official(
    slate: Slate, evidence: Evidence, at: int, counted: int, q: float | None, rules: Rules
) -> Standing:
    person, column = slate.persons[at], evidence.columns[at]
    return Standing(
        kind="person",
        id=person.id,
        name=person.name,
        n=column.n,
        b=column.b,
        actions=person.adverse_actions,
        set_aside=counted - column.n,
        q=q,
        severity=_severity(evidence, at, rules.evidence.prior) if rules.evidence else None,
    )


def _severity(evidence: Evidence, at: int, prior: int) -> Callable[[int], tuple[float, float]]:
    """Return (E, P) as a function of the marks left out; the raters are looked up when first asked."""
    raters = cache(partial(expected_poor, evidence, at, prior))
    return lambda without: severity(raters(), without)


def _units(slate: Slate, evidence: Evidence, rules: Rules) -> list[Standing]:
    members = slate.members()
    return [
        Standing(
            kind="unit",
            id=unit.id,
            name=unit.name,
            n=reduce(or_, (evidence.columns[at].rated for at in members[unit.id]), 0).bit_count(),
            b=reduce(or_, (evidence.columns[at].poor for at in members[unit.id]), 0).bit_count(),
            actions=sum(slate.persons[at].adverse_actions for at in members[unit.id]),
            officials=partial(
                _officials, [evidence.columns[at].poor for at in members[unit.id]], rules.unit.min_officials
            ),
        )
        for unit in slate.units
    ]


def _officials(poor: Sequence[int], enough: int, without: int) -> int:
    """Return how many officials have a poor mark, at worst, without some ballots.

    With ballots taken away the answer stops at `enough`, which is all that is asked.
    """
    marked = [mask for mask in poor if mask]
    if not without:
        return len(marked)
    for left in range(min(enough, len(marked))):
        for kept in combinations(range(len(marked)), left):
            others = reduce(or_, (mask for at, mask in enumerate(marked) if at not in kept), 0)
            if others.bit_count() <= without:
                return left
    return min(enough, len(marked))


def proposals(found: Assessment, tally: Tally, slate: Slate, rules: Rules, past: Past) -> list[Proposal]:
    """Return what is proposed: officials and units in slate order, then commendations."""
    if rules.evidence is None:
        return _plain_proposals(found, tally, slate, rules, past)
    listed = []
    for person, standing, counts in zip(slate.persons, found.persons, persons(tally, slate), strict=True):
        this = Season(counts.n, standing.n, standing.b, person.adverse_actions)
        polls = seasons(this, person.id, past, rules.person.rolling)
        listed += _proposals(standing, findings(standing, rules.person, rules, past))
        listed += _proposals(standing, rolling_findings(standing, polls, rules.person, rules))
    for standing in found.units:
        listed += _proposals(standing, findings(standing, rules.unit, rules, past))
    if rules.reward:
        for standing, column in zip(found.persons, found.evidence.columns, strict=True):
            good = column.good.bit_count()
            listed += _proposals(standing, commendation(standing, good, rules.reward))
    return listed


def _proposals(standing: Standing, found: Sequence[Finding]) -> list[Proposal]:
    return [Proposal(standing, finding) for finding in found]


def _plain_proposals(
    found: Assessment, tally: Tally, slate: Slate, rules: Rules, past: Past
) -> list[Proposal]:
    """Compare raw rates with lines: officials by their own line, units by their officials' lines together."""
    listed = []
    for standing in found.persons:
        listed += _proposals(standing, plain_findings(standing, rules.person, past))
    for standing in plain_unit_standings(found, tally, slate):
        listed += _proposals(standing, plain_findings(standing, rules.unit, past))
    return listed


def plain_unit_standings(found: Assessment, tally: Tally, slate: Slate) -> list[Standing]:
    """Return where units stand by the measure pooled_person_lines: all their officials' ratings together."""
    members, lines = slate.members(), persons(tally, slate)
    pooled = (pool(lines[at] for at in members[standing.id]) for standing in found.units)
    return [
        standing._replace(n=counts.n, b=counts.b)
        for standing, counts in zip(found.units, pooled, strict=True)
    ]
