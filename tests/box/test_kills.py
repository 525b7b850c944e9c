"""Kills and power cuts under 32 casters: acknowledged means on disk, once; mutants of the writer are caught.

`python -m tests.box.kills` does two hundred kills; QIPING_KILLS and QIPING_CUTS raise the numbers here.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from survey.box import boxfile
from survey.box.writer import Writer
from tests.box import kills
from tests.box.kills import Outcome
from tests.box.polls import a_poll

KILLS = int(os.environ.get("QIPING_KILLS", "6"))
CUTS = int(os.environ.get("QIPING_CUTS", "2"))


def test_killed_under_thirty_two_casters_a_box_counts_what_it_acknowledged_once(tmp_path):
    outcome = kills.torture(tmp_path, KILLS)
    assert outcome.kills == KILLS
    assert outcome.sound, str(outcome)


@pytest.mark.parametrize("name", kills.MUTANTS)
def test_a_mutant_of_the_writer_is_caught(tmp_path, name: str):
    """A kill hits by chance: a disk that answers fast hides the fault from one round, not from all."""
    rounds = (kills.torture(tmp_path / str(seed), 5, kills.MUTANTS[name], seed) for seed in range(20))
    assert any(not outcome.sound for outcome in rounds)


@contextmanager
def mounted(image: Path, place: Path) -> Iterator[Path]:
    """Mount an image; skip where the system does not let us."""
    place.mkdir(exist_ok=True)
    done = subprocess.run(
        ["mount", "-o", "loop", str(image), str(place)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"a power cut needs root and a loop device: {done.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def cut_the_power(tmp_path: Path, kind: type[Writer]) -> Outcome:
    """Stop the casters in the middle, take the disk as it is, mount the copy and look."""
    if os.geteuid() or not shutil.which("mkfs.ext4"):
        pytest.skip("a power cut needs root and mkfs.ext4")
    image, copy, outcome = tmp_path / "disk", tmp_path / "copy", Outcome()
    image.write_bytes(bytes(32 << 20))
    subprocess.run(["mkfs.ext4", "-q", str(image)], check=True)
    with mounted(image, tmp_path / "live") as live:
        poll = a_poll(live, cards=kills.CARDS)
        subprocess.run(["sync", "-f", str(live)], check=True)
        requests = kills.requests_for(poll)
        outcome.acknowledged = kills.cast_until(poll.folder, requests, kind, cutter(image, copy))
    outcome.strangers = {one.key[:64] for one in requests[-3:]}
    with mounted(copy, tmp_path / "after") as after:
        kills.look(after / poll.folder.name, outcome)
    return outcome


def cutter(image: Path, copy: Path) -> Callable[[int], None]:
    """Return what stops a process, copies the disk under it and ends it."""

    def stop(child: int) -> None:
        time.sleep(0.15)
        os.kill(child, signal.SIGSTOP)
        time.sleep(0.05)
        shutil.copyfile(image, copy)
        os.kill(child, signal.SIGKILL)

    return stop


@pytest.mark.parametrize("cut", range(CUTS))
def test_a_power_cut_loses_nothing_that_was_acknowledged(tmp_path, cut: int):
    outcome = cut_the_power(tmp_path, Writer)
    assert outcome.sound, str(outcome)


def test_a_power_cut_shows_the_loss_of_a_writer_that_never_syncs(tmp_path, monkeypatch):
    monkeypatch.setattr(boxfile, "SETTINGS", boxfile.SETTINGS)
    outcome = cut_the_power(tmp_path, kills.NeverSyncs)
    assert outcome.missing, str(outcome)


def test_no_clock_opens_or_closes_a_box(tmp_path, monkeypatch):
    poll = a_poll(tmp_path, cards=2)
    requests = kills.requests_for(poll)
    with poll.writer() as writer:
        for shift in (-400_000_000, 400_000_000):
            monkeypatch.setattr(time, "time", lambda shift=shift: 1_700_000_000 + shift)
            one = requests[shift > 0]
            assert writer.put("ballot", one.key, one.body).fresh
    assert (poll.folder / boxfile.NAME).stat().st_mtime == boxfile.STILL
