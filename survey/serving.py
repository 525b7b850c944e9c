"""Serving the doors with granian, each in a fresh process of its own; no access log anywhere."""

import ctypes
import gc
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import IO, Any

from granian import Granian
from granian.constants import Interfaces, SSLProtocols
from granian.log import LogLevels

from survey import certificates
from survey import config as configuration
from survey.app import create_desk, create_hall, create_issuer
from survey.config import Config

HALL, DESK, ISSUER = "hall", "desk", "issuer"
# The hall is one process, because a box has one writer; its threads wait for the disk together.
THREADS = {HALL: 32, DESK: 4, ISSUER: 4}
CREATE: dict[str, Callable[[Config], Any]] = {HALL: create_hall, DESK: create_desk, ISSUER: create_issuer}
PATIENCE = 15
PR_SET_DUMPABLE = 4
TURN_SECONDS = 0.0005
"""How long a busy thread keeps the interpreter: with Python's 5 ms the box's writer, which gives way at every
statement, waits for phones whose signatures are being checked."""


def serve_hall(config: Config) -> None:
    """Serve the anonymous door until interrupted."""
    _wait(config, HALL)


def serve_desk(config: Config) -> None:
    """Serve the desk until interrupted."""
    _wait(config, DESK)


def serve_issuer(config: Config) -> None:
    """Serve the issuer of remote tickets until interrupted; it may run on a machine of its own."""
    _wait(config, ISSUER)


def serve_both(config: Config) -> None:
    """Serve both doors side by side until interrupted."""
    _wait(config, HALL, DESK)


def start(door: str, config: Config, output: IO[bytes] | None = None) -> subprocess.Popen[bytes]:
    """Start `hall`, `desk` or `issuer` in a fresh process, so that it holds no module of the other door.

    What it says goes to `output`, or without one to where this process writes.
    """
    command = [sys.executable, "-m", "survey.serving", door, str(config.instance.absolute())]
    settings = {
        f"SURVEY_{field.name.upper()}": str(getattr(config, field.name))
        for field in fields(config)
        if field.name != "instance"
    }
    return subprocess.Popen(  # noqa: S603  # our own interpreter and module
        command, env=os.environ | settings, stdout=output, stderr=output and subprocess.STDOUT
    )


def _wait(config: Config, *doors: str) -> None:
    """Start the doors and wait; when one ends, or the caller is told to end, all end."""
    running = [start(door, config) for door in doors]

    def end(*_: object) -> None:
        for process in running:
            process.terminate()

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, end)
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
    finally:
        end()
        for process in running:
            process.wait()


def listen(door: str, config: Config) -> None:
    """Serve `door` in this process until it is told to end; requests under way are finished first."""
    _origin, host, port = config.address(door)
    shown = certificates.of(config, door) if config.encrypted(door) else None
    _hide_memory()
    server = Granian(
        f"survey.{door}",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS[door],
        websockets=False,
        log_level=LogLevels.error,
        log_access=False,
        workers_kill_timeout=PATIENCE,
        ssl_cert=shown.certificate if shown else None,
        ssl_key=shown.key if shown else None,
        # Phones of 2016 know TLS 1.2 only; its suites here all keep forward secrecy.
        ssl_protocol_min=SSLProtocols.tls12,
    )
    server.serve(target_loader=partial(_create, door, config), wrap_loader=False)


def _create(door: str, config: Config) -> Any:
    """Make the application in the process that answers, whose memory nobody else may read."""
    _hide_memory()
    app = CREATE[door](config)
    take_turns()
    return app


def take_turns() -> None:
    """Make this process answer evenly: short turns, and no search for garbage in what stays for good."""
    sys.setswitchinterval(TURN_SECONDS)
    gc.collect()
    gc.freeze()


def _hide_memory() -> None:
    """Leave no core file and let no other process look inside: memory knows what files do not."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


if __name__ == "__main__":
    listen(sys.argv[1], configuration.load(Path(sys.argv[2])))
