"""The boards of a poll at its opening: S as posted and signed, T as both openers reach it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from survey.box import batch, boards, second
from survey.box.board import Board
from survey.box.boards import Which
from survey.box.manifest import Manifest
from survey.box.packages import Package
from survey.box.table import Table, refuse_difference
from survey.config import Config
from survey.errors import Invalid, Refused
from survey.poll.models import InspectorKey, Poll

JSON_TYPE = "application/json"
SIGNATURES = "signatures"


def manifest_of(poll: Poll) -> Manifest:
    """Return the frozen manifest."""
    return Manifest.from_bytes(poll.manifest.encode())


def checked_signature(poll: Poll, share_set: Mapping[str, Any], key: InspectorKey) -> str:
    """Return the inspector's signature under board S that came with the shares; refuse shares without it."""
    signed = share_set.get("board")
    if not isinstance(signed, Mapping):
        raise Invalid("tally.unsigned", "开箱份额没有附密封选票清单的签名，请用本版页面重新生成后再提交。")
    sha256, signature = str(signed.get("sha256")), str(signed.get("signature"))
    if not boards.signature_fits(
        "sealed", poll.key, sha256=sha256, signature=signature, public_key=key.public_key
    ):
        raise Invalid("tally.bad_signature", f"{key.holder}对密封选票清单的签名不符，请重新生成后再提交。")
    return signature


def sealed_board(config: Config, poll: Poll) -> bytes:
    """Return board S as it was posted at the close."""
    notice = Board(config.board).fetch("sealed", poll.key)
    if notice is None:
        raise Refused("tally.no_board", f"{poll.key} 的密封选票清单没有公布，请先封箱公布再开箱。")
    return notice.content


def refuse_unsigned(config: Config, poll: Poll, package: bytes, *, signatures: Mapping[str, str]) -> None:
    """Refuse an opening unless the box is the posted board S and M inspectors signed that board."""
    posted, manifest = sealed_board(config, poll), manifest_of(poll)
    read = Package.from_bytes(package)
    boards.refuse_other(posted, read.digests())
    batch.refuse_other(posted, read.paper)
    signed = boards.signed_by("sealed", manifest, signatures, board=posted)
    if len(signed) < manifest.threshold:
        raise Refused(
            "tally.board_changed",
            f"只有{len(signed)}位监督人员的签名与公示的密封选票清单相符，须{manifest.threshold}位，请查明后重新提交份额。",
        )


def keep(config: Config, poll: Poll, which: Which, *, signatures: Mapping[str, str]) -> None:
    """Post inspectors' signatures under a board beside the earlier ones."""
    found = posted_signatures(config, poll)
    found[which] = {**found.get(which, {}), **signatures}
    content = json.dumps(found, ensure_ascii=False, sort_keys=True, indent=1).encode()
    Board(config.board).post(SIGNATURES, poll.key, content, JSON_TYPE)


def posted_signatures(config: Config, poll: Poll) -> dict[str, dict[str, str]]:
    """Return the signatures on the board: by board, by the inspector's place."""
    notice = Board(config.board).fetch(SIGNATURES, poll.key)
    found: dict[str, dict[str, str]] = json.loads(notice.content) if notice else {}
    return found


def refuse_disagreement(package: bytes, sets: Sequence[Mapping[str, Any]], *, table: Table) -> None:
    """Let the second opener open the same package; refuse when it reaches another table."""
    refuse_difference(table.raw, second.table(package, sets))


def refuse_other_count(outcome: Mapping[str, Any], manifest: Manifest, *, opened: bytes) -> None:
    """Refuse a count whose lines are not those of the table that both openers reached."""
    counted = [{"id": "overall", **outcome["overall"]}, *outcome["units"], *outcome["persons"]]
    rows = ["\t".join(str(line[key]) for key in ("id", "a", "g", "b", "blank")) for line in counted]
    heads = [line for line in opened.decode().splitlines() if line.startswith("#")]
    if len(rows) != len(manifest.lines):
        raise Refused("tally.other_lines", "计票的行数与票面清单不同，结果不予保存，请联系技术人员。")
    refuse_difference(opened, ("\n".join([*heads, *rows]) + "\n").encode())
