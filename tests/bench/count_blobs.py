"""Counts a store in a process that loads nothing else; prints times, peak MB and a digest a county."""

import hashlib
import json
import re
import sys
import time
from pathlib import Path

from scoring import scale
from survey.scale import vectors

RUNS = 3


def digest(totals: scale.Totals) -> str:
    """Return a short form of totals that compares cell by cell."""
    return hashlib.sha256(totals.astype("<i8").tobytes()).hexdigest()[:16]


def peak() -> int:
    """Return this program's own peak memory in MB; getrusage would count that of the one which started it."""
    status = Path("/proc/self/status").read_text()
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) // 1024


def main(path: Path, polls: int) -> None:
    """Count the first `polls` polls, the best of a few runs."""
    with vectors.opened(path) as store:
        held, times = vectors.polls(store)[:polls], []
        for _ in range(RUNS):
            started, busy = time.perf_counter(), time.process_time()
            for one in held:
                scale.add_up(vectors.ballots_of(store, one), one.width)
            times.append((time.perf_counter() - started, time.process_time() - busy))
        counted = ((one, scale.add_up(vectors.ballots_of(store, one), one.width)) for one in held)
        digests = {one.county: digest(totals) for one, (_, totals) in counted}
    sys.stdout.write(json.dumps([*map(min, zip(*times, strict=True)), peak(), digests]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
