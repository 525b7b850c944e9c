"""The second opener: reads the inspectors' package and reaches the tally table on its own.

It shares no code with `opening`: HPKE and AES by pycryptodome, own Shamir arithmetic by logarithms, own
reading of package, envelope and ratings. What both do wrong in the same way would have to be wrong twice.
"""

import hashlib
import json
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, combinations
from typing import Any

from Crypto.Cipher import AES
from Crypto.Protocol import HPKE
from Crypto.PublicKey import ECC

HASHES_END, BOX, POINT, TAG = 65, 113, 65, 16
GENERATOR = 3


def _tables() -> tuple[list[int], list[int]]:
    powers, logs, value = [0] * 510, [0] * 256, 1
    for exponent in range(255):
        powers[exponent] = powers[exponent + 255] = value
        logs[value] = exponent
        value ^= (value << 1) ^ (0x11B if value & 0x80 else 0)
    return powers, logs


POWERS, LOGS = _tables()


def _recover(shares: Mapping[int, bytes]) -> bytes:
    """Return the polynomial's value at 0 through these points."""
    weights = {}
    for own in shares:
        exponent = sum(LOGS[other] - LOGS[other ^ own] for other in shares if other != own)
        weights[own] = exponent % 255
    length = len(next(iter(shares.values())))
    secret = [0] * length
    for position, share in shares.items():
        for place, byte in enumerate(share):
            if byte:
                secret[place] ^= POWERS[LOGS[byte] + weights[position]]
    return bytes(secret)


def _read(package: bytes) -> tuple[dict[str, Any], str, list[bytes], list[bytes], list[bytes]]:
    """Return the manifest, its digest, the sealed ballots and remarks, and the paper batch, if any."""
    content = json.loads(package)
    text = content["manifest"].encode()
    papers = [content["paper"]] if "paper" in content else []
    ballots, texts, batch = (
        [b64decode(each) for each in c] for c in (content["ballots"], content["texts"], papers)
    )
    return json.loads(text), hashlib.sha256(text).hexdigest(), ballots, texts, batch


def shares(package: bytes, scalar: bytes, position: int) -> dict[str, str]:
    """Return the shares that an inspector's private scalar opens, by the envelope's digest."""
    manifest, _, *envelopes = _read(package)
    key = ECC.construct(curve="p256", d=int.from_bytes(scalar, "big"))
    found = {}
    for raw in chain(*envelopes):
        start = HASHES_END + BOX * (position - 1)
        box = raw[start : start + BOX]
        info = manifest["poll"].encode() + b"|" + raw[1:HASHES_END] + bytes([position])
        found[hashlib.sha256(raw).hexdigest()] = _unbox(key, box, info)
    return found


def _unbox(key: ECC.EccKey, box: bytes, info: bytes) -> str:
    try:
        receiver = HPKE.new(receiver_key=key, aead_id=HPKE.AEAD.AES256_GCM, enc=box[:POINT], info=info)
        opened: bytes = receiver.unseal(box[POINT:])
    except ValueError:
        return ""
    return opened.hex()


def table(package: bytes, share_sets: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the canonical tally table that M share sets lead to."""
    manifest, digest, ballots, _, batch = _read(package)
    slate = manifest["slate"]
    lines = ["overall", *(unit["id"] for unit in slate["units"]), *(one["id"] for one in slate["persons"])]
    counts = [[0, 0, 0, 0] for _ in lines]
    valid = void = 0
    for codes in _ratings(manifest, digest, ballots, share_sets):
        if codes is None or len(codes) != len(lines):
            void += 1
        elif any(codes):
            valid += 1
            for row, code in zip(counts, codes, strict=True):
                row[code] += 1
    sealed = len(ballots)
    heads = [
        f"# qiping-table-1 {manifest['poll']}",
        f"# manifest {digest}",
        f"# ballots sealed={sealed} valid={valid} blank={sealed - valid - void} void={void}",
    ]
    for raw in batch:
        heads.append(
            _count_paper(_paper(manifest, digest, raw, share_sets), dict(zip(lines, counts, strict=True)))
        )
    rows = [
        f"{line}\t{row[1]}\t{row[2]}\t{row[3]}\t{row[0]}" for line, row in zip(lines, counts, strict=True)
    ]
    return ("\n".join(heads + rows) + "\n").encode()


def _paper(
    manifest: Mapping[str, Any], digest: str, raw: bytes, sets: Sequence[Mapping[str, Any]]
) -> list[Any]:
    """Return header, records and remarks of the paper batch."""
    name = hashlib.sha256(raw).hexdigest()
    held = {each["position"]: bytes.fromhex(each["shares"][name]) for each in sets}
    key = _key(held, manifest["threshold"], raw[33:HASHES_END])
    body = None if key is None or raw[1:33].hex() != digest else _body(manifest, raw, key)
    if body is None:
        raise ValueError("the paper batch does not open")
    return [json.loads(line) for line in body[4 : 4 + int.from_bytes(body[:4], "big")].splitlines()]


def _count_paper(batch: Sequence[Any], counts: Mapping[str, list[int]]) -> str:
    """Add the sheets of paper to the counts and return the table's heading of them."""
    header, records, _ = batch
    carried = [header["carried"].get(line, 0) for line in counts]
    for row, sheets in zip(counts.values(), carried, strict=True):
        row[0] += sheets
    for record in records:
        marked = [(line, mark) for part in ("units", "persons") for line, mark in record[part].items()]
        for line, mark in [*marked, *([("overall", record["overall"])] if record["overall"] else [])]:
            counts[line]["ABC".index(mark) + 1] += 1
            counts[line][0] -= 1
    usual = max(dict.fromkeys(carried), key=carried.count)
    other = [f" {line}={sheets}" for line, sheets in zip(counts, carried, strict=True) if sheets != usual]
    return f"# paper records={len(records)} carried={usual}{''.join(other)}"


def _ratings(
    manifest: Mapping[str, Any], digest: str, ballots: Sequence[bytes], sets: Sequence[Mapping[str, Any]]
) -> Iterator[list[int] | None]:
    """Yield the codes of each ballot, or None for one that is void."""
    count = 1 + len(manifest["slate"]["units"]) + len(manifest["slate"]["persons"])
    seen = set()
    for raw in ballots:
        commit = raw[33:HASHES_END]
        name = hashlib.sha256(raw).hexdigest()
        held = {each["position"]: bytes.fromhex(each["shares"][name]) for each in sets}
        key = None if commit in seen else _key(held, manifest["threshold"], commit)
        seen.add(commit)
        foreign = raw[0] != 1 or raw[1:33].hex() != digest
        yield None if key is None or foreign else _codes(manifest, raw, key, count)


def _key(held: Mapping[int, bytes], threshold: int, commit: bytes) -> bytes | None:
    present = sorted(position for position, share in held.items() if share)
    for chosen in combinations(present, threshold):
        key = _recover({position: held[position] for position in chosen})
        if hashlib.sha256(b"K|" + key).digest() == commit:
            return key
    return None


def _codes(manifest: Mapping[str, Any], raw: bytes, key: bytes, count: int) -> list[int] | None:
    body = _body(manifest, raw, key)
    if body is None:
        return None
    length = int.from_bytes(body[:4], "big")
    packed, rest = body[4 : 4 + length], body[4 + length :]
    if length != (count + 3) // 4 or any(rest):
        return None
    number = int.from_bytes(packed, "little")
    if number >> 2 * count:
        return None
    return [number >> 2 * place & 3 for place in range(count)]


def _body(manifest: Mapping[str, Any], raw: bytes, key: bytes) -> bytes | None:
    sealed = raw[HASHES_END + BOX * len(manifest["inspectors"]) :]
    cipher = AES.new(key, AES.MODE_GCM, nonce=bytes(12))
    cipher.update(manifest["poll"].encode() + b"|" + raw[1:HASHES_END])
    try:
        return cipher.decrypt_and_verify(sealed[:-TAG], sealed[-TAG:])
    except ValueError:
        return None
