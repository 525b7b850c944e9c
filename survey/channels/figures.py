"""Figures of other channels: what a rate is made of, what may be added up, what a bare one can mean."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from sqlmodel import Session, col, select

from scoring.rates import half_up, percent
from survey.channels.models import MEANINGS, Channel, Figure, Indicator
from survey.clock import is_working_day
from survey.errors import Refused

NO_DENOMINATOR = "未提供分母"
URGENT = 85
"""A weekly 12345 满意率 below this many percent is put right at once (the practice of 大英)."""
LARGEST_LEAST = 20_000


@dataclass(frozen=True)
class Pooled:
    """Numerators and denominators added up, and how many figures could not be added."""

    num: int
    den: int
    left_out: int

    @property
    def shown(self) -> str:
        """Return the pooled rate with its parts, or that there is none."""
        return rate(self.num, self.den) if self.den else NO_DENOMINATOR


def rate(num: int, den: int) -> str:
    """Return a rate as it is shown: percentage, numerator, denominator."""
    return f"{percent(num, den)}%（{num}/{den}）"


def shown(figure: Figure) -> str:
    """Return a figure as it is shown; a bare percentage says that it has no denominator."""
    if figure.num is None or figure.den is None:
        return f"{figure.bare}%（{NO_DENOMINATOR}）"
    return rate(figure.num, figure.den)


def misnamed(indicator: Indicator, meanings: tuple[str, str], num: int, den: int) -> str:
    """Return why a pair is not what it is called, or an empty sentence.

    A rate of ratings given (参评率) is often published as one of good ratings.
    """
    if meanings == indicator.parts:
        return ""
    real = next((each for each, parts in MEANINGS.items() if parts == meanings), None)
    wanted = "÷".join(indicator.parts)
    if real:
        return (
            f"{num:,}÷{den:,}是{meanings[0]}÷{meanings[1]}，即{real}{percent(num, den)}%，"
            f"不能作为{indicator}；{indicator}须为{wanted}。"
        )
    return f"{indicator}须为{wanted}，这里是{meanings[0]}÷{meanings[1]}，请核对口径。"


def mixed_days(limit: int, now: int, *, since: dt.date) -> str:
    """Return the warning for a limit in calendar days set against a time in working days."""
    working = working_days(since, limit)
    return (
        f"({limit}-{now})÷{limit}＝{half_up(100 * (limit - now), limit, 1)}%把自然日和工作日混在一起："
        f"自{since}起{limit}个自然日约合{working}个工作日，同口径应为({working}-{now})÷{working}"
        f"＝{half_up(100 * (working - now), working, 1)}%。"
    )


def working_days(since: dt.date, days: int) -> int:
    """Return how many of the `days` days after `since` are worked."""
    return sum(is_working_day(since + dt.timedelta(days=n)) for n in range(1, days + 1))


def pooled(figures: Iterable[Figure]) -> Pooled:
    """Add up figures of one channel and one indicator; rates are never averaged, bare ones left out."""
    every = list(figures)
    if len({(figure.channel, figure.indicator) for figure in every}) > 1:
        raise Refused("channels.mixed", "不同渠道、不同指标的数据不能合并成一个比率，请分别查看。")
    whole = [(f.num, f.den) for f in every if f.num is not None and f.den is not None]
    return Pooled(sum(num for num, _ in whole), sum(den for _, den in whole), len(every) - len(whole))


def least_pair(bare: str) -> tuple[int, int] | None:
    """Return the smallest numerator and denominator that round to a percentage, e.g. 81/82 for 98.78."""
    places = len(bare.partition(".")[2])
    target = Fraction(bare)
    for den in range(1, LARGEST_LEAST):
        num = round(target * den / 100)
        for near in (num - 1, num, num + 1):
            if 0 <= near <= den and half_up(100 * near, den, places) == bare:
                return near, den
    return None


def split_sum(text: str) -> int | None:
    """Return the sum of a breakdown such as 460+38+3+4+1, or None when the text is none."""
    parts = [part.strip() for part in text.replace("＋", "+").split("+")]
    return sum(map(int, parts)) if all(part.isdigit() for part in parts) else None


def growth(now: int, before: int) -> str:
    """Return how a number changed, in percent of the earlier one: 506 after 420 is +20.48%."""
    change = half_up(100 * (now - before), before, 2)
    return f"{change if change.startswith('-') else '+' + change}%"


def urgent(figure: Figure) -> bool:
    """Tell whether a 12345 满意率 is so low that it is put right at once."""
    if figure.channel is not Channel.CALLS or figure.indicator is not Indicator.SATISFIED:
        return False
    if figure.num is None or figure.den is None:
        return Fraction(figure.bare) < URGENT
    return Fraction(100 * figure.num, figure.den) < URGENT


def every(session: Session) -> list[Figure]:
    """Return all figures by channel, indicator and period, the newest period first."""
    query = select(Figure).order_by(col(Figure.period).desc(), col(Figure.subject), col(Figure.id))
    channels, indicators = list(Channel), list(Indicator)
    return sorted(
        session.exec(query), key=lambda f: (channels.index(f.channel), indicators.index(f.indicator))
    )


def totals(session: Session) -> list[tuple[Channel, Indicator, Pooled]]:
    """Return the pooled rate of each channel and indicator."""
    groups: dict[tuple[Channel, Indicator], list[Figure]] = {}
    for figure in every(session):
        groups.setdefault((figure.channel, figure.indicator), []).append(figure)
    return [(channel, indicator, pooled(group)) for (channel, indicator), group in groups.items()]
