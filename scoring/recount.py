"""The recount: slate, ballots and rules in, one result document out (scoring.md §5).

The document stays in the opened box; `scoring.disclose` says what of it may be shown to whom. Beside the
specified keys it carries `series` (counts by 单位类别), `adverse` (firms under penalty, for later polls) and
`robustness` (how many ballots each proposal can lose).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from scoring import sentences, signals
from scoring.ballot import Slate, parse_slate, rows
from scoring.escalation import margin
from scoring.evidence import Load, load
from scoring.fairness import expected_false
from scoring.history import Output, remember
from scoring.rates import FIRM, NOT_POOR, SCORE, TOP, Rate, percent, plain_rate, pooled_rate
from scoring.rules import Rules
from scoring.standings import Assessment, Proposal, assess, proposals
from scoring.tally import Counts, Tally, by_series, count, persons, pool

SCHEMA = 1


def recount(
    slate: Mapping[str, Any],
    ballots: Iterable[Mapping[str, Any]],
    rules: Rules,
    history: Sequence[Output] = (),
    spares: int = 0,
    *,
    paper: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Count the ballots and propose; `history` is earlier results, oldest first, `spares` are 补发 cards.

    `paper` is the header of the paper batch, whose records are sheets and not whole ballots.
    """
    form = parse_slate(slate)
    return recount_rows(form, rows(ballots, form), rules, history=history, spares=spares, paper=paper)


def recount_rows(
    slate: Slate,
    ballots: Sequence[bytes],
    rules: Rules,
    *,
    history: Sequence[Output] = (),
    spares: int = 0,
    paper: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Count ballots that are byte vectors already."""
    bases = bases_of(slate, len(ballots), paper) if paper else []
    tally = count(ballots, slate, bases)
    loads = [load(row, slate) for row in ballots]
    found = assess(ballots, loads, tally, slate, rules)
    proposed = proposals(found, tally, slate, rules, remember(history, rules))
    return {
        "schema": SCHEMA,
        "poll": slate.poll,
        "rules": {"id": rules.id, "version": rules.version, "sha256": rules.sha256},
        "ballots": {
            "valid": bases[0] if bases else tally.valid,
            "undiscriminating": tally.valid - len(found.evidence.loads),
            "evidence": len(found.evidence.loads),
        },
        "overall": _counts(tally.lines[0]),
        "rates": [_rate(rate) for rate in _rates(tally, loads, rules)],
        "persons": _persons(slate, tally, found),
        "units": _units(slate, tally, found),
        "series": [{"name": name, **_rated(counts)} for name, counts in by_series(tally, slate).items()],
        "proposals": [_proposal(proposal) for proposal in proposed],
        "robustness": [_robustness(proposal, spares) for proposal in proposed],
        "not_tested": _not_tested(slate, found, rules),
        "header": _header(found, rules),
        "quality": {
            "pairs": [list(pair) for pair in signals.shared_poor(found.evidence, slate)],
            "identical": signals.identical(ballots, loads),
        },
        "adverse": {person.id: person.adverse_actions for person in slate.persons if person.adverse_actions},
    }


def bases_of(slate: Slate, records: int, paper: Mapping[str, Any]) -> list[int]:
    """Return how many ballots carried each line: those of the phones, and the valid sheets with the line.

    A sheet is a record, and one paper ballot is several sheets: never the number of records.
    """
    phones, carried = records - int(paper["records"]), paper["carried"]
    return [phones + int(carried.get(line, 0)) for line in slate.lines]


def _rates(tally: Tally, loads: Sequence[Load], rules: Rules) -> list[Rate]:
    overall = tally.lines[0]
    rates = [
        pooled_rate("not_poor", NOT_POOR, [(own.a + own.g, own.n) for own in loads]),
        pooled_rate("top", TOP, [(own.a, own.n) for own in loads]),
        plain_rate("firm", FIRM, overall.not_poor, overall.n),
    ]
    if rules.scale.satisfaction == "weighted_score":
        rates.append(_score(loads, rules))
    return rates


def _score(loads: Sequence[Load], rules: Rules) -> Rate:
    """Return the weighted mark: a 得分, never a 率, so it has no interval of a share."""
    weights = [rules.scale.score(code) for code in "ABC"]
    num = sum(own.a * weights[0] + own.g * weights[1] + own.b * weights[2] for own in loads)
    return Rate("score", SCORE, num, 100 * sum(own.n for own in loads), None, 1.0)


def _rate(rate: Rate) -> dict[str, Any]:
    return {
        "key": rate.key,
        "name": rate.name,
        "num": rate.num,
        "den": rate.den,
        "pct": percent(rate.num, rate.den) if rate.den else None,
        "interval": [figure(end) for end in rate.interval] if rate.interval else None,
        "deff": figure(rate.deff, places=4),
    }


def figure(value: float, *, places: int = 6) -> float:
    """Round a number for the result document."""
    return round(value, places)


def _counts(counts: Counts) -> dict[str, int]:
    return {"a": counts.a, "g": counts.g, "b": counts.b, "n": counts.n, "blank": counts.blank}


def _rated(counts: Counts) -> dict[str, Any]:
    shares = {"not_poor": [counts.not_poor, counts.n], "top": [counts.a, counts.n]}
    return {**_counts(counts), "rates": shares}


def _persons(slate: Slate, tally: Tally, found: Assessment) -> list[dict[str, Any]]:
    return [
        {
            "id": person.id,
            "unit": person.unit,
            **_rated(counts),
            "evidence": {"n": column.n, "b": column.b},
            "q": None if q is None else figure(q),
        }
        for person, counts, column, q in zip(
            slate.persons, persons(tally, slate), found.evidence.columns, found.q, strict=True
        )
    ]


def _units(slate: Slate, tally: Tally, found: Assessment) -> list[dict[str, Any]]:
    lines, members = persons(tally, slate), slate.members()
    listed = []
    for unit, own, standing in zip(slate.units, tally.lines[1:], found.units, strict=False):
        pooled = _counts(pool(lines[at] for at in members[unit.id]))
        del pooled["blank"]
        officials = standing.officials(0) if standing.officials else 0
        ballots = {"n": standing.n, "b": standing.b, "officials": officials}
        listed.append({"id": unit.id, **_rated(own), "persons": pooled, "ballots": ballots})
    return listed


def _proposal(proposal: Proposal) -> dict[str, Any]:
    finding, standing = proposal.finding, proposal.standing
    return {
        "kind": _kind(proposal),
        "id": standing.id,
        "rung": finding.rung,
        "name": finding.name,
        "rule": finding.rule,
        "lane": finding.lane,
        "requires": list(finding.requires),
        "numbers": {
            key: figure(value, places=4 if key == "E" else 6) if isinstance(value, float) else value
            for key, value in finding.numbers.items()
        },
        "text": sentences.proposal(standing, finding),
    }


def _kind(proposal: Proposal) -> str:
    return "reward" if proposal.finding.rung is None else proposal.standing.kind


def _robustness(proposal: Proposal, spares: int) -> dict[str, Any]:
    lost = margin(proposal.finding)
    vote = "非常满意" if proposal.finding.rung is None else "差评"
    return {
        "kind": _kind(proposal),
        "id": proposal.standing.id,
        "rung": proposal.finding.rung,
        "margin": lost,
        "spares": spares,
        "survives": lost >= spares,
        "text": sentences.robustness(lost, spares, vote=vote),
    }


def _not_tested(slate: Slate, found: Assessment, rules: Rules) -> list[dict[str, Any]]:
    if rules.evidence is None:
        return []
    least = rules.person.min_n
    return [
        {"id": person.id, "n": column.n, "text": sentences.not_tested(column.n, least)}
        for person, column in zip(slate.persons, found.evidence.columns, strict=True)
        if column.n < least
    ]


def _header(found: Assessment, rules: Rules) -> dict[str, Any]:
    theta = found.evidence.b / max(1, found.evidence.n)
    if rules.evidence is None or not rules.multiplicity.report_expected_false:
        return {"theta": figure(theta), "expected_false": None, "text": sentences.PLAIN_HEADER}
    sizes = (column.n for column in found.evidence.columns if column.n >= rules.person.min_n)
    false = expected_false(sizes, rules.person.rungs[0], theta)
    return {"theta": figure(theta), "expected_false": figure(false), "text": sentences.header(false)}
