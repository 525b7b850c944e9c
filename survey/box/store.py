"""A poll's ballot box as its keeper sees it: made, opened, closed, counted, emptied; no time, no order."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from survey.box import admission, boxfile, tokens
from survey.box.boxfile import NAME, Facts
from survey.box.manifest import KINDS, PREFIX, Kind, Manifest
from survey.errors import Invalid, Refused

MOVES = {
    "ready": {"remote", "open", "closed"},
    "remote": {"open", "closed"},
    "open": {"closed"},
    "closed": set[str](),
}
"""At `remote` only tickets are taken; at `open` cards, and tickets beside them if `remote` came first."""
REFUSALS = {
    "ready": ("box.not_open", "票箱尚未开箱收票，请等监督人宣布开始后再提交。"),
    "remote": ("box.not_open", "会场还没有开始填写，请等监督人宣布开始后再提交。"),
    "closed": ("box.closed", "票箱已经封箱，不能再投票。"),
}


@dataclass(frozen=True)
class Drawn:
    """All envelopes of a closed box with their card keys, sorted by key, which tells nothing of order."""

    manifest: Manifest
    ballots: list[tuple[str, bytes]]
    texts: list[tuple[str, bytes]]
    remote: int = 0
    """How many of the ballots came with a ticket instead of a card."""


def create(folder: Path, manifest: Manifest, ballot_keys: Sequence[str], text_keys: Sequence[str]) -> None:
    """Make the box of a frozen poll; a box that was made before but never opened is replaced."""
    keys: dict[Kind, tuple[str, ...]] = {
        "ballot": tuple(sorted(ballot_keys)),
        "text": tuple(sorted(text_keys)),
    }
    for kind in KINDS:
        if tokens.root(keys[kind]) != manifest.content["cards"][f"{kind}_root"]:
            raise Invalid("box.other_cards", "票卡清单与清单文件不一致，请重新制作票卡。")
    folder.mkdir(parents=True, exist_ok=True)
    with boxfile.claimed(folder):
        if (folder / NAME).exists() and gate(folder) != "ready":
            raise Refused("box.exists", f"测评「{manifest.poll}」的票箱已经启用，不能重新制作。")
        fresh = folder / f"{NAME}.new"
        fresh.unlink(missing_ok=True)
        boxfile.build(fresh, Facts(manifest, keys))
        # A journal of the earlier file would be rolled back into the new one.
        (folder / f"{NAME}-journal").unlink(missing_ok=True)
        fresh.replace(folder / NAME)
        boxfile.sync_folder(folder)
        boxfile.still(folder)


def open_gate(folder: Path) -> None:
    """Let ballots in; opening an open box changes nothing."""
    _move(folder, "open")


def open_remote(folder: Path) -> None:
    """Let the ballots of the remote channel in, while the hall still waits."""
    _move(folder, "remote")


def close_gate(folder: Path) -> None:
    """Let no further ballot in, from the moment this returns; closing a closed box changes nothing."""
    _move(folder, "closed")


def _move(folder: Path, state: str) -> None:
    with boxfile.opened(folder) as connection:
        connection.execute("BEGIN IMMEDIATE")
        gates = boxfile.read_gates(connection)
        now = gates.removesuffix(boxfile.BESIDE)
        if state != now:
            if state not in MOVES[now]:
                connection.execute("ROLLBACK")
                raise Refused(*REFUSALS["closed"])
            beside = boxfile.BESIDE if state == "open" and boxfile.takes_tickets(gates) else ""
            boxfile.write_gate(connection, state + beside)
        connection.execute("COMMIT")


def gate(folder: Path) -> str:
    """Return `ready`, `remote`, `open` or `closed`."""
    with boxfile.opened(folder) as connection:
        return boxfile.read_gate(connection)


def takes_tickets(folder: Path) -> bool:
    """Tell whether the remote channel was opened and the box is not yet closed."""
    with boxfile.opened(folder) as connection:
        return boxfile.takes_tickets(boxfile.read_gates(connection))


def manifest(folder: Path) -> Manifest:
    """Return the manifest that the box was made with."""
    with boxfile.opened(folder) as connection:
        return boxfile.read_facts(connection).manifest


def count(folder: Path) -> int:
    """Return how many ballots the box holds."""
    with boxfile.opened(folder) as connection:
        facts = boxfile.read_facts(connection)
        return sum(1 for _ in admission.occupied(connection, "ballot", facts))


def draw_all(folder: Path) -> Drawn:
    """Return everything in a closed box; an open one is refused."""
    with boxfile.opened(folder) as connection:
        connection.execute("BEGIN")
        try:
            if boxfile.read_gate(connection) != "closed":
                raise Refused("box.not_closed", "票箱还没有封箱，不能取出选票，请先封箱。")
            facts = boxfile.read_facts(connection)
            ballots, texts = (_all(connection, kind, facts) for kind in KINDS)
            cards = set(facts.keys["ballot"])
            return Drawn(facts.manifest, ballots, texts, sum(key not in cards for key, _ in ballots))
        finally:
            connection.execute("COMMIT")


def _all(connection: sqlite3.Connection, kind: Kind, facts: Facts) -> list[tuple[str, bytes]]:
    return sorted((one.key, one.body[PREFIX:]) for one in admission.occupied(connection, kind, facts))
