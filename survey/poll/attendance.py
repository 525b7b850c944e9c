"""Who came and how many cards went out: names without time or order, and the card equation."""

from collections.abc import Collection

from sqlmodel import Session, col, delete, select

from survey import journal
from survey.errors import Refused
from survey.poll import remote
from survey.poll.models import CardAccount, Poll, Stage, Turnout
from survey.poll.stages import require, stored_id
from survey.roster.models import Enterprise, Tag
from survey.staff.models import Account


def present(session: Session, poll: Poll) -> frozenset[int]:
    """Return the ids of the enterprises that attended; for office and inspectors only."""
    return frozenset(session.exec(select(Turnout.enterprise_id).where(Turnout.poll_id == poll.id)))


def attend(session: Session, poll: Poll, enterprise_ids: Collection[int], by: Account) -> int:
    """Add enterprises to those that attended and drew a card; return how many attended in all."""
    return set_attendance(session, poll, present(session, poll) | frozenset(enterprise_ids), by)


def set_attendance(session: Session, poll: Poll, enterprise_ids: Collection[int], by: Account) -> int:
    """Make exactly these enterprises the attendance.

    All rows are written anew and sorted, so that neither the table nor the journal tells who came when.
    """
    require(poll, Stage.FROZEN, Stage.OPEN, Stage.CLOSED)
    wanted = frozenset(enterprise_ids)
    _refuse_drawers(session, poll, wanted)
    known = frozenset(session.exec(select(Enterprise.id)))
    if unknown := wanted - known:
        raise Refused("poll.unknown_enterprise", f"企业名册中没有编号 {min(unknown)}，请从名册中勾选。")
    session.exec(delete(Turnout).where(Turnout.poll_id == poll.id))  # type: ignore[arg-type]  # a column expression
    session.flush()
    session.add_all([Turnout(poll_id=stored_id(poll), enterprise_id=firm) for firm in sorted(wanted)])
    session.flush()
    detail = {"present": len(wanted)}
    journal.record(session, by=by.login, act="poll.attendance", subject=poll.key, detail=detail)
    return len(wanted)


def refuse_doubled(session: Session, poll: Poll) -> None:
    """Refuse to go on while a firm that holds a card drew a ticket as well."""
    _refuse_drawers(session, poll, present(session, poll))


def _refuse_drawers(session: Session, poll: Poll, wanted: Collection[int]) -> None:
    """Refuse a card to a firm that drew a ticket and votes from afar."""
    afar = remote.drawers(session, poll)
    firms = session.exec(select(Enterprise).where(col(Enterprise.uscc).in_(afar))).all()
    if doubled := sorted(firm.name for firm in firms if firm.id in wanted):
        names = "、".join(doubled)
        raise Refused("poll.drew_ticket", f"{names}已领远程投票凭证，不能再领票卡，请取消勾选。")


def by_tag(session: Session, poll: Poll) -> list[tuple[str, int, int]]:
    """Return (category, present, invited); an enterprise with two tags counts under both."""
    here = present(session, poll)
    firms = [firm for firm in session.exec(select(Enterprise)) if firm.active or firm.id in here]
    rows = []
    for tag in Tag:
        carrying = [firm for firm in firms if tag.value in firm.tags]
        rows.append((tag.value, sum(firm.id in here for firm in carrying), len(carrying)))
    return rows


def card_account(session: Session, poll: Poll) -> CardAccount | None:
    """Return the settled cards of `poll`, if they were counted."""
    return session.get(CardAccount, poll.id)


def record_cards(
    session: Session,
    poll: Poll,
    *,
    printed: int,
    issued: int,
    remaining: int,
    replaced: int,
    by: Account,
) -> CardAccount:
    """Keep the card equation as counted after closing; a corrected count replaces the earlier one."""
    require(poll, Stage.CLOSED, Stage.OPENED)
    _check_cards(poll, printed, issued, remaining, replaced)
    account = session.get(CardAccount, poll.id) or CardAccount(
        poll_id=stored_id(poll), printed=printed, issued=issued, remaining=remaining, account_id=stored_id(by)
    )
    account.printed, account.issued, account.remaining = printed, issued, remaining
    account.replaced, account.account_id = replaced, stored_id(by)
    session.add(account)
    session.flush()
    detail = {"printed": printed, "issued": issued, "remaining": remaining, "replaced": replaced}
    journal.record(session, by=by.login, act="poll.settle_cards", subject=poll.key, detail=detail)
    return account


def _check_cards(poll: Poll, printed: int, issued: int, remaining: int, replaced: int) -> None:
    made = poll.seats + poll.spare_cards
    if printed != made:
        raise Refused("poll.printed", f"本次共制作票卡{made}张，与填写的印制{printed}张不符，请核对。")
    if min(issued, remaining, replaced) < 0 or printed != issued + remaining:
        raise Refused(
            "poll.card_equation",
            f"印制{printed}张，应等于发出{issued}张加剩余{remaining}张，请重新清点。",
        )
    if replaced > min(issued, poll.spare_cards):
        raise Refused("poll.replaced", f"补发{replaced}张多于备用票卡{poll.spare_cards}张，请核对。")
