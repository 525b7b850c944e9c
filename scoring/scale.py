"""The same tally on numpy: one kernel over fixed byte vectors, proved equal to `scoring.tally`.

Not part of the county count, which is standard library; nothing in scoring imports this (extra `scale`).
The kernel takes blocks of ballots small enough to stay in the processor's cache.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from scoring.ballot import Mark
from scoring.tally import Counts, Tally

Block = NDArray[np.uint8]
Totals = NDArray[np.int64]
RATED = (Mark.GOOD, Mark.FAIR, Mark.POOR)
CACHED_BYTES = 128 * 1024
# Sums of at most this many ballots fit in one byte each.
BYTE_SUM = 255


def kernel(block: Block) -> Totals:
    """Return, for each line (row) and each of A, B, C (column), how many ballots carry the mark."""
    totals = np.zeros((block.shape[1], len(RATED)), dtype=np.int64)
    for start in range(0, len(block), BYTE_SUM):
        part = block[start : start + BYTE_SUM]
        for column, mark in enumerate(RATED):
            totals[:, column] += np.add.reduce(part == mark, axis=0, dtype=np.uint8)
    return totals


def blocks(vectors: Iterable[bytes], width: int) -> Iterator[Block]:
    """Group ballots (byte vectors of one slate) into blocks of cache size."""
    size = max(1, min(BYTE_SUM, CACHED_BYTES // width))
    source = iter(vectors)
    while group := list(islice(source, size)):
        yield np.frombuffer(b"".join(group), dtype=np.uint8).reshape(len(group), width)


def count(vectors: Iterable[bytes], width: int) -> Tally:
    """Count ballots from any source without holding them: the tally of `scoring.tally.count`."""
    valid, totals = 0, np.zeros((width, len(RATED)), dtype=np.int64)
    for block in blocks(vectors, width):
        valid += len(block)
        totals += kernel(block)
    return tally(valid, totals)


def tally(valid: int, totals: Totals) -> Tally:
    """Return kernel totals as a tally."""
    lines: Sequence[Sequence[int]] = totals.tolist()
    return Tally(valid, tuple(Counts(a, g, b, valid - a - g - b) for a, g, b in lines))
