"""The facts that documents state: rates, counts, problems, matters; numbers stand beside their words."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Protocol

GB9704 = "gb9704.css"
SHEET = "sheet.css"
SEALED, BY_HAND, UNSEALED, NO_SIGNATURE = "sealed", "sealed by hand", "unsealed", "none"
"""How a kind is signed: under the printed seal, with room for a pressed seal, without seal, not at all."""


class Look(StrEnum):
    """How a letter is printed: as the standard says, for weak eyes, with an English summary."""

    STANDARD = "standard"
    LARGE = "large"
    ENGLISH = "english"

    @property
    def chinese(self) -> str:
        """Return the look's Chinese name."""
        return {"standard": "标准", "large": "大字", "english": "附英文摘要"}[self.value]


class Document(Protocol):
    """What every kind tells about itself: its Chinese name, its template, and who signs under a seal."""

    KIND: ClassVar[str]
    TEMPLATE: ClassVar[str]
    STYLE: ClassVar[str]
    SIGNATURE: ClassVar[str]

    @property
    def organ(self) -> str:
        """Return the issuing organ."""

    @property
    def names(self) -> tuple[str, ...]:
        """Return the rows of the 署名; an internal sheet has none."""


@dataclass(frozen=True, kw_only=True)
class Rate:
    """A rate with its name, counts and printed percentage; the counts are what is true, the text is shown."""

    name: str
    numerator: int
    denominator: int
    percent: str

    def __str__(self) -> str:
        return f"{self.name}{self.percent}%（{self.numerator}/{self.denominator}）"


@dataclass(frozen=True, kw_only=True)
class UnitFacts:
    """The counts of one unit in one round, its rates, and the median of its series."""

    ballots: int
    good: int
    fair: int
    poor: int
    rates: tuple[Rate, ...]
    series: str
    series_median: str | None = None
    previous: str | None = None

    @property
    def marks(self) -> int:
        """Return how many marks were given; lines left blank do not count."""
        return self.good + self.fair + self.poor


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One paraphrased problem with its theme and how many enterprises' remarks it sums up."""

    theme: str
    text: str
    count: int = 1


@dataclass(frozen=True, kw_only=True)
class Theme:
    """A theme of the remarks and how many there were."""

    name: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Done:
    """A matter that was settled: theme, responsible unit, result, day."""

    theme: str
    unit: str
    result: str
    on: dt.date


@dataclass(frozen=True, kw_only=True)
class Pending:
    """A matter not yet settled, the day by which it was to be, and how many days that is past."""

    theme: str
    unit: str
    matter: str
    by: dt.date
    days_late: int = 0


@dataclass(frozen=True, kw_only=True)
class Cannot:
    """A matter that cannot be done and the legal ground."""

    theme: str
    matter: str
    ground: str


@dataclass(frozen=True, kw_only=True)
class MeasureCount:
    """How often one measure was taken: persons appear as counts only."""

    name: str
    count: int
    measure_word: str = "份"


@dataclass(frozen=True, kw_only=True)
class UnitResult:
    """One unit's counts and rate as a bulletin's annex lists them."""

    name: str
    good: int
    fair: int
    poor: int
    blank: int
    rate: str


@dataclass(frozen=True, kw_only=True)
class SeriesResult:
    """The units of one series, which alone are compared with each other, and their median rate."""

    name: str
    median: str
    units: tuple[UnitResult, ...]


@dataclass(frozen=True, kw_only=True)
class ReviewNote:
    """How many results the review group annotated or excluded from use, by reason; no count was changed."""

    reason: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart as its Vega-Lite specification, what it shows in words, and how to read it."""

    title: str
    told: str
    note: str
    specification: str
