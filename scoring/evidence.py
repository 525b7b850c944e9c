"""依据: the ballots that may ground a proposal (G0), with counts, shared marks and severity of raters."""

from collections.abc import Sequence
from typing import NamedTuple

from scoring.ballot import Mark, Slate
from scoring.fairness import poisson_binomial
from scoring.rules import EvidenceRules

_MASKS = {
    "rated": bytes(ord("1") if mark else ord("0") for mark in range(256)),
    "good": bytes(ord("1") if mark == Mark.GOOD else ord("0") for mark in range(256)),
    "poor": bytes(ord("1") if mark == Mark.POOR else ord("0") for mark in range(256)),
}


class Load(NamedTuple):
    """How one ballot marked the officials: its numbers of each option."""

    a: int
    g: int
    b: int

    @property
    def n(self) -> int:
        """Return how many officials the ballot rated."""
        return self.a + self.g + self.b


class Column(NamedTuple):
    """One official's marks over the evidence ballots; each mask has one bit per ballot."""

    marks: bytes
    rated: int
    good: int
    poor: int

    @property
    def n(self) -> int:
        """Return the number of evidence ratings."""
        return self.rated.bit_count()

    @property
    def b(self) -> int:
        """Return the number of poor evidence ratings."""
        return self.poor.bit_count()


class Evidence(NamedTuple):
    """The evidence ballots W of one poll, by official; sums over all officials."""

    loads: tuple[Load, ...]
    columns: tuple[Column, ...]
    n: int
    b: int


def load(row: bytes, slate: Slate) -> Load:
    """Return how a ballot marked the officials."""
    marks = row[slate.first_person :]
    return Load(marks.count(Mark.GOOD), marks.count(Mark.FAIR), marks.count(Mark.POOR))


def undiscriminating(load_: Load, limits: EvidenceRules) -> bool:
    """Say whether a ballot (G0) marks so many so poorly that it tells nobody apart."""
    return load_.n >= limits.min_rated and load_.b > limits.poor_share * load_.n


def gather(
    rows: Sequence[bytes], loads: Sequence[Load], slate: Slate, limits: EvidenceRules | None
) -> Evidence:
    """Take the evidence ballots out of all valid ones; without limits every ballot is evidence."""
    kept = [
        (row, own)
        for row, own in zip(rows, loads, strict=True)
        if limits is None or not undiscriminating(own, limits)
    ]
    width, sheet = len(slate.lines), b"".join(row for row, _ in kept)
    columns = tuple(_column(sheet[line::width]) for line in range(slate.first_person, width))
    return Evidence(
        tuple(own for _, own in kept),
        columns,
        sum(column.n for column in columns),
        sum(column.b for column in columns),
    )


def _column(marks: bytes) -> Column:
    masks = {name: int(marks.translate(table) or b"0", 2) for name, table in _MASKS.items()}
    return Column(marks, **masks)


def expected_poor(evidence: Evidence, official: int, prior: int) -> list[tuple[float, bool]]:
    """Return, for each ballot that rated an official, its usual chance of a poor mark and if it gave one.

    The usual chance leans on the ballot's other marks and, with the weight of `prior` marks, on how others
    are rated (scoring.md §4, G4).
    """
    column = evidence.columns[official]
    others = prior * (evidence.b - column.b) / max(1, evidence.n - column.n)
    return [
        ((own.b - (mark == Mark.POOR) + others) / (own.n - 1 + prior), mark == Mark.POOR)
        for mark, own in zip(column.marks, evidence.loads, strict=True)
        if mark
    ]


def severity(chances: Sequence[tuple[float, bool]], without: int) -> tuple[float, float]:
    """Return E, the poor marks to expect from these raters, and P, the chance of as many as there are.

    `without` leaves out that many of the poor marks, those of the mildest raters first: the worst case.
    """
    poor = sorted(chance for chance, is_poor in chances if is_poor)
    left = [chance for chance, is_poor in chances if not is_poor] + poor[without:]
    return sum(left), poisson_binomial(left, len(poor) - without)
