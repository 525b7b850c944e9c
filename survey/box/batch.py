"""The paper batch in the box: one envelope for the inspectors' keys, which opens with the shares of the box.

Its content is one JSON part a line: header, ballot records, remarks. The pictures of remarks lie in an
envelope of their own and never in the package: handwriting identifies (paper.md section 6).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from survey.box import packing, seal, shamir
from survey.box.manifest import Manifest, canonical
from survey.box.seal import Envelope
from survey.errors import Invalid, Refused

NAME, PICTURES = "paper.sealed", "paper-comments.sealed"
FORMAT, CHANNEL = "qiping-paper-1", "paper"
STEP = 4096  # the size tells the number of records only roughly
PARTS = ("units", "persons")


@dataclass(frozen=True)
class Batch:
    """What lies sealed: the accounts of the paper, a ballot record for each sheet, remarks {line, text}."""

    header: dict[str, Any]
    records: list[dict[str, Any]]
    remarks: list[dict[str, str]]

    def content(self) -> bytes:
        """Return the bytes that are sealed."""
        return b"".join(canonical(part) + b"\n" for part in (self.header, self.records, self.remarks))

    @classmethod
    def parse(cls, content: bytes, manifest: Manifest) -> Self:
        """Return the batch that was sealed; refuse one that no desk of ours makes."""
        try:
            header, records, remarks = (json.loads(line) for line in content.splitlines())
            sound = header["format"] == FORMAT and header["records"] == len(records)
            marks = [mark for record in records for mark in _marks(record, manifest)]
        except (ValueError, KeyError, TypeError, AttributeError) as fault:
            raise _odd() from fault
        if not sound or not all(mark in packing.MARKS for mark in marks):
            raise _odd()
        return cls(header, records, remarks)

    @property
    def carried(self) -> dict[str, int]:
        """Return how many valid sheets carried each line: a line's paper ballots."""
        return {str(line): int(count) for line, count in self.header["carried"].items()}


def _marks(record: Mapping[str, Any], manifest: Manifest) -> list[str]:
    """Return a record's marks; refuse a line that the manifest does not know."""
    if record["channel"] != CHANNEL or set(record) != {"channel", "overall", *PARTS}:
        raise ValueError("not a record of paper")
    lines = {line: mark for part in PARTS for line, mark in record[part].items()}
    if not lines.keys() <= set(manifest.lines):
        raise ValueError("a line that is not on the sheet")
    return [*lines.values(), *([record["overall"]] if record["overall"] else [])]


def _odd() -> Invalid:
    return Invalid("paper.odd_batch", "纸质票批次的内容不合格式，不是本系统密封的，请查明来源。")


def path(box: Path) -> Path:
    """Return where the sealed batch lies, beside the poll's box."""
    return box / NAME


def read(box: Path) -> bytes:
    """Return the sealed batch of a box, or nothing where no paper was used."""
    return path(box).read_bytes() if path(box).exists() else b""


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


def opened(manifest: Manifest, raw: bytes, sets: Mapping[int, Mapping[str, bytes]]) -> Batch | None:
    """Return the batch of a package, opened with share sets by position, or None where there is none."""
    if not raw:
        return None
    digest = seal.receipt(raw)
    shares = {position: found[digest] for position, found in sets.items() if found.get(digest)}
    return Batch.parse(unseal(manifest, raw, shares), manifest)


def _envelope(manifest: Manifest, raw: bytes) -> Envelope:
    envelope = Envelope.parse(raw, len(manifest.inspectors))
    if envelope.manifest.hex() != manifest.sha256:
        raise Invalid("paper.other_poll", "这份纸质票批次不属于本次测评，请核对文件。")
    return envelope


def refuse_other(board: bytes, raw: bytes) -> None:
    """Refuse a batch that is not the one named on board S."""
    named = [line.split(" ")[2] for line in board.decode().splitlines() if line.startswith("# 纸质票批次 ")]
    if named != ([seal.receipt(raw)] if raw else []):
        raise Refused("paper.other_board", "纸质票批次与公示栏的密封选票清单不一致，请停止开箱并查明原因。")


def on_board(raw: bytes) -> Sequence[str]:
    """Return the heading of board S that names the batch, none where there is none."""
    return [f"# 纸质票批次 {seal.receipt(raw)}"] if raw else []
