"""The writer: one card one ballot, the same request the same answer, nothing after closing."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from survey.box import opening, seal, store, tokens
from survey.box.manifest import PREFIX
from survey.box.writer import Writer
from survey.errors import Busy, Refused
from tests.box.polls import Poll, a_frozen_poll, a_manifest, a_poll, a_slate, sealed_as, shares_of
from tests.box.twin import ask


def refused(writer: Writer, *request) -> str:
    """Return the code with which a request is refused."""
    with pytest.raises(Refused) as refusal:
        writer.put(*request)
    assert refusal.value.sentence.endswith("。")
    return refusal.value.code


def test_the_same_request_gets_the_same_answer_any_number_of_times(tmp_path):
    poll = a_poll(tmp_path)
    sealed = seal.seal_ballot(poll.manifest, poll.codes[0], {"overall": "A"})
    with poll.writer() as writer:
        answers = [writer.put("ballot", sealed.key, sealed.body) for _ in range(10)]
        assert writer.count() == 1
    assert {answer.receipt for answer in answers} == {sealed.receipt}
    assert [answer.fresh for answer in answers] == [True] + [False] * 9


def test_the_same_request_sent_at_once_from_many_places_is_one_ballot(tmp_path):
    poll = a_poll(tmp_path)
    sealed = [seal.seal_ballot(poll.manifest, code, {}) for code in poll.codes]
    with poll.writer() as writer, ThreadPoolExecutor(32) as crowd:
        answers = list(crowd.map(lambda one: writer.put("ballot", one.key, one.body), sealed * 16))
    assert [answer.receipt for answer in answers] == [one.receipt for one in sealed] * 16
    assert sum(answer.fresh for answer in answers) == len(sealed) == store.count(poll.folder)


def test_two_different_ballots_of_one_card_sent_at_once_leave_one(tmp_path):
    poll = a_poll(tmp_path)
    rivals = [seal.seal_ballot(poll.manifest, poll.codes[0], {"overall": mark}) for mark in "ABC" * 5]
    answers: list[str] = []

    def cast(sealed: seal.Sealed) -> None:
        start.wait()
        try:
            answers.append(writer.put("ballot", sealed.key, sealed.body).receipt)
        except Refused as refusal:
            answers.append(refusal.code)

    start = threading.Barrier(len(rivals))
    with poll.writer() as writer:
        threads = [threading.Thread(target=cast, args=(sealed,)) for sealed in rivals]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert answers.count("box.used_card") == len(rivals) - 1
    assert store.count(poll.folder) == 1


def test_a_restarted_writer_knows_what_is_in_the_file(tmp_path):
    poll = a_poll(tmp_path)
    first, second = (seal.seal_ballot(poll.manifest, poll.codes[0], {"overall": mark}) for mark in "AB")
    with poll.writer() as writer:
        writer.put("ballot", first.key, first.body)
    with poll.writer() as writer:
        assert writer.count() == 1
        assert not writer.put("ballot", first.key, first.body).fresh
        assert refused(writer, "ballot", second.key, second.body) == "box.used_card"


def test_a_box_that_is_not_open_yet_takes_no_ballot(tmp_path):
    poll = a_frozen_poll(tmp_path)
    sealed = seal.seal_ballot(poll.manifest, poll.codes[0], {})
    with poll.writer() as writer:
        assert refused(writer, "ballot", sealed.key, sealed.body) == "box.not_open"
        store.open_gate(poll.folder)
        assert writer.put("ballot", sealed.key, sealed.body).fresh


def test_a_closed_box_takes_no_ballot_but_still_answers_for_those_it_holds(tmp_path):
    poll = a_poll(tmp_path)
    first, late = (seal.seal_ballot(poll.manifest, code, {}) for code in poll.codes[:2])
    with poll.writer() as writer:
        writer.put("ballot", first.key, first.body)
        store.close_gate(poll.folder)
        assert refused(writer, "ballot", late.key, late.body) == "box.closed"
        assert writer.put("ballot", first.key, first.body).receipt == first.receipt
    assert store.count(poll.folder) == 1


def test_closing_lets_in_exactly_what_was_acknowledged(tmp_path):
    poll = a_poll(tmp_path, cards=60)
    sealed = [seal.seal_ballot(poll.manifest, code, {}) for code in poll.codes]
    taken: list[str] = []
    late: list[str] = []

    def cast(one: seal.Sealed) -> None:
        try:
            taken.append(writer.put("ballot", one.key, one.body).receipt)
        except Refused as refusal:
            late.append(refusal.code)
        if len(taken) >= 20:
            store.close_gate(poll.folder)

    with poll.writer() as writer, ThreadPoolExecutor(6) as crowd:
        list(crowd.map(cast, sealed))
    drawn = store.draw_all(poll.folder)
    assert sorted(taken) == sorted(seal.receipt(envelope) for _, envelope in drawn.ballots)
    assert len(taken) + len(late) == 60
    assert set(late) == {"box.closed"}


def test_requests_that_no_page_sends_are_refused_by_name(tmp_path):
    poll = a_poll(tmp_path)
    code, other = poll.codes[:2]
    sealed = seal.seal_ballot(poll.manifest, code, {})
    foreign = a_manifest(codes=poll.codes, slate=a_slate(2, 9), poll=poll.manifest.poll)
    stranger = seal.seal_ballot(poll.manifest, tokens.new_code(), {})
    signed_by_other = seal.seal_ballot(poll.manifest, other, {})
    newer = (2).to_bytes(4) + sealed.body[4:]
    with poll.writer() as writer:
        assert refused(writer, "ballot", sealed.key, sealed.body[:-1]) == "box.bad_length"
        assert refused(writer, "ballot", sealed.key, sealed.body + b"\0") == "box.bad_length"
        assert refused(writer, "ballot", stranger.key, stranger.body) == "box.unknown_card"
        assert refused(writer, "ballot", "Z" * 66, sealed.body) == "box.unknown_card"
        assert refused(writer, "ballot", sealed.key, signed_by_other.body) == "box.bad_signature"
        assert refused(writer, "ballot", sealed.key, newer) == "box.bad_version"
        theirs = seal.seal_ballot(foreign, code, {})
        assert refused(writer, "ballot", theirs.key, theirs.body) == "box.other_poll"
        assert refused(writer, "text", sealed.key, sealed.body) == "box.bad_length"
        assert writer.count() == 0


def test_the_card_of_another_poll_is_unknown_here(tmp_path):
    poll, other = a_poll(tmp_path), a_poll(tmp_path, poll="2023Q2-v1")
    theirs = seal.seal_ballot(other.manifest, other.codes[0], {})
    same_code = seal.seal_ballot(other.manifest, poll.codes[0], {})
    with poll.writer() as writer:
        assert refused(writer, "ballot", theirs.key, theirs.body) == "box.unknown_card"
        assert refused(writer, "ballot", same_code.key, same_code.body) == "box.unknown_card"


def test_nobody_casts_a_copy_of_another_envelope(tmp_path):
    poll = a_poll(tmp_path)
    original = seal.seal_ballot(poll.manifest, poll.codes[0], {"overall": "C"})
    copy = sealed_as(poll, "ballot", poll.codes[1], original.body[PREFIX:])
    with poll.writer() as writer:
        writer.put("ballot", original.key, original.body)
        assert refused(writer, "ballot", copy.key, copy.body) == "box.copied_envelope"
        honest = seal.seal_ballot(poll.manifest, poll.codes[1], {"overall": "C"})
        assert writer.put("ballot", honest.key, honest.body).fresh


def test_every_cast_of_a_kind_has_one_length(tmp_path):
    poll = a_poll(tmp_path)
    everything = dict.fromkeys(poll.manifest.lines, "C")
    long = [seal.Remark("U1", "慢" * 1000)]
    ballots = {
        len(seal.seal_ballot(poll.manifest, code, marks).body)
        for code in poll.codes
        for marks in ({}, everything)
    }
    texts = {
        len(seal.seal_text(poll.manifest, code, remarks).body)
        for code in poll.codes
        for remarks in ([], long)
    }
    assert ballots == {poll.manifest.request_size("ballot")}
    assert texts == {poll.manifest.request_size("text")}


def test_too_much_text_is_refused_before_sealing(tmp_path):
    poll = a_poll(tmp_path)
    with pytest.raises(Refused, match="请删减") as refusal:
        seal.seal_text(poll.manifest, poll.codes[0], [seal.Remark("U1", "慢" * 2000)])
    assert refusal.value.code == "box.too_much_text"


def test_only_one_process_writes_to_a_box(tmp_path):
    poll = a_poll(tmp_path)
    with poll.writer():
        with pytest.raises(Busy) as refusal:
            poll.writer()
        assert refusal.value.code == "box.second_writer"
    poll.writer().close()


def test_a_box_that_is_being_written_is_not_made_anew(tmp_path):
    poll = a_frozen_poll(tmp_path)
    with poll.writer(), pytest.raises(Busy) as refusal:
        store.create(poll.folder, poll.manifest, poll.ballot_keys, poll.text_keys)
    assert refusal.value.code == "box.second_writer"


@pytest.mark.parametrize("code", ["box.replaced", "box.gone"])
def test_nothing_is_acknowledged_for_a_file_that_was_taken_away(tmp_path, code: str):
    poll = a_poll(tmp_path)
    stored, later = (seal.seal_ballot(poll.manifest, card, {}) for card in poll.codes[:2])
    path = poll.folder / "box.db"
    with poll.writer() as writer:
        writer.put("ballot", stored.key, stored.body)
        copy = path.read_bytes()
        path.rename(tmp_path / "taken")
        if code == "box.replaced":
            path.write_bytes(copy)
        for sealed in (stored, later):
            assert refused(writer, "ballot", sealed.key, sealed.body) == code


def test_a_trigger_laid_into_the_file_cannot_note_the_order(tmp_path):
    poll = a_poll(tmp_path)
    spy = sqlite3.connect(poll.folder / "box.db")
    spy.execute("CREATE TABLE spy(slot)")
    spy.execute("CREATE TRIGGER note AFTER UPDATE ON ballot BEGIN INSERT INTO spy VALUES (new.slot); END")
    spy.commit()
    sealed = seal.seal_ballot(poll.manifest, poll.codes[0], {})
    with pytest.raises(Busy), poll.writer() as writer:
        writer.put("ballot", sealed.key, sealed.body)
    assert spy.execute("SELECT count(*) FROM spy").fetchone() == (0,)
    spy.close()


def test_a_stopped_writer_says_so(tmp_path):
    poll = a_poll(tmp_path)
    sealed = seal.seal_ballot(poll.manifest, poll.codes[0], {})
    writer = poll.writer()
    writer.close()
    assert refused(writer, "ballot", sealed.key, sealed.body) == "box.stopped"
    writer.close()


@pytest.fixture(scope="module")
def attacked(tmp_path_factory) -> tuple[Poll, Writer, dict[str, seal.Sealed]]:
    poll = a_poll(tmp_path_factory.mktemp("attacked"), cards=3)
    writer = poll.writer()
    sealed = {
        "ballot": seal.seal_ballot(poll.manifest, poll.codes[0], {"overall": "A"}),
        "text": seal.seal_text(poll.manifest, poll.codes[0], []),
    }
    writer.put("ballot", sealed["ballot"].key, sealed["ballot"].body)
    yield poll, writer, sealed
    writer.close()


@given(st.data())
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_mutated_request_is_refused_with_a_code(attacked, data: st.DataObject):
    poll, writer, sealed = attacked
    kind = data.draw(st.sampled_from(["ballot", "text"]))
    body = bytearray(sealed[kind].body)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(body) - 1))
        body[place] ^= data.draw(st.integers(1, 255))
    cut = data.draw(st.sampled_from([None, None, None, -1, 40, 0]))
    key = data.draw(st.sampled_from([sealed[kind].key, *poll.ballot_keys, "", "0" * 66]))
    changed = bytes(body[:cut])
    if changed == sealed[kind].body and key == sealed[kind].key:
        return
    assert refused(writer, kind, key, changed).startswith("box.")
    assert writer.count() == 1


def test_the_seal_of_the_browser_is_taken_and_opened(tmp_path):
    poll = a_poll(tmp_path, slate=a_slate(33, 293))
    manifest = poll.manifest.raw.decode()
    remarks = [{"line": "U33", "text": "排队太久"}]
    votes = [
        {"code": poll.codes[0], "marks": {"overall": "A", "P293": "C"}, "remarks": remarks},
        {"code": poll.codes[1], "marks": {}, "remarks": []},
    ]
    answers = ask(*({"act": "seal", "manifest": manifest, **vote} for vote in votes))
    with poll.writer() as writer:
        for answer in answers:
            for kind in ("ballot", "text"):
                body = bytes.fromhex(answer[kind]["body"])
                assert writer.put(kind, answer[kind]["key"], body).receipt == answer[kind]["receipt"]
    store.close_gate(poll.folder)
    package = opening.package(poll.folder)
    opened = opening.combine(package, [shares_of(package, 2), shares_of(package, 3)])
    assert {"overall": "A", "units": {}, "persons": {"P293": "C"}} in opened.ballots
    assert opened.remarks == remarks
    assert opened.void == []
