"""The one rehearsal through everything real: desk services, the hall's server process, phones, opening."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Engine

from survey.attack import rehearsal
from survey.attack.rehearsal import Cast
from survey.attack.targets import Scene, Target
from survey.box.manifest import Manifest
from survey.box.seal import Remark, seal_ballot, seal_text
from survey.config import Config
from survey.db import open_engine, unit_of_work
from survey.demo import hold
from survey.demo import run as county
from survey.demo.client import MAKE, Phone, address
from survey.demo.hold import Hall
from survey.migrations import migrate
from survey.poll import service as polls
from survey.poll.models import Poll

ROUND = "2023Q1"
OUTPUT = "process-output.txt"


def hold_through_the_doors(config: Config, root: Path) -> Scene:
    """Hold a whole poll of the sample county below `root`; what the hall's process says goes to a file."""
    config = _own(config, root)
    migrate(config.database_url)
    engine = open_engine(config.database_url)
    try:
        desk = county.settle(engine, root, _silent)
        return _hold(Hall(engine, config, desk, _silent), engine, root)
    finally:
        engine.dispose()


def _silent(_: str) -> None:
    """Say nothing."""


def _own(config: Config, root: Path) -> Config:
    if config.fonts.is_dir():
        (root / "fonts").symlink_to(config.fonts.resolve(), target_is_directory=True)
    port = county.free_port()
    return replace(
        config,
        instance=root,
        mode="demo",
        desk_database="",
        hall_host="127.0.0.1",
        hall_port=port,
        hall_origin=f"http://127.0.0.1:{port}",
    )


def _hold(hall: Hall, engine: Engine, root: Path) -> Scene:
    key_files, codes, poll = hold.prepare(hall, ROUND)
    manifest = Manifest.from_bytes(poll.manifest.encode())
    casts = [_seal(manifest, code, number) for number, code in enumerate(codes[: hold.SEATS])]
    came = list(range(len(casts)))
    secrets.SystemRandom().shuffle(came)
    with (
        (root / OUTPUT).open("wb") as output,
        _temporary_files(root),
        county.hall_served(hall.config, output),
    ):
        for number in came:
            _send(hall.config, poll, number, casts[number])
    with unit_of_work(engine) as session:
        hold.close_and_count(session, hall, polls.get(session, poll.id or 0), key_files)
    found = rehearsal.targets(casts, hall.config.boxes / poll.key)
    return Scene([_known(target, number) for number, target in enumerate(found)], came)


def _known(target: Target, number: int) -> Target:
    """Add what would betray the phone that sent the ballot."""
    return Target(target.marks, {"地址": f"{address(number)}".encode(), "机型": f"{MAKE}/{number}".encode()})


def _seal(manifest: Manifest, code: str, number: int) -> Cast:
    marks, remark = rehearsal.own_marks(manifest.lines[:24], number), rehearsal.own_remark()
    return Cast(
        seal_ballot(manifest, code, marks),
        seal_text(manifest, code, [Remark(manifest.lines[1], remark)]),
        marks,
        remark,
    )


def _send(config: Config, poll: Poll, number: int, cast: Cast) -> None:
    phone = Phone(config.hall_origin, poll.key, number)
    phone.put("ballot", cast.ballot)
    phone.put("text", cast.text)
    phone.line.close()


@contextmanager
def _temporary_files(root: Path) -> Iterator[None]:
    """Let every process that starts inside put its temporary files where the intruder looks."""
    folder, before = root / "tmp", os.environ.get("TMPDIR")
    folder.mkdir()
    os.environ["TMPDIR"] = str(folder)
    try:
        yield
    finally:
        os.environ.pop("TMPDIR")
        if before is not None:
            os.environ["TMPDIR"] = before
