"""Why somebody is on the list, or why not: every gate of every rung with its numbers and a sentence."""

from collections.abc import Sequence
from typing import Any

from scoring import sentences
from scoring.ballot import BallotFault, Slate
from scoring.escalation import DIRECT, REVIEW, Standing, gates, lane, walk
from scoring.evidence import load
from scoring.history import reaches
from scoring.ladders import Ladder, Rung
from scoring.rules import Rules
from scoring.standings import assess, plain_unit_standings
from scoring.tally import count


def explain(ballots: Sequence[bytes], slate: Slate, rules: Rules) -> dict[str, dict[str, Any]]:
    """Return the gates of all officials and units by id: the same numbers the proposals are made of."""
    return {standing.id: explanation(standing, rules) for standing in standings(ballots, slate, rules)}


def explain_one(ballots: Sequence[bytes], slate: Slate, rules: Rules, *, about: str) -> dict[str, Any]:
    """Return the gates of one official or unit."""
    for standing in standings(ballots, slate, rules):
        if standing.id == about:
            return explanation(standing, rules)
    raise BallotFault(f"编号“{about}”不在名单中")


def standings(ballots: Sequence[bytes], slate: Slate, rules: Rules) -> list[Standing]:
    """Return where every official and every unit stands."""
    tally = count(ballots, slate)
    found = assess(ballots, [load(row, slate) for row in ballots], tally, slate, rules)
    units = found.units if rules.evidence else plain_unit_standings(found, tally, slate)
    return [*found.persons, *units]


def explanation(standing: Standing, rules: Rules) -> dict[str, Any]:
    """Return the gates of one standing, rung by rung, up to the first that was not passed."""
    ladder = rules.person if standing.kind == "person" else rules.unit
    shown = _gated if rules.evidence else _compared
    return {
        "kind": standing.kind,
        "id": standing.id,
        "name": standing.name,
        "n": standing.n,
        "b": standing.b,
        "rungs": [
            {"rung": number, "name": rung.name, **shown(standing, rung, ladder, rules)}
            for number, rung in enumerate(ladder.rungs, 1)
            if rung.tested
        ],
    }


def _gated(standing: Standing, rung: Rung, ladder: Ladder, rules: Rules) -> dict[str, Any]:
    walked = walk(gates(standing, rung, ladder, rules))
    return {
        "lane": lane(walked),
        "gates": [
            {
                "gate": gate.key,
                "passed": gate.passed,
                "numbers": gate.numbers,
                "text": sentences.gate(gate, standing, rung=rung, rules=rules),
            }
            for gate in walked
        ],
    }


def _compared(standing: Standing, rung: Rung, _ladder: Ladder, _rules: Rules) -> dict[str, Any]:
    reached = reaches(standing.b, standing.n, rung.line)
    told = sentences.compared(standing.b, standing.n, rung.line, reached=reached)
    numbers = {"n": standing.n, "b": standing.b, "line": rung.line}
    gate = {"gate": "line", "passed": reached, "numbers": numbers, "text": told}
    to = DIRECT if rung.automatic else REVIEW
    return {"lane": to if reached else None, "gates": [gate]}


def as_text(found: dict[str, Any]) -> str:
    """Return an explanation as lines for a terminal."""
    lines = [f"{found['id']} {found['name']}"]
    for rung in found["rungs"]:
        lines.append(f"{rung['name']}：{_OUTCOMES[rung['lane']]}")
        lines += [f"  {gate['text']}" for gate in rung["gates"]]
    return "\n".join(lines)


_OUTCOMES = {"direct": "达到（直接列入）", "review": "达到，但转审查小组", None: "未达到"}
