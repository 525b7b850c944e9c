"""Who holds the files afterwards learns no order and no time; the same attack undoes three bad boxes."""

import re
import secrets
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from survey.box import opening, proof, seal, store
from survey.box.board import Board
from tests.box.polls import RULES, Poll, a_frozen_poll, a_poll, shares_of

CASTS, RUNS = 25, 24
Attack = Callable[[bytes, Sequence[bytes]], list[bytes]]


def by_place_in_file(file: bytes, known: Sequence[bytes]) -> list[bytes]:
    """Guess that ballots came in the order in which they lie in the file."""
    return sorted(known, key=file.find)


def by_place_from_the_end(file: bytes, known: Sequence[bytes]) -> list[bytes]:
    """Guess that cells were allocated from the end of the page, as SQLite does."""
    return sorted(known, key=file.find, reverse=True)


def by_cell_pointer(file: bytes, known: Sequence[bytes]) -> list[bytes]:
    """Guess page by page, from the end of each page."""
    places = {each: file.find(each) for each in known}
    return sorted(known, key=lambda each: (places[each] // 4096, -(places[each] % 4096)))


ATTACKS: list[Attack] = [by_place_in_file, by_place_from_the_end, by_cell_pointer]


def score(guess: Sequence[bytes], truth: Sequence[bytes]) -> int:
    return sum(one == other for one, other in zip(guess, truth, strict=True))


def cast_in_order(poll: Poll, sealed: Sequence[seal.Sealed]) -> bytes:
    """Cast one after the other and return the file as the attacker finds it."""
    with poll.writer() as writer:
        for one in sealed:
            writer.put("ballot", one.key, one.body)
    store.close_gate(poll.folder)
    return (poll.folder / "box.db").read_bytes()


@pytest.fixture
def quick_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: the layout of a file does not depend on its disk."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else tmp_path) as folder:
        yield Path(folder)


def test_the_order_of_a_box_is_recovered_no_better_than_by_chance(quick_disk):
    poll = a_frozen_poll(quick_disk, cards=CASTS)
    sealed = [seal.seal_ballot(poll.manifest, code, {"overall": "A"}) for code in poll.codes]
    marks = [one.body[150:200] for one in sealed]
    hits = dict.fromkeys(ATTACKS, 0)
    for run in range(RUNS):
        poll.folder = quick_disk / f"run{run}"
        store.create(poll.folder, poll.manifest, poll.ballot_keys, poll.text_keys)
        store.open_gate(poll.folder)
        file = cast_in_order(poll, sealed)
        for attack in ATTACKS:
            hits[attack] += score(attack(file, marks), marks)
    # By chance one of n is right in each run: hits follow Poisson(RUNS); 4.5 standard deviations are allowed.
    assert all(count <= RUNS + 4.5 * RUNS**0.5 for count in hits.values()), hits


@pytest.mark.parametrize(
    ("schema", "insert"),
    [
        ("(id INTEGER PRIMARY KEY AUTOINCREMENT, content BLOB)", "(content) VALUES (:c)"),
        ("(id BLOB PRIMARY KEY, content BLOB) WITHOUT ROWID", " VALUES (:k, :c)"),
        ("(content BLOB)", " VALUES (:c)"),
    ],
    ids=["autoincrement", "random-key-without-rowid", "hidden-rowid"],
)
def test_the_same_attack_recovers_all_of_a_bad_box(tmp_path, schema: str, insert: str):
    connection = sqlite3.connect(tmp_path / "bad.db")
    connection.execute(f"CREATE TABLE ballot{schema}")
    truth = [secrets.token_bytes(48) for _ in range(CASTS)]
    for content in truth:
        connection.execute(f"INSERT INTO ballot{insert}", {"k": secrets.token_bytes(16), "c": content})
        connection.commit()
    connection.close()
    file = (tmp_path / "bad.db").read_bytes()
    assert max(score(attack(file, truth), truth) for attack in ATTACKS) == CASTS


def test_the_slots_of_two_boxes_with_the_same_ballots_differ(tmp_path):
    poll = a_frozen_poll(tmp_path, cards=12)
    sealed = [seal.seal_ballot(poll.manifest, code, {}) for code in poll.codes]
    seen = set()
    for run in range(2):
        poll.folder = tmp_path / f"run{run}"
        store.create(poll.folder, poll.manifest, poll.ballot_keys, poll.text_keys)
        store.open_gate(poll.folder)
        file = cast_in_order(poll, sealed)
        seen.add(tuple(file.find(one.body[150:200]) for one in sealed))
    assert len(seen) == 2


def a_whole_poll(tmp_path: Path) -> Poll:
    """Return a poll that was cast, closed, posted, opened and written."""
    poll = a_poll(tmp_path / "boxes", cards=6)
    with poll.writer() as writer:
        for code in poll.codes:
            ballot = seal.seal_ballot(poll.manifest, code, {"overall": "B"})
            text = seal.seal_text(poll.manifest, code, [seal.Remark("U1", "等太久")])
            writer.put("ballot", ballot.key, ballot.body)
            writer.put("text", text.key, text.body)
    store.close_gate(poll.folder)
    board = Board(tmp_path / "board.db")
    board.post("sealed", poll.manifest.poll, proof.sheet(store.draw_all(poll.folder)), "text/plain")
    package = opening.package(poll.folder)
    opened = opening.combine(package, [shares_of(package, 1), shares_of(package, 2)])
    opening.write(poll.folder / "opened", opened, poll.slate, RULES)
    return poll


def test_no_file_of_a_poll_is_dated(tmp_path):
    a_whole_poll(tmp_path)
    paths = [path for path in tmp_path.rglob("*") if path.name != "boxes"]
    assert len(paths) >= 9
    assert {(path.name, path.stat().st_mtime) for path in paths} == {
        (path.name, 946_684_800) for path in paths
    }


def test_no_readable_file_of_a_poll_holds_a_time_or_an_address(tmp_path):
    poll = a_whole_poll(tmp_path)
    told = re.compile(rb"\d\d:\d\d|\d+\.\d+\.\d+\.\d+|Mozilla")
    readable = [path for path in (poll.folder / "opened").iterdir() if path.name != "rules.toml"]
    assert len(readable) == 5
    texts = [path.read_bytes() for path in readable] + [opening.package(poll.folder), poll.manifest.raw]
    assert [told.findall(text) for text in texts] == [[]] * len(texts)


def test_outside_its_slots_a_used_box_equals_an_unused_one(tmp_path):
    poll = a_frozen_poll(tmp_path, cards=5)
    path = poll.folder / "box.db"
    before = outside_slots(path)
    store.open_gate(poll.folder)
    sealed = [seal.seal_ballot(poll.manifest, code, {}) for code in poll.codes]
    cast_in_order(poll, sealed)
    after = outside_slots(path)
    assert {**before, "gate": b"closed"} == after


def outside_slots(path: Path) -> dict[str, object]:
    """Return everything a box file holds beside the contents of its slots."""
    connection = sqlite3.connect(path)
    facts: dict[str, object] = dict(connection.execute("SELECT name, value FROM fact"))
    facts["schema"] = connection.execute("SELECT * FROM sqlite_schema").fetchall()
    for table in ("ballot", "text"):
        facts[table] = connection.execute(f"SELECT slot, length(content) FROM {table}").fetchall()
    facts["pages"] = connection.execute("PRAGMA page_count").fetchone()
    facts["freelist"] = connection.execute("PRAGMA freelist_count").fetchone()
    connection.close()
    return facts


def test_the_writers_memory_lists_cards_in_sorted_order_however_they_came(tmp_path):
    poll = a_poll(tmp_path, cards=9)
    sealed = [seal.seal_ballot(poll.manifest, code, {}) for code in poll.codes]
    with poll.writer() as writer:
        for one in sealed:
            writer.put("ballot", one.key, one.body)
        assert list(writer._slots["ballot"].receipts) == sorted(poll.ballot_keys)


def test_the_journal_keeps_nothing_after_a_cast(tmp_path):
    poll = a_poll(tmp_path)
    cast_in_order(poll, [seal.seal_ballot(poll.manifest, code, {}) for code in poll.codes])
    assert sorted(path.name for path in poll.folder.iterdir()) == ["box.db", "box.db-journal"]
    assert (poll.folder / "box.db-journal").stat().st_size == 0
