"""One sheet for one official or unit: every gate of every rung with its numbers, passed or not, and the rest.

`explain` stops at the first gate that was not passed, as the engine does. A person who asks why the own name
is, or is not, on a list is told all of them, the row of polls, the pooled polls and the commendation too.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from scoring import sentences
from scoring.ballot import BallotFault, Slate
from scoring.escalation import Standing, gates, lane, walk
from scoring.evidence import load
from scoring.fairness import bound
from scoring.history import Past, at_line, reaches, times_reached
from scoring.ladders import CONF, Ladder, Rung
from scoring.rates import line, share
from scoring.rolling import Season, pooled, seasons
from scoring.rules import Reward, Rules
from scoring.standings import assess, plain_unit_standings
from scoring.tally import count, persons


class Reason(NamedTuple):
    """One question, the numbers that answer it, and the answer; `counts`: no earlier one failed.

    `passed` is None where people answer, not the program.
    """

    asked: str
    told: str
    passed: bool | None
    counts: bool = True


class Step(NamedTuple):
    """One thing that could be proposed: its name, the lane it reached (None: none), its reasons in order.

    `rung` is its place on the ladder, 0 where it stands on none.
    """

    name: str
    lane: str | None
    reasons: tuple[Reason, ...]
    rung: int = 0

    @property
    def verdict(self) -> str:
        """Say in one sentence why it is proposed, or the first thing that keeps it from being proposed."""
        if self.lane == "direct":
            return "各项都符合，直接列入建议。"
        failed = next((reason for reason in self.reasons if reason.passed is False), None)
        if self.lane == "review":
            return (
                f"“{failed.asked}”一项须由人核实，转审查小组。"
                if failed
                else "各项都符合，但只能由人核实、集体研究决定，转审查小组。"
            )
        return f"不列入：“{failed.asked}”一项不符合（{failed.told}）。" if failed else "不列入。"


class Sheet(NamedTuple):
    """All steps of one official or unit, with the evidence counts and the ballots that are no evidence."""

    standing: Standing
    steps: tuple[Step, ...]


def sheet(ballots: Sequence[bytes], slate: Slate, rules: Rules, *, past: Past, about: str) -> Sheet:
    """Return the sheet of one official or unit of a poll."""
    tally = count(ballots, slate)
    found = assess(ballots, [load(row, slate) for row in ballots], tally, slate, rules)
    units = found.units if rules.evidence else plain_unit_standings(found, tally, slate)
    for standing in units:
        if standing.id == about:
            return Sheet(standing, _ladder(standing, rules.unit, rules, past))
    for at, standing in enumerate(found.persons):
        if standing.id == about:
            person, column = slate.persons[at], found.evidence.columns[at]
            steps = _ladder(standing, rules.person, rules, past)
            if rules.evidence and rules.person.rolling:
                this = Season(persons(tally, slate)[at].n, standing.n, standing.b, person.adverse_actions)
                polls = seasons(this, about, past, rules.person.rolling)
                steps += (_rolling(standing, polls, rules.person, rules),)
            if rules.reward:
                steps += (_reward(standing, column.good.bit_count(), rules.reward),)
            return Sheet(standing, steps)
    raise BallotFault(f"编号“{about}”不在名单中")


def _ladder(standing: Standing, ladder: Ladder, rules: Rules, past: Past) -> tuple[Step, ...]:
    if rules.evidence is None:
        return tuple(_compared(standing, rung, past) for rung in ladder.rungs if rung.tested)
    steps: list[Step] = []
    for number, rung in enumerate(ladder.rungs, 1):
        if rung.tested:
            steps.append(_tested(standing, rung, ladder, rules)._replace(rung=number))
        if rung.follows:
            steps.append(_row(standing, rung, ladder, steps, past)._replace(rung=number))
        if rung.history:
            steps.append(_history(standing, rung, ladder, steps, past)._replace(rung=number))
    return tuple(steps)


def _tested(standing: Standing, rung: Rung, ladder: Ladder, rules: Rules) -> Step:
    reasons, open_ = [], True
    for gate in gates(standing, rung, ladder, rules):
        asked, told = sentences.gate_parts(gate, standing, rung=rung, rules=rules)
        reasons.append(Reason(asked, told, gate.passed, open_))
        open_ = open_ and gate.passed
    return Step(rung.name, lane(walk(gates(standing, rung, ladder, rules))), tuple(reasons))


def _reached(steps: Sequence[Step], rung: int) -> bool:
    """Say whether a rung or one above it was reached directly in this poll."""
    return any(step.lane == "direct" and step.rung >= rung for step in steps)


def _row(standing: Standing, rung: Rung, ladder: Ladder, steps: Sequence[Step], past: Past) -> Step:
    below = ladder.number(rung.follows)
    now = _reached(steps, below)
    earlier = times_reached(past, standing.kind, standing.id, below)
    before = earlier[: rung.periods - 1]
    held = len(before) == rung.periods - 1 and all(before)
    reasons = (
        Reason("本季是否达到前一档", f"须直接达到“{rung.follows}”", now),
        Reason(
            f"此前{rung.periods - 1}季是否也达到",
            f"此前{rung.periods - 1}季中{sum(before)}季直接达到“{rung.follows}”，须季季达到",
            held,
            now,
        ),
    )
    return Step(
        f"{rung.name}（连续{rung.periods}季{rung.follows}）", "direct" if now and held else None, reasons
    )


def _history(standing: Standing, rung: Rung, ladder: Ladder, steps: Sequence[Step], past: Past) -> Step:
    assert rung.history  # noqa: S101  # asked by the caller
    needed, periods, least = rung.history.rung, rung.history.within_periods, rung.history.times
    now = _reached(steps, ladder.number(needed))
    before = times_reached(past, standing.kind, standing.id, ladder.number(needed))
    times = now + sum(before[: periods - 1])
    told = f"近{periods}季（含本季）直接达到“{needed}”{times}次，须本季达到且至少{least}次"
    reached = now and times >= least
    reasons = (
        Reason("次数", told, reached),
        Reason("由人决定", "程序只提请核实；须核实属实、本人申辩、集体研究", passed=None),
    )
    return Step(rung.name, "review" if reached else None, reasons)


def _compared(standing: Standing, rung: Rung, past: Past) -> Step:
    reached = reaches(standing.b, standing.n, rung.line)
    told = sentences.compared(standing.b, standing.n, rung.line, reached=reached)
    reasons = [Reason("原始差评率", told, reached)]
    if rung.consecutive > 1:
        held = at_line(past, standing.id, rung)
        asked = f"此前{rung.consecutive - 1}季是否也达到"
        reasons.append(Reason(asked, f"须季季达到{line(rung.line)}", held, reached))
    to = "direct" if rung.automatic else "review"
    return Step(rung.name, to if all(reason.passed for reason in reasons) else None, tuple(reasons))


def _rolling(standing: Standing, polls: Sequence[Season], ladder: Ladder, rules: Rules) -> Step:
    rolling = ladder.rolling
    assert rolling  # noqa: S101  # asked by the caller
    number = ladder.number(rolling.rung)
    rung = ladder.rungs[number - 1]._replace(
        min_poor=rolling.min_poor, drop_k=rolling.drop_k * rolling.periods
    )
    few = sum(poll.counted < ladder.min_n for poll in polls)
    enough = few == rolling.periods
    with_poor = sum(poll.b > 0 for poll in polls)
    spread = with_poor >= rolling.min_periods_with_poor
    told = f"近{rolling.periods}季有记录{len(polls)}季，{few}季少于{ladder.min_n}家，须季季都少于"
    name = f"{rolling.rung}（滚动{rolling.periods}季合并）"
    first = Reason(f"每季都少于{ladder.min_n}家", told, enough)
    if not enough:
        return Step(name, None, (first,))
    told = f"{with_poor}季有差评，至少{rolling.min_periods_with_poor}季"
    merged = ladder._replace(min_n=rolling.min_n, rungs=(rung,))
    inner = _tested(pooled(standing, [*polls]), rung, merged, rules._replace(person=merged))
    counted = tuple(reason._replace(counts=reason.counts and spread) for reason in inner.reasons)
    return Step(name, inner.lane if spread else None, (first, Reason("差评分布", told, spread), *counted))


def _reward(standing: Standing, good: int, reward: Reward) -> Step:
    low = bound(good, standing.n, CONF)
    reasons, open_ = [], True
    for asked, told, passed in (
        ("依据够不够", f"有效{standing.n}张（至少{reward.min_n}张）", standing.n >= reward.min_n),
        ("有无差评", f"差评{standing.b}张（至多{reward.max_poor}张）", standing.b <= reward.max_poor),
        (
            "非常满意够不够高",
            f"非常满意{good}张，{line(CONF)}把握下限{share(low)}，须不低于{line(reward.line)}",
            low >= reward.line,
        ),
    ):
        reasons.append(Reason(asked, told, passed, open_))
        open_ = open_ and passed
    return Step("表扬建议", "direct" if open_ else None, tuple(reasons))


def as_data(found: Sheet) -> dict[str, Any]:
    """Return a sheet as plain data for a page or a file."""
    standing = found.standing
    return {
        "kind": standing.kind,
        "id": standing.id,
        "name": standing.name,
        "n": standing.n,
        "b": standing.b,
        "set_aside": standing.set_aside,
        "steps": [
            {
                "name": step.name,
                "lane": step.lane,
                "verdict": step.verdict,
                "reasons": [reason._asdict() for reason in step.reasons],
            }
            for step in found.steps
        ],
    }
