"""The ballot page with the browser's own cryptography seals what the box takes and both openers open."""

import secrets
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from survey.box import opening, seal, second, store, tokens
from survey.errors import Refused
from tests.box import twin
from tests.box.polls import a_manifest, a_poll, private_key, shares_of
from tests.box.test_hpke_vectors import vectors

DRIVER = Path(__file__).with_name("subtle.mjs")


def ask(*commands: dict[str, Any]) -> list[Any]:
    return twin.ask(*commands, driver=DRIVER)


def test_a_ballot_sealed_by_webcrypto_is_taken_and_both_openers_open_it(tmp_path):
    poll = a_poll(tmp_path, threshold=3, inspectors=5)
    marks, remarks = {"overall": "B", "P008": "C"}, [{"line": "U1", "text": "办事太慢"}]
    [sealed] = ask(
        {"act": "seal", "manifest": poll.manifest.raw.decode(), "code": poll.codes[0], "marks": marks,
         "remarks": remarks},
    )  # fmt: skip
    with poll.writer() as writer:
        for kind in ("ballot", "text"):
            body = bytes.fromhex(sealed[kind]["body"])
            assert writer.put(kind, sealed[kind]["key"], body).receipt == sealed[kind]["receipt"]
    store.close_gate(poll.folder)
    package = opening.package(poll.folder)
    sets = [shares_of(package, place) for place in (1, 3, 5)]
    opened = opening.combine(package, sets)
    assert opened.ballots == [{"overall": "B", "units": {}, "persons": {"P008": "C"}}]
    assert opened.remarks == remarks
    assert second.table(package, sets) == opened.table.raw


def test_public_keys_are_those_that_python_derives_at_the_edges_too():
    scalars = [1, 2, 3, tokens.GROUP_ORDER - 1, tokens.GROUP_ORDER - 2, tokens.GROUP_ORDER // 2]
    scalars += [secrets.randbelow(tokens.GROUP_ORDER - 1) + 1 for _ in range(30)]
    found = ask(*({"act": "point", "scalar": f"{one:x}"} for one in scalars))
    for one, (x, y) in zip(scalars, found, strict=True):
        numbers = ec.derive_private_key(one, tokens.CURVE).public_key().public_numbers()
        assert (int(x, 16), int(y, 16)) == (numbers.x, numbers.y)


def test_what_webcrypto_seals_to_an_inspector_python_opens():
    point = private_key(1).public_key().public_numbers()
    public = f"04{point.x:064x}{point.y:064x}"
    [sealed] = ask({"act": "hpkeSeal", "publicKey": public, "info": "abcd", "plaintext": "00ff"})
    assert seal.HPKE.decrypt(bytes.fromhex(sealed), private_key(1), b"\xab\xcd") == b"\x00\xff"


def test_the_key_schedule_gives_the_published_keys_and_nonces():
    entries = [each for each in vectors() if (each["kdf_id"], each["aead_id"]) == (1, 2)]
    answers = ask(
        *({"act": "schedule", "secret": each["shared_secret"], "info": each["info"]} for each in entries)
    )
    assert answers == [[each["key"], each["base_nonce"]] for each in entries]


def test_a_browser_that_can_seal_passes_the_trial_and_opens_its_own_drafts():
    draft = {"act": "draft", "key": "11" * 32, "plain": "草稿"}
    assert ask({"act": "probe"}, draft) == ["fit", "草稿"]


@pytest.mark.parametrize(
    ("marks", "code"), [({"U9": "A"}, "box.unknown_line"), ({"U1": "D"}, "box.unknown_mark")]
)
def test_what_the_sheet_does_not_have_is_refused_alike(marks: dict[str, str], code: str):
    manifest = a_manifest()
    one = tokens.new_code()
    [answer] = ask(
        {"act": "seal", "manifest": manifest.raw.decode(), "code": one, "marks": marks, "remarks": []}
    )
    assert answer["code"] == code
    with pytest.raises(Refused) as refusal:
        seal.seal_ballot(manifest, one, marks)
    assert refusal.value.code == code
