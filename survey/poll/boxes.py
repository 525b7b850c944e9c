"""The poll's side of its ballot box: where it stands, what is posted about it, how many ballots lie in it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from survey.box import manifest as manifests
from survey.box import proof, store, tokens
from survey.box.board import Board
from survey.box.manifest import Manifest
from survey.box.remote import Remote
from survey.box.store import Drawn
from survey.config import Config
from survey.poll.models import InspectorKey, Poll, Stage

TEXT = "text/plain; charset=utf-8"
JSON_TYPE = "application/json"
STEP = 10
PUBLIC_STATES = {Stage.FROZEN: "ready", Stage.OPEN: "open", Stage.VOID: "void"}


def folder(config: Config, poll: Poll) -> Path:
    """Return the folder of the poll's box."""
    return config.boxes / poll.key


def canonical(value: Mapping[str, Any]) -> str:
    """Return JSON with sorted keys and no spaces: the text whose SHA-256 is frozen."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def new_codes(poll: Poll) -> tuple[str, ...]:
    """Return a fresh code for each card, seats and spares alike; nobody can tell them apart."""
    codes: set[str] = set()
    while len(codes) < poll.seats + poll.spare_cards:
        codes.add(tokens.new_code())
    return tuple(sorted(codes))


def build_manifest(
    config: Config,
    poll: Poll,
    slate: dict[str, Any],
    keys: Sequence[InspectorKey],
    codes: Sequence[str],
    remote: Remote | None = None,
) -> tuple[Manifest, list[str], list[str]]:
    """Return the manifest with the sorted lists of ballot keys and text keys that the codes lead to."""
    ballot_keys = sorted(tokens.public_hex(tokens.ballot_key(poll.key, code)) for code in codes)
    text_keys = sorted(tokens.public_hex(tokens.text_key(poll.key, code)) for code in codes)
    manifest = manifests.build(
        poll=poll.key,
        round_=poll.round,
        title=poll.title,
        county=config.county,
        held_on=poll.held_on.isoformat(),
        slate=slate,
        slate_sha256=poll.slate_sha256,
        rules_sha256=poll.rules_sha256,
        threshold=poll.threshold,
        inspectors=[manifests.Inspector(key.position, key.holder, key.public_key) for key in keys],
        ballot_keys=ballot_keys,
        text_keys=text_keys,
        remote=remote,
    )
    return manifest, ballot_keys, text_keys


def create(
    config: Config, poll: Poll, manifest: Manifest, ballot_keys: Sequence[str], text_keys: Sequence[str]
) -> None:
    """Make the box and post its manifest; a box left by a freeze that failed half-way is replaced."""
    store.create(folder(config, poll), manifest, ballot_keys, text_keys)
    Board(config.board).post("manifest", poll.key, manifest.raw, JSON_TYPE)
    post_state(config, poll)


def post_state(config: Config, poll: Poll) -> None:
    """Post the poll's state as the public sees it."""
    state = PUBLIC_STATES.get(poll.stage, "closed")
    Board(config.board).post("state", poll.key, state.encode(), TEXT)


def open_gate(config: Config, poll: Poll) -> None:
    """Let the box take ballots."""
    store.open_gate(folder(config, poll))
    post_state(config, poll)


def close_gate(config: Config, poll: Poll) -> Drawn:
    """Shut the box for good, post the sorted list of sealed envelopes, return what lies in it."""
    path = folder(config, poll)
    store.close_gate(path)
    drawn = store.draw_all(path)
    Board(config.board).post("sealed", poll.key, proof.sheet(drawn), TEXT)
    post_state(config, poll)
    return drawn


def withdraw(config: Config, poll: Poll) -> None:
    """Shut the box of a void poll, if it was ever made, and say so in public."""
    path = folder(config, poll)
    if not path.exists():
        return
    if store.gate(path) != "closed":
        store.close_gate(path)
    post_state(config, poll)


def turnout(config: Config, poll: Poll) -> int:
    """Return the ballots in the box, rounded down to tens while the poll is open."""
    path = folder(config, poll)
    if not path.exists():
        return 0
    inside = store.count(path)
    return inside // STEP * STEP if store.gate(path) != "closed" else inside
