"""The tally: counts per line, unit, series and whole; partial tallies add up in any order."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from scoring.ballot import Mark, Slate


class Counts(NamedTuple):
    """非常满意 a, 服务一般 g, 服务较差 b, blank = 未评价 or void; the sum is the number of valid ballots."""

    a: int
    g: int
    b: int
    blank: int

    @property
    def n(self) -> int:
        """Return the number of valid ratings, the denominator of every rate."""
        return self.a + self.g + self.b

    @property
    def not_poor(self) -> int:
        """Return the numerator of 非差评率."""
        return self.a + self.g


NOTHING = Counts(0, 0, 0, 0)


class Tally(NamedTuple):
    """One count of ballots: `lines` stand in the order of the sheet (overall, units, officials)."""

    valid: int
    lines: tuple[Counts, ...]


def pool(counts: Iterable[Counts]) -> Counts:
    """Add counts of several lines (or of several polls) together."""
    return Counts(*map(sum, zip(NOTHING, *counts, strict=True)))


def count(rows: Sequence[bytes], slate: Slate, bases: Sequence[int] = ()) -> Tally:
    """Count ballots given as byte vectors.

    `bases` says how many ballots carried each line; without it every ballot carried all of them.
    """
    width = len(slate.lines)
    sheet, bases = b"".join(rows), bases or [len(rows)] * width
    return Tally(len(rows), tuple(_column(sheet[line::width], bases[line]) for line in range(width)))


def _column(marks: bytes, valid: int) -> Counts:
    a, g, b = (marks.count(mark) for mark in (Mark.GOOD, Mark.FAIR, Mark.POOR))
    return Counts(a, g, b, valid - a - g - b)


def add(first: Tally, *more: Tally) -> Tally:
    """Add tallies of parts of one poll; any order and any grouping gives the same tally."""
    parts = (first, *more)
    return Tally(
        sum(part.valid for part in parts),
        tuple(pool(line) for line in zip(*(part.lines for part in parts), strict=True)),
    )


def persons(tally: Tally, slate: Slate) -> tuple[Counts, ...]:
    """Return the counts of the officials' lines, in slate order."""
    return tally.lines[slate.first_person :]


def by_series(tally: Tally, slate: Slate) -> dict[str, Counts]:
    """Pool the officials' lines within each 单位类别, in the order the series stand on the slate."""
    groups: dict[str, list[Counts]] = {}
    for person, counts in zip(slate.persons, persons(tally, slate), strict=True):
        groups.setdefault(person.series, []).append(counts)
    return {series: pool(counts) for series, counts in groups.items()}
