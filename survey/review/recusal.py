"""回避: who keeps out of which unit's matters, computed from who supervises whom and who serves where."""

import datetime as dt

from sqlmodel import Session, col, select

from survey import journal
from survey.errors import Forbidden, Invalid, Missing
from survey.review.access import key
from survey.review.models import Tie, TieKind
from survey.roster.models import Unit
from survey.staff.models import Account, Role

KEEPERS = (Role.OFFICE, Role.INSPECTOR)


def ties(session: Session, *, account: Account | None = None) -> list[tuple[Tie, Account]]:
    """Return the ties with their accounts, of one account or of all."""
    query = select(Tie, Account).join(Account, col(Account.id) == col(Tie.account_id))
    if account is not None:
        query = query.where(Tie.account_id == account.id)
    rows = session.exec(query.order_by(col(Tie.account_id), col(Tie.unit_code), col(Tie.since))).all()
    return [(tie, who) for tie, who in rows]


def tie_to(session: Session, account: Account, *, unit_code: str, on: dt.date) -> Tie | None:
    """Return what ties the account to the unit on a day, its own unit included, or None."""
    if account.unit_id is not None:
        unit = session.get(Unit, account.unit_id)
        if unit and unit.code == unit_code:
            return Tie(account_id=key(account.id), unit_code=unit_code, kind=TieKind.SERVES, since=on)
    query = select(Tie).where(Tie.account_id == account.id, Tie.unit_code == unit_code)
    return next((tie for tie in session.exec(query) if tie.holds_on(on)), None)


def keep_out(session: Session, *, by: Account, unit_code: str, on: dt.date) -> None:
    """Refuse whoever is tied to the unit whose matter it is."""
    if tie := tie_to(session, by, unit_code=unit_code, on=on):
        unit = session.exec(select(Unit.name).where(Unit.code == unit_code)).first() or unit_code
        raise Forbidden(
            "review.recused",
            f"您与{unit}有「{tie.kind.value}」关系，对该单位和其人员的事项应当回避，请由其他人办理。",
        )


def add_tie(
    session: Session,
    account: Account,
    *,
    unit: Unit,
    kind: TieKind,
    since: dt.date,
    by: Account,
    note: str = "",
) -> Tie:
    """Enter a tie: the office and the inspectors for anybody, everybody for oneself."""
    _may_keep(account, by)
    if tie_to(session, account, unit_code=unit.code, on=since):
        raise Invalid("review.tie_known", f"{account.name}与{unit.name}的关系已经登记，不必重复。")
    tie = Tie(account_id=key(account.id), unit_code=unit.code, kind=kind, note=note.strip(), since=since)
    session.add(tie)
    session.flush()
    detail = {"unit": unit.code, "kind": kind, "since": since}
    journal.record(session, by=by.login, act="review.tie", subject=account.login, detail=detail)
    return tie


def end_tie(session: Session, tie: Tie, *, until: dt.date, by: Account) -> Tie:
    """End a tie on `until`; for matters of earlier days it still recuses. Only the keepers end one."""
    if by.role not in KEEPERS or not by.active:
        raise Forbidden("staff.role", "回避关系只能由我来办办公室或纪委监委终止，请与其联系。")
    if until < tie.since:
        raise Invalid("review.tie_until", "终止日期早于开始日期，请核对。")
    tie.until = until
    session.add(tie)
    session.flush()
    detail = {"unit": tie.unit_code, "until": until}
    journal.record(session, by=by.login, act="review.untie", subject=str(tie.account_id), detail=detail)
    return tie


def get(session: Session, tie_id: int) -> Tie:
    """Return the tie, or refuse when there is none."""
    if tie := session.get(Tie, tie_id):
        return tie
    raise Missing("review.no_tie", "没有找到这条回避关系，请返回列表重新选择。")


def _may_keep(account: Account, by: Account) -> None:
    if not by.active or (by.role not in KEEPERS and by.id != account.id):
        raise Forbidden("staff.role", "只能登记本人的回避关系；他人的由我来办办公室或纪委监委登记。")
