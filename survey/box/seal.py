"""The envelope: sealed by a voter's device, opened by M of N inspectors; twin of static/hall/seal.js.

suite | manifest hash | commit | N share boxes | body (ballot-box.md section 3).
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from survey.box import packing, shamir, tokens
from survey.box.manifest import HEADER, PREFIX, SHARE_BOX, SUITE, Kind, Manifest
from survey.box.packing import Remark
from survey.errors import Invalid

VERSION = 1
"""The first version of a ballot, and the only one where the poll allows no revote."""
KEY_BYTES = 32
SCALAR_BYTES = 32
NONCE = bytes(12)  # the key seals this one body and nothing else
HPKE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
SIGNATURE = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)

__all__ = ["Envelope", "Remark", "Sealed", "seal_ballot", "seal_text", "signature_fits"]


@dataclass(frozen=True)
class Sealed:
    """What a voter sends: the card's key, the body of the request, and the receipt to keep."""

    key: str
    body: bytes
    receipt: str


@dataclass(frozen=True)
class Envelope:
    """A taken-apart envelope."""

    suite: int
    manifest: bytes
    commit: bytes
    boxes: tuple[bytes, ...]
    body: bytes

    @classmethod
    def parse(cls, raw: bytes, inspectors: int) -> Self:
        """Take an envelope apart; its length has been checked by whoever took it in."""
        end = HEADER + SHARE_BOX * inspectors
        boxes = tuple(raw[start : start + SHARE_BOX] for start in range(HEADER, end, SHARE_BOX))
        return cls(raw[0], raw[1:33], raw[33:HEADER], boxes, raw[end:])

    def aad(self, poll: str) -> bytes:
        """Return what every box and the body are bound to."""
        return f"{poll}|".encode() + self.manifest + self.commit


def commitment(key: bytes) -> bytes:
    """Return the commitment that makes the key unique even with bad shares."""
    return hashlib.sha256(b"K|" + key).digest()


def receipt(envelope: bytes) -> str:
    """Return the envelope's digest, which the voter finds on the board of sealed envelopes."""
    return hashlib.sha256(envelope).hexdigest()


def seal_ballot(manifest: Manifest, code: str, marks: Mapping[str, str], *, version: int = VERSION) -> Sealed:
    """Seal and sign a ballot: `marks` maps line ids to A, B, C; absent lines are blank.

    A higher `version` replaces an earlier ballot of the same card, where the poll allows that.
    """
    content = packing.pack(manifest.lines, marks)
    return _seal(manifest, "ballot", tokens.ballot_key(manifest.poll, code), content, version)


def seal_text(manifest: Manifest, code: str, remarks: Sequence[Remark], *, version: int = VERSION) -> Sealed:
    """Seal and sign the remarks of a card; an empty list gives an envelope of the same size."""
    content = packing.encode_remarks(manifest.lines, remarks)
    room = manifest.body_size("text") - packing.LENGTH_BYTES
    if len(content) > room:
        raise Invalid(
            "box.too_much_text",
            f"反映的问题太长，共约{len(content) // 3}字，最多约{room // 3}字，请删减后再提交。",
        )
    return _seal(manifest, "text", tokens.text_key(manifest.poll, code), content, version)


def _seal(
    manifest: Manifest, kind: Kind, signer: ec.EllipticCurvePrivateKey, content: bytes, version: int
) -> Sealed:
    envelope = close(manifest, packing.pad(content, manifest.body_size(kind)))
    signature = sign(signer, signed_message(kind, manifest.poll, version, envelope))
    body = version.to_bytes(4) + signature + envelope
    return Sealed(tokens.public_hex(signer), body, receipt(envelope))


def close(manifest: Manifest, body: bytes) -> bytes:
    """Seal a padded body for the manifest's inspectors and return the envelope."""
    key = secrets.token_bytes(KEY_BYTES)
    frame = Envelope(SUITE, bytes.fromhex(manifest.sha256), commitment(key), (), b"")
    aad = frame.aad(manifest.poll)
    positions = [entry.position for entry in manifest.inspectors]
    shares = shamir.split(key, manifest.threshold, positions=positions)
    boxes = [
        HPKE.encrypt(shares[entry.position], public_key(entry.public_key), aad + bytes([entry.position]))
        for entry in manifest.inspectors
    ]
    sealed_body = AESGCM(key).encrypt(NONCE, body, aad)
    return b"".join((bytes([SUITE]), frame.manifest, frame.commit, *boxes, sealed_body))


def public_key(point: str) -> ec.EllipticCurvePublicKey:
    """Read a P-256 point, compressed or not, from hex."""
    return ec.EllipticCurvePublicKey.from_encoded_point(tokens.CURVE, bytes.fromhex(point))


def signed_message(kind: Kind, poll: str, version: int, envelope: bytes) -> bytes:
    """Return what a card's key signs."""
    return f"{kind}|{poll}|".encode() + version.to_bytes(4) + envelope


def sign(key: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    """Return the ECDSA signature as r ‖ s (RFC 6979 nonce)."""
    r, s = utils.decode_dss_signature(key.sign(message, SIGNATURE))
    return r.to_bytes(SCALAR_BYTES) + s.to_bytes(SCALAR_BYTES)


def signature_fits(kind: Kind, poll: str, key: str, body: bytes) -> bool:
    """Tell whether a request's body carries the signature of card key `key`."""
    raw = body[4:PREFIX]
    r, s = int.from_bytes(raw[:SCALAR_BYTES]), int.from_bytes(raw[SCALAR_BYTES:])
    message = signed_message(kind, poll, int.from_bytes(body[:4]), body[PREFIX:])
    try:
        public_key(key).verify(utils.encode_dss_signature(r, s), message, SIGNATURE)
    except (InvalidSignature, ValueError):
        return False
    return True
