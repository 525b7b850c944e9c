"""Opening: a closed box becomes a package, inspectors decrypt their shares of it, M share sets open it.

Bad envelopes are void with their digest, never dropped. Ballots and remarks come out sorted by content:
an order that is a function of what was written, so it joins neither with the box nor with each other, and
two openers get the same bytes.
"""

import hashlib
import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec

from survey.box import batch, boards, boxfile, keys, proof, seal, store
from survey.box.batch import Batch
from survey.box.manifest import Manifest, canonical
from survey.box.packages import FORMAT, Package
from survey.box.seal import Envelope
from survey.box.table import Table, tabulate
from survey.box.unsealing import Unsealed, unseal
from survey.errors import Invalid, Refused

SHARES_FORMAT = "qiping-shares-1"
RECORD_FORMAT = "qiping-opening-1"

ShareSet = Mapping[str, Any]


@dataclass(frozen=True)
class Opened:
    """What came out of the box; `record` is the public opening record, `paper` the batch's header."""

    ballots: list[dict[str, Any]]
    remarks: list[dict[str, str]]
    void: list[str]
    record: dict[str, Any]
    table: Table
    paper: dict[str, Any] | None = None


def package(folder: Path) -> bytes:
    """Return the one file that every inspector opens from: manifest, board S and sorted sealed envelopes."""
    drawn, paper = store.draw_all(folder), batch.read(folder)
    content = {
        "format": FORMAT,
        "manifest": drawn.manifest.raw.decode(),
        "board": proof.sheet(drawn, batch.on_board(paper)).decode(),
        "ballots": sorted(b64encode(envelope).decode() for _, envelope in drawn.ballots),
        "texts": sorted(b64encode(envelope).decode() for _, envelope in drawn.texts),
    }
    return canonical(content | ({"paper": b64encode(paper).decode()} if paper else {}))


def shares(package: bytes, key_file: Mapping[str, Any], passphrase: str) -> dict[str, Any]:
    """Return the shares of every envelope that the holder of a key file decrypts."""
    manifest = Package.from_bytes(package).manifest
    private = keys.unlock(key_file, passphrase, poll=manifest.poll)
    return shares_with(package, private, key_file["position"])


def shares_with(package: bytes, private: ec.EllipticCurvePrivateKey, position: int) -> dict[str, Any]:
    """Return the shares of the inspector at `position`; an empty one where the share box does not open.

    Board S is signed by the same act, after its envelopes were found to be those of the package.
    """
    read = Package.from_bytes(package)
    manifest = read.manifest
    registered = {entry.position: entry for entry in manifest.inspectors}.get(position)
    if registered is None or registered.public_key != keys.public_point(private):
        raise Invalid(
            "key.other_position",
            f"这把密钥不是本次测评第{position}位监督人登记的密钥，请选择登记时使用的密钥文件。",
        )
    signed = {}
    if read.board:
        boards.refuse_other(read.board, read.digests())
        batch.refuse_other(read.board, read.paper)
        signed = {"board": boards.sign("sealed", manifest.poll, read.board, private=private)}
    found = {seal.receipt(raw): _share(manifest, raw, private, position) for raw in read.sealed}
    return {
        "format": SHARES_FORMAT,
        "poll": manifest.poll,
        "position": position,
        "holder": registered.holder,
        "manifest": manifest.sha256,
        "shares": dict(sorted(found.items())),
        **signed,
    }


def _share(manifest: Manifest, raw: bytes, private: ec.EllipticCurvePrivateKey, position: int) -> str:
    envelope = Envelope.parse(raw, len(manifest.inspectors))
    info = envelope.aad(manifest.poll) + bytes([position])
    try:
        return seal.HPKE.decrypt(envelope.boxes[position - 1], private, info).hex()
    except (InvalidTag, ValueError):
        return ""


def check_shares(package: bytes, share_set: ShareSet) -> int:
    """Refuse, by the inspector's name, a share set that does not belong to this package; return its place."""
    return _checked(Package.from_bytes(package), share_set)[0]


def combine(package: bytes, share_sets: Sequence[ShareSet]) -> Opened:
    """Open all envelopes with the shares of at least M inspectors."""
    read = Package.from_bytes(package)
    manifest = read.manifest
    sets: dict[int, dict[str, bytes]] = {}
    for share_set in share_sets:
        position, found = _checked(read, share_set)
        if position in sets:
            raise Refused(
                "opening.same_position", f"{_name(manifest, position)}的份额提交了两次，请只留一份。"
            )
        sets[position] = found
    if len(sets) < manifest.threshold:
        raise Refused(
            "opening.too_few",
            f"开箱需要{manifest.threshold}位监督人的份额，现在只有{len(sets)}位，请补齐后再开箱。",
        )
    unsealed = {
        "ballot": unseal(manifest, "ballot", read.ballots, sets),
        "text": unseal(manifest, "text", read.texts, sets),
    }
    _refuse_wrong_sets(manifest, sets, unsealed)
    return _opened(manifest, sets, unsealed, batch.opened(manifest, read.paper, sets))


def _name(manifest: Manifest, position: int) -> str:
    return f"第{position}位监督人（{manifest.inspectors[position - 1].holder}）"


def _checked(read: Package, share_set: ShareSet) -> tuple[int, dict[str, bytes]]:
    if not isinstance(share_set, Mapping):
        raise Invalid("opening.bad_shares", "这不是份额文件，请由监督人重新提交。")
    position, listed = share_set.get("position"), share_set.get("shares")
    if not isinstance(position, int) or not 1 <= position <= len(read.manifest.inspectors):
        raise Invalid("opening.bad_shares", "份额文件没有写明是哪位监督人的，请由监督人重新提交。")
    name = _name(read.manifest, position)
    if share_set.get("manifest") != read.manifest.sha256:
        raise Invalid("opening.other_poll", f"{name}提交的是另一次测评的份额，请用本次测评的开箱文件重做。")
    if not isinstance(listed, Mapping) or sorted(listed) != sorted({*map(seal.receipt, read.sealed)}):
        raise Invalid("opening.missing_shares", f"{name}的份额与票箱中的密封选票不对应，请重新提交。")
    try:
        found = {digest: bytes.fromhex(share) for digest, share in listed.items()}
    except (TypeError, ValueError) as fault:
        raise Invalid("opening.bad_shares", f"{name}的份额文件已损坏，请重新提交。") from fault
    if any(len(share) not in (0, seal.KEY_BYTES) for share in found.values()):
        raise Invalid("opening.bad_shares", f"{name}的份额文件已损坏，请重新提交。")
    return position, found


def _refuse_wrong_sets(
    manifest: Manifest, sets: Mapping[int, Mapping[str, bytes]], unsealed: Mapping[str, Unsealed]
) -> None:
    """Name the inspector whose shares fit nowhere; a single odd share is the envelope's fault, not theirs."""
    sealed = sum(one.sealed for one in unsealed.values())
    fitted = sum(one.fitted for one in unsealed.values())
    if sealed and not fitted:
        names = "、".join(_name(manifest, position) for position in sorted(sets))
        raise Refused(
            "opening.wrong_shares",
            f"{names}的份额合起来打不开任何选票，至少有一份不对，请各自核对密钥文件后重新提交，或由另一位监督人补交。",
        )
    for position in sorted(sets):
        if fitted > 1 and sum(one.odd.get(position, 0) for one in unsealed.values()) == fitted:
            raise Refused(
                "opening.wrong_shares",
                f"{_name(manifest, position)}的份额与其他监督人的不符，请核对密钥文件后重新提交。",
            )


def _opened(
    manifest: Manifest, sets: Mapping[int, object], unsealed: Mapping[str, Unsealed], paper: Batch | None
) -> Opened:
    ballots, texts = unsealed["ballot"], unsealed["text"]
    void = sorted(
        ({"kind": kind, **entry} for kind, one in unsealed.items() for entry in one.void),
        key=lambda entry: entry["sha256"],
    )
    odd = {
        str(position): ballots.odd.get(position, 0) + texts.odd.get(position, 0) for position in sorted(sets)
    }
    marks = sorted([*ballots.contents, *(paper.records if paper else [])], key=canonical)
    remarks = sorted([*texts.contents, *(paper.remarks if paper else [])], key=canonical)
    table = tabulate(manifest, marks, sealed=ballots.sealed, void=len(ballots.void), paper=paper)
    record = {
        "format": RECORD_FORMAT,
        "poll": manifest.poll,
        "round": manifest.content["round"],
        "manifest": manifest.sha256,
        "slate_sha256": manifest.content["slate_sha256"],
        "public_slate_sha256": hashlib.sha256(canonical(_public_slate(manifest))).hexdigest(),
        "rules_sha256": manifest.content["rules_sha256"],
        "threshold": manifest.threshold,
        "openers": [
            {"position": position, "holder": manifest.inspectors[position - 1].holder}
            for position in sorted(sets)
        ],
        "odd_shares": odd,
        # A blank sheet is invalid, yet it is not listed by its digest: that would tell what its voter did.
        "ballots": _account(ballots) | {"blank": ballots.sealed - len(ballots.void) - len(ballots.contents)},
        "texts": _account(texts) | {"remarks": len(texts.contents)},
        "void": void,
        "table_sha256": table.sha256,
    }
    if paper:
        record["paper"] = {key: value for key, value in paper.header.items() if key != "carried"}
    header = paper.header if paper else None
    return Opened(marks, remarks, [entry["sha256"] for entry in void], record, table, header)


def _account(one: Unsealed) -> dict[str, Any]:
    return {
        "sealed": one.sealed,
        "opened": one.sealed - len(one.void),
        "void": len(one.void),
        "sha256": hashlib.sha256(json_lines(one.contents)).hexdigest(),
    }


def json_lines(entries: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the file form of ballots or remarks: one JSON object a line."""
    return b"".join(canonical(entry) + b"\n" for entry in entries)


def slate_of(package: bytes) -> dict[str, Any]:
    """Return the slate as the manifest shows it to the public, for an opening far from the desk."""
    return _public_slate(Package.from_bytes(package).manifest)


def _public_slate(manifest: Manifest) -> dict[str, Any]:
    return {"poll": manifest.poll, **manifest.content["slate"]}


def write(folder: Path, opened: Opened, slate: Mapping[str, Any], rules_toml: str) -> None:
    """Write the opened folder (e.g. boxes/2023Q1-v1/opened) with all that a recount needs.

    `slate` is the frozen one or that of the manifest, `rules_toml` the frozen text or empty; any other
    is refused, so that nobody counts by a sheet or rules that the cards did not name.
    """
    slate_text, record = canonical(slate), opened.record
    if hashlib.sha256(slate_text).hexdigest() not in (record["slate_sha256"], record["public_slate_sha256"]):
        raise Refused("opening.other_slate", "名单与清单中冻结的摘要不一致，请使用冻结时的名单。")
    if rules_toml and hashlib.sha256(rules_toml.encode()).hexdigest() != record["rules_sha256"]:
        raise Refused("opening.other_rules", "规则与清单中冻结的摘要不一致，请使用冻结时的规则。")
    files = {
        "slate.json": slate_text,
        "ballots.jsonl": json_lines(opened.ballots),
        "remarks.jsonl": json_lines(opened.remarks),
        "table.txt": opened.table.raw,
        "opening.json": json.dumps(record, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n",
    }
    if opened.paper:
        files["paper.json"] = canonical(opened.paper)
    if rules_toml:
        files["rules.toml"] = rules_toml.encode()
    earlier = folder / "ballots.jsonl"
    if earlier.exists() and earlier.read_bytes() != files["ballots.jsonl"]:
        raise Refused("opening.differs", "这个文件夹里已有另一次开箱的结果，内容不同，请先查明原因。")
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        fresh = folder / f"{name}.new"
        fresh.write_bytes(content)
        fresh.replace(folder / name)
    boxfile.date(*(folder / name for name in files), folder)
    if (folder.parent / boxfile.NAME).exists():
        boxfile.still(folder.parent)
