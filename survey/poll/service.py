"""One quarter's poll from draft to closing: draft, approve, freeze, open, close, and the later moves."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from survey import clock, journal
from survey.config import Config
from survey.errors import Forbidden, Invalid, Refused
from survey.letters import cards as card_sheets
from survey.poll import attendance, boxes, guide, hall_log, policies, queries, remote
from survey.poll.attendance import attend, by_tag, card_account, present, set_attendance
from survey.poll.boxes import turnout
from survey.poll.drafts import draft, revise
from survey.poll.guide import Act
from survey.poll.hall_log import entries, log_step, next_step, post_steps, step_named
from survey.poll.inspectors import key_of, keys, next_position, register_key
from survey.poll.models import Approval, CardAccount, HallStep, Poll, Stage
from survey.poll.queries import approvals, by_key, current, every, get, latest_rounds, newest
from survey.poll.stages import MOVES, is_past, move, require, stored_id
from survey.roster import service as roster
from survey.staff.models import Account, Role

__all__ = [
    "MOVES", "Cards", "act_for", "advance", "approvals", "approve", "attend", "by_key", "by_tag",
    "card_account", "close_poll", "current", "draft", "entries", "every", "freeze", "get", "is_past",
    "key_of", "keys", "latest_rounds", "log_step", "new_version", "newest", "next_position", "next_step",
    "open_poll", "post_steps", "present", "register_key", "revise", "roster_changed", "set_attendance",
    "settle_cards", "slate_of", "step_named", "turnout", "void",
]  # fmt: skip

SIGNATURES = 2
LATER = frozenset(
    {Stage.OPENED, Stage.COUNTED, Stage.REVIEWED, Stage.REPORTED, Stage.RECTIFYING, Stage.CONCLUDED}
)


@dataclass(frozen=True)
class Cards:
    """The cards of a frozen poll: the codes and the PDF exist in memory only and are handed out once."""

    codes: tuple[str, ...]
    pdf: bytes


def approve(session: Session, poll: Poll, *, by: Account, at: dt.datetime) -> Poll:
    """Sign the draft with the slate as it stands; two different leaders make it approved."""
    if by.role is not Role.LEADER:
        raise Forbidden("poll.leader_only", "测评方案和票面名单只能由县领导审定签字。")
    require(poll, Stage.DRAFT)
    signed = queries.approvals(session, poll)
    if any(account.id == by.id for _, account in signed):
        raise Refused("poll.signed_twice", f"{by.name}已经签字，须由另一位县领导签字。")
    slate = boxes.canonical(_slate(session, poll))
    if signed and slate != poll.slate:
        raise Refused(
            "poll.slate_changed", "第一位领导签字后名册有改动，请在起草页重新保存方案，再由两位领导签字。"
        )
    poll.slate, poll.slate_sha256 = slate, policies.digest(slate)
    session.add(Approval(poll_id=stored_id(poll), account_id=stored_id(by), at=at))
    session.flush()
    detail = {"slate_sha256": poll.slate_sha256, "rules_sha256": poll.rules_sha256}
    journal.record(session, by=by.login, act="poll.approve", subject=poll.key, detail=detail)
    return move(session, poll, Stage.APPROVED, by=by) if len(signed) + 1 == SIGNATURES else poll


def _slate(session: Session, poll: Poll) -> dict[str, Any]:
    slate = roster.slate(session, poll=poll.key, on=poll.held_on)
    if not slate["persons"]:
        raise Refused("poll.empty_slate", f"{poll.held_on}当天名册中没有被测评人员，请先导入单位与人员名册。")
    return slate


def act_for(session: Session, poll: Poll | None, account: Account) -> Act:
    """Return what `account` does next; who has signed or registered a key already only waits."""
    if poll and poll.stage is Stage.DRAFT:
        signed = [who.id for _, who in queries.approvals(session, poll)]
        if account.id in signed or key_of(session, poll, account):
            return guide.waiting(poll)
    return guide.next_act(poll, account.role)


def slate_of(session: Session, poll: Poll) -> dict[str, Any]:
    """Return the signed slate, or before the first signature the slate as the roster would give it."""
    signed: dict[str, Any] = json.loads(poll.slate) if poll.slate else {}
    return signed or roster.slate(session, poll=poll.key, on=poll.held_on)


def roster_changed(session: Session, poll: Poll) -> bool:
    """Tell whether today's roster differs from the slate that the leaders signed."""
    return bool(poll.slate) and boxes.canonical(_slate(session, poll)) != poll.slate


def freeze(session: Session, poll: Poll, *, config: Config, by: Account) -> Cards:
    """Freeze slate, rules and keys under one manifest, make the box and return the cards, once."""
    require(poll, Stage.APPROVED)
    if roster_changed(session, poll):
        raise Refused("poll.slate_changed", "领导审定后名册有改动，请另立新版本，由两位领导重新审定。")
    registered = keys(session, poll)
    if len(registered) < poll.threshold:
        raise Refused(
            "poll.too_few_keys",
            f"开箱需要{poll.threshold}位监督人员，现只登记了{len(registered)}把密钥，请登记齐全后再冻结。",
        )
    policies.checked(poll.rules)
    codes = boxes.new_codes(poll)
    slate = json.loads(poll.slate)
    firms = [firm.uscc for firm in roster.enterprises(session) if firm.active]
    afar = remote.prepare(session, poll, firms, config=config)
    manifest, ballot_keys, text_keys = boxes.build_manifest(config, poll, slate, registered, codes, afar)
    pdf = card_sheets.cards_pdf(
        origin=config.hall_origin,
        poll=poll.key,
        title=poll.title,
        manifest_sha256=manifest.sha256,
        codes=codes,
        config=config,
    )
    poll.manifest, poll.manifest_sha256 = manifest.raw.decode(), manifest.sha256
    move(session, poll, Stage.FROZEN, by=by)
    detail = {"manifest_sha256": manifest.sha256, "cards": len(codes), "keys": len(registered)}
    journal.record(session, by=by.login, act="poll.freeze", subject=poll.key, detail=detail)
    boxes.create(config, poll, manifest, ballot_keys, text_keys)
    remote.announce(config, poll, manifest)
    return Cards(codes, pdf)


def open_poll(session: Session, poll: Poll, *, config: Config, by: Account) -> Poll:
    """Open the box; only after an inspector signed that the rated units' people have left the hall."""
    require(poll, Stage.FROZEN)
    if HallStep.LEFT not in hall_log.entries(session, poll):
        raise Refused("poll.not_left", f"监督人员尚未签记“{HallStep.LEFT.value}”，不能开始填写。")
    if roster_changed(session, poll):
        raise Refused("poll.slate_changed", "冻结后名册有改动，票面已与名册不符，请另立新版本，原版本作废。")
    remote.ready_for_hall(session, poll, config=config, at=clock.now())
    attendance.refuse_doubled(session, poll)
    move(session, poll, Stage.OPEN, by=by)
    boxes.open_gate(config, poll)
    return poll


def close_poll(
    session: Session, poll: Poll, *, config: Config, by: Account, at: dt.datetime | None = None
) -> Poll:
    """Close the box, which takes no ballot from then on, and post the list of sealed envelopes.

    The keys of a remote channel's issuer end with it.
    """
    require(poll, Stage.OPEN)
    at = at or clock.now()
    remote.refuse_early(session, poll, at)
    move(session, poll, Stage.CLOSED, by=by)
    drawn = boxes.close_gate(config, poll)
    poll.returned = len(drawn.ballots)
    session.add(poll)
    remote.settle(session, poll, returned=drawn.remote, config=config, by=by, at=at)
    session.flush()
    return poll


def settle_cards(
    session: Session,
    poll: Poll,
    *,
    printed: int,
    issued: int,
    remaining: int,
    replaced: int,
    config: Config,
    by: Account,
) -> CardAccount:
    """Keep 印制=发出+剩余; more ballots returned than issued void the poll (选举法 art. 44 by analogy)."""
    account = attendance.record_cards(
        session, poll, printed=printed, issued=issued, remaining=remaining, replaced=replaced, by=by
    )
    returned = (poll.returned or 0) - remote.returned(session, poll)
    if returned > issued:
        void(session, poll, reason=f"收回{returned}张，多于发出的{issued}张", config=config, by=by)
    return account


def void(session: Session, poll: Poll, *, reason: str, config: Config, by: Account) -> Poll:
    """Void the poll before its count stands; its box takes no more ballots."""
    if not reason.strip():
        raise Invalid("poll.void_reason", "请写明作废的原因。")
    move(session, poll, Stage.VOID, by=by, reason=reason.strip())
    boxes.withdraw(config, poll)
    if poll.manifest:
        remote.settle(session, poll, returned=0, config=config, by=by, at=clock.now())
    return poll


def new_version(session: Session, poll: Poll, *, config: Config, by: Account) -> Poll:
    """Void this version because its roster or rules changed, and draft the next with the same settings."""
    void(session, poll, reason="名册或方案有改动，另立新版本", config=config, by=by)
    fresh = draft(
        session,
        round_=poll.round,
        title=poll.title,
        held_on=poll.held_on,
        seats=poll.seats,
        spare_cards=poll.spare_cards,
        threshold=poll.threshold,
        rules_toml=poll.rules,
        venue=poll.venue,
        by=by,
    )
    remote.copy(session, poll, fresh)
    return fresh


def advance(session: Session, poll: Poll, stage: Stage, by: Account) -> Poll:
    """Move on after closing; the earlier moves have their own verbs and conditions."""
    if stage not in LATER:
        raise Refused("poll.own_verb", f"不能直接转为“{stage.chinese}”，请在测评页办理。")
    return move(session, poll, stage, by=by)
