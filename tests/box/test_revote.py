"""Where the poll allows it, a later version replaces the earlier in its place, and nothing of that stays."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from survey.box import opening, seal, store
from survey.box.writer import Writer
from survey.errors import Busy, Refused
from tests.box.polls import Poll, a_poll, shares_of


@pytest.fixture
def poll(tmp_path: Path) -> Poll:
    return a_poll(tmp_path, revote=True)


def version(poll: Poll, number: int, mark: str = "A") -> seal.Sealed:
    return seal.seal_ballot(poll.manifest, poll.codes[0], {"overall": mark}, version=number)


def put(writer: Writer, one: seal.Sealed) -> bool:
    return writer.put("ballot", one.key, one.body).fresh


def test_a_higher_version_replaces_and_a_lower_one_is_refused(poll):
    first, second = version(poll, 1, "C"), version(poll, 2, "A")
    with poll.writer() as writer:
        assert [put(writer, first), put(writer, second), put(writer, second)] == [True, True, False]
        for late in (first, version(poll, 2, "B")):
            with pytest.raises(Refused) as refusal:
                put(writer, late)
            assert (refusal.value.code, refusal.value.status) == ("box.older_vote", 409)
        assert writer.count() == 1
    assert opened(poll) == ["A"]


def opened(poll: Poll) -> list[str]:
    store.close_gate(poll.folder)
    package = opening.package(poll.folder)
    shares = [shares_of(package, 1), shares_of(package, 2)]
    return [ballot["overall"] for ballot in opening.combine(package, shares).ballots]


def slot_of(poll: Poll, one: seal.Sealed) -> int:
    return (poll.folder / "box.db").read_bytes().find(one.body[100:140])


def test_the_old_ballot_leaves_no_byte_and_the_new_one_lies_where_it_lay(poll):
    old, new = version(poll, 1, "C"), version(poll, 7, "A")
    with poll.writer() as writer:
        put(writer, old)
        place = slot_of(poll, old)
        put(writer, new)
        assert place == slot_of(poll, new) > 0
    left = b"".join(path.read_bytes() for path in poll.folder.rglob("*") if path.is_file())
    marks = [old.body[start : start + 16] for start in range(4, len(old.body) - 16, 16)]
    # The suite and the manifest's digest are the same in every envelope.
    assert [mark for mark in marks if mark in left and mark not in new.body] == []


def test_a_writer_that_was_started_anew_knows_the_version_in_the_box(poll):
    with poll.writer() as writer:
        put(writer, version(poll, 3))
    with poll.writer() as writer:
        with pytest.raises(Refused):
            put(writer, version(poll, 2))
        assert put(writer, version(poll, 4))


def test_where_the_poll_allows_none_a_later_version_is_refused(tmp_path):
    poll = a_poll(tmp_path)
    with poll.writer() as writer:
        put(writer, version(poll, 1))
        with pytest.raises(Refused) as refusal:
            put(writer, version(poll, 2))
    assert refusal.value.code == "box.bad_version"


def test_after_closing_nothing_is_replaced(poll):
    with poll.writer() as writer:
        put(writer, version(poll, 1, "B"))
        store.close_gate(poll.folder)
        with pytest.raises(Refused) as refusal:
            put(writer, version(poll, 2, "A"))
        assert refusal.value.code == "box.closed"
    assert opened(poll) == ["B"]


def test_many_versions_at_once_leave_one_and_no_slot_is_lost(poll):
    rivals = [version(poll, number) for number in range(1, 25)]

    def cast(one: seal.Sealed) -> bool:
        try:
            return put(writer, one)
        except (Busy, Refused):
            return False

    with poll.writer() as writer:
        with ThreadPoolExecutor(12) as crowd:
            assert any(crowd.map(cast, rivals))
        assert writer.count() == 1
        assert sum(writer._slots["ballot"]._taken) == 1
    assert store.count(poll.folder) == 1
