"""RFC 9180 vectors, a second library, and the browser's own HPKE against each other."""

import json
from typing import Any

import cryptography_vectors
import pytest
from Crypto.Protocol import HPKE as second
from Crypto.PublicKey import ECC
from cryptography.hazmat.bindings._rust import openssl
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from survey.box import seal, tokens
from survey.box.seal import Envelope
from tests.box.polls import a_manifest, private_key
from tests.box.twin import ask

BASE, P256, EXPORT_ONLY = 0, 16, 65535
KDFS = {1: KDF.HKDF_SHA256, 3: KDF.HKDF_SHA512}
AEADS = {1: AEAD.AES_128_GCM, 2: AEAD.AES_256_GCM, 3: AEAD.CHACHA20_POLY1305}


def vectors() -> list[dict[str, Any]]:
    with cryptography_vectors.open_vector_file("HPKE/test-vectors.json", "rb") as file:
        listed = json.load(file)
    return [
        each
        for each in listed
        if each["mode"] == BASE
        and each["kem_id"] == P256
        and each["kdf_id"] in KDFS
        and each["aead_id"] in AEADS
    ]


def first(vector: dict[str, Any]) -> dict[str, str]:
    """Return the first message of a vector, the only one that one-shot HPKE seals."""
    return vector["encryptions"][0]


def test_there_is_a_vector_for_every_cipher_of_the_suite():
    assert {(each["kdf_id"], each["aead_id"]) for each in vectors()} == {(k, a) for k in KDFS for a in AEADS}


@pytest.mark.parametrize("vector", vectors(), ids=lambda each: f"kdf{each['kdf_id']}-aead{each['aead_id']}")
def test_the_published_base_vectors_open(vector: dict[str, Any]):
    key = ec.derive_private_key(int(vector["skRm"], 16), tokens.CURVE)
    suite = Suite(KEM.P256, KDFS[vector["kdf_id"]], AEADS[vector["aead_id"]])
    message = first(vector)
    sealed = bytes.fromhex(vector["enc"] + message["ct"])
    opened = openssl.hpke._decrypt_with_aad(
        suite, sealed, key, bytes.fromhex(vector["info"]), bytes.fromhex(message["aad"])
    )
    assert opened.hex() == message["pt"]


def test_the_browser_seals_and_opens_the_published_vector_of_our_suite():
    [vector] = [each for each in vectors() if (each["kdf_id"], each["aead_id"]) == (1, 2)]
    message = first(vector)
    sealed = vector["enc"] + message["ct"]
    rest = {"info": vector["info"], "aad": message["aad"]}
    opened, resealed = ask(
        {"act": "hpkeOpen", "key": vector["skRm"], "sealed": sealed, **rest},
        {
            "act": "hpkeSeal",
            "publicKey": vector["pkRm"],
            "plaintext": message["pt"],
            "ephemeral": vector["skEm"],
            **rest,
        },
    )
    assert opened == message["pt"]
    assert resealed == sealed


def test_a_second_library_opens_our_share_boxes():
    manifest = a_manifest()
    sealed = seal.seal_ballot(manifest, tokens.new_code(), {"overall": "A"})
    envelope = Envelope.parse(sealed.body[68:], 3)
    for position in (1, 2, 3):
        scalar = private_key(position).private_numbers().private_value
        box, info = envelope.boxes[position - 1], envelope.aad(manifest.poll) + bytes([position])
        opener = second.new(
            receiver_key=ECC.construct(curve="P-256", d=scalar),
            aead_id=second.AEAD.AES256_GCM,
            enc=box[:65],
            info=info,
        )
        assert opener.unseal(box[65:]) == seal.HPKE.decrypt(box, private_key(position), info)
