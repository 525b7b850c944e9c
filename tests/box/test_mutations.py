"""Whatever is sent, mutated or replayed: never more ballots than cards, and each refusal has its reason.

QIPING_MUTATIONS=10000 raises the number of requests.
"""

import io
import json
import os
import re
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from survey.box import seal, store, tokens
from survey.box.board import Board
from survey.box.seal import Sealed
from survey.config import Config
from survey.hall.door import Door
from survey.hall.polls import Polls
from tests.box.polls import Poll, a_poll, sealed_as

MUTATIONS = int(os.environ.get("QIPING_MUTATIONS", "400"))
CARDS = 5
CODES = re.compile(r"(box|hall)\.[a-z_]+")


class Target:
    """A hall's door before an open box, its cards' ballots, and those of cards that nobody printed."""

    def __init__(self, poll: Poll, door: Door, polls: Polls) -> None:
        self.poll, self.door, self.polls = poll, door, polls
        manifest, codes = poll.manifest, [*poll.codes, tokens.new_code(), tokens.new_code()]
        self.sealed: list[tuple[str, Sealed]] = []
        for code in codes:
            donor = seal.seal_ballot(manifest, poll.codes[0], {"overall": "C"})
            self.sealed += [
                ("ballot", seal.seal_ballot(manifest, code, {"overall": "A"})),
                ("ballot", seal.seal_ballot(manifest, code, {"overall": "B"})),
                ("ballot", sealed_as(poll, "ballot", code, donor.body[68:])),
                ("text", seal.seal_text(manifest, code, [])),
            ]

    def send(self, kind: str, key: str, body: bytes, method: str = "PUT") -> tuple[int, dict[str, object]]:
        said: list[str] = []
        environ = {
            "REQUEST_METHOD": method, "PATH_INFO": f"/p/{self.poll.manifest.poll}/{kind}/{key}",
            "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body),
        }  # fmt: skip
        parts = self.door(environ, lambda status, _headers: said.append(status))
        return int(said[0][:3]), json.loads(b"".join(parts))


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    config = Config(instance=tmp_path_factory.mktemp("mutations"), mode="demo")
    poll = a_poll(config.boxes, cards=CARDS)
    board = Board(config.board)
    board.post("manifest", poll.manifest.poll, poll.manifest.raw, "application/json")
    board.post("state", poll.manifest.poll, b"open", "text/plain")
    polls = Polls(config)
    yield Target(poll, Door(polls, nothing, files={}, shell=lambda *_: b"", policy=""), polls)
    polls.close()


def nothing(_environ, start_response):
    start_response("404 Not Found", [])
    return [b'{"code": "hall.none", "sentence": "x"}']


MUTATION = st.one_of(
    st.tuples(st.just("keep"), st.integers(0, 0), st.integers(0, 0)),
    st.tuples(st.just("flip"), st.integers(0, 10_000), st.integers(1, 255)),
    st.tuples(st.just("cut"), st.integers(1, 5_000), st.integers(0, 0)),
    st.tuples(st.just("grow"), st.integers(1, 300), st.integers(0, 255)),
    st.tuples(st.just("version"), st.integers(0, 2**32 - 1), st.integers(0, 0)),
)


def mutated(body: bytes, how: tuple[str, int, int]) -> bytes:
    name, place, value = how
    if name == "flip" and body:
        place %= len(body)
        return body[:place] + bytes([body[place] ^ value]) + body[place + 1 :]
    if name == "cut":
        return body[: max(0, len(body) - place)]
    if name == "grow":
        return body + bytes([value]) * place
    return place.to_bytes(4) + body[4:] if name == "version" else body


@given(
    which=st.integers(0, 10_000),
    other=st.integers(0, 10_000),
    how=st.lists(MUTATION, min_size=1, max_size=2),
    swap=st.sampled_from(["", "", "key", "kind"]),
)
@settings(
    max_examples=MUTATIONS, deadline=None, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
def test_nothing_that_is_sent_makes_more_ballots_than_cards(target: Target, which, other, how, swap):
    kind, sealed = target.sealed[which % len(target.sealed)]
    key = target.sealed[other % len(target.sealed)][1].key if swap == "key" else sealed.key
    kind = {"ballot": "text", "text": "ballot"}[kind] if swap == "kind" else kind
    body = sealed.body
    for step in how:
        body = mutated(body, step)
    status, answer = target.send(kind, key, body)
    if status == 200:
        assert body == sealed.body
        assert answer["receipt"] == sealed.receipt
    else:
        assert 400 <= status < 500
        assert CODES.fullmatch(str(answer["code"]))
        assert str(answer["sentence"]).endswith("。")
    assert store.count(target.poll.folder) <= CARDS


def test_every_request_of_a_kind_has_one_length(target: Target):
    for kind in ("ballot", "text"):
        assert {len(one.body) for name, one in target.sealed if name == kind} == {
            target.poll.manifest.request_size(kind)
        }
