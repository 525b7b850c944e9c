"""The door in front of Flask: what a voter's phone asks for and sends."""

import hashlib
import json
import subprocess
import sys
import time
from pathlib import Path

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey.app import create_hall
from survey.box import tokens
from survey.box.seal import Remark, Sealed, seal_ballot, seal_text
from survey.config import Config
from survey.hall.door import GATE_SECONDS
from tests.hall.venue import POLL, RESULT, TITLE, Venue

DESK = ("staff", "roster", "poll", "tally", "review", "rectify", "letters", "journal", "desk", "desk_models")
MARKS = {"overall": "A", "U03": "B", "P007": "A", "P008": "C"}


@pytest.fixture
def venue(config: Config) -> Venue:
    return Venue(config)


@pytest.fixture
def hall(config: Config, venue: Venue):
    app = create_hall(config)
    yield app
    app.extensions["polls"].close()


@pytest.fixture
def phone(hall: Flask) -> FlaskClient:
    return hall.test_client()


def a_ballot(venue: Venue, card: int = 0) -> Sealed:
    return seal_ballot(venue.manifest, venue.codes[card], MARKS)


def put(
    phone: FlaskClient, sealed: Sealed, kind: str = "ballot", poll: str = POLL, body: bytes | None = None
):
    answer = phone.put(f"/p/{poll}/{kind}/{sealed.key}", data=sealed.body if body is None else body)
    return answer.status_code, json.loads(answer.data)


def test_a_sealed_ballot_is_taken_once_and_the_same_bytes_get_the_same_answer(phone, venue):
    venue.open()
    ballot = a_ballot(venue)
    assert put(phone, ballot) == (200, {"receipt": ballot.receipt, "fresh": True})
    assert put(phone, ballot) == (200, {"receipt": ballot.receipt, "fresh": False})


def test_text_goes_into_its_own_pigeonhole(phone, venue):
    venue.open()
    text = seal_text(venue.manifest, venue.codes[0], [Remark("P007", "等了三周")])
    assert put(phone, text, "text") == (200, {"receipt": text.receipt, "fresh": True})
    assert put(phone, text, "ballot")[0] == 413


def test_a_used_card_is_told_so(phone, venue):
    venue.open()
    put(phone, a_ballot(venue))
    status, answer = put(phone, a_ballot(venue))
    assert (status, answer["code"]) == (409, "box.used_card")
    assert "已经投过票" in answer["sentence"]


def test_a_box_that_is_not_open_yet_takes_nothing_and_is_not_touched(phone, venue, hall):
    assert put(phone, a_ballot(venue))[1]["code"] == "box.not_open"
    assert not hall.extensions["polls"]._writers


def test_a_closed_poll_takes_no_ballot_but_repeats_its_answer(phone, venue):
    venue.open()
    ballot = a_ballot(venue)
    put(phone, ballot)
    venue.close()
    assert put(phone, a_ballot(venue, card=1))[1]["code"] == "box.closed"
    assert put(phone, ballot) == (200, {"receipt": ballot.receipt, "fresh": False})


def test_a_void_poll_takes_nothing(phone, venue):
    venue.open().close()
    venue.board.post("state", POLL, b"void", "text/plain")
    assert 'data-gate="void"' in phone.get(f"/p/{POLL}/").get_data(as_text=True)
    assert put(phone, a_ballot(venue))[1]["code"] == "box.closed"


def test_a_card_of_another_poll_is_refused(phone, venue, config):
    venue.open()
    other = Venue(config, poll="2022Q4-v1").open()
    assert put(phone, a_ballot(other))[1]["code"] == "box.unknown_card"
    assert put(phone, a_ballot(other), poll="2021Q1-v1")[1]["code"] == "hall.no_poll"


@pytest.mark.parametrize("change", [-1, -500])
def test_a_truncated_envelope_is_refused(phone, venue, change):
    venue.open()
    ballot = a_ballot(venue)
    assert put(phone, ballot, body=ballot.body[:change])[1]["code"] == "box.bad_length"


def test_an_oversized_body_is_refused_before_it_is_read(hall, venue):
    venue.open()
    ballot = a_ballot(venue)

    class Unread:
        def read(self, *_):
            raise AssertionError("the body was read")

    environ = {
        "REQUEST_METHOD": "PUT", "PATH_INFO": f"/p/{POLL}/ballot/{ballot.key}",
        "CONTENT_LENGTH": str(len(ballot.body) + 1), "wsgi.input": Unread(),
    }  # fmt: skip
    said = []
    body = b"".join(hall.wsgi_app(environ, lambda *args: said.append(args)))
    assert said[0][0].startswith("413")
    assert json.loads(body)["code"] == "box.bad_length"
    environ["CONTENT_LENGTH"] = ""
    b"".join(hall.wsgi_app(environ, lambda *args: said.append(args)))
    assert said[1][0].startswith("411")


def test_a_changed_byte_is_a_bad_signature(phone, venue):
    venue.open()
    ballot = a_ballot(venue)
    body = ballot.body[:-1] + bytes([ballot.body[-1] ^ 1])
    assert put(phone, ballot, body=body)[1]["code"] == "box.bad_signature"


def test_nobody_can_ask_whether_a_card_was_used(phone, venue):
    venue.open()
    ballot = a_ballot(venue)
    before = phone.get(f"/p/{POLL}/ballot/{ballot.key}")
    forged = ballot.body[:4] + bytes(64) + ballot.body[68:]
    refused = put(phone, ballot, body=forged)
    put(phone, ballot)
    after = phone.get(f"/p/{POLL}/ballot/{ballot.key}")
    assert (before.status_code, before.data) == (after.status_code, after.data)
    assert put(phone, ballot, body=forged) == refused


def test_the_manifest_comes_as_the_very_bytes_of_its_digest(phone, venue):
    venue.open()
    answer = phone.get(f"/p/{POLL}/manifest.json", headers={"Accept-Encoding": "gzip, br"})
    assert answer.headers["Content-Encoding"] == "br"
    assert hashlib.sha256(brotli.decompress(answer.data)).hexdigest() == venue.manifest.sha256
    assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("coding", ["br", "gzip", "identity", "br;q=0, gzip"])
def test_the_ballot_page_is_not_sent_again_to_a_phone_that_has_it(phone, venue, coding):
    venue.open()
    first = phone.get(f"/p/{POLL}/", headers={"Accept-Encoding": coding})
    assert first.status_code == 200
    tag = first.headers["ETag"]
    assert tag.startswith('"')
    again = phone.get(f"/p/{POLL}/", headers={"Accept-Encoding": coding, "If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


def test_the_ballot_page_says_what_the_gate_says(phone, venue):
    for state, act in (("ready", lambda: None), ("open", venue.open), ("closed", venue.close)):
        act()
        time.sleep(GATE_SECONDS)
        page = phone.get(f"/p/{POLL}/").get_data(as_text=True)
        assert f'data-gate="{state}"' in page
        assert TITLE in page


def test_a_manifest_may_be_frozen_anew_until_its_box_opens(phone, venue, config):
    first = phone.get(f"/p/{POLL}/manifest.json")
    assert "immutable" not in first.headers["Cache-Control"]
    again = Venue(config).open()
    second = phone.get(f"/p/{POLL}/manifest.json")
    assert second.data == again.manifest.raw != first.data
    assert "immutable" in second.headers["Cache-Control"]


def test_a_hall_without_a_poll_says_so(config):
    page = create_hall(config).test_client().get("/")
    assert "目前没有公布的测评" in page.get_data(as_text=True)


def test_a_page_asked_for_with_head_has_no_body(phone, venue):
    answer = phone.head(f"/p/{POLL}/")
    assert (answer.status_code, answer.data) == (200, b"")


def test_an_unknown_poll_is_a_plain_sentence(phone):
    for path in ("/p/2001Q1-v1/", "/p/2001Q1-v1/manifest.json", "/p/..%2F..%2Fetc/", "/p/2001Q1-v1/board"):
        answer = phone.get(path)
        assert answer.status_code == 404
        assert "没有" in answer.get_data(as_text=True)


PAGES = ("/", f"/p/{POLL}/", f"/p/{POLL}/board", f"/p/{POLL}/screen", f"/p/{POLL}/turnout.json", "/healthz")


@pytest.mark.parametrize("path", [*PAGES, "/nowhere", f"/p/{POLL}/sealed.txt", f"/results/{POLL}"])
def test_the_hall_sets_no_cookie_and_guards_every_page(phone, venue, path):
    venue.open()
    answer = phone.get(path)
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_the_turnout_goes_in_tens(phone, config):
    venue = Venue(config, cards=12, poll="2022Q3-v1").open()
    told = []
    for card in range(12):
        put(phone, a_ballot(venue, card), poll=venue.poll)
        told.append(phone.get(f"/p/{venue.poll}/turnout.json").json["turnout"])
    assert told == [0] * 9 + [10] * 3
    venue.close()
    assert phone.get(f"/p/{venue.poll}/turnout.json").json == {
        "gate": "closed",
        "turnout": 10,
        "steps": [True] * 3,
    }


def test_the_board_lists_what_is_in_the_box_after_closing(phone, venue):
    venue.open()
    ballot = a_ballot(venue)
    put(phone, ballot)
    assert phone.get(f"/p/{POLL}/sealed.txt").status_code == 404
    venue.close()
    assert f"{ballot.key} {ballot.receipt}" in phone.get(f"/p/{POLL}/sealed.txt").get_data(as_text=True)


def test_results_and_letter_are_shown_once_they_are_posted(phone, venue):
    assert phone.get(f"/results/{POLL}").status_code == 404
    assert phone.get(f"/results/{POLL}/letter").status_code == 404
    venue.board.post("result", POLL, json.dumps(RESULT).encode(), "application/json")
    venue.board.post("reply", POLL, b"%PDF-1.7", "application/pdf")
    page = phone.get(f"/results/{POLL}").get_data(as_text=True)
    for words in ("99.09%", "31937 ÷ 32230", "比上年全年（95.87%）+3.22个百分点", "不公布", "发出 110"):
        assert words in page
    letter = phone.get(f"/results/{POLL}/letter")
    assert (letter.content_type, letter.data) == ("application/pdf", b"%PDF-1.7")
    assert "report.zip" not in page
    assert phone.get(f"/results/{POLL}/report.zip").status_code == 404
    venue.board.post("report", POLL, b"PK", "application/zip")
    venue.board.post("table", POLL, b"# table", "text/plain; charset=utf-8")
    assert "report.zip" in phone.get(f"/results/{POLL}").get_data(as_text=True)
    assert phone.get(f"/results/{POLL}/report.zip").data == b"PK"
    assert phone.get(f"/results/{POLL}/table.txt").data == b"# table"


def test_a_hall_that_runs_has_loaded_no_desk_module(config: Config, venue: Venue):
    program = (
        "import sys; from pathlib import Path; from survey.config import Config; from survey import serving\n"
        "app = serving.create_hall(Config(instance=Path(sys.argv[1]), mode='demo'))\n"
        f"assert app.test_client().get('/p/{POLL}/').status_code == 200\n"
        "print(*sorted(name for name in sys.modules if name.startswith('survey.')))"
    )
    told = subprocess.run(
        [sys.executable, "-c", program, str(config.instance)], capture_output=True, text=True, check=True
    )
    loaded = {name.split(".")[1] for name in told.stdout.split()}
    assert not loaded & set(DESK)
    assert "hall" in loaded


def test_after_a_cast_the_instance_knows_neither_address_nor_phone(phone, venue, config):
    venue.open()
    ballot = a_ballot(venue)
    phone.put(
        f"/p/{POLL}/ballot/{ballot.key}", data=ballot.body,
        headers={"User-Agent": "MarkOfAPhone"}, environ_base={"REMOTE_ADDR": "203.0.113.77"},
    )  # fmt: skip
    kept = b"".join(path.read_bytes() for path in Path(config.instance).rglob("*.db*") if path.is_file())
    assert ballot.body in kept
    assert b"MarkOfAPhone" not in kept
    assert b"203.0.113.77" not in kept


def test_a_code_of_the_card_never_stands_in_an_address(venue):
    address, fragment = venue.link(venue.codes[0]).split("#")
    assert venue.codes[0] not in address
    assert tokens.parse(fragment.split("~")[0]) == venue.codes[0]


@pytest.mark.parametrize("key", ["a" * 9000, "..", "%2e%2e", "a_b", "x" * 41])
def test_what_cannot_be_a_poll_is_not_found_and_never_becomes_a_path(phone, venue, key: str):
    for address in (f"/p/{key}/", f"/p/{key}/board", f"/p/{key}/turnout.json", f"/results/{key}"):
        assert phone.get(address).status_code == 404, address


def test_more_than_a_writers_word_is_not_read(phone, venue):
    venue.open()
    assert phone.put(f"/p/{POLL}/word/02{'ab' * 32}", data=b"S" * 5000).status_code == 413
    assert phone.put(f"/p/{POLL}/word/02{'ab' * 32}", data=b"S" * 65).status_code == 404
