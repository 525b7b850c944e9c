"""The paper batch as one envelope for the inspectors' keys: it opens with the same M shares as the box."""

from collections.abc import Mapping
from itertools import combinations
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from survey.box import packing, seal, shamir
from survey.box.manifest import Manifest
from survey.box.seal import Envelope
from survey.errors import Invalid, Refused

NAME = "paper.sealed"
STEP = 4096  # the size tells the number of records only roughly


def path(box: Path) -> Path:
    """Return where the sealed batch lies, beside the poll's box."""
    return box / NAME


def close(manifest: Manifest, content: bytes) -> bytes:
    """Return `content` sealed for the manifest's inspectors."""
    size = -(-(len(content) + packing.LENGTH_BYTES) // STEP) * STEP
    return seal.close(manifest, packing.pad(content, size))


def share(manifest: Manifest, raw: bytes, private: ec.EllipticCurvePrivateKey, *, position: int) -> bytes:
    """Return the share that one inspector's key opens."""
    envelope = _envelope(manifest, raw)
    info = envelope.aad(manifest.poll) + bytes([position])
    try:
        return seal.HPKE.decrypt(envelope.boxes[position - 1], private, info)
    except (InvalidTag, ValueError) as fault:
        raise Invalid(
            "paper.wrong_key", "这把密钥打不开纸质票批次，请使用本次测评登记的密钥文件。"
        ) from fault


def unseal(manifest: Manifest, raw: bytes, shares: Mapping[int, bytes]) -> bytes:
    """Return the content that at least M inspectors' shares open."""
    envelope = _envelope(manifest, raw)
    for chosen in combinations(sorted(shares), manifest.threshold):
        key = shamir.combine({position: shares[position] for position in chosen})
        if seal.commitment(key) == envelope.commit:
            try:
                body = AESGCM(key).decrypt(seal.NONCE, envelope.body, envelope.aad(manifest.poll))
            except InvalidTag as fault:
                raise Invalid("paper.altered", "纸质票批次已被改动，不能打开。") from fault
            return packing.unpad(body)
    raise Refused("paper.too_few_shares", f"打开纸质票批次需要{manifest.threshold}位监督人的有效份额。")


def _envelope(manifest: Manifest, raw: bytes) -> Envelope:
    envelope = Envelope.parse(raw, len(manifest.inspectors))
    if envelope.manifest.hex() != manifest.sha256:
        raise Invalid("paper.other_poll", "这份纸质票批次不属于本次测评，请核对文件。")
    return envelope
