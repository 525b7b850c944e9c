"""The manifest: the sheet, rules, inspector keys and card list of one poll, frozen under one SHA-256.

The digest stands in every card's QR, on the hall screen and in the notice; the page and the box refuse
any other manifest (ballot-box.md section 3).
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric import ec

from survey.box import tokens
from survey.box.remote import TOKEN_BYTES, Remote
from survey.errors import Invalid

FORMAT = "qiping-manifest-1"
SUITE = 1  # DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM
HEADER = 1 + 32 + 32
SHARE_BOX = 65 + 32 + 16
BODY_TAG = 16
PREFIX = 4 + 64
BALLOT_STEP = 256
TEXT_BODY = 4096
OPTIONS = (
    {"mark": "A", "name": "非常满意"},
    {"mark": "B", "name": "服务一般"},
    {"mark": "C", "name": "服务较差"},
)
UNIT_FIELDS = ("id", "name", "series")
PERSON_FIELDS = ("id", "unit", "name", "post", "duties", "kind", "series")

Kind = Literal["ballot", "text"]
KINDS: tuple[Kind, Kind] = ("ballot", "text")


@dataclass(frozen=True)
class Inspector:
    """One inspector's place in the opening and the public half (P-256, uncompressed point, hex)."""

    position: int
    holder: str
    public_key: str


@dataclass(frozen=True)
class Manifest:
    """A read manifest; `raw` are the very bytes whose digest is `sha256`."""

    raw: bytes
    content: Mapping[str, Any]

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Manifest":
        """Read a manifest; refuse anything but our own canonical form."""
        try:
            content = json.loads(raw)
            manifest = cls(raw, content)
            _check(manifest)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
            raise Invalid(
                "box.bad_manifest", "清单文件已损坏或不是本系统的清单，请重新取得后再试。"
            ) from fault
        return manifest

    @cached_property
    def sha256(self) -> str:
        """Return the digest that names this manifest everywhere."""
        return hashlib.sha256(self.raw).hexdigest()

    @property
    def poll(self) -> str:
        """Return the poll's key."""
        return str(self.content["poll"])

    @property
    def threshold(self) -> int:
        """Return how many inspectors open the box."""
        return int(self.content["threshold"])

    @property
    def cards(self) -> int:
        """Return how many cards the poll has."""
        return int(self.content["cards"]["count"])

    @property
    def revote(self) -> bool:
        """Tell whether a voter may replace the own ballot until the box closes; off in a hall."""
        return self.content["revote"] is True

    @cached_property
    def remote(self) -> Remote | None:
        """Return the remote channel, or None where the poll has its hall alone."""
        return Remote.parse(self.content["remote"]) if "remote" in self.content else None

    @property
    def capacity(self) -> int:
        """Return how many ballots there can be: one for each card and each remote seat."""
        return self.cards + (self.remote.seats if self.remote else 0)

    @cached_property
    def inspectors(self) -> tuple[Inspector, ...]:
        """Return the inspectors in order of position."""
        return tuple(Inspector(**entry) for entry in self.content["inspectors"])

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """Return the ballot's lines in slate order."""
        return lines(self.content["slate"])

    def body_size(self, kind: Kind) -> int:
        """Return the fixed size of a sealed body before encryption."""
        return int(self.content[f"{kind}_body"])

    def envelope_size(self, kind: Kind) -> int:
        """Return the fixed size of an envelope."""
        return HEADER + SHARE_BOX * len(self.inspectors) + self.body_size(kind) + BODY_TAG

    def request_size(self, kind: Kind) -> int:
        """Return the fixed size of what a voter sends: version, signature, envelope."""
        return PREFIX + self.envelope_size(kind)

    @property
    def ticket_size(self) -> int:
        """Return what a slot keeps for a ticket behind the request; nothing where all vote in the hall."""
        return TOKEN_BYTES if self.remote else 0


def lines(slate: Mapping[str, Any]) -> tuple[str, ...]:
    """Return overall, unit ids and person ids in slate order."""
    rated = [*slate["units"], *slate["persons"]]
    return ("overall", *(str(entry["id"]) for entry in rated))


def build(
    *,
    poll: str,
    round_: str,
    title: str,
    county: str,
    held_on: str,
    slate: Mapping[str, Any],
    slate_sha256: str,
    rules_sha256: str,
    threshold: int,
    inspectors: Sequence[Inspector],
    ballot_keys: Sequence[str],
    text_keys: Sequence[str],
    revote: bool = False,
    remote: Remote | None = None,
) -> Manifest:
    """Return the manifest of a frozen poll; the card keys enter it only as the digests of their lists."""
    public = _public(slate)
    content = {
        "format": FORMAT,
        "suite": SUITE,
        "poll": poll,
        "round": round_,
        "title": title,
        "county": county,
        "held_on": held_on,
        "slate": public,
        "slate_sha256": slate_sha256,
        "rules_sha256": rules_sha256,
        "threshold": threshold,
        "inspectors": [vars(entry) for entry in sorted(inspectors, key=lambda entry: entry.position)],
        "options": list(OPTIONS),
        "cards": _cards(ballot_keys, text_keys),
        "ballot_body": ballot_body(len(lines(public))),
        "text_body": TEXT_BODY,
        "revote": revote,
        **_channels(remote),
    }
    return _sound(content, paired=len(ballot_keys) == len(text_keys))


def _channels(remote: Remote | None) -> dict[str, Any]:
    return {"channels": ["hall", "remote"], "remote": remote.content} if remote else {"channels": ["hall"]}


def _sound(content: Mapping[str, Any], *, paired: bool) -> Manifest:
    manifest = Manifest(canonical(content), content)
    _refuse_faults(manifest, paired=paired)
    return Manifest.from_bytes(manifest.raw)


def _public(slate: Mapping[str, Any]) -> dict[str, Any]:
    """Return the slate without what the public must not see."""
    return {
        "units": [{name: unit[name] for name in UNIT_FIELDS} for unit in slate["units"]],
        "persons": [{name: person.get(name, "") for name in PERSON_FIELDS} for person in slate["persons"]],
    }


def _cards(ballot_keys: Sequence[str], text_keys: Sequence[str]) -> dict[str, Any]:
    return {
        "count": len(ballot_keys),
        "ballot_root": tokens.root(ballot_keys),
        "text_root": tokens.root(text_keys),
    }


def ballot_body(count: int) -> int:
    """Return the body size for `count` lines: 256 bytes (252 usable), in steps of 256 for larger slates."""
    needed = 4 + (count + 3) // 4
    return -(-needed // BALLOT_STEP) * BALLOT_STEP


def canonical(content: object) -> bytes:
    """Return the one JSON form whose bytes are hashed."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _refuse_faults(manifest: Manifest, *, paired: bool) -> None:
    """Tell the office in words what is wrong with a manifest in the making."""
    names = manifest.lines
    if len(set(names)) != len(names):
        double = next(name for name in names if names.count(name) > 1)
        raise Invalid("box.duplicate_line", f"编号「{double}」在票面名单中出现两次，请先在名册中改正。")
    count = len(manifest.inspectors)
    if not 1 <= manifest.threshold <= count <= 16:
        raise Invalid(
            "box.bad_threshold",
            f"开箱需要{manifest.threshold}人，但只登记了{count}把监督密钥，请先补齐密钥。",
        )
    if not manifest.cards or not paired:
        raise Invalid("box.no_cards", "票卡清单是空的或不成对，请重新制作票卡。")
    if len({entry.public_key for entry in manifest.inspectors}) != count:
        raise Invalid("box.same_key", "两位监督人登记了同一把密钥，请各自重新制作。")


def _check(manifest: Manifest) -> None:
    """Raise ValueError or KeyError unless the manifest is canonical and complete."""
    content = manifest.content
    if content["format"] != FORMAT or content["suite"] != SUITE or canonical(content) != manifest.raw:
        raise ValueError("not canonical")
    positions = [entry.position for entry in manifest.inspectors]
    if positions != list(range(1, len(positions) + 1)):
        raise ValueError("positions")
    for entry in manifest.inspectors:
        ec.EllipticCurvePublicKey.from_encoded_point(tokens.CURVE, bytes.fromhex(entry.public_key))
        if len(entry.public_key) != 130:
            raise ValueError("inspector key")
    if not 1 <= manifest.threshold <= len(positions) or len(set(manifest.lines)) != len(manifest.lines):
        raise ValueError("threshold or lines")
    if manifest.capacity < 1 or manifest.cards < 1 or manifest.body_size("text") < 64:
        raise ValueError("sizes")
    if manifest.body_size("ballot") != ballot_body(len(manifest.lines)):
        raise ValueError("ballot size")
