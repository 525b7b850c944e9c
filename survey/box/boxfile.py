"""A box file: one SQLite database per poll whose slots are filled with random bytes before opening.

Ballots overwrite random slots in place with the same size, so neither the order of cells nor freed space
tells when one came (ballot-box.md section 2.1). No index, no time, no counter of ballots.
"""

import fcntl
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from survey.box import tokens
from survey.box.manifest import KINDS, Kind, Manifest
from survey.errors import Busy, Invalid, Missing, Refused

NAME = "box.db"
APPLICATION: Final = 0x51504258  # QPBX
FORMAT: Final = 1
BUSY_SECONDS = 2.0
STILL = 946_684_800  # every file here is dated 2000-01-01, so that no time tells of a ballot
GATE_WIDTH = 6
BESIDE = "+r"
"""Behind the gate `open`: tickets of the remote channel are taken beside the cards."""
SETTINGS = (
    "PRAGMA journal_mode=TRUNCATE",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
)
ALLOWED = frozenset(
    {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_TRANSACTION}
)
SCHEMA = """
CREATE TABLE fact(id INTEGER PRIMARY KEY, name TEXT NOT NULL, value BLOB NOT NULL);
CREATE TABLE ballot(slot INTEGER PRIMARY KEY, content BLOB NOT NULL);
CREATE TABLE text(slot INTEGER PRIMARY KEY, content BLOB NOT NULL);
"""
INSERT: dict[Kind, str] = {
    "ballot": "INSERT INTO ballot(content) VALUES (?)",
    "text": "INSERT INTO text(content) VALUES (?)",
}
SELECT: dict[Kind, str] = {
    "ballot": "SELECT slot, content FROM ballot",
    "text": "SELECT slot, content FROM text",
}
UPDATE: dict[Kind, str] = {
    "ballot": "UPDATE ballot SET content=? WHERE slot=?",
    "text": "UPDATE text SET content=? WHERE slot=?",
}
WAITING = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
PASSING = {*WAITING, sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}


@dataclass(frozen=True)
class Facts:
    """What a box knows of its poll: the manifest and the two frozen lists of card keys."""

    manifest: Manifest
    keys: dict[Kind, tuple[str, ...]]

    @cached_property
    def cards(self) -> dict[Kind, frozenset[str]]:
        """Return the lists as sets."""
        return {kind: frozenset(self.keys[kind]) for kind in KINDS}


def primary(fault: sqlite3.Error) -> int:
    """Return SQLite's primary result code of a fault."""
    return getattr(fault, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF


def told(fault: sqlite3.Error) -> Refused:
    """Return the refusal that tells a person what an SQLite fault means."""
    code = primary(fault)
    if code in DAMAGED:
        return Invalid("box.damaged", "票箱文件已损坏，请停止操作，保护现场并联系技术人员从封存介质恢复。")
    if code in WAITING:
        return Busy("box.busy", "票箱正忙，您的选票尚未存入，请稍候再试。")
    if code in PASSING:
        return Busy("box.disk", "票箱暂时不能写入（磁盘已满或只读），已存入的选票都在，请处理后再试。")
    return Busy("box.disk_fault", "票箱磁盘出错，已停止收票，已确认的选票都在，请检查磁盘后重新启动。")


@contextmanager
def speaking() -> Iterator[None]:
    """Turn SQLite's faults into refusals."""
    try:
        yield
    except sqlite3.Error as fault:
        raise told(fault) from fault


def authorize(action: int, *_details: str | None) -> int:
    """Let a connection read and update slots in place, nothing else."""
    return sqlite3.SQLITE_OK if action in ALLOWED else sqlite3.SQLITE_DENY


def connect(folder: Path) -> sqlite3.Connection:
    """Open the box in `folder` for reading and updating slots in place, nothing else."""
    path = folder / NAME
    if not path.is_file():
        raise _missing(folder)
    with speaking():
        return _prepared(path)


def _missing(folder: Path) -> Missing:
    return Missing("box.missing", f"没有找到测评「{folder.name}」的票箱，请先冻结名单并制作票箱。")


def _prepared(path: Path) -> sqlite3.Connection:
    address = f"{path.resolve().as_uri()}?mode=rw"
    connection = sqlite3.connect(
        address, uri=True, isolation_level=None, timeout=BUSY_SECONDS, check_same_thread=False
    )
    try:
        for setting in SETTINGS:
            connection.execute(setting)
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if (application, version) != (APPLICATION, FORMAT):
            raise Invalid("box.other_format", f"「{path.name}」不是本版本的票箱文件，请核对软件版本。")
    except BaseException:
        connection.close()
        raise
    connection.set_authorizer(authorize)
    return connection


@contextmanager
def opened(folder: Path) -> Iterator[sqlite3.Connection]:
    """Lend a connection for one short piece of work."""
    connection = connect(folder)
    try:
        with speaking():
            yield connection
    finally:
        connection.close()
        still(folder)


def build(path: Path, facts: Facts) -> None:
    """Write a new box file with all its slots filled with random bytes and its gate not yet open."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        for setting in SETTINGS:
            connection.execute(setting)
        connection.executescript(SCHEMA)
        connection.execute("BEGIN IMMEDIATE")
        values = {"gate": b"ready ", "manifest": facts.manifest.raw}
        values |= {f"{kind}_keys": bytes.fromhex("".join(facts.keys[kind])) for kind in KINDS}
        connection.executemany("INSERT INTO fact(name, value) VALUES (?, ?)", values.items())
        for kind in KINDS:
            size = tokens.KEY_BYTES + facts.manifest.request_size(kind) + facts.manifest.ticket_size
            noise = ((secrets.token_bytes(size),) for _ in range(2 * facts.manifest.capacity))
            connection.executemany(INSERT[kind], noise)
        connection.execute("COMMIT")
        connection.execute(f"PRAGMA application_id={APPLICATION}")
        connection.execute(f"PRAGMA user_version={FORMAT}")
    finally:
        connection.close()
    Path(f"{path}-journal").unlink(missing_ok=True)


def read_fact(connection: sqlite3.Connection, name: str) -> bytes:
    """Return one fact's bytes."""
    row = connection.execute("SELECT value FROM fact WHERE name=?", (name,)).fetchone()
    if row is None:
        raise Invalid("box.damaged", "票箱文件缺少必要内容，请停止操作并联系技术人员。")
    return bytes(row[0])


def read_gate(connection: sqlite3.Connection) -> str:
    """Return `ready`, `remote`, `open` or `closed`; inside a transaction the answer holds until it ends."""
    return read_gates(connection).removesuffix(BESIDE)


def read_gates(connection: sqlite3.Connection) -> str:
    """Return the gate as it is written, which tells whether the remote channel was opened as well."""
    return read_fact(connection, "gate").decode().strip()


def takes_tickets(gates: str) -> bool:
    """Tell whether a gate as written lets tickets in."""
    return gates == "remote" or gates.endswith(BESIDE)


def write_gate(connection: sqlite3.Connection, state: str) -> None:
    """Set the gate inside the caller's transaction."""
    connection.execute("UPDATE fact SET value=? WHERE name='gate'", (state.ljust(GATE_WIDTH).encode(),))


def read_facts(connection: sqlite3.Connection) -> Facts:
    """Return the manifest and the card lists; refuse lists that are not those of the manifest."""
    manifest = Manifest.from_bytes(read_fact(connection, "manifest"))
    keys: dict[Kind, tuple[str, ...]] = {kind: _listed(connection, kind) for kind in KINDS}
    for kind in KINDS:
        if tokens.root(keys[kind]) != manifest.content["cards"][f"{kind}_root"]:
            raise Invalid("box.other_cards", "票箱中的票卡清单与冻结的清单不一致，请停止操作并查明原因。")
    return Facts(manifest, keys)


def _listed(connection: sqlite3.Connection, kind: Kind) -> tuple[str, ...]:
    raw = read_fact(connection, f"{kind}_keys").hex()
    width = 2 * tokens.KEY_BYTES
    return tuple(raw[start : start + width] for start in range(0, len(raw), width))


def refresh(connection: sqlite3.Connection, capacity: int) -> None:
    """Write every slot anew in one transaction.

    After a crash or a failed sync the system may show bytes that never reached the disk; a repeated
    ballot must not be acknowledged from them (scale.md section 5).
    """
    connection.execute("BEGIN IMMEDIATE")
    for kind in KINDS:
        for slot in range(1, 2 * capacity + 1):
            content = connection.execute(f"{SELECT[kind]} WHERE slot=?", (slot,)).fetchone()[1]
            connection.execute(UPDATE[kind], (secrets.token_bytes(len(content)), slot))
            connection.execute(UPDATE[kind], (content, slot))
    gates = read_gates(connection)
    write_gate(connection, "")
    write_gate(connection, gates)
    connection.execute("COMMIT")


def still(folder: Path) -> None:
    """Give the box's files and their folder the one fixed date; a moved mtime tells when somebody voted."""
    date(folder / NAME, folder / f"{NAME}-journal", folder)


def date(*paths: Path) -> None:
    """Date files 2000-01-01."""
    for path in paths:
        with suppress(OSError):
            os.utime(path, (STILL, STILL))


def sync_folder(folder: Path) -> None:
    """Put the folder's entries on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Hold the box for one writing process; a second one is refused."""
    if not folder.is_dir():
        raise _missing(folder)
    handle = os.open(folder, os.O_RDONLY)
    try:
        _lock(handle)
        yield
    finally:
        os.close(handle)


def _lock(handle: int) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as fault:
        raise Busy("box.second_writer", "这个票箱正由另一个程序写入，请先停止它再启动。") from fault


def identity(folder: Path) -> tuple[int, int]:
    """Return what tells a box file from another one put in its place."""
    try:
        status = (folder / NAME).stat()
    except OSError as fault:
        raise Busy("box.gone", "票箱文件不见了，已停止收票，请立即报告监督人并联系技术人员。") from fault
    return status.st_dev, status.st_ino
