"""Blind tickets: the published vectors, both directions between browser and server, one ticket per firm."""

import json
import secrets
from pathlib import Path
from typing import Any

import pytest
from Crypto.PublicKey import RSA
from cryptography.hazmat.primitives.asymmetric import rsa
from mnemonic import Mnemonic

from survey.box import blind, tokens, words
from survey.box.manifest import KINDS
from survey.errors import Forbidden, Gone, Refused
from survey.issuer import signer
from survey.issuer.ledger import RECORD, Issuer
from tests.box import twin
from tests.box.firms import a_channel, a_key, numbers
from tests.box.polls import a_manifest

DRIVER = Path(__file__).with_name("blind.mjs")
VECTORS = json.loads((Path(__file__).parent.parent / "golden" / "envelopes" / "rfc9474.json").read_text())
POLL = "2023Q1-v1"
FIRMS = ("91130324MA0000001A", "91130324MA0000002B")


def ask(*commands: dict[str, Any]) -> list[Any]:
    return twin.ask(*commands, driver=DRIVER)


def as_json(key: RSA.RsaKey) -> dict[str, str]:
    return {"n": f"{int(key.n):x}", "e": f"{int(key.e):x}"}


@pytest.fixture
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take one key for both kinds: making one takes seconds."""
    monkeypatch.setattr(signer, "make_key", a_key)


def test_the_vectors_are_the_four_published_variants():
    assert [each["name"] for each in VECTORS["vectors"]] == [
        "RSABSSA-SHA384-PSS-Randomized", "RSABSSA-SHA384-PSSZERO-Randomized",
        "RSABSSA-SHA384-PSS-Deterministic", "RSABSSA-SHA384-PSSZERO-Deterministic",
    ]  # fmt: skip


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda each: each["name"])
def test_python_and_the_browser_reproduce_the_published_vector(vector: dict[str, str]):
    n, e, d, p, q = (int(vector[name], 16) for name in "nedpq")
    key = rsa.RSAPublicNumbers(e, n)
    prepared, salt = bytes.fromhex(vector["input_msg"]), bytes.fromhex(vector["salt"])
    blinded = blind.blind(key, prepared, salt=salt, factor=pow(int(vector["inv"], 16), -1, n))
    assert blinded.message.hex() == vector["blinded_msg"]
    signed = signer.sign(RSA.construct((n, e, d, p, q)), blinded.message)
    assert signed.hex() == vector["blind_sig"]
    assert blind.finalize(key, blinded, signed, salt_bytes=len(salt)).hex() == vector["sig"]
    [theirs] = ask(
        {"act": "vector", "key": {"n": vector["n"], "e": vector["e"]}, "prepared": vector["input_msg"],
         "salt": vector["salt"], "inverse": vector["inv"], "blindSignature": vector["blind_sig"]}
    )  # fmt: skip
    assert theirs == {"message": vector["blinded_msg"], "signature": vector["sig"]}


def test_browser_and_server_ask_for_the_same_ticket_from_the_same_phrase():
    key, seeds = a_key(), [secrets.token_bytes(16) for _ in range(5)]
    for kind in KINDS:
        ours = [blind.request(numbers(key), seed, kind, poll=POLL) for seed in seeds]
        common = {"key": as_json(key), "kind": kind, "poll": POLL}
        theirs = ask(*({"act": "request", "seed": seed.hex(), **common} for seed in seeds))
        assert theirs == [each.message.hex() for each in ours]
        signatures = [signer.sign(key, each.message) for each in ours]
        tickets = ask(*(
            {"act": "ticket", "seed": seed.hex(), "blindSignature": signature.hex(), **common}
            for seed, signature in zip(seeds, signatures, strict=True)
        ))  # fmt: skip
        for seed, ticket in zip(seeds, tickets, strict=True):
            card = tokens.public_hex(blind.voter_key(seed, kind, POLL))
            token = bytes.fromhex(ticket)
            assert blind.token_fits(numbers(key), token, kind=kind, poll=POLL, card=card)
            other = "text" if kind == "ballot" else "ballot"
            assert not blind.token_fits(numbers(key), token, kind=other, poll=POLL, card=card)
            assert not blind.token_fits(numbers(key), token, kind=kind, poll="2023Q2-v1", card=card)
            altered = token[:-1] + bytes([token[-1] ^ 1])
            assert not blind.token_fits(numbers(key), altered, kind=kind, poll=POLL, card=card)


def test_every_request_could_have_led_to_every_ticket():
    """For all 144 pairs there is a blinding factor that explains them, so the issuer's list tells nothing."""
    key, count = a_key(), 12
    n, e = int(key.n), int(key.e)
    asked = [blind.request(numbers(key), secrets.token_bytes(16), "ballot", poll=POLL) for _ in range(count)]
    tickets = [
        (each.prepared, blind.finalize(numbers(key), each, signer.sign(key, each.message), salt_bytes=48))
        for each in asked
    ]
    explained = 0
    for each in asked:
        for _, signature in tickets:
            encoded = pow(int.from_bytes(signature), e, n)
            factor = int.from_bytes(
                key._decrypt_to_bytes(int.from_bytes(each.message) * pow(encoded, -1, n) % n)
            )
            explained += encoded * pow(factor, e, n) % n == int.from_bytes(each.message)
    assert explained == count * count == 144


@pytest.mark.usefixtures("quick_keys")
def test_a_lost_phone_gets_the_same_ticket_and_never_a_second_one(tmp_path: Path):
    issuer = Issuer(tmp_path / "issuer", POLL)
    codes = issuer.prepare(FIRMS)
    key, phrase = numbers(a_key()), secrets.token_bytes(16)
    asked = {kind: blind.request(key, phrase, kind, poll=POLL).message for kind in KINDS}
    first = issuer.draw(FIRMS[0], codes[FIRMS[0]], asked)
    assert issuer.draw(FIRMS[0], codes[FIRMS[0]], asked) == first
    other = {kind: blind.request(key, secrets.token_bytes(16), kind, poll=POLL).message for kind in KINDS}
    with pytest.raises(Refused, match="已经领过凭证") as refusal:
        issuer.draw(FIRMS[0], codes[FIRMS[0]], other)
    assert refusal.value.code == "ticket.drawn"
    with pytest.raises(Forbidden, match="领取码不对"):
        issuer.draw(FIRMS[1], codes[FIRMS[0]], other)
    assert issuer.drawn() == 1


@pytest.mark.usefixtures("quick_keys")
def test_the_keys_are_destroyed_at_the_close_with_a_record(tmp_path: Path):
    issuer = Issuer(tmp_path / "issuer", POLL)
    codes = issuer.prepare(FIRMS)
    issuer.announce(a_manifest(remote=a_channel()))
    record = issuer.destroy(by=["甲", "乙"], on="2023-03-31")
    assert json.loads((issuer.folder / RECORD).read_text()) == record == issuer.record()
    assert issuer.destroy(by=["甲", "乙"], on="2023-04-01") == record, (
        "a desk that stopped half-way asks again"
    )
    assert not list(issuer.folder.glob("*.pem"))
    asked = {kind: blind.request(numbers(a_key()), bytes(16), kind, poll=POLL).message for kind in KINDS}
    with pytest.raises(Gone, match="已经销毁"):
        issuer.draw(FIRMS[0], codes[FIRMS[0]], asked)


def test_a_signature_that_a_faulty_machine_spoilt_never_leaves_the_issuer():
    class Spoilt:
        n, e = int(a_key().n), int(a_key().e)

        def _decrypt_to_bytes(self, ciphertext: int) -> bytes:
            return (int.from_bytes(a_key()._decrypt_to_bytes(ciphertext)) ^ 1).to_bytes(384)

    asked = blind.request(numbers(a_key()), bytes(16), "ballot", poll=POLL)
    with pytest.raises(ArithmeticError):
        signer.sign(Spoilt(), asked.message)


@pytest.mark.parametrize(("size", "length"), [(16, 12), (32, 24)])
def test_the_browser_writes_and_reads_phrases_as_the_published_word_list_does(size: int, length: int):
    book, list_ = Mnemonic(words.LANGUAGE), words.WORD_LIST
    seeds = [bytes(size), b"\xff" * size, *(secrets.token_bytes(size) for _ in range(20))]
    written = ask(*({"act": "phrase", "entropy": seed.hex(), "list": list_} for seed in seeds))
    assert written == [book.to_mnemonic(seed).replace(" ", "") for seed in seeds]
    read = ask(*({"act": "entropy", "text": text, "list": list_, "length": length} for text in written))
    assert read == [seed.hex() for seed in seeds]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda text: text[:-1], "phrase.count"),
        (lambda text: text[:4] + "囧" + text[5:], "phrase.unknown"),
        (lambda text: text[1] + text[0] + text[2:], "phrase.order"),
    ],
)
def test_a_phrase_that_was_copied_wrongly_is_told_so(change, code):
    """The seed is one whose swapped characters fail the checksum: one in sixteen would pass."""
    text = Mnemonic(words.LANGUAGE).to_mnemonic(bytes(range(16))).replace(" ", "")
    [refused] = ask({"act": "entropy", "text": change(text), "list": words.WORD_LIST})
    assert refused["code"] == code
