"""递进措施: the ladders of officials and units, their steps read from the policy file."""

from collections.abc import Sequence
from typing import NamedTuple

from scoring.schema import RulesFault, Table, confidence, flag, one_of, share, text, texts, whole

# scoring.md §4: the file gives no confidence keys under [unit] and [enforcement]; these stand there.
CONF, DROP_CONF = 0.95, 0.90


class History(NamedTuple):
    """A rung opened by how often another was reached: `times` in `within_periods` polls."""

    rung: str
    times: int
    within_periods: int


class Rung(NamedTuple):
    """One step of a ladder; `tested` rungs have a line, the others follow from history alone."""

    name: str
    line: float = 0.0
    conf: float = CONF
    min_poor: int = 1
    drop_k: int = 0
    drop_conf: float = DROP_CONF
    follows: str = ""
    periods: int = 0
    consecutive: int = 1
    requires: tuple[str, ...] = ()
    history: History | None = None
    automatic: bool = True

    @property
    def tested(self) -> bool:
        """Say whether the rung is reached by a rate."""
        return self.line > 0


class Rolling(NamedTuple):
    """Small samples pooled over several polls."""

    periods: int
    min_n: int
    min_poor: int
    min_periods_with_poor: int
    drop_k: int
    rung: str


class Ladder(NamedTuple):
    """The steps for officials or for units, and the least evidence below which nobody is tested."""

    kind: str
    min_n: int
    rungs: tuple[Rung, ...]
    min_officials: int = 0
    rolling: Rolling | None = None

    def number(self, name: str) -> int:
        """Return the number (from 1) of a rung by its name."""
        return 1 + [rung.name for rung in self.rungs].index(name)


def tested_person(table: Table) -> Ladder:
    """Read [person] of a statistical policy."""
    min_n = table.take("min_n", whole(1))
    rungs = tuple(_person_rung(entry) for entry in table.tables("rung"))
    rolling = _rolling(table.table("rolling")) if "rolling" in table else None
    table.close()
    _check_ladder(rungs, "person")
    if rolling:
        _known(rolling.rung, [rung for rung in rungs if rung.tested], "person.rolling.max_rung")
    return Ladder("person", min_n, rungs, rolling=rolling)


def _person_rung(table: Table) -> Rung:
    if "history" in table:
        rung = Rung(name=table.take("name", text), history=_history(table.table("history")))
        rung = rung._replace(requires=table.take("requires", texts, ()), automatic=_never_automatic(table))
    else:
        follows, periods = _follows(table)
        rung = Rung(
            name=table.take("name", text),
            line=table.take("line", share),
            conf=table.take("conf", confidence, CONF),
            min_poor=table.take("min_poor", whole(1)),
            drop_k=table.take("drop_k", whole(0)),
            drop_conf=table.take("drop_conf", confidence, DROP_CONF),
            follows=follows,
            periods=periods,
            requires=table.take("requires", texts, ()),
            automatic=table.take("automatic", flag, True),
        )
    table.close()
    return rung


def _never_automatic(table: Table) -> bool:
    if table.take("automatic", flag, False):
        raise RulesFault(f"规则中“{table.path('automatic')}”须为 false：调整岗位只能由人决定")
    return False


def _history(table: Table) -> History:
    history = History(
        table.take("rung", text), table.take("times", whole(1)), table.take("within_periods", whole(1))
    )
    table.close()
    if history.times > history.within_periods:
        raise RulesFault(f"规则中“{table.path('times')}”多于轮次数，永远达不到")
    return history


def _follows(table: Table) -> tuple[str, int]:
    if "or_consecutive" not in table:
        return "", 0
    entry = table.table("or_consecutive")
    follows = entry.take("rung", text), entry.take("periods", whole(2))
    entry.close()
    return follows


def _rolling(table: Table) -> Rolling:
    rolling = Rolling(
        table.take("periods", whole(2)),
        table.take("min_n", whole(1)),
        table.take("min_poor", whole(1)),
        table.take("min_periods_with_poor", whole(1)),
        table.take("drop_k_per_period", whole(0)),
        table.take("max_rung", text),
    )
    table.close()
    if rolling.min_poor > rolling.min_n or rolling.min_periods_with_poor > rolling.periods:
        raise RulesFault("规则中“person.rolling”的条件互相矛盾，永远达不到")
    return rolling


def tested_unit(table: Table) -> Ladder:
    """Read [unit] of a statistical policy."""
    min_n, min_poor = table.take("min_n", whole(1)), table.take("min_poor", whole(1))
    officials = table.take("min_officials_with_poor", whole(1))
    rungs = tuple(_unit_rung(entry, min_poor) for entry in table.tables("rung"))
    table.close()
    _check_ladder(rungs, "unit")
    return Ladder("unit", min_n, rungs, min_officials=officials)


def _unit_rung(table: Table, min_poor: int) -> Rung:
    follows, periods = _follows(table)
    rung = Rung(
        name=table.take("name", text),
        line=table.take("line", share),
        min_poor=min_poor,
        drop_k=table.take("drop_k", whole(0)),
        follows=follows,
        periods=periods,
        requires=table.take("requires", texts, ()),
    )
    table.close()
    return rung


def plain_person(table: Table) -> Ladder:
    """Read [person] of a threshold policy."""
    rungs = tuple(_plain_rung(entry) for entry in table.tables("rung"))
    table.close()
    _check_ladder(rungs, "person")
    return Ladder("person", 1, rungs)


def plain_unit(table: Table) -> Ladder:
    """Read [unit] of a threshold policy."""
    table.take("measure", one_of("pooled_person_lines"))
    rungs = tuple(_plain_rung(entry) for entry in table.tables("rung"))
    table.close()
    _check_ladder(rungs, "unit")
    return Ladder("unit", 1, rungs)


def _plain_rung(table: Table) -> Rung:
    rung = Rung(
        name=table.take("name", text),
        line=table.take("line", share),
        consecutive=table.take("consecutive", whole(1), 1),
        requires=table.take("requires", texts, ()),
        automatic=table.take("automatic", flag, True),
    )
    table.close()
    return rung


def _check_ladder(rungs: tuple[Rung, ...], place: str) -> None:
    """Refuse a ladder whose steps could never be reached, or reached out of order."""
    lines = [rung.line for rung in rungs if rung.tested]
    if lines != sorted(set(lines)):
        raise RulesFault(f"规则中“{place}.rung”的 line 须逐档升高")
    for index, rung in enumerate(rungs):
        if rung.tested and rung.drop_k >= rung.min_poor:
            raise RulesFault(f"规则中“{place}.rung[{index}].drop_k”须小于最少差评数{rung.min_poor}")
        if rung.follows:
            _known(rung.follows, rungs[:index], f"{place}.rung[{index}].or_consecutive.rung")
        if rung.history:
            _known(rung.history.rung, rungs[:index], f"{place}.rung[{index}].history.rung")


def _known(name: str, rungs: Sequence[Rung], place: str) -> None:
    if name not in [rung.name for rung in rungs]:
        raise RulesFault(f"规则中“{place}”所指的“{name}”不是前面已有的一档")
