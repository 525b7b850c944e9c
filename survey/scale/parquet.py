"""Ballots for Spark: Parquet files by quarter and province, a row for each block of one county's ballots.

One file a county would cost Spark more to find and open than to count; blocks spare it a row a ballot.
Like the store they come from, these files hold whole ballots.
"""

import os
import sqlite3
from collections.abc import Iterator
from itertools import chain, groupby, islice
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from scoring import scale
from scoring.ballot import Slate
from survey.errors import Invalid
from survey.scale import vectors
from survey.scale.vectors import Held

SLATES = "_slates"
SCHEMA = pa.schema(
    [("county", pa.string()), ("quarter", pa.string()), ("width", pa.int32()), ("ballots", pa.binary())]
)
# Blocks neither repeat nor have an order: a dictionary and statistics of them would only cost time.
PLAIN: dict[str, Any] = {"compression": "none", "use_dictionary": False, "write_statistics": False}
PROVINCE = 2
ROWS_AT_ONCE = 64


def export(store: sqlite3.Connection, folder: Path) -> int:
    """Write a whole store to a new folder; return the number of files."""
    if folder.exists():
        raise Invalid("scale.folder_exists", f"{folder.name} 已存在，请给出一个新文件夹名。")
    (folder / SLATES).mkdir(parents=True, mode=0o700)
    files = 0
    for (quarter, province), held in groupby(vectors.polls(store), _province):
        part = folder / f"quarter={quarter}" / f"province={province}"
        part.mkdir(parents=True)
        with parquet.ParquetWriter(part / "ballots.parquet", SCHEMA, **PLAIN) as writer:
            rows = chain.from_iterable(_rows(store, folder / SLATES, poll) for poll in held)
            while group := list(islice(rows, ROWS_AT_ONCE)):
                # Every batch becomes a row group: one for each row would cost Spark most of its time.
                writer.write_batch(pa.RecordBatch.from_pylist(group, schema=SCHEMA))
        files += 1
    os.chmod(folder, 0o700)  # noqa: PTH101
    return files


def _province(held: Held) -> tuple[str, str]:
    return held.quarter, held.county[:PROVINCE]


def _rows(store: sqlite3.Connection, slates: Path, poll: Held) -> Iterator[dict[str, Any]]:
    """Write the slate of one poll and yield its ballots as blocks."""
    text = vectors.slate_text_of(store, poll)
    (slates / f"{poll.county}-{poll.quarter}.json").write_text(text, encoding="utf-8")
    told = {"county": poll.county, "quarter": poll.quarter, "width": poll.width}
    for block in scale.blocks(vectors.ballots_of(store, poll), poll.width):
        yield told | {"ballots": block.tobytes()}


def slates(folder: Path) -> dict[tuple[str, str], Slate]:
    """Return the slates of an exported folder by county and quarter."""
    found = {}
    for path in sorted((folder / SLATES).glob("*.json")):
        county, quarter = path.stem.split("-", 1)
        found[county, quarter] = vectors.slate_of(path.read_text(encoding="utf-8"))
    if not found:
        raise Invalid("scale.no_slates", f"{folder.name} 不是 survey scale export 导出的文件夹。")
    return found
