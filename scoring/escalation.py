"""From standings to proposals: the gates of scoring.md §4 and both ladders. The engine only proposes.

Statistical method: for each official and unit the highest rung reached directly, and the highest rung that
needs the review group where that is above it; one more proposal where history opens a 核实 case. A plain
threshold policy emits one proposal per rung reached, so that subjects can be counted rung by rung.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

from scoring.fairness import bound, passes
from scoring.history import Past, at_line, reaches, running, times_reached
from scoring.ladders import CONF, Ladder, Rung
from scoring.rules import Reward, Rules

Numbers = dict[str, float | int | None]
DIRECT, REVIEW = "direct", "review"


class Standing(NamedTuple):
    """Where one official or unit stands: the evidence counts and what the gates ask of them.

    `actions` are the firms under penalty, `severity(m)` is (E, P) without m poor marks, `officials(m)` how
    many officials of a unit have a poor mark without m ballots; None where a gate does not apply.
    """

    kind: str
    id: str
    name: str
    n: int
    b: int
    actions: int
    set_aside: int = 0
    q: float | None = None
    severity: Callable[[int], tuple[float, float]] | None = None
    officials: Callable[[int], int] | None = None


class Gate(NamedTuple):
    """One gate as it was found: its name, whether it was passed, and the numbers it was judged by."""

    key: str
    passed: bool
    numbers: Numbers


class Finding(NamedTuple):
    """One proposal in numbers: the rung (from 1; None for a commendation), the rule behind it, the lane.

    `holds(m)` says whether it would stand without the m ballots that support it most.
    """

    rung: int | None
    name: str
    rule: str
    lane: str
    requires: tuple[str, ...]
    numbers: Numbers
    holds: Callable[[int], bool]


def gates(
    standing: Standing, rung: Rung, ladder: Ladder, rules: Rules, *, without: int = 0
) -> Iterator[Gate]:
    """Yield the gates of a rung in order, each worked out only when asked for.

    `without` removes that many ballots with a poor mark beforehand: the worst that spare cards can have done.
    """
    n, b, k = standing.n - without, standing.b - without, rung.drop_k
    yield _enough(standing, rung, ladder, n, b, without)
    low = bound(b, n, rung.conf)
    yield Gate("G2", passes(b, n, rung.conf, rung.line), {"L": low, "line": rung.line})
    yield Gate(
        "G3",
        passes(b - k, n - k, rung.drop_conf, rung.line),
        {"k": k, "L_drop": bound(b - k, n - k, rung.drop_conf)},
    )
    if standing.severity and rules.evidence:
        expected, chance = standing.severity(without)
        yield Gate("G4", chance <= rules.evidence.alpha, {"E": expected, "P": chance})
    if rules.multiplicity.gate_q and standing.q is not None:
        yield Gate("q", standing.q <= rules.multiplicity.gate_q, {})
    yield enforcement(n, b, standing.actions, rung)


def _enough(standing: Standing, rung: Rung, ladder: Ladder, n: int, b: int, without: int) -> Gate:
    passed = n >= ladder.min_n and b >= rung.min_poor
    numbers: Numbers = {"n": n, "b": b}
    if standing.officials:
        numbers["officials"] = standing.officials(without)
        passed = passed and standing.officials(without) >= ladder.min_officials
    return Gate("G1", passed, numbers)


def enforcement(n: int, b: int, actions: int, rung: Rung) -> Gate:
    """Return G5: deduct every firm under penalty as if it had marked poor; failing means the review lane."""
    deducted = min(actions, b)
    n_left, b_left = n - deducted, b - deducted
    passed = deducted == 0 or (b_left >= rung.min_poor and passes(b_left, n_left, rung.drop_conf, rung.line))
    numbers: Numbers = {"A": actions, "n_left": n_left, "b_left": b_left}
    return Gate("G5", passed, numbers | {"L_left": bound(b_left, n_left, rung.drop_conf)})


def walk(found: Iterable[Gate]) -> list[Gate]:
    """Return the gates up to and with the first that was not passed."""
    walked = []
    for gate in found:
        walked.append(gate)
        if not gate.passed:
            break
    return walked


def lane(walked: list[Gate]) -> str | None:
    """Return the lane of a rung: direct, review where only G5 fails, None where an earlier gate fails."""
    last = walked[-1]
    if last.key != "G5":
        return None
    return DIRECT if last.passed else REVIEW


def numbers(walked: Iterable[Gate]) -> Numbers:
    """Return the numbers of all gates together."""
    return {key: value for gate in walked for key, value in gate.numbers.items()}


def findings(standing: Standing, ladder: Ladder, rules: Rules, past: Past) -> list[Finding]:
    """Return what a ladder proposes for one official or unit."""
    highest: dict[str, Finding] = {}
    for number, rung in enumerate(ladder.rungs, 1):
        if rung.tested:
            walked = walk(gates(standing, rung, ladder, rules))
            if to := lane(walked):
                rule = f"{ladder.kind}.rung[{number - 1}]"
                again = partial(_again, standing, rung, ladder, rules, to)
                highest[to] = Finding(number, rung.name, rule, to, rung.requires, numbers(walked), again)
    direct, review = highest.get(DIRECT), highest.get(REVIEW)
    if direct:
        direct = _consecutive(direct, standing, ladder, past)
    found = [direct] if direct else []
    if review and (not direct or _number(review) > _number(direct)):
        found.append(review)
    return found + (_from_history(direct, standing, ladder, past) if direct else [])


def _again(standing: Standing, rung: Rung, ladder: Ladder, rules: Rules, to: str, without: int) -> bool:
    found = lane(walk(gates(standing, rung, ladder, rules, without=without)))
    return found in (DIRECT, to)


def _number(finding: Finding) -> int:
    return finding.rung or 0


def _consecutive(direct: Finding, standing: Standing, ladder: Ladder, past: Past) -> Finding:
    """Raise a direct rung where the rung below was also reached in the rounds just before."""
    for number, rung in enumerate(ladder.rungs, 1):
        if not rung.follows or number <= _number(direct) or _number(direct) < ladder.number(rung.follows):
            continue
        below = ladder.number(rung.follows)
        if running(past, standing.kind, standing.id, rung=below, periods=rung.periods):
            rule = f"{ladder.kind}.rung[{number - 1}].or_consecutive"
            told = direct.numbers | {"periods": rung.periods}
            direct = Finding(number, rung.name, rule, DIRECT, rung.requires, told, direct.holds)
    return direct


def _from_history(direct: Finding, standing: Standing, ladder: Ladder, past: Past) -> list[Finding]:
    """Open a 核实 case where a rung was reached often enough; people decide, so the lane is review."""
    found = []
    for number, rung in enumerate(ladder.rungs, 1):
        if not rung.history:
            continue
        needed = ladder.number(rung.history.rung)
        before = times_reached(past, standing.kind, standing.id, needed)[: rung.history.within_periods - 1]
        times = (_number(direct) >= needed) + sum(before)
        if _number(direct) >= needed and times >= rung.history.times:
            told = direct.numbers | {"times": times, "periods": rung.history.within_periods}
            rule = f"{ladder.kind}.rung[{number - 1}].history"
            found.append(Finding(number, rung.name, rule, REVIEW, rung.requires, told, direct.holds))
    return found


def commendation(standing: Standing, good: int, reward: Reward) -> list[Finding]:
    """Return the proposal to commend an official whose lower bound of 非常满意 is high enough."""

    def holds(without: int) -> bool:
        n = standing.n - without
        return n >= reward.min_n and bound(good - without, n, CONF) >= reward.line

    if standing.b > reward.max_poor or not holds(0):
        return []
    low = bound(good, standing.n, CONF)
    told: Numbers = {"n": standing.n, "a": good, "b": standing.b, "L": low, "line": reward.line}
    requires = (f"open_rectification={reward.open_rectification}",)
    return [Finding(None, "表扬建议", "reward", DIRECT, requires, told, holds)]


def plain_findings(standing: Standing, ladder: Ladder, past: Past) -> list[Finding]:
    """Return one proposal for each rung whose line the raw rate reaches, in as many rounds as it asks."""

    def holds(without: int, rung: Rung) -> bool:
        return reaches(standing.b - without, standing.n - without, rung.line)

    found = []
    for number, rung in enumerate(ladder.rungs, 1):
        if holds(0, rung) and at_line(past, standing.id, rung):
            told: Numbers = {"n": standing.n, "b": standing.b, "line": rung.line, "periods": rung.consecutive}
            to = DIRECT if rung.automatic else REVIEW
            rule, again = f"{ladder.kind}.rung[{number - 1}]", partial(holds, rung=rung)
            found.append(Finding(number, rung.name, rule, to, rung.requires, told, again))
    return found


def margin(finding: Finding) -> int:
    """Return how many of the ballots that support a proposal most can be taken away before it falls."""
    votes = finding.numbers["b" if finding.rung else "a"]
    return bisect_left(range(int(votes or 0) + 1), True, key=lambda without: not finding.holds(without)) - 1
