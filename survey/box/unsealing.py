"""From shares to contents: find the key that fits an envelope's commitment, decrypt, unpack."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from survey.box import packing, seal, shamir
from survey.box.manifest import SUITE, Kind, Manifest, canonical
from survey.box.packing import Unreadable
from survey.box.seal import Envelope

Shares = Mapping[int, bytes]
REASONS = {
    "copy": "与另一份密封内容的承诺值相同，只计一份",
    "shares": "份额与承诺值不符，密钥不能还原；可由其余监督人补交份额后再开箱一次",
    "manifest": "不是按本次测评的清单密封的",
    "body": "密封内容解不开，已被改动",
    "content": "密封内容不合格式，不是本系统页面所填",
}


@dataclass
class Unsealed:
    """The envelopes of one kind after opening; contents are sorted, `odd` counts shares that did not fit."""

    sealed: int = 0
    fitted: int = 0
    contents: list[dict[str, Any]] = field(default_factory=list)
    void: list[dict[str, str]] = field(default_factory=list)
    odd: Counter[int] = field(default_factory=Counter)


def unseal(
    manifest: Manifest, kind: Kind, envelopes: Iterable[bytes], sets: Mapping[int, Mapping[str, bytes]]
) -> Unsealed:
    """Open every envelope of one kind; what cannot be opened is void with its digest and the reason."""
    result = Unsealed()
    seen: set[bytes] = set()
    for raw in envelopes:
        result.sealed += 1
        digest = seal.receipt(raw)
        envelope = Envelope.parse(raw, len(manifest.inspectors))
        shares = {position: found[digest] for position, found in sets.items() if found[digest]}
        try:
            if envelope.commit in seen:
                raise Unreadable("copy")
            seen.add(envelope.commit)
            key = _key(manifest, envelope, shares, result)
            result.contents += _contents(manifest, kind, _body(manifest, envelope, key))
        except Unreadable as reason:
            code = str(reason) if str(reason) in REASONS else "content"
            result.void.append({"sha256": digest, "reason": code, "text": REASONS[code]})
    result.contents.sort(key=canonical)
    return result


def _key(manifest: Manifest, envelope: Envelope, shares: Shares, result: Unsealed) -> bytes:
    """Return the key that fits the commitment and note whose further shares do not agree with it."""
    for chosen in combinations(sorted(shares), manifest.threshold):
        key = shamir.combine({position: shares[position] for position in chosen})
        if seal.commitment(key) == envelope.commit:
            result.fitted += 1
            result.odd.update(_disagreeing(shares, chosen, key))
            return key
    raise Unreadable("shares")


def _disagreeing(shares: Shares, chosen: Sequence[int], key: bytes) -> list[int]:
    kept = {position: shares[position] for position in chosen[1:]}
    others = sorted(set(shares) - set(chosen))
    return [other for other in others if shamir.combine({**kept, other: shares[other]}) != key]


def _body(manifest: Manifest, envelope: Envelope, key: bytes) -> bytes:
    if envelope.suite != SUITE or envelope.manifest.hex() != manifest.sha256:
        raise Unreadable("manifest")
    try:
        body = AESGCM(key).decrypt(seal.NONCE, envelope.body, envelope.aad(manifest.poll))
    except InvalidTag as fault:
        raise Unreadable("body") from fault
    return packing.unpad(body)


def _contents(manifest: Manifest, kind: Kind, content: bytes) -> list[dict[str, Any]]:
    """Return one ballot, none for a sheet without any mark, or the remarks of one voter each on its own."""
    if kind == "text":
        return [remark.told() for remark in packing.decode_remarks(manifest.lines, content)]
    marks = packing.unpack(manifest.lines, content)
    slate = manifest.content["slate"]
    ballot: dict[str, Any] = {"overall": marks.get("overall")}
    for part in ("units", "persons"):
        rated = (entry["id"] for entry in slate[part])
        ballot[part] = {line: marks[line] for line in rated if line in marks}
    return [ballot] if marks else []
