"""The same tally on numpy: one kernel over fixed byte vectors, proved equal to `scoring.tally`.

Not part of the county count, which is standard library; nothing in scoring imports this (extra `scale`).
The kernel takes blocks of ballots small enough to stay in the processor's cache; embedded and on Spark it is
the same function.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

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
    """Return, for each of A, B, C (row) and each line (column), how many ballots carry the mark."""
    totals = np.zeros((len(RATED), block.shape[1]), dtype=np.int64)
    for start in range(0, len(block), BYTE_SUM):
        part = block[start : start + BYTE_SUM]
        for row, mark in enumerate(RATED):
            # Viewed as bytes the hits are added by the processor's vector unit, not converted one by one.
            totals[row] += np.add.reduce((part == mark).view(np.uint8), axis=0, dtype=np.uint8)
    return totals


def blocks(vectors: Iterable[bytes], width: int) -> Iterator[Block]:
    """Group ballots (byte vectors of one slate) into blocks of cache size."""
    size = max(1, min(BYTE_SUM, CACHED_BYTES // width))
    source = iter(vectors)
    while group := list(islice(source, size)):
        yield np.frombuffer(b"".join(group), dtype=np.uint8).reshape(len(group), width)


def add_up(vectors: Iterable[bytes], width: int) -> tuple[int, Totals]:
    """Return the number of ballots and the totals of ballots from any source, without holding them."""
    valid, totals = 0, np.zeros((len(RATED), width), dtype=np.int64)
    for block in blocks(vectors, width):
        valid += len(block)
        totals += kernel(block)
    return valid, totals


def count(vectors: Iterable[bytes], width: int) -> Tally:
    """Count ballots from any source: the tally of `scoring.tally.count`."""
    return tally(*add_up(vectors, width))


def tally(valid: int, totals: Totals) -> Tally:
    """Return kernel totals as a tally."""
    lines: Sequence[Sequence[int]] = totals.T.tolist()
    return Tally(valid, tuple(Counts(a, g, b, valid - a - g - b) for a, g, b in lines))


def count_batches(batches: Iterable[Any]) -> Iterator[Any]:
    """Count Arrow record batches of blocks: what Spark's `mapInArrow` runs on every worker.

    Each row is one block of one poll (`county`, `quarter`, `width`, `ballots`); it becomes one row with the
    number of ballots and the kernel's totals. Arrow itself is reached through the batch alone.
    """
    for batch in batches:
        yield type(batch).from_pylist([_counted(row) for row in batch.to_pylist()])


def _counted(row: dict[str, Any]) -> dict[str, Any]:
    block = np.frombuffer(row["ballots"], dtype=np.uint8).reshape(-1, row["width"])
    place = {"county": row["county"], "quarter": row["quarter"]}
    return place | {"valid": len(block), "totals": kernel(block).tobytes()}


def from_bytes(raw: bytes) -> Totals:
    """Return totals that a worker sent as bytes."""
    return np.frombuffer(raw, dtype=np.int64).reshape(len(RATED), -1)
