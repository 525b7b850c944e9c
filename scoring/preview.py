"""What a policy will do, told before anybody votes: least numbers of poor ratings, listings by luck."""

from collections.abc import Sequence
from itertools import groupby

from scoring.fairness import TRUE_RATES, LeastRow, least_table, tail
from scoring.rates import half_up, line
from scoring.report import table
from scoring.rules import Rules

ROSTER = 293
"""How many officials the expected number of false listings is told for unless said otherwise."""


def preview(rules: Rules, *, officials: int = ROSTER, ratings: int = 110) -> list[str]:
    """Return the lines that leaders read before they sign the rules of a poll."""
    rungs = [rung for rung in rules.person.rungs if rung.tested]
    rows = least_table(rules)
    lines = [f"规则 {rules.id} {rules.version}", f"SHA-256 {rules.sha256}", ""]
    lines += ["有效评价多少家时，至少多少张差评才会列入（不含评分严格程度和执法保护两道检验）："]
    lines += table(("有效评价", *(rung.name for rung in rungs)), [_step(steps) for steps in _steps(rows)])
    lines += ["", f"若{officials}名人员每人有{ratings}家评价，按偶然预计误列人数："]
    heads = ("真实差评率", *(rung.name for rung in rungs))
    tested = [row for row in rows if row.n == ratings]
    least = tested[0].least if tested else (None,) * len(rungs)
    return lines + table(heads, _by_luck(least, ratings, officials))


def _steps(rows: list[LeastRow]) -> list[list[LeastRow]]:
    return [list(steps) for _, steps in groupby(rows, key=lambda row: row.least)]


def _step(steps: list[LeastRow]) -> list[str]:
    first, last = steps[0], steps[-1]
    sizes = f"{first.n}–{last.n}" if last.n > first.n else str(first.n)
    return [sizes, *("-" if least is None else str(least) for least in first.least)]


def _by_luck(least: Sequence[int | None], ratings: int, officials: int) -> list[list[str]]:
    return [[line(rate), *(_people(one, ratings, rate, officials) for one in least)] for rate in TRUE_RATES]


def _people(least: int | None, ratings: int, rate: float, officials: int) -> str:
    expected = 0.0 if least is None else officials * tail(least, ratings, rate)
    return half_up(*expected.as_integer_ratio(), 4)
