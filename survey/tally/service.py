"""Opening the box with M inspectors' shares, counting what was in it, and reporting the result."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, col, delete, select

from scoring import rules
from scoring.recount import recount
from survey import journal
from survey.box import opening
from survey.box.opening import Opened
from survey.config import Config
from survey.errors import Forbidden, Invalid, Refused
from survey.journal import JournalEntry
from survey.paper import service as papers
from survey.poll import boxes, remote
from survey.poll import service as polls
from survey.poll.models import CardAccount, InspectorKey, Poll, Stage
from survey.poll.stages import require, stored_id
from survey.staff.models import Account, Role
from survey.tally import audit, channels, opened, publish, signing
from survey.tally.counts import get as get
from survey.tally.counts import headlines as headlines
from survey.tally.counts import previous_counts as previous_counts
from survey.tally.counts import result as result
from survey.tally.models import Count, ShareSet


def package(session: Session, poll: Poll, *, config: Config, by: Account) -> bytes:
    """Return the sealed envelopes for the inspectors, each of whom decrypts own shares from the same file."""
    require(poll, Stage.CLOSED)
    papers.refuse_unsealed(session, poll)
    raw = opening.package(boxes.folder(config, poll))
    detail = {"sha256": opened.digest(raw)}
    journal.record(session, by=by.login, act="tally.package", subject=poll.key, detail=detail)
    return raw


def submit_shares(session: Session, poll: Poll, share_set: Mapping[str, Any], *, by: Account) -> ShareSet:
    """Take in one inspector's shares of a closed box; handing them in again replaces them."""
    require(poll, Stage.CLOSED)
    key = _own_key(session, poll, by)
    shares = _checked_shares(poll, share_set, key)
    signature = signing.checked_signature(poll, share_set, key)
    row = session.get(ShareSet, (poll.id, key.position)) or ShareSet(
        poll_id=stored_id(poll), position=key.position, account_id=stored_id(by), shares=""
    )
    row.shares, row.signature = json.dumps(shares, sort_keys=True), signature
    session.add(row)
    session.flush()
    detail = {"position": key.position, "envelopes": len(shares)}
    journal.record(session, by=by.login, act="tally.shares", subject=poll.key, detail=detail)
    return row


def _own_key(session: Session, poll: Poll, by: Account) -> InspectorKey:
    if by.role is not Role.INSPECTOR:
        raise Forbidden("tally.inspector_only", "开箱份额只能由登记了密钥的监督人员提交。")
    if key := polls.key_of(session, poll, by):
        return key
    raise Forbidden("tally.no_key", f"{by.name}没有为 {poll.key} 登记密钥，不能参加开箱。")


def _checked_shares(poll: Poll, share_set: Mapping[str, Any], key: InspectorKey) -> dict[str, str]:
    shares = share_set.get("shares") if isinstance(share_set, Mapping) else None
    if not isinstance(shares, dict) or not all(isinstance(text, str) for text in shares.values()):
        raise Invalid("tally.bad_shares", "开箱份额文件已损坏，请重新生成后再提交。")
    if share_set.get("manifest") != poll.manifest_sha256:
        raise Refused("tally.other_poll", f"这份开箱份额不属于 {poll.key}，请用本次测评的密钥文件重新生成。")
    if share_set.get("position") != key.position:
        raise Refused(
            "tally.other_key",
            f"这份开箱份额是第{share_set.get('position')}位监督人员的，{key.holder}登记的是第{key.position}位。",
        )
    return shares


def submitted(session: Session, poll: Poll) -> frozenset[int]:
    """Return the positions whose shares lie ready."""
    return frozenset(session.exec(select(ShareSet.position).where(ShareSet.poll_id == poll.id)))


def open_box(session: Session, poll: Poll, *, config: Config, by: Account, at: dt.datetime) -> Opened:
    """Open the box with at least M share sets; the shares are destroyed once the box is open."""
    require(poll, Stage.CLOSED)
    papers.refuse_unsealed(session, poll)
    sets = _share_sets(session, poll)
    if len(sets) < poll.threshold:
        raise Refused(
            "tally.too_few_shares",
            f"开箱需要{poll.threshold}位监督人员的份额，现只有{len(sets)}位提交，票箱不能打开。",
        )
    raw = opening.package(boxes.folder(config, poll))
    signatures = {str(each["position"]): each["signature"] for each in sets}
    signing.refuse_unsigned(config, poll, raw, signatures=signatures)
    box = opening.combine(raw, sets)
    signing.refuse_disagreement(raw, sets, table=box.table)
    signing.keep(config, poll, "sealed", signatures=signatures)
    opening.write(opened.folder(config, poll), box, json.loads(poll.slate), poll.rules)
    session.exec(delete(ShareSet).where(col(ShareSet.poll_id) == poll.id))
    files = opened.read(config, poll)
    detail = {
        "positions": [each["position"] for each in sets],
        "ballots_sha256": files.ballots_sha256,
        "table_sha256": box.table.sha256,
    }
    journal.record(session, by=by.login, act="tally.open", subject=poll.key, detail=detail, at=at)
    polls.advance(session, poll, Stage.OPENED, by)
    return box


def _share_sets(session: Session, poll: Poll) -> list[dict[str, Any]]:
    rows = session.exec(select(ShareSet).where(ShareSet.poll_id == poll.id))
    sets = [
        {
            "position": row.position,
            "manifest": poll.manifest_sha256,
            "signature": row.signature,
            "shares": json.loads(row.shares),
        }
        for row in rows
    ]
    return sorted(sets, key=lambda each: int(each["position"]))


def count(session: Session, poll: Poll, *, config: Config, by: Account, at: dt.datetime) -> Count:
    """Count the opened ballots by the frozen rules, the earlier rounds being history, and keep it."""
    require(poll, Stage.OPENED)
    cards = polls.card_account(session, poll)
    if cards is None:
        raise Refused("tally.no_cards", "请先清点票卡并填写印制、发出、剩余张数，再计票。")
    files = opened.read(config, poll)
    if files.ballots_sha256 != _digest_at_opening(session, poll):
        raise Refused(
            "tally.altered", f"{opened.BALLOTS} 与开箱时不一致，不能计票，请用监督人员的开箱文件重新开箱。"
        )
    history, policy = previous_counts(session, poll), rules.load(poll.rules)
    outcome = recount(files.slate, files.ballots, policy, history, spares=cards.replaced, paper=files.paper)
    signing.refuse_other_count(outcome, signing.manifest_of(poll), opened=files.table)
    row = _count_row(poll, cards, files, outcome, at, tickets=remote.tickets(session, poll))
    session.add(row)
    session.flush()
    detail = {"ballots_sha256": row.ballots_sha256, "tally_sha256": row.tally_sha256, "valid": row.valid}
    journal.record(session, by=by.login, act="tally.count", subject=poll.key, detail=detail, at=at)
    polls.advance(session, poll, Stage.COUNTED, by)
    return row


def _digest_at_opening(session: Session, poll: Poll) -> str:
    """Return the digest of the ballots as the hash-chained journal has it from the opening."""
    entries = session.exec(
        select(JournalEntry.detail)
        .where(JournalEntry.act == "tally.open", JournalEntry.subject == poll.key)
        .order_by(col(JournalEntry.id).desc())
    )
    return str(json.loads(entries.first() or "{}").get("ballots_sha256", ""))


def _count_row(
    poll: Poll,
    cards: CardAccount,
    files: opened.OpenedFiles,
    outcome: dict[str, Any],
    at: dt.datetime,
    *,
    tickets: int = 0,
) -> Count:
    returned, valid = poll.returned or 0, files.phones
    issued = cards.issued + tickets
    if returned > issued:
        raise Refused("tally.surplus", f"收回{returned}张，多于发出的{issued}张，本次测评应当作废。")
    if valid > returned:
        raise Refused("tally.returned", f"有效票{valid}张多于封箱时的{returned}张，请核对开箱文件。")
    text = boxes.canonical(outcome)
    return Count(
        poll_id=stored_id(poll),
        at=at,
        issued=issued,
        returned=returned,
        valid=valid,
        invalid=returned - valid,
        slate_sha256=files.slate_sha256,
        ballots_sha256=files.ballots_sha256,
        rules_sha256=files.rules_sha256,
        tally_sha256=opened.digest(text.encode()),
        result=text,
        paper=boxes.canonical(channels.told(files)) if files.paper else "",
    )


def note_look(session: Session, poll: Poll, *, by: Account, about: str = "") -> None:
    """Journal that an account looked at the officials' results, or at those of one official or unit."""
    detail = {"about": about} if about else {}
    journal.record(session, by=by.login, act="tally.persons_read", subject=poll.key, detail=detail)


def report(session: Session, poll: Poll, *, config: Config, by: Account) -> Poll:
    """Post the public result, overall and unit lines only, and note that the quarter is reported."""
    require(poll, Stage.REVIEWED)
    content = publish.public_result(result(session, poll))
    polls.advance(session, poll, Stage.REPORTED, by)
    publish.post(config, poll, content)
    audit.post_report(config, poll)
    detail = {"sha256": opened.digest(content)}
    journal.record(session, by=by.login, act="tally.report", subject=poll.key, detail=detail)
    return poll
