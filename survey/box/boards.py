"""The two public boards and the inspectors' signatures under them.

S is the list of sealed envelopes, signed by each inspector before the own shares leave the own device; T is
the tally table. A board counts as signed when M inspectors signed it (ballot-box.md section 3, board key).
"""

import hashlib
from collections.abc import Collection, Mapping
from typing import Any, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, utils

from survey.box import seal
from survey.box.manifest import Manifest
from survey.errors import Refused

Which = Literal["sealed", "table"]


def message(which: Which, poll: str, sha256: str) -> bytes:
    """Return what an inspector signs: which board, of which poll, with which digest."""
    return f"board|{which}|{poll}|{sha256}".encode()


def digest(board: bytes) -> str:
    """Return the digest that is signed, read aloud and printed."""
    return hashlib.sha256(board).hexdigest()


def sign(which: Which, poll: str, board: bytes, *, private: ec.EllipticCurvePrivateKey) -> dict[str, str]:
    """Return an inspector's signature under a board."""
    sha256 = digest(board)
    return {"sha256": sha256, "signature": seal.sign(private, message(which, poll, sha256)).hex()}


def signature_fits(which: Which, poll: str, *, sha256: str, signature: str, public_key: str) -> bool:
    """Tell whether an inspector's key signed the board with this digest."""
    try:
        raw = bytes.fromhex(signature)
        r, s = int.from_bytes(raw[:32]), int.from_bytes(raw[32:64])
        key = seal.public_key(public_key)
        key.verify(utils.encode_dss_signature(r, s), message(which, poll, sha256), seal.SIGNATURE)
    except (InvalidSignature, ValueError):
        return False
    return len(raw) == 64


def envelopes(sheet: bytes) -> set[str]:
    """Return the envelope digests that stand on board S."""
    lines = sheet.decode().splitlines()
    return {line.split(" ")[1] for line in lines if line and not line.startswith("#")}


def refuse_other(sheet: bytes, digests: Collection[str]) -> None:
    """Refuse envelopes that are not those of board S, and name the first that differs."""
    differing = sorted(envelopes(sheet) ^ set(digests))
    if differing:
        raise Refused(
            "opening.other_board",
            f"密封选票与公示栏不一致，首个不同的信封指纹是{differing[0][:16]}，请停止开箱并查明原因。",
        )


def signed_by(which: Which, manifest: Manifest, signatures: Mapping[str, Any], *, board: bytes) -> list[int]:
    """Return the positions of the inspectors whose signatures under `board` hold, sorted."""
    sha256 = digest(board)
    return [
        entry.position
        for entry in manifest.inspectors
        if signature_fits(
            which,
            manifest.poll,
            sha256=sha256,
            signature=str(signatures.get(str(entry.position), "")),
            public_key=entry.public_key,
        )
    ]
