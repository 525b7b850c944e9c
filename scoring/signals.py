"""异常信号 for the review group alone: pairs with shared poor ballots, equal ballots, straight-lining."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations, groupby

from scoring.ballot import Slate
from scoring.evidence import Evidence, Load

SHARED_POOR = 3
COMPARED_FROM = 10


def shared_poor(evidence: Evidence, slate: Slate) -> list[tuple[str, str, int]]:
    """List pairs of officials who share at least three evidence ballots with a poor mark for both."""
    rated_poor = [
        (person.id, column.poor)
        for person, column in zip(slate.persons, evidence.columns, strict=True)
        if column.b >= SHARED_POOR
    ]
    pairs = (
        (first, second, (own & other).bit_count())
        for (first, own), (second, other) in combinations(rated_poor, 2)
    )
    return [pair for pair in pairs if pair[2] >= SHARED_POOR]


def identical(rows: Sequence[bytes], loads: Sequence[Load]) -> int:
    """Count ballots with at least ten rated officials that equal another ballot: data quality, never void."""
    compared = Counter(row for row, own in zip(rows, loads, strict=True) if own.n >= COMPARED_FROM)
    return sum(times for times in compared.values() if times > 1)


def longstring(answers: Iterable[int]) -> int:
    """Return the longest run of equal answers."""
    return max((sum(1 for _ in run) for _, run in groupby(answers)), default=0)


def straight_line(row: bytes, slate: Slate) -> int:
    """Return the longest run of equal marks over the officials a ballot rated: data quality, never void."""
    return longstring(filter(None, row[slate.first_person :]))
