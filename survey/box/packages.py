"""The package of a closed box, the one file that every inspector opens from: manifest, board S, envelopes."""

import json
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from survey.box import seal
from survey.box.manifest import Kind, Manifest
from survey.errors import Invalid

FORMAT = "qiping-package-1"


@dataclass(frozen=True)
class Package:
    """A read package: the manifest, the sealed envelopes of a closed box and its board S.

    `paper` is the sealed paper batch, empty where none was used.
    """

    manifest: Manifest
    ballots: list[bytes]
    texts: list[bytes]
    board: bytes = b""
    paper: bytes = b""

    @classmethod
    def from_bytes(cls, raw: bytes) -> Self:
        """Read a package; refuse a damaged one."""
        try:
            content = json.loads(raw)
            if content["format"] != FORMAT:
                raise ValueError("not a package")
            manifest = Manifest.from_bytes(content["manifest"].encode())
            ballots = _envelopes(manifest, "ballot", content["ballots"])
            texts = _envelopes(manifest, "text", content["texts"])
            board = content.get("board", "").encode()
            paper = b64decode(content.get("paper", ""), validate=True)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
            raise Invalid(
                "opening.bad_package", "开箱文件已损坏或不是开箱文件，请从票箱页面重新下载。"
            ) from fault
        return cls(manifest, ballots, texts, board, paper)

    def digests(self) -> list[str]:
        """Return the digests of the voters' envelopes, sorted."""
        return sorted(seal.receipt(envelope) for envelope in (*self.ballots, *self.texts))

    @property
    def sealed(self) -> list[bytes]:
        """Return everything that inspectors open: the voters' envelopes, then the paper batch."""
        return [*self.ballots, *self.texts, *([self.paper] if self.paper else [])]


def _envelopes(manifest: Manifest, kind: Kind, encoded: Sequence[str]) -> list[bytes]:
    envelopes = [b64decode(entry, validate=True) for entry in encoded]
    if any(len(envelope) != manifest.envelope_size(kind) for envelope in envelopes):
        raise ValueError("an envelope of another size")
    return envelopes
