"""Key files: made in browser or server, opened by either, and every wrong one is called by its name."""

import json
from typing import Any

import pytest

from survey.box import keys, opening, seal, store
from survey.errors import Invalid, Refused
from tests.box.polls import PASSPHRASE, a_poll, private_key
from tests.box.twin import ask, ask_one

POLL = "2023Q1-v1"


@pytest.fixture(scope="module")
def key_file() -> dict[str, Any]:
    return keys.make(POLL, 2, "县工商联", PASSPHRASE)


def test_a_key_file_opens_with_its_passphrase(key_file: dict[str, Any]):
    again = keys.parse(json.dumps(key_file, ensure_ascii=False).encode())
    assert keys.public_point(keys.unlock(again, PASSPHRASE, poll=POLL)) == key_file["public_key"]


def test_wide_letters_and_outer_spaces_of_a_passphrase_do_not_matter(key_file: dict[str, Any]):
    assert keys.unlock(key_file, f"  {PASSPHRASE.replace('one', 'ｏｎｅ')}　", poll=POLL)


def test_a_wrong_passphrase_is_told(key_file: dict[str, Any]):
    with pytest.raises(Invalid) as refusal:
        keys.unlock(key_file, PASSPHRASE + "x", poll=POLL)
    assert refusal.value.code == "key.wrong_passphrase"


def test_the_key_file_of_another_poll_is_refused_by_name(key_file: dict[str, Any]):
    with pytest.raises(Invalid, match=r"2023Q1-v1.*2023Q2-v1") as refusal:
        keys.unlock(key_file, PASSPHRASE, poll="2023Q2-v1")
    assert refusal.value.code == "key.other_poll"


@pytest.mark.parametrize(
    "name", ["poll", "position", "holder", "public_key", "nonce", "wrapped", "check", "cipher"]
)
def test_a_damaged_key_file_is_not_taken_for_a_wrong_passphrase(key_file: dict[str, Any], name: str):
    with pytest.raises(Invalid) as refusal:
        keys.unlock({**key_file, name: "0" + str(key_file[name])[1:] + "1"}, PASSPHRASE, poll=POLL)
    assert refusal.value.code == "key.damaged"


def test_a_key_file_that_would_eat_the_memory_is_refused(key_file: dict[str, Any]):
    greedy = {**key_file, "kdf": {**key_file["kdf"], "memory_kib": 2**31}}
    greedy["check"] = keys._check(greedy)
    with pytest.raises(Invalid) as refusal:
        keys.unlock(greedy, PASSPHRASE, poll=POLL)
    assert refusal.value.code == "key.damaged"


@pytest.mark.parametrize(
    "change", [{"nonce": "00"}, {"wrapped": "zz"}, {"public_key": None}, {"kdf": {}}, {"kdf": None}]
)
def test_a_key_file_that_was_made_up_is_damaged(key_file: dict[str, Any], change: dict[str, Any]):
    made_up = {**key_file, **change}
    made_up["check"] = keys._check(made_up)
    with pytest.raises(Invalid) as refusal:
        keys.unlock(made_up, PASSPHRASE, poll=POLL)
    assert refusal.value.code == "key.damaged"


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b"\xff\xfe", b"null", b"[" * 5000, b'{"format":"x"}'])
def test_any_other_file_is_no_key_file(raw: bytes):
    with pytest.raises(Invalid) as refusal:
        keys.parse(raw)
    assert refusal.value.code == "key.not_a_key_file"


def test_labels_cannot_be_changed_even_with_a_fresh_check(key_file: dict[str, Any]):
    moved = {**key_file, "position": 1}
    moved["check"] = keys._check(moved)
    with pytest.raises(Invalid) as refusal:
        keys.unlock(moved, PASSPHRASE, poll=POLL)
    assert refusal.value.code == "key.wrong_passphrase"


def test_a_short_passphrase_is_refused_here_and_in_the_browser():
    with pytest.raises(Invalid) as refusal:
        keys.make(POLL, 1, "甲", "1234567")
    answer = ask_one("makeKeyFile", poll=POLL, position=1, holder="甲", passphrase="1234567")
    assert answer == {"code": refusal.value.code, "sentence": refusal.value.sentence}


def test_browser_and_server_open_each_others_key_files(key_file: dict[str, Any]):
    passphrase = " 密码　pass－word "
    theirs, secret, wrong, other, damaged = ask(
        {
            "act": "makeKeyFile",
            "poll": POLL,
            "position": 3,
            "holder": "审计局“三”",
            "passphrase": passphrase,
        },
        {"act": "unlock", "keyFile": key_file, "passphrase": PASSPHRASE, "poll": POLL},
        {"act": "unlock", "keyFile": key_file, "passphrase": "not this one", "poll": POLL},
        {"act": "unlock", "keyFile": key_file, "passphrase": PASSPHRASE, "poll": "2023Q2-v1"},
        {"act": "unlock", "keyFile": {**key_file, "nonce": "00"}, "passphrase": PASSPHRASE, "poll": POLL},
    )
    assert keys.public_point(keys.unlock(theirs, passphrase, poll=POLL)) == theirs["public_key"]
    ours = keys.unlock(key_file, PASSPHRASE, poll=POLL)
    assert secret == f"{ours.private_numbers().private_value:064x}"
    assert [each["code"] for each in (wrong, other, damaged)] == [
        "key.wrong_passphrase", "key.other_poll", "key.damaged",
    ]  # fmt: skip


def test_a_key_that_was_not_registered_is_refused_by_its_place(tmp_path, key_file: dict[str, Any]):
    poll = a_poll(tmp_path)
    store.close_gate(poll.folder)
    package = opening.package(poll.folder)
    with pytest.raises(Invalid, match="第2位") as refusal:
        opening.shares(package, key_file, PASSPHRASE)
    assert refusal.value.code == "key.other_position"
    for position in (1, 4):
        with pytest.raises(Refused) as refusal:
            opening.shares_with(package, private_key(2), position)
        assert refusal.value.code == "key.other_position"


def test_the_browser_decrypts_the_same_shares_as_the_server(tmp_path):
    poll = a_poll(tmp_path)
    with poll.writer() as writer:
        for code in poll.codes[:2]:
            for sealed, kind in (
                (seal.seal_ballot(poll.manifest, code, {"overall": "B"}), "ballot"),
                (seal.seal_text(poll.manifest, code, []), "text"),
            ):
                writer.put(kind, sealed.key, sealed.body)
    store.close_gate(poll.folder)
    package = opening.package(poll.folder)
    secret = f"{private_key(3).private_numbers().private_value:064x}"
    theirs, refused, broken = ask(
        {"act": "openShares", "pack": package.decode(), "key": secret, "position": 3},
        {"act": "openShares", "pack": package.decode(), "key": secret, "position": 2},
        {"act": "openShares", "pack": "{}", "key": secret, "position": 2},
    )
    # Both signatures hold, yet one of them may carry the other, equally valid s.
    ours = opening.shares_with(package, private_key(3), 3)
    assert theirs.pop("board")["sha256"] == ours.pop("board")["sha256"]
    assert theirs == ours
    assert (refused["code"], broken["code"]) == ("key.other_position", "opening.bad_package")
