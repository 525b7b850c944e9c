"""Kills, full disks, locks and failing disks: what was acknowledged is there, once, and work resumes."""

import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from survey.box import boxfile, seal, store
from survey.errors import Busy, Refused
from tests.box.polls import Poll, a_poll

ROOT = Path(__file__).parent.parent.parent


def run_until_killed(folder: Path, requests: Path, seconds: float) -> list[str]:
    """Cast from a process of its own, kill it with -9 and return the receipts that it had acknowledged."""
    command = [sys.executable, "-m", "tests.box.caster", str(folder), str(requests)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        killer = threading.Timer(seconds, process.send_signal, [signal.SIGKILL])
        killer.start()
        lines = process.stdout.read().splitlines()
        killer.cancel()
    return [line for line in lines if len(line) == 64]


def test_killed_again_and_again_a_box_holds_what_it_acknowledged_and_nothing_twice(tmp_path):
    poll = a_poll(tmp_path, cards=120)
    sealed = [
        (kind, one.key, one.body.hex(), one.receipt)
        for code in poll.codes
        for kind, one in (
            ("ballot", seal.seal_ballot(poll.manifest, code, {})),
            ("text", seal.seal_text(poll.manifest, code, [])),
        )
    ]
    requests = tmp_path / "requests.json"
    requests.write_text(json.dumps(sealed))
    acknowledged: set[str] = set()
    chance = Random(7)
    for _ in range(5):
        acknowledged |= set(run_until_killed(poll.folder, requests, chance.uniform(0.005, 0.08)))
        check_integrity(poll.folder)
    acknowledged |= set(run_until_killed(poll.folder, requests, 60))
    store.close_gate(poll.folder)
    drawn = store.draw_all(poll.folder)
    stored = [seal.receipt(envelope) for _, envelope in (*drawn.ballots, *drawn.texts)]
    assert len(stored) == len(set(stored)) == 240
    assert acknowledged == set(stored) == {receipt for *_, receipt in sealed}


def check_integrity(folder: Path) -> None:
    connection = sqlite3.connect(folder / "box.db")
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


def test_a_locked_box_answers_in_time_and_resumes(tmp_path):
    poll = a_poll(tmp_path)
    sealed = [seal.seal_ballot(poll.manifest, code, {}) for code in poll.codes]
    with poll.writer() as writer:
        lock = sqlite3.connect(poll.folder / "box.db", isolation_level=None)
        lock.execute("BEGIN EXCLUSIVE")
        begun = time.monotonic()
        with pytest.raises(Busy) as refusal:
            writer.put("ballot", sealed[0].key, sealed[0].body)
        assert refusal.value.code == "box.busy"
        assert time.monotonic() - begun < 2 * boxfile.BUSY_SECONDS
        lock.execute("ROLLBACK")
        lock.close()
        for one in sealed:
            assert writer.put("ballot", one.key, one.body).fresh
    assert store.count(poll.folder) == len(sealed)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 512 kB, for which the system must let us mount."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(place)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small file system needs root")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_on_a_full_disk_nothing_is_lost_and_casting_resumes_by_itself(small_disk):
    poll = a_poll(small_disk)
    sealed = [seal.seal_ballot(poll.manifest, code, {}) for code in poll.codes]
    with poll.writer() as writer:
        writer.put("ballot", sealed[0].key, sealed[0].body)
        filler = small_disk / "filler"
        with pytest.raises(OSError, match="No space"):
            filler.write_bytes(bytes(1 << 20))
        with pytest.raises(Busy) as refusal:
            writer.put("ballot", sealed[1].key, sealed[1].body)
        assert refusal.value.code == "box.disk"
        assert not writer.put("ballot", sealed[0].key, sealed[0].body).fresh
        filler.unlink()
        assert writer.put("ballot", sealed[1].key, sealed[1].body).fresh
    assert store.count(poll.folder) == 2


def test_after_a_disk_fault_nothing_is_acknowledged_until_a_new_start(tmp_path):
    poll = a_poll(tmp_path)
    sealed = [seal.seal_ballot(poll.manifest, code, {}) for code in poll.codes]
    with poll.writer() as writer:
        writer.put("ballot", sealed[0].key, sealed[0].body)
        assert cast_on_a_failing_disk(writer, sealed[1]) == "box.disk_fault"
        for again in sealed[:2]:
            with pytest.raises(Busy) as refusal:
                writer.put("ballot", again.key, again.body)
            assert refusal.value.code == "box.disk_fault"
    with poll.writer() as writer:
        assert [writer.put("ballot", one.key, one.body).fresh for one in sealed[:2]] == [False, True]


def cast_on_a_failing_disk(writer, sealed: seal.Sealed) -> str:
    """Cast while no file may grow: SQLite's writes fail with an error other than a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16, hard))
    try:
        writer.put("ballot", sealed.key, sealed.body)
    except Refused as refusal:
        return refusal.code
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    return "stored"


@pytest.fixture(scope="module")
def failing_sync(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that makes syncs fail, for which the machine must have a C compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not compiler:
        pytest.skip("making syncs fail needs a C compiler")
    library = tmp_path_factory.mktemp("shim") / "failing_sync.so"
    source = Path(__file__).with_name("failing_sync.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", str(library), str(source)], check=True)
    return library


def test_a_ballot_whose_sync_failed_is_not_acknowledged_even_when_repeated(tmp_path, failing_sync):
    poll = a_poll(tmp_path)
    sealed = [seal.seal_ballot(poll.manifest, code, {}) for code in poll.codes[:3]]
    requests = tmp_path / "requests.json"
    requests.write_text(json.dumps([("ballot", one.key, one.body.hex(), one.receipt) for one in sealed]))
    done = subprocess.run(
        [sys.executable, "-m", "tests.box.unsynced", str(poll.folder), str(requests)],
        env={**os.environ, "LD_PRELOAD": str(failing_sync), "FAIL_SYNC": str(tmp_path / "flag")},
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout) == [sealed[0].receipt, sealed[1].receipt] + ["box.disk_fault"] * 4
    with poll.writer() as writer:
        assert [writer.put("ballot", one.key, one.body).receipt for one in sealed] == [
            one.receipt for one in sealed
        ]
        assert writer.count() == 3


def test_what_a_failed_sync_left_in_the_cache_is_written_again_at_the_next_start(tmp_path):
    poll = a_poll(tmp_path)
    connection = boxfile.connect(poll.folder)
    before = dump(connection)
    written = bytes_written(connection, poll)
    assert dump(connection) == before
    connection.close()
    sizes = [33 + poll.manifest.request_size(kind) for kind in ("ballot", "text")]
    assert written > 2 * len(poll.codes) * sum(sizes)


def dump(connection: sqlite3.Connection) -> list[object]:
    rows = [connection.execute(query).fetchall() for query in boxfile.SELECT.values()]
    return [*rows, connection.execute("SELECT name, value FROM fact").fetchall()]


def bytes_written(connection: sqlite3.Connection, poll: Poll) -> int:
    """Return how much the refresh puts on the disk, read from the journal that it fills."""
    journal = Path(f"{poll.folder / boxfile.NAME}-journal")
    sizes: list[int] = []
    connection.set_progress_handler(lambda: sizes.append(journal.stat().st_size), 20)
    boxfile.refresh(connection, poll.manifest.capacity)
    connection.set_progress_handler(None, 0)
    return max(sizes)
