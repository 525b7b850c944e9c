"""A rehearsal poll through the real box, writer, board and opening, with synthetic voters in known order."""

import hashlib
import json
import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from survey.attack.targets import Scene, Target
from survey.box import keys, opening, proof, seal, store, tokens
from survey.box import manifest as manifests
from survey.box.board import Board
from survey.box.manifest import Inspector, Manifest, canonical
from survey.box.seal import Remark, Sealed
from survey.box.writer import Writer

POLL = "rehearsal-v1"
LINES, INSPECTORS, THRESHOLD = 24, 3, 2
NO_DIGEST = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True)
class Cast:
    """One synthetic voter's ballot and remark, sealed, with what the voter marked and wrote."""

    ballot: Sealed
    text: Sealed
    marks: Mapping[str, str]
    remark: str


@dataclass(frozen=True)
class Rehearsal:
    """A frozen rehearsal whose sealed ballots are cast again in every run, each time in a new order."""

    manifest: Manifest
    slate: dict[str, Any]
    inspectors: Sequence[ec.EllipticCurvePrivateKey]
    casts: Sequence[Cast]


def prepare(voters: int) -> Rehearsal:
    """Make slate, keys, cards and one sealed ballot with its remark for each voter."""
    slate = _slate()
    codes = [tokens.new_code() for _ in range(voters)]
    private = [ec.generate_private_key(tokens.CURVE) for _ in range(INSPECTORS)]
    manifest = manifests.build(
        poll=POLL,
        round_="2000Q1",
        title="演练",
        county="演练",
        held_on="2000-01-01",
        slate=slate,
        slate_sha256=hashlib.sha256(canonical(slate)).hexdigest(),
        rules_sha256=NO_DIGEST,
        threshold=THRESHOLD,
        inspectors=[Inspector(n, f"演练{n}", keys.public_point(key)) for n, key in enumerate(private, 1)],
        ballot_keys=[tokens.public_hex(tokens.ballot_key(POLL, code)) for code in codes],
        text_keys=[tokens.public_hex(tokens.text_key(POLL, code)) for code in codes],
    )
    casts = [_cast(manifest, code, number) for number, code in enumerate(codes)]
    return Rehearsal(manifest, slate, private, casts)


def _slate() -> dict[str, Any]:
    units = [{"id": f"U{n:02}", "name": f"单位{n}", "series": "演练"} for n in range(LINES)]
    return {"poll": POLL, "units": units, "persons": []}


def own_marks(lines: Sequence[str], number: int) -> dict[str, str]:
    """Return marks that no other voter has, so that an opened ballot is known again."""
    return {line: "ABC"[number // 3**place % 3] for place, line in enumerate(lines)}


def own_remark() -> str:
    """Return a remark that no other voter wrote."""
    return f"演练反映{secrets.token_hex(12)}"


def _cast(manifest: Manifest, code: str, number: int) -> Cast:
    marks, remark = own_marks(manifest.lines, number), own_remark()
    ballot = seal.seal_ballot(manifest, code, marks)
    return Cast(ballot, seal.seal_text(manifest, code, [Remark(manifest.lines[1], remark)]), marks, remark)


def hold(rehearsal: Rehearsal, root: Path) -> Scene:
    """Cast all ballots one after the other below `root`, close, post, open; return who came when."""
    manifest, folder = rehearsal.manifest, root / "boxes" / POLL
    casts = rehearsal.casts
    store.create(folder, manifest, [one.ballot.key for one in casts], [one.text.key for one in casts])
    store.open_gate(folder)
    came = list(range(len(casts)))
    secrets.SystemRandom().shuffle(came)
    with Writer(folder) as writer:
        for number in came:
            writer.put("ballot", casts[number].ballot.key, casts[number].ballot.body)
            writer.put("text", casts[number].text.key, casts[number].text.body)
    # Nobody attends a rehearsal; the intruder reads the open box as well as the closed one.
    shutil.copytree(folder, root / "seized-while-open")
    store.close_gate(folder)
    drawn = store.draw_all(folder)
    Board(root / "board.db").post("sealed", POLL, proof.sheet(drawn), "text/plain")
    package = opening.package(folder)
    (root / "package.json").write_bytes(package)
    shares = [opening.shares_with(package, key, n) for n, key in enumerate(rehearsal.inspectors, 1)]
    opened = opening.combine(package, shares[:THRESHOLD])
    opening.write(folder / "opened", opened, rehearsal.slate, "")
    return Scene(targets(casts, folder), came)


def targets(casts: Sequence[Cast], folder: Path) -> list[Target]:
    """Return all forms in which each voter's ballot and remark may lie in a file."""
    rows = (folder / "opened" / "ballots.jsonl").read_bytes().splitlines()
    lines = {_told(json.loads(row)): row for row in rows}
    return [
        Target({
            "票卡键": bytes.fromhex(one.ballot.key),
            "票卡键文": one.ballot.key.encode(),
            "回执文": one.ballot.receipt.encode(),
            "选票密文": one.ballot.body[200:264],
            "开箱选票": lines[tuple(sorted(one.marks.items()))],
            "问题密文": one.text.body[200:264],
            "问题键": bytes.fromhex(one.text.key),
            "问题正文": one.remark.encode(),
        })
        for one in casts
    ]  # fmt: skip


def _told(ballot: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    overall = {"overall": ballot["overall"]} if ballot.get("overall") else {}
    return tuple(sorted({**overall, **ballot["units"], **ballot["persons"]}.items()))
