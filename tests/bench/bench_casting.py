"""Durable casts a second against a bare Flask application that stores nothing, in the same run.

Goals (ratios, two cores): through Flask at least 0.6 at 32 clients with p99 at most 25 ms; by the route in
front of Flask at least 0.9; at least 10 times one commit a ballot when every sync costs 10 ms more.
"""

import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import HTTPError
from urllib.request import urlopen

from survey.box import seal, store, tokens
from survey.box.board import Board
from survey.box.manifest import PREFIX, SUITE
from tests.box.polls import Poll, a_poll

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
CARDS = int(os.environ.get("BENCH_CARDS", "6000"))
SECONDS = int(os.environ.get("BENCH_SECONDS", "2"))
CLIENTS = (32, 256, 1000)
WRK_THREADS = 1


@dataclass(frozen=True)
class Rate:
    """What one run took: casts a second, the 99th percentile in ms, answers that were no success."""

    second: float
    p99: float
    faults: int
    cpu: float = 0.0
    """Microseconds of the server's processor time for an answer; a busy machine moves it less."""


def records(poll: Poll, place: Path) -> int:
    """Write a signed request for every card; the box never opens envelopes, so random ones serve."""
    size = poll.manifest.envelope_size("ballot")
    head = bytes([SUITE]) + bytes.fromhex(poll.manifest.sha256)
    with place.open("wb") as file:
        for code in poll.codes:
            key = tokens.ballot_key(poll.manifest.poll, code)
            envelope = head + secrets.token_bytes(size - len(head))
            message = seal.signed_message("ballot", poll.manifest.poll, seal.VERSION, envelope)
            file.write(tokens.public_hex(key).encode())
            file.write(seal.VERSION.to_bytes(4) + seal.sign(key, message) + envelope)
    return 66 + PREFIX + size


@contextmanager
def served(kind: str, instance: Path, poll: str, extra: dict[str, str]):
    """Serve one way of taking ballots on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "tests.bench.casting_server", kind, str(instance), poll, str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **extra})
    try:
        _wait(port, poll)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)


def _wait(port: int, poll: str) -> None:
    """Wait for an answer; asking for the turnout makes the hall open the box before the clock runs."""
    for _ in range(600):
        try:
            urlopen(f"http://127.0.0.1:{port}/p/{poll}/turnout.json", timeout=60).close()
            return
        except HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server does not answer")


def spent(pid: int) -> float:
    """Return the microseconds of processor time that a process and its children have used."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    ticks = int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK") * 1e6 + sum(spent(int(child)) for child in children)


def load(port: int, clients: int, place: Path, size: int, poll: str) -> Rate:
    """Send the file's ballots from `clients` connections for some seconds."""
    command = [
        "wrk", "-t", str(WRK_THREADS), "-c", str(clients), "-d", f"{SECONDS}s", "--latency",
        "--timeout", "20s",
        "-s", str(HERE / "cast.lua"), f"http://127.0.0.1:{port}", "--",
        str(place), str(size), f"/p/{poll}/ballot/", str(WRK_THREADS),
    ]  # fmt: skip
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    second = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", said).groups()
    faults = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    return Rate(
        second, float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit], int(faults[1]) if faults else 0
    )


def measure(kind: str, clients: int, extra: dict[str, str] | None = None, cards: int = CARDS) -> Rate:
    """Make a fresh box, serve it, load it; a rate counts ballots on disk, not answers."""
    with TemporaryDirectory(dir=ROOT / "instance") as name:
        instance = Path(name)
        poll = a_poll(instance / "boxes", cards=cards)
        Board(instance / "board.db").post(
            "manifest", poll.manifest.poll, poll.manifest.raw, "application/json"
        )
        Board(instance / "board.db").post("state", poll.manifest.poll, b"open", "text/plain")
        place = instance / "requests"
        size = records(poll, place)
        with served(kind, instance, poll.manifest.poll, extra or {}) as (port, pid):
            before = spent(pid)
            rate = load(port, clients, place, size, poll.manifest.poll)
            rate = replace(rate, cpu=(spent(pid) - before) / max(1.0, rate.second * SECONDS))
        if kind in ("bare", "checked"):
            return rate
        stored = store.count(poll.folder)
        if stored >= cards:
            sys.stdout.write(f"    ({kind}: all {cards} cards were used; the rate is a lower bound)\n")
        return replace(rate, second=min(rate.second, stored / SECONDS))


def slow_sync() -> dict[str, str] | None:
    """Compile the library that makes every sync 10 ms slower; None without a compiler."""
    if not (compiler := shutil.which("cc")):
        return None
    library = HERE.parent / "artefacts" / "slow_sync.so"
    library.parent.mkdir(exist_ok=True)
    subprocess.run([compiler, "-shared", "-fPIC", "-o", str(library), str(HERE / "slow_sync.c")], check=True)
    return {"LD_PRELOAD": str(library), "SLOW_SYNC_US": "10000"}


def check_cost() -> float:
    """Return the microseconds of processor time that one signature check takes."""
    with TemporaryDirectory() as name:
        poll = a_poll(Path(name), cards=200)
        size = records(poll, Path(name) / "requests")
        raw = (Path(name) / "requests").read_bytes()
    asked = [(raw[n : n + 66].decode(), raw[n + 66 : n + size]) for n in range(0, len(raw), size)]
    begun = time.process_time()
    assert all(seal.signature_fits("ballot", poll.manifest.poll, key, body) for key, body in asked)
    return (time.process_time() - begun) / len(asked) * 1e6


def main() -> None:
    """Print ratios and whether each goal is met."""
    if not shutil.which("wrk"):
        sys.stdout.write("casting: skipped, wrk is not installed (apt-get install wrk)\n")
        return
    sys.stdout.write(f"casting: of each cast, {check_cost():.0f} µs is the check of the card's signature\n")
    goals = []
    for clients in CLIENTS:
        bare, checked = (measure(kind, clients, cards=2000) for kind in ("bare", "checked"))
        for kind in ("flask", "door"):
            rate = measure(kind, clients)
            ratio = rate.second / bare.second
            sys.stdout.write(
                f"casting {kind:5} {clients:4} clients: {rate.second:7.0f}/s, p99 {rate.p99:5.0f} ms, "
                f"{rate.faults} refused; bare Flask {bare.second:7.0f}/s, ratio {ratio:.2f} "
                f"(checking signatures {checked.second:.0f}/s, ratio {rate.second / checked.second:.2f}); "
                f"processor {rate.cpu:.0f} against {bare.cpu:.0f} µs\n"
            )
            if kind == "flask" and clients == 32:
                goals += [("flask, 32 clients ≥ 0.6", ratio >= 0.6), ("p99 ≤ 25 ms", rate.p99 <= 25)]
            if kind == "door" and clients < 1000:
                goals.append((f"door, {clients} clients ≥ 0.9", ratio >= 0.9))
    if (extra := slow_sync()) is None:
        sys.stdout.write("casting: slow disk skipped, no C compiler\n")
    else:
        group, each = (measure(kind, 256, extra, cards=6000) for kind in ("door", "each-door"))
        gain = group.second / max(each.second, 0.1)
        sys.stdout.write(
            f"casting, every sync 10 ms slower, 256 clients: {group.second:.0f}/s in groups, "
            f"{each.second:.0f}/s each, {gain:.1f} times\n"
        )
        goals.append(("groups ≥ 10 × each", gain >= 10))
    for name, met in goals:
        sys.stdout.write(f"  {'met    ' if met else 'NOT MET'} {name}\n")


if __name__ == "__main__":
    main()
