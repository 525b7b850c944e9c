"""The remote channel's verbs: on and off before the leaders sign, letters with codes, the voting window."""

import datetime as dt
from dataclasses import dataclass

from sqlmodel import Session, delete

from survey import journal
from survey.box import store
from survey.box.board import Board
from survey.box.manifest import Manifest
from survey.box.remote import FEWEST, QUIET, Window
from survey.clock import CHINA
from survey.config import Config
from survey.errors import Forbidden, Invalid, Missing, Refused
from survey.letters import tickets as letters
from survey.poll import attendance, boxes, remote
from survey.poll.models import Approval, Poll, RemoteChannel, Stage
from survey.poll.stages import require, stored_id
from survey.roster import service as roster
from survey.staff.models import Account, Role


@dataclass(frozen=True)
class Plan:
    """What a leader decides: two windows, which may be the same one; whether a vote may be changed."""

    tickets: Window
    votes: Window
    revote: bool

    @property
    def merged(self) -> bool:
        """Tell whether tickets and votes share one window."""
        return self.tickets == self.votes


def channel(session: Session, poll: Poll) -> RemoteChannel | None:
    """Return the remote channel of `poll`, if leaders switched it on."""
    return remote.channel(session, poll)


def plan_of(row: RemoteChannel) -> Plan:
    """Return what was decided."""
    tickets, votes = remote.windows(row)
    return Plan(tickets, votes, row.revote)


def anonymous(plan: Plan) -> bool:
    """Tell whether the channel may be called anonymous: a quiet gap lies between the windows."""
    return plan.tickets.ends + QUIET <= plan.votes.begins


def switch_on(session: Session, poll: Poll, plan: Plan, *, by: Account) -> RemoteChannel:
    """Switch the channel on, or change its windows, before the leaders sign; signatures given fall away."""
    _leader(by)
    require(poll, Stage.DRAFT)
    _check(poll, plan)
    row = channel(session, poll) or RemoteChannel(
        poll_id=stored_id(poll),
        account_id=0,
        tickets_from="",
        tickets_until="",
        votes_from="",
        votes_until="",
    )
    row.account_id = stored_id(by)
    row.tickets_from, row.tickets_until = plan.tickets.listed()
    row.votes_from, row.votes_until = plan.votes.listed()
    row.revote = plan.revote
    session.add(row)
    _unsign(session, poll)
    detail = {"tickets": plan.tickets.listed(), "votes": plan.votes.listed(), "revote": plan.revote}
    journal.record(session, by=by.login, act="remote.on", subject=poll.key, detail=detail)
    return row


def switch_off(session: Session, poll: Poll, *, by: Account) -> None:
    """Take the channel back before the leaders sign."""
    _leader(by)
    require(poll, Stage.DRAFT)
    session.delete(_on(session, poll))
    _unsign(session, poll)
    journal.record(session, by=by.login, act="remote.off", subject=poll.key)


def _leader(by: Account) -> None:
    if by.role is not Role.LEADER:
        raise Forbidden("remote.leader_only", "是否设远程渠道只能由县领导决定。")


def _unsign(session: Session, poll: Poll) -> None:
    session.exec(delete(Approval).where(Approval.poll_id == poll.id))  # type: ignore[arg-type]  # a column expression
    poll.slate, poll.slate_sha256 = "", ""
    session.add(poll)
    session.flush()


def _check(poll: Poll, plan: Plan) -> None:
    hall = dt.datetime.combine(poll.held_on, dt.time(), CHINA)
    if plan.tickets.ends > hall:
        raise Invalid(
            "remote.late_tickets", f"领票须在会场测评日（{poll.held_on}）之前结束，会场才知道谁不再领票卡。"
        )
    if not plan.merged and plan.tickets.ends + QUIET > plan.votes.begins:
        raise Invalid(
            "remote.no_gap",
            f"领票结束到投票开始之间至少空{QUIET.seconds // 3600}小时，两段时间不能相连、不能重叠；"
            "确要合并的，两段时间请填得完全一样，这个渠道就不再称为无记名。",
        )


def _on(session: Session, poll: Poll) -> RemoteChannel:
    if row := channel(session, poll):
        return row
    raise Missing("remote.off", f"{poll.key} 没有设远程渠道。")


def letters_pdf(session: Session, poll: Poll, *, config: Config, by: Account, at: dt.datetime) -> bytes:
    """Return one letter for each firm that has not drawn, with a fresh code; earlier letters are void.

    Codes and letters exist in memory only; the issuer keeps a digest of each code.
    """
    if by.role is not Role.INSPECTOR:
        raise Forbidden("remote.inspector_only", "领票信只能由监督人员印制。")
    require(poll, Stage.FROZEN)
    plan = plan_of(_on(session, poll))
    if at >= plan.tickets.ends:
        raise Refused("remote.tickets_over", f"领票时间（{plan.tickets.chinese}）已过，不再印制领票信。")
    names = {firm.uscc: firm.name for firm in roster.enterprises(session) if firm.active}
    codes = remote.issuer(config, poll).renew(sorted(names))
    pdf = letters.letters_pdf(
        [letters.Letter(names[uscc], uscc, code) for uscc, code in codes.items()],
        manifest=Manifest.from_bytes(poll.manifest.encode()),
        config=config,
    )
    detail = {"letters": len(codes)}
    journal.record(session, by=by.login, act="remote.letters", subject=poll.key, detail=detail, at=at)
    return pdf


def begin_votes(session: Session, poll: Poll, *, config: Config, by: Account, at: dt.datetime) -> int:
    """Let the box take tickets, post the issuer's answers, note who drew; return how many did.

    Done again, it only reads anew who drew, as merged windows need it before the hall.
    """
    if by.role is not Role.INSPECTOR:
        raise Forbidden("remote.inspector_only", "远程投票只能由监督人员启用。")
    require(poll, Stage.FROZEN, Stage.OPEN)
    row = _on(session, poll)
    plan = plan_of(row)
    if not plan.merged and at < plan.tickets.ends:
        raise Refused("remote.tickets_open", f"领票时间是{plan.tickets.chinese}，结束以后才能启用远程投票。")
    remote.note_drawers(session, row, poll, config=config)
    if not plan.merged and row.drawn < FEWEST:
        raise Refused(
            "remote.too_few",
            f"只有{row.drawn}家企业领票，少于{FEWEST}家，范围太小容易被猜中，不启用远程投票；请通知他们到会场。",
        )
    if not row.begun and poll.stage is Stage.OPEN:
        raise Refused("remote.hall_open", "会场已经开始填写，不能再启用远程投票；领了票的企业请到会场。")
    row.begun = True
    session.add(row)
    session.flush()
    attendance.refuse_doubled(session, poll)
    journal.record(
        session, by=by.login, act="remote.begin", subject=poll.key, detail={"drawn": row.drawn}, at=at
    )
    if poll.stage is Stage.FROZEN:
        store.open_remote(boxes.folder(config, poll))
    content = remote.issuer(config, poll).answers()
    Board(config.board).post("tickets", poll.key, content, boxes.TEXT)
    return row.drawn


def drawn(session: Session, poll: Poll, *, config: Config) -> int:
    """Return how many firms have drawn by now, as office and inspectors may know."""
    row = _on(session, poll)
    if poll.stage in (Stage.DRAFT, Stage.APPROVED) or row.ended:
        return row.drawn
    return remote.issuer(config, poll).drawn()
