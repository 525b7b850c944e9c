"""Three bad ballot boxes, as they are found in use; the intruder must link all their voters.

An attack that finds nothing anywhere proves nothing: these show that it has teeth.
"""

import secrets
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from survey.attack.targets import Order, Scene, Target

Bad = Callable[[Path, int], Scene]


def _voters(count: int) -> tuple[list[Target], Order]:
    targets = [
        Target({"选票": secrets.token_bytes(48)}, {"地址": f"10.{n // 200}.{n % 200}.77 -".encode()})
        for n in range(count)
    ]
    came = list(range(count))
    secrets.SystemRandom().shuffle(came)
    return targets, came


def autoincrement(folder: Path, count: int) -> Scene:
    """Number the ballots as they come."""
    targets, came = _voters(count)
    with closing(sqlite3.connect(folder / "votes.db", isolation_level=None)) as box:
        box.execute("PRAGMA synchronous=OFF")
        box.execute("CREATE TABLE vote(id INTEGER PRIMARY KEY AUTOINCREMENT, content BLOB)")
        for number in came:
            box.execute("INSERT INTO vote(content) VALUES (?)", (targets[number].marks["选票"],))
    return Scene(targets, came)


def random_key(folder: Path, count: int) -> Scene:
    """Give each ballot a random key, without a row number and without slots written beforehand."""
    targets, came = _voters(count)
    running = folder / "running.db"
    with closing(sqlite3.connect(running, isolation_level=None)) as box:
        box.execute("PRAGMA journal_mode=WAL")
        box.execute("PRAGMA wal_autocheckpoint=0")
        box.execute("CREATE TABLE vote(id BLOB PRIMARY KEY, content BLOB) WITHOUT ROWID")
        for number in came:
            row = (secrets.token_bytes(16), targets[number].marks["选票"])
            box.execute("INSERT INTO vote VALUES (?, ?)", row)
        # The disk is taken while the server runs, as a power cut or a seizure finds it.
        for part in ("", "-wal"):
            shutil.copy(f"{running}{part}", folder / f"votes.db{part}")
    return Scene(targets, came)


def access_log(folder: Path, count: int) -> Scene:
    """Keep no person in the table and leave the web server's log as it was installed."""
    targets, came = _voters(count)
    lines = []
    with closing(sqlite3.connect(folder / "votes.db", isolation_level=None)) as box:
        box.execute("PRAGMA synchronous=OFF")
        box.execute("CREATE TABLE vote(content BLOB)")
        for number in came:
            box.execute("INSERT INTO vote VALUES (?)", (targets[number].marks["选票"],))
            lines.append(targets[number].traces["地址"] + b' - "POST /vote HTTP/1.1" 200 12\n')
    (folder / "access.log").write_bytes(b"".join(lines))
    return Scene(targets, came, watched=False)


SCHEMAS: dict[str, Bad] = {
    "自增编号 AUTOINCREMENT": autoincrement,
    "随机主键，无预写槽位 WITHOUT ROWID": random_key,
    "访问日志按行序对接": access_log,
}
