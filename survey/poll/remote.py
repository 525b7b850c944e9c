"""The poll's side of the remote channel: windows, issuer, who drew, how many ballots came, the keys' end."""

import datetime as dt
import json
from collections.abc import Collection

from cryptography.hazmat.primitives.asymmetric import rsa
from sqlmodel import Session

from survey import journal
from survey.box.manifest import Manifest
from survey.box.remote import EXPONENT, Remote, Window
from survey.config import Config
from survey.errors import Refused
from survey.issuer import ledger
from survey.issuer.ledger import Issuer
from survey.poll.models import Poll, RemoteChannel
from survey.poll.stages import stored_id
from survey.staff.models import Account


def channel(session: Session, poll: Poll) -> RemoteChannel | None:
    """Return the remote channel of `poll`, if leaders switched it on."""
    return session.get(RemoteChannel, poll.id) if poll.id else None


def windows(row: RemoteChannel) -> tuple[Window, Window]:
    """Return the ticket window and the voting window."""
    return Window.parse([row.tickets_from, row.tickets_until]), Window.parse(
        [row.votes_from, row.votes_until]
    )


def issuer(config: Config, poll: Poll) -> Issuer:
    """Return the issuer of the poll's tickets."""
    return ledger.of(config.issuer, poll.key)


def prepare(session: Session, poll: Poll, firms: Collection[str], *, config: Config) -> Remote | None:
    """Make the issuer's keys at the freeze; return the channel for the manifest, or None without one."""
    row = channel(session, poll)
    if row is None:
        return None
    if not firms:
        raise Refused("remote.no_firms", "企业名册是空的，远程渠道没有可领票的企业，请先导入企业名册。")
    made = issuer(config, poll)
    made.prepare(sorted(firms))
    row.seats = len(firms)
    session.add(row)
    tickets, votes = windows(row)
    keys: dict[str, rsa.RSAPublicNumbers] = {
        kind: _numbers(modulus) for kind, modulus in made.public_keys().items()
    }
    return Remote(config.issuer_origin, keys, row.seats, tickets, votes, row.revote)


def _numbers(modulus: int) -> rsa.RSAPublicNumbers:
    return rsa.RSAPublicNumbers(EXPONENT, modulus)


def announce(config: Config, poll: Poll, manifest: Manifest) -> None:
    """Give the issuer the manifest, after which its keys are not made anew."""
    if manifest.remote:
        issuer(config, poll).announce(manifest)


def note_drawers(session: Session, row: RemoteChannel, poll: Poll, *, config: Config) -> None:
    """Keep who drew: none of them gets a card."""
    drawers = sorted(issuer(config, poll).drawers())
    row.drawers, row.drawn = json.dumps(drawers), len(drawers)
    session.add(row)
    session.flush()


def drawers(session: Session, poll: Poll) -> frozenset[str]:
    """Return the codes of the firms that drew a ticket and will vote from afar."""
    row = channel(session, poll)
    return frozenset(json.loads(row.drawers)) if row and row.begun else frozenset()


def ready_for_hall(session: Session, poll: Poll, *, config: Config, at: dt.datetime) -> None:
    """Read once more who drew before the hall begins; from then on nobody draws any more."""
    row = channel(session, poll)
    if row is None or not row.begun:
        return
    tickets, _ = windows(row)
    if at < tickets.ends:
        raise Refused(
            "remote.tickets_open", f"领票时间是{tickets.chinese}，还没有结束，会场现在不能开始填写。"
        )
    note_drawers(session, row, poll, config=config)


def refuse_early(session: Session, poll: Poll, at: dt.datetime) -> None:
    """Refuse to close the box while firms may still vote from afar."""
    row = channel(session, poll)
    if row and row.begun and at < windows(row)[1].ends:
        votes = windows(row)[1].chinese
        raise Refused("remote.voting", f"远程投票时间是{votes}，还没有结束，现在不能封箱。")


def settle(
    session: Session, poll: Poll, *, returned: int, config: Config, by: Account, at: dt.datetime
) -> None:
    """Keep at the close how many tickets were drawn and voted; destroy the issuer's keys with a record."""
    row = channel(session, poll)
    if row is None or row.ended:
        return
    note_drawers(session, row, poll, config=config)
    if returned > row.drawn:
        raise Refused(
            "remote.surplus", f"远程选票{returned}张，多于领出的凭证{row.drawn}张，请停止操作并查明原因。"
        )
    row.returned = returned
    record = issuer(config, poll).destroy(by=[by.name], on=at.date().isoformat())
    row.ended = json.dumps(record, ensure_ascii=False, sort_keys=True)
    session.add(row)
    session.flush()
    detail = {"drawn": row.drawn, "returned": returned, "keys": record["keys"]}
    journal.record(session, by=by.login, act="remote.keys_destroyed", subject=poll.key, detail=detail, at=at)


def returned(session: Session, poll: Poll) -> int:
    """Return how many ballots of the closed box came from afar."""
    row = channel(session, poll)
    return (row.returned or 0) if row else 0


def told(session: Session, poll: Poll) -> str | None:
    """Return the ballots by channel once the box is closed, or None where all voted in the hall."""
    row = channel(session, poll)
    if row is None or row.returned is None:
        return None
    cards = (poll.returned or 0) - row.returned
    return f"会场票卡{cards}张；远程领出凭证{row.drawn}张，投票{row.returned}张"


def tickets(session: Session, poll: Poll) -> int:
    """Return how many tickets were drawn."""
    row = channel(session, poll)
    return row.drawn if row else 0


def copy(session: Session, old: Poll, new: Poll) -> None:
    """Give a new version of a poll the windows of the old one."""
    row = channel(session, old)
    if row:
        names = ("account_id", "tickets_from", "tickets_until", "votes_from", "votes_until", "revote")
        session.add(RemoteChannel(poll_id=stored_id(new), **{name: getattr(row, name) for name in names}))
        session.flush()
