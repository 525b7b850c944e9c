"""Receipts: the list of sealed envelopes that everybody finds the own one in (board S)."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from survey.box import seal, store
from survey.box.manifest import Kind
from survey.box.store import Drawn


def receipts(source: Path | Drawn, kind: Kind = "ballot") -> list[str]:
    """Return the sorted lines `card key, envelope digest` of a closed box."""
    drawn = source if isinstance(source, Drawn) else store.draw_all(source)
    envelopes = drawn.ballots if kind == "ballot" else drawn.texts
    return sorted(f"{key} {seal.receipt(envelope)}" for key, envelope in envelopes)


def root(lines: Iterable[str]) -> str:
    """Return the digest of a list of receipts, which is read aloud, printed and shown."""
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def sheet(drawn: Drawn, further: Iterable[str] = ()) -> bytes:
    """Return board S as text: headings begin with `#`, every other line is a card key and a digest.

    `further` headings close the list, as that of the paper batch does.
    """
    ballots, texts = receipts(drawn), receipts(drawn, "text")
    headings = [
        f"# 测评 {drawn.manifest.poll}",
        f"# 清单 {drawn.manifest.sha256}",
        f"# 密封选票 {len(ballots)} 根 {root(ballots)}",
    ]
    lines = [*headings, *ballots, f"# 密封问题反映 {len(texts)} 根 {root(texts)}", *texts, *further]
    return ("\n".join(lines) + "\n").encode()
