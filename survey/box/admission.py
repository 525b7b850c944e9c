"""Who may put a request into a box: a card of the frozen list, or a voter with a ticket of the issuer."""

import datetime as dt
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from survey.box import blind, boxfile, seal, tokens
from survey.box.boxfile import Facts
from survey.box.manifest import PREFIX, SUITE, Kind, Manifest
from survey.errors import Invalid, Missing, Refused

POINTS = (2, 3)
"""The first byte of a compressed point."""


@dataclass(frozen=True)
class Occupied:
    """A slot that holds an envelope: its number, the voter's key, the request's body."""

    slot: int
    key: str
    body: bytes


def occupied(connection: sqlite3.Connection, kind: Kind, facts: Facts) -> Iterator[Occupied]:
    """Yield the slots in use, those of a card or ticket whose signature fits; the file is the truth."""
    waiting = set(facts.keys[kind])
    # Read at one go: a reader that checks signatures with the file in hand would keep the writer waiting.
    rows = [
        (slot, bytes(content))
        for slot, content in connection.execute(boxfile.SELECT[kind])
        if content[: tokens.KEY_BYTES].hex() in waiting or (facts.manifest.remote and content[0] in POINTS)
    ]
    seen: set[str] = set()
    for slot, content in rows:
        key, rest = content[: tokens.KEY_BYTES].hex(), content[tokens.KEY_BYTES :]
        size = facts.manifest.request_size(kind)
        body, token = rest[:size], rest[size:]
        if key in seen or not (key in waiting or ticket_fits(facts.manifest, kind, key, token=token)):
            continue
        if seal.signature_fits(kind, facts.manifest.poll, key, body):
            seen.add(key)
            yield Occupied(slot, key, body)


def ticket_fits(manifest: Manifest, kind: Kind, key: str, *, token: bytes) -> bool:
    """Tell whether a token is the issuer's for this voter's key and kind of envelope."""
    remote = manifest.remote
    return remote is not None and blind.token_fits(
        remote.keys[kind], token, kind=kind, poll=manifest.poll, card=key
    )


def check(manifest: Manifest, kind: Kind, key: str, *, body: bytes, token: bytes, listed: bool) -> None:
    """Refuse whatever no honest page sends; the order of checks is from cheap to dear."""
    if len(body) != manifest.request_size(kind):
        raise Invalid("box.bad_length", "选票数据的长度不对，可能传输不完整，请刷新页面后重新提交。")
    if not listed and not token:
        raise Missing("box.unknown_card", "这张票卡不在本次测评的票卡清单中，请核对票卡或向工作人员换卡。")
    version = int.from_bytes(body[:4])
    if version != seal.VERSION and not (may_change(manifest, token) and version):
        raise Invalid("box.bad_version", "本次测评不能改票，请刷新页面后重新提交。")
    if body[PREFIX] != SUITE or body[PREFIX + 1 : PREFIX + 33].hex() != manifest.sha256:
        raise Invalid("box.other_poll", "这张选票不是按本次测评的清单填写的，请重新扫描票卡上的二维码。")
    if token and (listed or not ticket_fits(manifest, kind, key, token=token)):
        raise Invalid("box.bad_ticket", "凭证不是本次测评的发证方签发的，请用领取凭证的那部手机重新提交。")
    if not seal.signature_fits(kind, manifest.poll, key, body):
        raise Invalid("box.bad_signature", "选票签名不符，数据可能被改动，请刷新页面后重新提交。")


def may_change(manifest: Manifest, token: bytes) -> bool:
    """Tell whether the voter may replace the own ballot until the box closes."""
    return manifest.revote or bool(token and manifest.remote and manifest.remote.revote)


def refuse_outside(manifest: Manifest, at: dt.datetime) -> None:
    """Refuse a ballot of the remote channel before or after its window."""
    votes = manifest.remote.votes if manifest.remote else None
    if votes is None or at < votes.begins:
        raise Refused("box.too_early", "远程投票还没有开始，请在投票期内再提交。")
    if at >= votes.ends:
        raise Refused("box.too_late", "远程投票期已经结束，不再接收远程选票。")
