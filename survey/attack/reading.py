"""Reading an installation as its thief: every file byte by byte, every table row by row, every file time."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from survey.attack.targets import Order

Found = Iterator[tuple[str, Order]]
Needles = Sequence[bytes]
PAGE = 4096
SQLITE = b"SQLite format 3\x00"
FEWEST = 2
TIMES: dict[str, Callable[[Path], int]] = {
    "mtime": lambda path: path.stat().st_mtime_ns,
    "ctime": lambda path: path.stat().st_ctime_ns,
    "inode": lambda path: path.stat().st_ino,
}
SORTS: dict[str, Callable[[int], tuple[int, int]]] = {
    "位置": lambda place: (place, 0),
    "逆序": lambda place: (-place, 0),
    "页内逆序": lambda place: (place // PAGE, -(place % PAGE)),
}


def files(root: Path) -> list[Path]:
    """Return every file below `root`, links left out."""
    return sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())


def orders(root: Path, forms: Mapping[str, Needles]) -> Found:
    """Yield (where, order) for every place below `root` that tells an order of what `forms` names."""
    for path in files(root):
        raw, name = path.read_bytes(), str(path.relative_to(root))
        for kind, needles in forms.items():
            yield from _in_bytes(f"{name} {kind}", raw, needles)
        if raw.startswith(SQLITE):
            yield from _in_tables(name, path, forms)
    for kind, needles in forms.items():
        yield from _by_file_times(kind, root, needles)


def _in_bytes(name: str, raw: bytes, needles: Needles) -> Found:
    first = {number: place for number, each in enumerate(needles) if (place := raw.find(each)) >= 0}
    if len(first) < FEWEST:
        return
    for sort, key in SORTS.items():
        yield f"{name} {sort}", sorted(first, key=lambda number, key=key: key(first[number]))  # type: ignore[misc]  # a bound default
    last = {number: raw.rfind(needles[number]) for number in first}
    if last != first:
        yield f"{name} 末次", sorted(last, key=last.__getitem__)


def _in_tables(name: str, path: Path, forms: Mapping[str, Needles]) -> Found:
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_schema WHERE type='table'").fetchall()
        for (table,) in tables:
            columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
            for column in columns:
                query = f'SELECT * FROM "{table}" ORDER BY "{column}"'  # noqa: S608  # names from the schema
                rows = [_flat(row) for row in connection.execute(query)]
                for kind, needles in forms.items():
                    order = _in_rows(rows, needles)
                    if len(order) >= FEWEST:
                        yield f"{name} {table}.{column} {kind}", order


def _flat(row: Sequence[object]) -> bytes:
    return b"|".join(cell if isinstance(cell, bytes) else str(cell).encode() for cell in row)


def _in_rows(rows: Sequence[bytes], needles: Needles) -> list[int]:
    """Return whose row comes when; a row that holds many is a list, which the bytes have told already."""
    if sum(each in b"".join(rows) for each in needles[:FEWEST]) == 0 and len(needles) > FEWEST:
        return []
    order = []
    for row in rows:
        inside = [number for number, each in enumerate(needles) if each in row]
        order += inside if len(inside) == 1 else []
    return list(dict.fromkeys(order))


def _by_file_times(kind: str, root: Path, needles: Needles) -> Found:
    """Yield orders by the times of files that hold one voter's ballot each."""
    own: dict[int, Path] = {}
    for path in files(root):
        if path.stat().st_size > PAGE * 4:
            continue
        raw = path.read_bytes()
        inside = [number for number, each in enumerate(needles) if each in raw]
        if len(inside) == 1:
            own[inside[0]] = path
    if len(own) >= FEWEST:
        for name, time in TIMES.items():
            yield f"文件 {kind} {name}", sorted(own, key=lambda number, time=time: time(own[number]))  # type: ignore[misc]  # a bound default
