"""向量库: opened ballots of many polls in one SQLite file, each a byte vector.

It holds whole ballots: it stays where opened boxes stay and is destroyed when they are. Ballots are kept in
the order of their bytes, so the file tells nothing of who came first.
"""

import json
import os
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from scoring.ballot import BallotFault, Slate, parse_slate, read_rows, read_slate
from survey.clock import Quarter
from survey.errors import Invalid

TABLES = """
CREATE TABLE IF NOT EXISTS poll (
  id INTEGER PRIMARY KEY, county TEXT NOT NULL, quarter TEXT NOT NULL, width INTEGER NOT NULL,
  slate TEXT NOT NULL, UNIQUE (county, quarter));
CREATE TABLE IF NOT EXISTS ballot (
  poll INTEGER NOT NULL REFERENCES poll, number INTEGER NOT NULL, vector BLOB NOT NULL,
  PRIMARY KEY (poll, number)) WITHOUT ROWID;
"""


class Held(NamedTuple):
    """One county's poll of one quarter in a store; `width` is the number of lines of its sheet."""

    id: int
    county: str
    quarter: str
    width: int


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Yield a store, made on first use, its owner's alone; all of a block's work is kept or none."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    with closing(sqlite3.connect(path)) as store:
        try:
            store.execute("PRAGMA secure_delete=ON")
            store.executescript(TABLES)
            with store:
                yield store
        except sqlite3.DatabaseError as error:
            raise Invalid("scale.store", f"{path.name} 不是可用的向量库（{error}），请另选文件。") from error


def place(county: str, quarter: str) -> None:
    """Refuse what is not a county's code and a quarter."""
    if not re.fullmatch(r"[1-8]\d{5}", county, re.ASCII):
        raise Invalid("scale.county", f"县代码“{county}”应为六位行政区划代码（GB/T 2260），如 130324。")
    try:
        Quarter.parse(quarter)
    except ValueError:
        raise Invalid("scale.quarter", f"季度“{quarter}”应写作年份加季度，如 2023Q1。") from None


def add_folder(store: sqlite3.Connection, folder: Path, *, county: str, quarter: str) -> int:
    """Take in slate.json and ballots.jsonl of an opened box; return the number of ballots."""
    try:
        slate = read_slate((folder / "slate.json").read_text(encoding="utf-8"), "slate.json")
        with (folder / "ballots.jsonl").open(encoding="utf-8") as lines:
            ballots = list(read_rows(lines, slate, "ballots.jsonl"))
    except BallotFault as fault:
        raise Invalid("scale.ballots", f"{fault.sentence}。") from fault
    except UnicodeDecodeError:
        raise Invalid("scale.ballots", f"{folder.name} 中的文件不是 UTF-8 文本。") from None
    except OSError as error:
        raise Invalid(
            "scale.folder", f"{folder.name} 中读不到 slate.json 和 ballots.jsonl（{error.strerror}）。"
        ) from None
    add(store, ballots, slate, county=county, quarter=quarter)
    return len(ballots)


def add(
    store: sqlite3.Connection, ballots: Iterable[bytes], slate: Slate, *, county: str, quarter: str
) -> None:
    """Keep the ballots of one poll; a poll that is there already is replaced."""
    place(county, quarter)
    told = (county, quarter)
    store.execute(
        "DELETE FROM ballot WHERE poll IN (SELECT id FROM poll WHERE county = ? AND quarter = ?)", told
    )
    store.execute("DELETE FROM poll WHERE county = ? AND quarter = ?", told)
    key = store.execute(
        "INSERT INTO poll (county, quarter, width, slate) VALUES (?, ?, ?, ?)",
        (*told, len(slate.lines), slate_text(slate)),
    ).lastrowid
    numbered = ((key, number, vector) for number, vector in enumerate(sorted(ballots)))
    store.executemany("INSERT INTO ballot VALUES (?, ?, ?)", numbered)


def polls(store: sqlite3.Connection) -> list[Held]:
    """Return the polls of a store, the oldest quarter first."""
    found = store.execute("SELECT id, county, quarter, width FROM poll ORDER BY quarter, county")
    return [Held(*row) for row in found]


def slate_text_of(store: sqlite3.Connection, held: Held) -> str:
    """Return the slate of one poll as the text of SLATE.json."""
    return str(store.execute("SELECT slate FROM poll WHERE id = ?", (held.id,)).fetchone()[0])


def ballots_of(store: sqlite3.Connection, held: Held) -> Iterator[bytes]:
    """Yield the byte vectors of one poll without holding them."""
    return chain.from_iterable(store.execute("SELECT vector FROM ballot WHERE poll = ?", (held.id,)))


def slate_text(slate: Slate) -> str:
    """Return a slate as the text of SLATE.json."""
    persons, units = ([entry._asdict() for entry in part] for part in (slate.persons, slate.units))
    return json.dumps({"poll": slate.poll, "units": units, "persons": persons}, ensure_ascii=False)


def slate_of(text: str) -> Slate:
    """Read a slate that was kept."""
    return parse_slate(json.loads(text))
