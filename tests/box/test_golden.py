"""Golden envelopes: sealed once by each language, opened by both for as long as format 1 lives."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from survey.box import keys, opening, seal, tokens
from survey.box.manifest import PREFIX, Manifest, canonical
from survey.box.seal import Remark
from survey.box.unsealing import unseal
from tests.box.polls import a_manifest, a_slate
from tests.box.twin import ask

FILE = Path(__file__).parent.parent / "golden" / "envelopes" / "p256-2of3.json"
CODE, SEED = "0123456789ABCDEF", "golden"
MARKS = {"overall": "A", "U1": "B", "U3": "C", "P001": "C", "P008": "A"}
REMARKS = [
    {"line": "P001", "text": "材料退回三次，“一次告知”没有做到。"},
    {"line": "overall", "text": "好\n😀"},
]
BALLOT = {"overall": "A", "units": {"U1": "B", "U3": "C"}, "persons": {"P001": "C", "P008": "A"}}
KINDS = ("ballot", "text")


def sealed_by_browser(manifest: str) -> dict[str, Any]:
    command = {"act": "seal", "manifest": manifest, "code": CODE, "marks": MARKS, "remarks": REMARKS}
    [answer] = ask({**command, "seed": SEED})
    return answer


def regold() -> None:
    secrets = [ec.generate_private_key(tokens.CURVE) for _ in range(3)]
    manifest = a_manifest(
        slate=a_slate(), codes=[CODE], public_keys=[keys.public_point(secret) for secret in secrets]
    )
    remarks = [Remark(**each) for each in REMARKS]
    sealed = {
        "ballot": seal.seal_ballot(manifest, CODE, MARKS),
        "text": seal.seal_text(manifest, CODE, remarks),
    }
    golden = {
        "manifest": manifest.raw.decode(),
        "secrets": [f"{secret.private_numbers().private_value:064x}" for secret in secrets],
        "server": {
            kind: {"key": one.key, "body": one.body.hex(), "receipt": one.receipt}
            for kind, one in sealed.items()
        },
        "browser": sealed_by_browser(manifest.raw.decode()),
    }
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(json.dumps(golden, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def golden(request: pytest.FixtureRequest) -> dict[str, Any]:
    if request.config.getoption("--regold", default=False):
        regold()
    return json.loads(FILE.read_text(encoding="utf-8"))


def secret(golden: dict[str, Any], position: int) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int(golden["secrets"][position - 1], 16), tokens.CURVE)


def package(golden: dict[str, Any], sealer: str) -> bytes:
    bodies = {kind: bytes.fromhex(golden[sealer][kind]["body"]) for kind in KINDS}
    encoded = {f"{kind}s": [opening.b64encode(body[PREFIX:]).decode()] for kind, body in bodies.items()}
    return canonical({"format": opening.FORMAT, "manifest": golden["manifest"], **encoded})


@pytest.mark.parametrize("sealer", ["server", "browser"])
def test_the_server_opens_golden_envelopes(golden: dict[str, Any], sealer: str):
    raw = package(golden, sealer)
    sets = [opening.shares_with(raw, secret(golden, position), position) for position in (1, 3)]
    opened = opening.combine(raw, sets)
    assert opened.ballots == [BALLOT]
    assert sorted(opened.remarks, key=str) == sorted(REMARKS, key=str)


@pytest.mark.parametrize("sealer", ["server", "browser"])
@pytest.mark.parametrize("kind", KINDS)
def test_golden_signatures_fit_the_golden_card(golden: dict[str, Any], sealer: str, kind: Any):
    manifest = Manifest.from_bytes(golden["manifest"].encode())
    one = golden[sealer][kind]
    body = bytes.fromhex(one["body"])
    derive = tokens.ballot_key if kind == "ballot" else tokens.text_key
    assert one["key"] == tokens.public_hex(derive(manifest.poll, CODE))
    assert one["receipt"] == seal.receipt(body[PREFIX:])
    assert seal.signature_fits(kind, manifest.poll, one["key"], body)


def test_the_browser_still_seals_the_golden_envelope_byte_for_byte(golden: dict[str, Any]):
    assert sealed_by_browser(golden["manifest"]) == golden["browser"]


def test_the_browser_decrypts_golden_shares_that_open_with_the_servers(golden: dict[str, Any]):
    raw = package(golden, "server")
    [theirs] = ask({"act": "openShares", "pack": raw.decode(), "key": golden["secrets"][1], "position": 2})
    ours = opening.shares_with(raw, secret(golden, 3), 3)
    assert len(opening.combine(raw, [theirs, ours]).ballots) == 1


def test_a_golden_envelope_with_one_changed_byte_opens_to_the_same_ballot_or_none(
    golden: dict[str, Any],
):
    manifest = Manifest.from_bytes(golden["manifest"].encode())
    original = bytes.fromhex(golden["server"]["ballot"]["body"])[PREFIX:]
    for place in range(0, len(original), 7):
        changed = bytearray(original)
        changed[place] ^= 0x40
        raw = bytes(changed)
        sets = {
            position: {seal.receipt(raw): opened_share(manifest, raw, secret(golden, position), position)}
            for position in (1, 2, 3)
        }
        result = unseal(manifest, "ballot", [raw], sets)
        assert result.contents in (
            [],
            [{"overall": "A", "units": {"U1": "B", "U3": "C"}, "persons": {"P001": "C", "P008": "A"}}],
        )
        assert bool(result.contents) == (65 <= place < 65 + 3 * 113), place


def opened_share(manifest: Manifest, raw: bytes, key: ec.EllipticCurvePrivateKey, position: int) -> bytes:
    return bytes.fromhex(opening._share(manifest, raw, key, position))
