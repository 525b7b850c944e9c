"""What remark writers say of the answers: one small pigeonhole file per poll, no order, no time, no name.

Slots are written beforehand and overwritten in place like those of a ballot box. Never in the board file,
whose order of writing would tell who came when (house.md section 8).
"""

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import utils

from survey.box import boxfile, seal, tokens
from survey.errors import Invalid, Missing, Refused

NAME = "mail.db"
WORDS = {"S": "solved", "P": "partly", "U": "unsolved"}
SIGNATURE_BYTES, DIGEST_BYTES = 64, 32
SENT_BYTES = 1 + SIGNATURE_BYTES
SLOT_BYTES = tokens.KEY_BYTES + DIGEST_BYTES + SENT_BYTES
UPDATE = "UPDATE word SET content=? WHERE slot=?"
SELECT = "SELECT slot, content FROM word"


def answers_of(notice: bytes) -> dict[str, str]:
    """Return the posted answers by the key of the remark that each belongs to."""
    return {str(entry["key"]): str(entry["text"]) for entry in json.loads(notice)}


def notice(answers: Mapping[str, str]) -> bytes:
    """Return the public list, sorted by key: everybody fetches the whole of it."""
    listed = [{"key": key, "text": text} for key, text in sorted(answers.items())]
    return json.dumps(listed, ensure_ascii=False, separators=(",", ":")).encode()


def message(poll: str, key: str, text: str, word: str) -> bytes:
    """Return what a writer signs: one word on one wording of the answer."""
    return f"word|{poll}|{key}|{hashlib.sha256(text.encode()).hexdigest()}|{word}".encode()


def create(folder: Path, writers: int) -> None:
    """Make the file with two slots of random bytes for each writer; one that stands already is left."""
    if (folder / NAME).exists() or not writers:
        return
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f"{NAME}.new"
    fresh.unlink(missing_ok=True)
    connection = sqlite3.connect(fresh, isolation_level=None)
    try:
        for setting in boxfile.SETTINGS:
            connection.execute(setting)
        connection.execute("CREATE TABLE word(slot INTEGER PRIMARY KEY, content BLOB NOT NULL)")
        noise = [(secrets.token_bytes(SLOT_BYTES),) for _ in range(2 * writers)]
        connection.executemany("INSERT INTO word(content) VALUES (?)", noise)
    finally:
        connection.close()
    Path(f"{fresh}-journal").unlink(missing_ok=True)
    fresh.replace(folder / NAME)
    _still(folder)


def put(folder: Path, *, poll: str, answers: Mapping[str, str], key: str, sent: bytes) -> bool:
    """Take one signed word on the answer as it stands; tell whether it is new. A second word is refused."""
    word = sent[:1].decode("ascii", "replace")
    if len(sent) != SENT_BYTES or word not in WORDS:
        raise Invalid("mail.bad_word", "收到的内容不完整，请刷新页面后再点一次。")
    text = answers.get(key)
    if text is None or not _signed(poll, key, text, sent):
        raise Missing("mail.no_answer", "这条答复已经改过或撤回，请刷新页面后再看。")
    with _opened(folder) as connection:
        connection.execute("BEGIN IMMEDIATE")
        try:
            fresh = _write(connection, poll, answers, key, sent)
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
    return fresh


def _write(
    connection: sqlite3.Connection, poll: str, answers: Mapping[str, str], key: str, sent: bytes
) -> bool:
    rows = {slot: bytes(content) for slot, content in connection.execute(SELECT)}
    taken = {_key(content): slot for slot, content in rows.items() if _key(content) in answers}
    if key in taken and _fits(poll, answers, rows[taken[key]]):
        said = rows[taken[key]][tokens.KEY_BYTES + DIGEST_BYTES :]
        if said[:1] != sent[:1]:
            raise Refused("mail.said", "您已经对这条答复说过一次，不能再改；办公室另作答复以后可以再说。")
        return False
    free = [slot for slot in rows if slot not in taken.values()]
    slot = taken.get(key) or secrets.choice(free)
    digest = hashlib.sha256(answers[key].encode()).digest()
    connection.execute(UPDATE, (bytes.fromhex(key) + digest + sent, slot))
    return True


def words(folder: Path, *, poll: str, answers: Mapping[str, str]) -> dict[str, str]:
    """Return what the writers say of the answers as they stand, by key; a word on an older one is gone."""
    if not (folder / NAME).exists():
        return {}
    with _opened(folder) as connection:
        rows = [bytes(content) for _, content in connection.execute(SELECT)]
    found = {_key(row): row for row in rows if _key(row) in answers and _fits(poll, answers, row)}
    return {key: WORDS[_word(found[key])] for key in sorted(found)}


def _key(content: bytes) -> str:
    return content[: tokens.KEY_BYTES].hex()


def _word(content: bytes) -> str:
    return chr(content[tokens.KEY_BYTES + DIGEST_BYTES])


def _fits(poll: str, answers: Mapping[str, str], content: bytes) -> bool:
    key, sent = _key(content), content[tokens.KEY_BYTES + DIGEST_BYTES :]
    return _signed(poll, key, answers[key], sent)


def _signed(poll: str, key: str, text: str, sent: bytes) -> bool:
    word, signature = chr(sent[0]), sent[1:]
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    try:
        seal.public_key(key).verify(
            utils.encode_dss_signature(r, s), message(poll, key, text, word), seal.SIGNATURE
        )
    except (InvalidSignature, ValueError):
        return False
    return word in WORDS


@contextmanager
def _opened(folder: Path) -> Iterator[sqlite3.Connection]:
    path = folder / NAME
    if not path.is_file():
        raise Missing("mail.none", "这一场测评还没有公开的答复。")
    with boxfile.speaking():
        connection = sqlite3.connect(path, isolation_level=None, timeout=boxfile.BUSY_SECONDS)
        try:
            for setting in boxfile.SETTINGS:
                connection.execute(setting)
            connection.set_authorizer(boxfile.authorize)
            yield connection
        finally:
            connection.close()
            _still(folder)


def _still(folder: Path) -> None:
    boxfile.date(folder / NAME, folder / f"{NAME}-journal", folder)
