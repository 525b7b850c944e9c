"""The manifest freezes the sheet, the rules, the keys and the cards under one digest."""

import hashlib
import json

import pytest

from survey.box import keys, tokens
from survey.box.manifest import Manifest, ballot_body, canonical
from survey.errors import Invalid
from tests.box.polls import a_manifest, a_slate, private_key


def test_the_digest_is_that_of_the_very_bytes():
    manifest = a_manifest()
    again = Manifest.from_bytes(manifest.raw)
    assert again.sha256 == hashlib.sha256(manifest.raw).hexdigest() == manifest.sha256
    assert again.lines == ("overall", "U1", "U2", "U3", *(f"P{n:03}" for n in range(1, 9)))


def test_the_public_slate_keeps_adverse_actions_to_itself():
    assert b"adverse" not in a_manifest().raw


def test_the_manifest_names_what_the_voter_relies_on():
    content = a_manifest().content
    assert (content["format"], content["suite"], content["revote"], content["channels"]) == (
        "qiping-manifest-1", 1, False, ["hall"],
    )  # fmt: skip
    assert set(content["cards"]) == {"count", "ballot_root", "text_root"}
    assert [option["mark"] for option in content["options"]] == ["A", "B", "C"]


def test_the_ballot_body_grows_in_steps():
    assert [ballot_body(count) for count in (1, 327, 1008, 1009, 2032, 2033)] == [
        256,
        256,
        256,
        512,
        512,
        768,
    ]


@pytest.mark.parametrize("place", range(0, 1000, 97))
def test_a_changed_manifest_has_another_digest_or_is_refused(place: int):
    raw = bytearray(a_manifest().raw)
    raw[place] ^= 1
    try:
        digest = Manifest.from_bytes(bytes(raw)).sha256
    except Invalid as refusal:
        digest = refusal.code
    assert digest not in (a_manifest().sha256, "")


@pytest.mark.parametrize("raw", [b"", b"[]", b"null", b"{}", b"\xff", b"[" * 5000, b'{"format":"x"}'])
def test_what_is_no_manifest_is_refused(raw: bytes):
    with pytest.raises(Invalid) as refusal:
        Manifest.from_bytes(raw)
    assert refusal.value.code == "box.bad_manifest"


def test_a_manifest_in_another_spelling_is_refused():
    raw = json.dumps(json.loads(a_manifest().raw), ensure_ascii=False, indent=1).encode()
    with pytest.raises(Invalid):
        Manifest.from_bytes(raw)


def test_sizes_and_keys_of_a_manifest_are_checked():
    for change in (
        {"ballot_body": 300}, {"text_body": 8}, {"threshold": 4}, {"threshold": 0}, {"suite": 2},
        {"inspectors": []}, {"cards": {"count": 0, "ballot_root": "", "text_root": ""}},
    ):  # fmt: skip
        with pytest.raises(Invalid):
            Manifest.from_bytes(canonical({**a_manifest().content, **change}))


def test_a_line_that_stands_twice_is_named():
    slate = a_slate()
    slate["persons"][0]["id"] = "U1"
    with pytest.raises(Invalid, match="「U1」"):
        a_manifest(slate=slate)


def test_fewer_keys_than_openers_are_refused():
    with pytest.raises(Invalid) as refusal:
        a_manifest(threshold=4, inspectors=3)
    assert refusal.value.code == "box.bad_threshold"


def test_one_key_for_two_inspectors_is_refused():
    key = keys.public_point(private_key(1))
    with pytest.raises(Invalid) as refusal:
        a_manifest(public_keys=[key, key, keys.public_point(private_key(2))])
    assert refusal.value.code == "box.same_key"


def test_a_poll_without_cards_is_refused():
    from survey.box import manifest as manifests

    sound = a_manifest().content
    with pytest.raises(Invalid) as refusal:
        manifests.build(
            poll="x", round_="x", title="x", county="x", held_on="x", slate=sound["slate"], slate_sha256="",
            rules_sha256="", threshold=2, inspectors=a_manifest().inspectors, ballot_keys=[], text_keys=[],
        )  # fmt: skip
    assert refusal.value.code == "box.no_cards"
    assert tokens.root([]) != tokens.root([""] * 2)
