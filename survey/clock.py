"""The only reader of the time: now, today, quarters and Chinese working days."""

import datetime as dt
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import chinese_calendar

CHINA = ZoneInfo("Asia/Shanghai")


def now() -> dt.datetime:
    """Return the current moment in China Standard Time, to the second."""
    return dt.datetime.now(CHINA).replace(microsecond=0)


def today() -> dt.date:
    """Return the current date in China."""
    return now().date()


@dataclass(frozen=True, order=True)
class Quarter:
    """A calendar quarter, written like 2023Q1; orders by time."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> "Quarter":
        """Read `2023Q1`; raise ValueError on anything else."""
        match = re.fullmatch(r"(20\d\d)Q([1-4])", text)
        if not match:
            raise ValueError(f"not a quarter: {text!r}")
        return cls(int(match[1]), int(match[2]))

    def before(self) -> "Quarter":
        """Return the preceding quarter."""
        return Quarter(self.year - 1, 4) if self.number == 1 else Quarter(self.year, self.number - 1)

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"

    @property
    def chinese(self) -> str:
        """Return the quarter as a letter writes it, 2023年第一季度."""
        return f"{self.year}年第{'一二三四'[self.number - 1]}季度"


def is_working_day(day: dt.date) -> bool:
    """Tell whether `day` is worked, with public holidays and adjusted days where the calendar knows the year.

    Years that the State Council has not yet announced fall back to Monday to Friday.
    """
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def add_working_days(day: dt.date, count: int) -> dt.date:
    """Return the date `count` (≥ 0) working days after `day`; the day itself does not count."""
    while count > 0:
        day += dt.timedelta(days=1)
        count -= is_working_day(day)
    return day
