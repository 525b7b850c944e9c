"""The box file: made once, opened, closed; only slots change, in place, and no file tells a time."""

import sqlite3

import pytest

from survey.box import boxfile, seal, shredding, store
from survey.box import writer as writers
from survey.errors import Busy, Invalid, Missing, Refused
from tests.box.polls import Poll, a_frozen_poll, a_poll

# SQLite's own header: file change counter and "version valid for" count transactions, not ballots.
HEADER_COUNTERS = {*range(24, 28), *range(92, 96)}


def fill(poll: Poll) -> None:
    with poll.writer() as writer:
        for code in poll.codes:
            ballot, text = seal.seal_ballot(poll.manifest, code, {}), seal.seal_text(poll.manifest, code, [])
            writer.put("ballot", ballot.key, ballot.body)
            writer.put("text", text.key, text.body)


def test_the_gate_goes_one_way(tmp_path):
    poll = a_frozen_poll(tmp_path)
    assert store.gate(poll.folder) == "ready"
    for move, state in ((store.open_gate, "open"), (store.close_gate, "closed")):
        move(poll.folder)
        move(poll.folder)
        assert store.gate(poll.folder) == state
    with pytest.raises(Refused) as refusal:
        store.open_gate(poll.folder)
    assert refusal.value.code == "box.closed"


def test_a_box_counts_and_gives_what_was_put_in_sorted_by_key(tmp_path):
    poll = a_poll(tmp_path, cards=5)
    fill(poll)
    assert store.count(poll.folder) == 5
    with pytest.raises(Refused) as refusal:
        store.draw_all(poll.folder)
    assert refusal.value.code == "box.not_closed"
    store.close_gate(poll.folder)
    drawn = store.draw_all(poll.folder)
    assert [key for key, _ in drawn.ballots] == sorted(poll.ballot_keys)
    assert [key for key, _ in drawn.texts] == sorted(poll.text_keys)


def test_a_box_in_use_is_never_made_anew(tmp_path):
    poll = a_frozen_poll(tmp_path)
    store.create(poll.folder, poll.manifest, poll.ballot_keys, poll.text_keys)
    store.open_gate(poll.folder)
    with pytest.raises(Refused) as refusal:
        store.create(poll.folder, poll.manifest, poll.ballot_keys, poll.text_keys)
    assert refusal.value.code == "box.exists"


def test_cards_that_the_manifest_does_not_name_make_no_box(tmp_path):
    poll = a_frozen_poll(tmp_path)
    with pytest.raises(Invalid) as refusal:
        store.create(tmp_path / "other", poll.manifest, poll.ballot_keys[1:], poll.text_keys)
    assert refusal.value.code == "box.other_cards"
    assert not (tmp_path / "other").exists()


def test_cards_swapped_in_the_file_are_noticed(tmp_path):
    poll, other = a_poll(tmp_path), a_poll(tmp_path, poll="2023Q2-v1")
    keys = bytes.fromhex("".join(sorted(other.ballot_keys)))
    with sqlite3.connect(poll.folder / "box.db") as connection:
        connection.execute("UPDATE fact SET value=? WHERE name='ballot_keys'", (keys,))
    connection.close()
    with pytest.raises(Invalid) as refusal:
        poll.writer()
    assert refusal.value.code == "box.other_cards"


def test_a_cast_changes_its_slot_in_place_and_nothing_else(tmp_path):
    poll = a_poll(tmp_path, cards=20)
    path = poll.folder / "box.db"
    with poll.writer() as writer:
        for code in poll.codes[:6]:
            for kind, make in (("ballot", seal.seal_ballot), ("text", seal.seal_text)):
                before = path.read_bytes()
                sealed = make(poll.manifest, code, [] if kind == "text" else {})
                writer.put(kind, sealed.key, sealed.body)
                after = path.read_bytes()
                assert len(after) == len(before)
                changed = {n for n, (old, new) in enumerate(zip(before, after, strict=True)) if old != new}
                content = bytes.fromhex(sealed.key) + sealed.body
                assert changed - HEADER_COUNTERS <= stretch(after, content)


def stretch(file: bytes, content: bytes) -> set[int]:
    """Return the places of `content` in the file, which SQLite cuts where a page overflows."""
    places: set[int] = set()
    while content:
        size = len(content)
        while (start := file.find(content[:size])) < 0:
            size -= 1
        assert size > 16
        places |= set(range(start, start + size))
        content = content[size:]
    return places


def test_every_connection_overwrites_syncs_and_only_updates(tmp_path):
    poll = a_poll(tmp_path)
    connection = boxfile.connect(poll.folder)
    for forbidden in (
        "DELETE FROM ballot", "INSERT INTO ballot(content) VALUES (x'00')", "CREATE TABLE log(at TEXT)",
        "ATTACH ':memory:' AS spy", "PRAGMA secure_delete=OFF", "DROP TABLE ballot",
        "SELECT datetime('now')", "CREATE INDEX tell ON ballot(content)", "ALTER TABLE ballot ADD COLUMN at",
    ):  # fmt: skip
        with pytest.raises(sqlite3.DatabaseError, match=r"not authorized|prohibited"):
            connection.execute(forbidden)
    connection.set_authorizer(None)
    settings = {
        name: connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("secure_delete", "synchronous", "journal_mode")
    }
    connection.close()
    assert settings == {"secure_delete": 1, "synchronous": 2, "journal_mode": "truncate"}


def test_a_box_has_no_index_no_time_and_twice_as_many_equal_slots_as_cards(tmp_path):
    poll = a_poll(tmp_path, cards=7)
    connection = sqlite3.connect(poll.folder / "box.db")
    schema = connection.execute("SELECT type, sql FROM sqlite_schema").fetchall()
    assert {kind for kind, _ in schema} == {"table"}
    assert not any("AUTOINCREMENT" in sql or "TIME" in sql.upper() for _, sql in schema)
    for table in ("ballot", "text"):
        sizes = connection.execute(f"SELECT length(content) FROM {table}").fetchall()
        assert len(sizes) == 14
        assert len(set(sizes)) == 1
    connection.close()


def test_a_poll_without_a_box_is_told(tmp_path):
    with pytest.raises(Missing) as refusal:
        store.gate(tmp_path / "2023Q3-v1")
    assert refusal.value.code == "box.missing"


def test_a_damaged_or_foreign_file_is_told(tmp_path):
    poll = a_poll(tmp_path)
    path = poll.folder / "box.db"
    whole = path.read_bytes()
    for content, code in ((b"not a database" * 999, "box.damaged"), (b"", "box.other_format")):
        path.write_bytes(content)
        with pytest.raises(Invalid) as refusal:
            poll.writer()
        assert refusal.value.code == code
    path.write_bytes(whole[:-4096])
    with pytest.raises((Invalid, Busy)):
        poll.writer()
    path.write_bytes(whole)
    poll.writer().close()


def test_a_writer_lets_go_of_a_destroyed_box_and_forgets_it(tmp_path, monkeypatch):
    monkeypatch.setattr(writers, "LOOK_SECONDS", 0.02)
    poll = a_poll(tmp_path)
    with poll.writer() as writer:
        sealed = seal.seal_ballot(poll.manifest, poll.codes[0], {})
        writer.put("ballot", sealed.key, sealed.body)
        store.close_gate(poll.folder)
        shredding.shred(poll.folder)
        writer._thread.join(5)
        assert not writer._thread.is_alive()
        assert writer._slots == {}
        with pytest.raises(Refused) as refusal:
            writer.put("ballot", sealed.key, sealed.body)
        assert refusal.value.code == "box.gone"


def test_an_open_box_is_not_destroyed(tmp_path):
    poll = a_poll(tmp_path)
    with pytest.raises(Refused) as refusal:
        shredding.shred(poll.folder)
    assert refusal.value.code == "box.not_closed"
    assert store.gate(poll.folder) == "open"
