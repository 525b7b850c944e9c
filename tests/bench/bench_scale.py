"""A nation's quarter, 91.7 million ratings of officials, counted by every engine in the same run.

Goals: kernel from SQLite blobs at least .15 of numpy in memory, below 64 MB and flat in the size of the data;
Spark at least .25 of the embedded kernel per core; the embedded kernel at least 8 times DuckDB on long
Parquet. Counts of all engines must be equal cell by cell. Everything is made in a temporary folder.

python -m tests.bench.bench_scale [--counties 2844]
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
import psutil
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import parquet as arrow

from scoring import scale
from survey.db import open_engine, unit_of_work
from survey.migrations import migrate
from survey.scale import parquet, service, vectors
from survey.scale.models import Level, Period
from survey.staff.service import SYSTEM
from tests.bench.bench_scoring import FIRMS, OFFICIALS, a_slate, say
from tests.bench.count_blobs import digest

COUNTIES, PROVINCES, QUARTER = 2_844, 31, "2023Q1"
CORES = 2
# Of 256 random bytes: 60 % blank, 34 % good, 5 % fair, 1 % poor.
MARKS = np.repeat(np.array([0, 1, 2, 3], dtype=np.uint8), [154, 87, 12, 3])
T = TypeVar("T")


class Nation(NamedTuple):
    """The ballots of all counties in memory, one block a county, and where they lie on disk."""

    blocks: list[NDArray[np.uint8]]
    folder: Path

    @property
    def ratings(self) -> float:
        """Return how many millions of ratings of officials there are."""
        return len(self.blocks) * FIRMS * OFFICIALS / 1e6


def place(number: int) -> str:
    """Return the code of a county of the sample: 31 provinces, cities of ten counties."""
    province, own = 11 + number % PROVINCES, number // PROVINCES
    return f"{province}{1 + own // 10:02}{1 + own % 10:02}"


def a_nation(counties: int, folder: Path) -> Nation:
    """Draw the ballots, keep them in a store, export them for Spark and write them long for DuckDB."""
    draw, names = np.random.default_rng(1), a_slate({})
    width = len(names.lines)
    blocks = [MARKS[draw.integers(0, 256, (FIRMS, width), dtype=np.uint8)] for _ in range(counties)]
    with vectors.opened(folder / "store.db") as store:
        for number, block in enumerate(blocks):
            rows = (ballot.tobytes() for ballot in block)
            vectors.add(store, rows, names, county=place(number), quarter=QUARTER)
    with vectors.opened(folder / "store.db") as store:
        parquet.export(store, folder / "blocks")
    _write_long(blocks, folder / "long.parquet")
    return Nation(blocks, folder)


def _write_long(blocks: list[NDArray[np.uint8]], path: Path) -> None:
    """Write one row a rating, as an engine of tables would have it, sorted by county."""
    first = blocks[0].shape[1] - OFFICIALS
    lines = np.tile(np.arange(first, first + OFFICIALS, dtype=np.int16), FIRMS)
    schema = pa.schema([("county", pa.int32()), ("line", pa.int16()), ("mark", pa.uint8())])
    with arrow.ParquetWriter(path, schema) as writer:
        for start in range(0, len(blocks), 32):
            part = blocks[start : start + 32]
            county = np.repeat(np.arange(start, start + len(part), dtype=np.int32), len(lines))
            marks = np.concatenate([block[:, first:].ravel() for block in part])
            writer.write_table(pa.table([county, np.tile(lines, len(part)), marks], schema=schema))


class Took(NamedTuple):
    """How long the best of a few runs took: by the clock, and in processor time of all its threads."""

    wall: float
    cpu: float


def best(
    work: Callable[[], T], runs: int = 3, busy: Callable[[], float] = time.process_time
) -> tuple[Took, T]:
    """Return the shortest times of a few runs, and the answer."""
    walls, cpus = [], []
    for _ in range(runs):
        started, before = time.perf_counter(), busy()
        answer = work()
        walls.append(time.perf_counter() - started)
        cpus.append(busy() - before)
    return Took(min(walls), min(cpus)), answer


class Embedded(NamedTuple):
    """What a process of its own measured that counted a store: seconds, peak MB, digests by county."""

    took: Took
    megabytes: int
    digests: dict[str, str]


def embedded(nation: Nation, polls: int) -> Embedded:
    """Count the first polls of the store in a process that has loaded nothing else."""
    command = [sys.executable, "-m", "tests.bench.count_blobs", nation.folder / "store.db", str(polls)]
    wall, cpu, *told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return Embedded(Took(wall, cpu), *told)


def on_spark(nation: Nation) -> tuple[Took, Took, dict[str, str]]:
    """Return what the first and the best later count on two local cores took, and the digests."""
    from survey import spark as door

    with door.session(f"local[{CORES}]") as session:
        java = psutil.Process(session.sparkContext._gateway.proc.pid)

        def busy() -> float:
            """Return the processor time of Java, its Python workers and this process."""
            family = [java, *java.children(recursive=True)]
            return time.process_time() + sum(sum(one.cpu_times()[:2]) for one in family)

        def work() -> door.Sums:
            return door.sums(door.counted_blocks(session, nation.folder / "blocks"))

        first, _ = best(work, runs=1, busy=busy)
        later, found = best(work, runs=8, busy=busy)
    return first, later, {county: digest(totals) for (county, _), (_, totals) in found.items()}


def on_duckdb(nation: Nation) -> tuple[Took, NDArray[np.int64]] | None:
    """Return what DuckDB took on the long form and its counts (county, line, mark); None without it."""
    try:
        import duckdb
    except ImportError:
        say("DuckDB is not installed (pip install qiping[bench]): no comparison")
        return None
    sums = ", ".join(f"count(*) FILTER (mark = {mark})" for mark in scale.RATED)
    query = f"SELECT county, line, {sums} FROM '{nation.folder / 'long.parquet'}' GROUP BY ALL ORDER BY ALL"
    with duckdb.connect() as engine:
        engine.execute(f"SET threads = {CORES}")
        took, rows = best(lambda: engine.execute(query).fetchnumpy())
    columns = list(rows.values())[2:]
    return took, np.array(columns, dtype=np.int64).T.reshape(len(nation.blocks), OFFICIALS, 3)


def kept_and_rolled(nation: Nation) -> None:
    """Print how long the counts table takes: writing it, and adding it up to every level."""
    url = f"sqlite:///{nation.folder / 'desk.db'}"
    migrate(url)
    engine = open_engine(url)
    with unit_of_work(engine) as session, vectors.opened(nation.folder / "store.db") as store:
        started = time.perf_counter()
        service.record(session, service.count_store(store), by=SYSTEM)
        session.commit()
        wrote = time.perf_counter() - started
        started = time.perf_counter()
        for level in Level:
            service.roll_up(session, level, over=Period.QUARTER)
        rolled = time.perf_counter() - started
    say(f"counts table: counted and written in {wrote:.1f} s, all five levels in {rolled:.1f} s")
    engine.dispose()


def show(name: str, size: float, took: Took, ratio: str) -> None:
    """Print one engine: M ratings a second and a CPU second, and its ratio."""
    say(f"{name:32} {size / took.wall:7.0f} {size / took.cpu:10.0f}   {ratio}")


def compare(nation: Nation) -> None:
    """Print every engine beside the kernel in memory; ratios are of processor time."""
    size, counties = nation.ratings, len(nation.blocks)
    say(f"{'':30} {'M/s':>9} {'M/CPU-s':>10}   ratios in processor time")
    memory, totals = best(lambda: [scale.kernel(block) for block in nation.blocks])
    expected = {place(number): digest(found) for number, found in enumerate(totals)}
    show("kernel, blocks in memory", size, memory, "1")
    tenth, whole = embedded(nation, counties // 10), embedded(nation, counties)
    assert whole.digests == expected, "the store is counted otherwise than memory"
    here = whole.took
    peaks = f"peak {tenth.megabytes} MB for a tenth, {whole.megabytes} MB for all (< 64)"
    show(
        "kernel, SQLite blob a ballot", size, here, f"{memory.cpu / here.cpu:.2f} of memory (>= .15); {peaks}"
    )
    first, later, digests = on_spark(nation)
    assert digests == expected, "Spark counts otherwise than memory"
    show("Spark, its first count", size, first, f"{here.cpu / first.cpu:.2f} of embedded, per core")
    show("Spark, later counts", size, later, f"{here.cpu / later.cpu:.2f} of embedded, per core (>= .25)")
    if found := on_duckdb(nation):
        took, counts = found
        assert all(
            np.array_equal(one[:, -OFFICIALS:].T, two) for one, two in zip(totals, counts, strict=True)
        )
        show(
            "DuckDB, long Parquet", size, took, f"embedded is {took.cpu / here.cpu:.1f} times as fast (>= 8)"
        )


def main() -> None:
    """Make the nation, compare, remove it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counties", type=int, default=COUNTIES)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        started = time.perf_counter()
        nation = a_nation(asked.counties, Path(name))
        made = time.perf_counter() - started
        say(f"{nation.ratings:.1f} M ratings made in {made:.0f} s; every engine's counts are equal")
        compare(nation)
        kept_and_rolled(nation)


if __name__ == "__main__":
    main()
