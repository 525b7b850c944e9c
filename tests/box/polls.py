"""Small polls for tests of the box: a slate, inspectors with key files, cards, a box, voters."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from survey.box import keys, opening, seal, store, tokens
from survey.box import manifest as manifests
from survey.box.manifest import Inspector, Kind, Manifest, canonical
from survey.box.remote import Remote
from survey.box.seal import Sealed
from survey.box.writer import Writer

RULES = '[rules]\nid = "plain"\n'
PASSPHRASE = "三人同行 one at a time"
HOLDERS = ("县纪委监委甲", "县纪委监委乙", "县工商联", "县审计局", "企业代表")


def a_slate(units: int = 3, persons: int = 8, poll: str = "2023Q1-v1") -> dict[str, Any]:
    """Return a slate with invented people."""
    listed = [{"id": f"U{n}", "name": f"单位{n}", "series": "审批服务"} for n in range(1, units + 1)]
    people = [
        {
            "id": f"P{n:03}",
            "unit": f"U{n % units + 1}",
            "name": f"人员{n}",
            "post": "科员",
            "duties": "窗口受理",
            "kind": "staff",
            "series": "审批服务",
            "adverse_actions": n % 4,
        }
        for n in range(1, persons + 1)
    ]
    return {"poll": poll, "units": listed, "persons": people}


@cache
def private_key(position: int) -> ec.EllipticCurvePrivateKey:
    """Return the key of the inspector at `position`, the same in every test of a run."""
    return ec.generate_private_key(tokens.CURVE)


@dataclass
class Poll:
    """A frozen poll with its secrets laid open, as only a test has them."""

    folder: Path
    manifest: Manifest
    slate: dict[str, Any]
    codes: list[str]

    @property
    def ballot_keys(self) -> list[str]:
        return [tokens.public_hex(tokens.ballot_key(self.manifest.poll, code)) for code in self.codes]

    @property
    def text_keys(self) -> list[str]:
        return [tokens.public_hex(tokens.text_key(self.manifest.poll, code)) for code in self.codes]

    def writer(self) -> Writer:
        return Writer(self.folder)


def a_manifest(
    *,
    threshold: int = 2,
    inspectors: int = 3,
    slate: dict[str, Any] | None = None,
    codes: list[str] | None = None,
    public_keys: list[str] | None = None,
    poll: str = "2023Q1-v1",
    revote: bool = False,
    remote: Remote | None = None,
) -> Manifest:
    """Return a manifest; without codes it has one card."""
    slate = slate or a_slate(poll=poll)
    codes = codes or [tokens.new_code()]
    public_keys = public_keys or [
        keys.public_point(private_key(position)) for position in range(1, inspectors + 1)
    ]
    return manifests.build(
        poll=poll,
        round_=poll.split("-")[0],
        title="2023年第一季度企业评议",
        county="卢龙县",
        held_on="2023-03-28",
        slate=slate,
        slate_sha256=hashlib.sha256(canonical(slate)).hexdigest(),
        rules_sha256=hashlib.sha256(RULES.encode()).hexdigest(),
        threshold=threshold,
        inspectors=[
            Inspector(position, HOLDERS[(position - 1) % 5], key)
            for position, key in enumerate(public_keys, start=1)
        ],
        ballot_keys=sorted(tokens.public_hex(tokens.ballot_key(poll, code)) for code in codes),
        text_keys=sorted(tokens.public_hex(tokens.text_key(poll, code)) for code in codes),
        revote=revote,
        remote=remote,
    )


def a_poll(folder: Path, **settings: Any) -> Poll:
    """Return a poll whose box is made and open."""
    made = a_frozen_poll(folder, **settings)
    store.open_gate(made.folder)
    return made


def a_frozen_poll(
    folder: Path,
    *,
    cards: int = 4,
    threshold: int = 2,
    inspectors: int = 3,
    slate: dict[str, Any] | None = None,
    poll: str = "2023Q1-v1",
    revote: bool = False,
    remote: Remote | None = None,
) -> Poll:
    """Return a poll whose box is made and not yet open."""
    slate = slate or a_slate(poll=poll)
    codes = [tokens.new_code() for _ in range(cards)]
    manifest = a_manifest(
        threshold=threshold, inspectors=inspectors, slate=slate, codes=codes, poll=poll, revote=revote,
        remote=remote,
    )  # fmt: skip
    made = Poll(folder / poll, manifest, slate, codes)
    store.create(made.folder, manifest, made.ballot_keys, made.text_keys)
    return made


def shares_of(package: bytes, position: int) -> dict[str, Any]:
    """Return the share set of the inspector at `position` without the slow passphrase."""
    return opening.shares_with(package, private_key(position), position)


def sealed_as(poll: Poll, kind: Kind, code: str, envelope: bytes) -> Sealed:
    """Sign any envelope with a card, as a voter with own software can."""
    key = (tokens.ballot_key if kind == "ballot" else tokens.text_key)(poll.manifest.poll, code)
    version = seal.VERSION
    signature = seal.sign(key, seal.signed_message(kind, poll.manifest.poll, version, envelope))
    return Sealed(tokens.public_hex(key), version.to_bytes(4) + signature + envelope, seal.receipt(envelope))
