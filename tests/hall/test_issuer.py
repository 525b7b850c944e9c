"""The issuer's small door: a process of its own that signs, says little, keeps no cookie and logs nobody."""

import json
import subprocess
import sys
import time
from dataclasses import replace
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
from flask.testing import FlaskClient

from survey import clock, serving
from survey.app import create_issuer
from survey.box.manifest import KINDS
from survey.config import Config
from survey.demo.run import free_port
from survey.issuer import signer
from survey.issuer.ledger import Issuer
from tests.box.firms import NOW, TICKETS, Firm, a_channel, a_key
from tests.box.polls import a_manifest

POLL = "2023Q1-v1"
FIRMS = ("91130324MA0000001A", "91130324MA0000002B")


class Office:
    """An issuer that is announced, with the codes of its letters."""

    def __init__(self, config: Config) -> None:
        self.manifest = a_manifest(remote=a_channel())
        self.issuer = Issuer(config.issuer / POLL, POLL)
        self.codes = self.issuer.prepare(FIRMS)
        self.issuer.announce(self.manifest)
        self.firm = Firm(self.manifest)

    def body(self, **changes: object) -> bytes:
        asked = {kind: self.firm.request(kind).message.hex() for kind in KINDS}
        return json.dumps({"uscc": FIRMS[0], "code": self.codes[FIRMS[0]], **asked, **changes}).encode()


@pytest.fixture
def office(config: Config, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setattr(signer, "make_key", a_key)
    monkeypatch.setattr(clock, "now", lambda: TICKETS.begins)
    return Office(config)


@pytest.fixture
def door(config: Config, office: Office) -> FlaskClient:
    return create_issuer(config).test_client()


def test_it_signs_for_the_firm_of_the_letter_and_sets_no_cookie(office, door):
    answer = door.post(f"/t/{POLL}/draw", data=office.body())
    assert answer.status_code == 200
    assert {kind: len(bytes.fromhex(answer.json[kind])) for kind in KINDS} == dict.fromkeys(KINDS, 384)
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert door.post(f"/t/{POLL}/draw", data=office.body()).json == answer.json
    page = door.get(f"/t/{POLL}/")
    assert "Set-Cookie" not in page.headers
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert office.manifest.sha256 in page.text


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"code": "0" * 16}, 403, "issuer.wrong_code"),
        ({"uscc": "91130324MA0000009Z"}, 403, "issuer.wrong_code"),
        ({"ballot": "00" * 384}, 400, "ticket.bad_request"),
        ({"ballot": "ab"}, 400, "ticket.bad_request"),
        ({"text": "zz" * 384}, 400, "ticket.bad_request"),
        ({"text": None}, 400, "ticket.bad_request"),
        ({"uscc": "9" * 41}, 400, "ticket.bad_request"),
        ({"uscc": "\ud800"}, 400, "ticket.bad_request"),
    ],
)
def test_what_no_honest_page_sends_is_refused_with_a_reason(office, door, changes, status, code):
    answer = door.post(f"/t/{POLL}/draw", data=office.body(**changes))
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert office.issuer.drawn() == 0


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"null", b'{"uscc": 1}', b"\xff" * 20])
def test_a_body_that_is_no_request_is_refused(door, body):
    assert door.post(f"/t/{POLL}/draw", data=body).json["code"] == "ticket.bad_request"


def test_a_new_code_goes_to_listed_firms_that_have_not_drawn(office, door):
    door.post(f"/t/{POLL}/draw", data=office.body())
    assert list(office.issuer.renew([*FIRMS, "91130324MA0000009Z"])) == [FIRMS[1]]


def test_more_than_a_request_is_not_read(door):
    assert door.post(f"/t/{POLL}/draw", data=b"x" * 9000).status_code == 413


@pytest.mark.parametrize("poll", ["2023Q2-v1", "..", "x" * 60, "%2e%2e"])
def test_a_poll_without_the_channel_has_no_page(door, poll):
    assert door.get(f"/t/{poll}/").status_code == 404


def test_after_the_window_it_signs_for_nobody(office, door, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    answer = door.post(f"/t/{POLL}/draw", data=office.body())
    assert (answer.status_code, answer.json["code"]) == (410, "ticket.late")
    assert 'data-state="late"' in door.get(f"/t/{POLL}/").text


def test_it_loads_neither_desk_nor_hall():
    program = (
        "import sys; from pathlib import Path\n"
        "from survey.app import create_issuer; from survey.config import Config\n"
        "create_issuer(Config(instance=Path('x'), mode='demo'))\n"
        "rooms = ('hall', 'poll', 'staff', 'roster', 'tally', 'review', 'remote', 'journal', 'desk')\n"
        "ours = [name.split('.') for name in sys.modules if name.startswith('survey.')]\n"
        "print([name for name in ours if name[1] in rooms])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_as_a_process_it_answers_and_writes_no_line_about_anybody(config, tmp_path):
    port = free_port()
    config = replace(config, issuer_port=port, issuer_origin=f"http://127.0.0.1:{port}")
    said = tmp_path / "said"
    with said.open("wb") as output:
        process = serving.start("issuer", config, output)
        try:
            for _ in range(200):
                try:
                    urlopen(f"{config.issuer_origin}/healthz", timeout=2).close()
                    break
                except (URLError, OSError):
                    time.sleep(0.05)
            asked = Request(
                f"{config.issuer_origin}/t/none/draw", data=b"{}", headers={"User-Agent": "Marked"}
            )
            with pytest.raises(URLError):
                urlopen(asked, timeout=5)
        finally:
            process.terminate()
            assert process.wait(timeout=20) == 0
    assert said.read_bytes() == b""
