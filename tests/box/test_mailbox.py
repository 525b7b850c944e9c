"""What writers say of answers: signed, once for each wording, in slots that tell no order."""

import json
import secrets
import sqlite3
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from survey.box import boxfile, mailbox, packing, seal, tokens
from survey.box.mailbox import SLOT_BYTES
from survey.box.packing import Remark, Unreadable
from survey.errors import Invalid, Missing, Refused

POLL = "2023Q1-v1"
WRITERS = 20


class Writer:
    """One remark's writer with the own key."""

    def __init__(self) -> None:
        self.private = ec.generate_private_key(tokens.CURVE)
        self.key = tokens.public_hex(self.private)

    def word(self, text: str, word: str = "S") -> bytes:
        return word.encode() + seal.sign(self.private, mailbox.message(POLL, self.key, text, word))


def put(folder: Path, writer: Writer, answers: dict[str, str], word: str = "S", text: str = "") -> bool:
    sent = writer.word(text or answers[writer.key], word)
    return mailbox.put(folder, poll=POLL, answers=answers, key=writer.key, sent=sent)


@pytest.fixture
def writers(tmp_path: Path) -> list[Writer]:
    made = [Writer() for _ in range(WRITERS)]
    mailbox.create(tmp_path, len(made))
    return made


def answered(writers: list[Writer], text: str = "已增开两个窗口") -> dict[str, str]:
    return {writer.key: f"{text}（{number}）" for number, writer in enumerate(writers)}


def test_a_word_is_said_once_and_a_new_wording_asks_anew(tmp_path, writers):
    answers, one = answered(writers), writers[3]
    assert put(tmp_path, one, answers, "U") is True
    assert put(tmp_path, one, answers, "U") is False
    with pytest.raises(Refused) as refusal:
        put(tmp_path, one, answers, "S")
    assert refusal.value.code == "mail.said"
    assert mailbox.words(tmp_path, poll=POLL, answers=answers) == {one.key: "unsolved"}
    again = answers | {one.key: "已经换人办理"}
    assert mailbox.words(tmp_path, poll=POLL, answers=again) == {}
    assert put(tmp_path, one, again, "S") is True
    assert mailbox.words(tmp_path, poll=POLL, answers=again) == {one.key: "solved"}


def test_nobody_else_speaks_for_a_writer(tmp_path, writers):
    answers, stranger = answered(writers), Writer()
    forged = stranger.word(answers[writers[0].key])
    with pytest.raises(Missing):
        mailbox.put(tmp_path, poll=POLL, answers=answers, key=writers[0].key, sent=forged)
    with pytest.raises(Missing):
        mailbox.put(tmp_path, poll=POLL, answers=answers, key=stranger.key, sent=stranger.word("x"))
    with pytest.raises(Missing):
        put(tmp_path, writers[0], answers, "S", text="别的答复")
    for sent in (b"", b"X" + bytes(64), writers[0].word(answers[writers[0].key])[:-1]):
        with pytest.raises(Invalid):
            mailbox.put(tmp_path, poll=POLL, answers=answers, key=writers[0].key, sent=sent)
    assert mailbox.words(tmp_path, poll=POLL, answers=answers) == {}


def test_all_writers_find_room_and_no_slot_changes_its_size(tmp_path, writers):
    answers = answered(writers)
    for writer in writers:
        put(tmp_path, writer, answers, secrets.choice("SPU"))
    assert len(mailbox.words(tmp_path, poll=POLL, answers=answers)) == WRITERS
    with sqlite3.connect(tmp_path / mailbox.NAME) as file:
        sizes = file.execute(
            "SELECT count(*), min(length(content)), max(length(content)) FROM word"
        ).fetchone()
    file.close()
    assert sizes == (2 * WRITERS, SLOT_BYTES, SLOT_BYTES)


def test_the_file_tells_neither_order_nor_time(tmp_path, writers):
    """By their places in the file, writers fit the order of speaking by chance alone."""
    answers, hits = answered(writers), 0
    rounds = 4
    for number in range(rounds):
        folder = tmp_path / str(number)
        mailbox.create(folder, WRITERS)
        for writer in writers:
            put(folder, writer, answers)
        raw = (folder / mailbox.NAME).read_bytes()
        placed = sorted(writers, key=lambda writer: raw.find(bytes.fromhex(writer.key)))
        hits += max(
            sum(one is other for one, other in zip(placed, writers, strict=True)),
            sum(one is other for one, other in zip(reversed(placed), writers, strict=True)),
        )
        assert (folder / mailbox.NAME).stat().st_mtime == boxfile.STILL
        assert folder.stat().st_mtime == boxfile.STILL
    assert hits / rounds < 5, "chance gives about 1.6 of 20"


def test_a_file_that_stands_is_not_made_anew(tmp_path, writers):
    put(tmp_path, writers[0], answered(writers))
    mailbox.create(tmp_path, WRITERS)
    assert len(mailbox.words(tmp_path, poll=POLL, answers=answered(writers))) == 1


def test_the_public_list_is_sorted_and_names_nobody(writers):
    listed = json.loads(mailbox.notice(answered(writers)))
    assert [entry["key"] for entry in listed] == sorted(writer.key for writer in writers)
    assert {tuple(entry) for entry in listed} == {("key", "text")}
    assert mailbox.answers_of(mailbox.notice(answered(writers))) == answered(writers)


@given(text=st.text(min_size=1, max_size=40), asks=st.booleans())
@settings(max_examples=80, deadline=None)
def test_a_remark_comes_out_with_the_reply_key_it_was_sealed_with(text: str, asks: bool):
    key = "02" + "ab" * 32 if asks else ""
    lines = ("overall", "U1")
    sealed = packing.encode_remarks(lines, [Remark("U1", text, key)])
    expected = [Remark("U1", packing.clean(text), key)] if packing.clean(text) else []
    assert packing.decode_remarks(lines, sealed) == expected


@pytest.mark.parametrize("reply", ["x", "04" + "ab" * 32, "02" + "AB" * 32, 7, None])
def test_a_reply_key_that_is_none_makes_the_envelope_void(reply):
    content = json.dumps([{"line": "U1", "text": "慢", "reply": reply}]).encode()
    with pytest.raises(Unreadable):
        packing.decode_remarks(("U1",), content)
