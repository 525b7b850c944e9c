"""The hall as a process: it answers, writes no line about anybody, and ends when told to."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import fields, replace
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

from survey.box.seal import seal_ballot
from survey.config import Config
from tests.hall.venue import Venue


@pytest.fixture
def config(config: Config) -> Config:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    return replace(config, hall_port=port, hall_origin=f"http://127.0.0.1:{port}")


@pytest.fixture
def served(config: Config):
    """Serve the hall as the command does: a parent that waits, a fresh process that answers."""
    settings = {f"SURVEY_{field.name.upper()}": str(getattr(config, field.name)) for field in fields(config)}
    settings.pop("SURVEY_INSTANCE")
    program = (
        "import sys; from pathlib import Path; from survey import config, serving\n"
        "serving.serve_hall(config.load(Path(sys.argv[1])))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(config.instance)],
        env=os.environ | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    wait_for(config.hall_origin)
    yield process
    process.kill()
    process.communicate()


def wait_for(origin: str) -> None:
    for _ in range(200):
        try:
            with urlopen(f"{origin}/healthz", timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.05)
    raise AssertionError("the hall does not answer")


def test_a_ballot_over_the_wire_leaves_no_line_in_any_log(config, served):
    venue = Venue(config).open()
    ballot = seal_ballot(venue.manifest, venue.codes[0], {"overall": "A"})
    for number in range(2):
        request = Request(
            f"{config.hall_origin}/p/{venue.poll}/ballot/{ballot.key}", ballot.body, method="PUT",
            headers={"User-Agent": "MarkOfAPhone"},
        )  # fmt: skip
        with urlopen(request, timeout=5) as answer:
            assert answer.status == 200, number
    served.send_signal(signal.SIGTERM)
    said, _ = served.communicate(timeout=20)
    assert said == b""


def test_a_hall_told_to_end_leaves_its_port(config, served):
    served.send_signal(signal.SIGINT)
    assert served.wait(timeout=20) == 0
    with socket.socket() as caller:
        assert caller.connect_ex(("127.0.0.1", config.hall_port)) != 0
