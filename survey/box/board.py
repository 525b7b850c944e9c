"""Public notices in a file of their own: manifests, sealed lists, results, replies. It outlives the boxes.

A notice replaces its forerunner; no time is kept.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from survey.box import boxfile

SCHEMA = """CREATE TABLE IF NOT EXISTS notice(
    kind TEXT NOT NULL, poll TEXT NOT NULL, content_type TEXT NOT NULL, content BLOB NOT NULL,
    PRIMARY KEY(kind, poll)) WITHOUT ROWID"""
POST = """INSERT INTO notice(kind, poll, content_type, content) VALUES (?, ?, ?, ?)
    ON CONFLICT(kind, poll) DO UPDATE SET content_type=excluded.content_type, content=excluded.content"""


@dataclass(frozen=True)
class Notice:
    """One public notice: its bytes and what kind of document they are."""

    content: bytes
    content_type: str


class Board:
    """The notices in the file at `path`, which the desk writes and the hall reads."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def post(self, kind: str, poll: str, content: bytes, content_type: str) -> None:
        """Put up a notice in place of an earlier one of the same kind and poll."""
        with self._open() as connection:
            connection.execute(POST, (kind, poll, content_type, content))

    def withdraw(self, kind: str, poll: str) -> None:
        """Take a notice down; its bytes are overwritten."""
        with self._open() as connection:
            connection.execute("DELETE FROM notice WHERE kind=? AND poll=?", (kind, poll))

    def fetch(self, kind: str, poll: str) -> Notice | None:
        """Return a notice, or None if there is none."""
        if not self.path.exists():
            return None
        with self._open() as connection:
            row = connection.execute(
                "SELECT content, content_type FROM notice WHERE kind=? AND poll=?", (kind, poll)
            ).fetchone()
        return Notice(bytes(row[0]), row[1]) if row else None

    def kinds(self, poll: str) -> list[str]:
        """Return the kinds of notices that stand for `poll`, in sorted order."""
        with self._open() as connection:
            rows = connection.execute(
                "SELECT kind FROM notice WHERE poll=? ORDER BY kind", (poll,)
            ).fetchall()
        return [row[0] for row in rows]

    def polls(self) -> list[str]:
        """Return the keys of all polls with notices, in sorted order."""
        if not self.path.exists():
            return []
        with self._open() as connection:
            rows = connection.execute("SELECT DISTINCT poll FROM notice ORDER BY poll").fetchall()
        return [row[0] for row in rows]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with boxfile.speaking():
            connection = sqlite3.connect(self.path, isolation_level=None, timeout=boxfile.BUSY_SECONDS)
            try:
                for setting in boxfile.SETTINGS:
                    connection.execute(setting)
                connection.execute(SCHEMA)
                yield connection
            finally:
                connection.close()
                boxfile.date(self.path, Path(f"{self.path}-journal"))
