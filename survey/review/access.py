"""Who may do which act of review and rectification; the services ask here, whatever page called them."""

from sqlmodel import Session

from survey.errors import Forbidden
from survey.review.models import Case
from survey.roster.models import Unit
from survey.staff.models import OF_A_UNIT, Account, Role


def key(row_id: int | None) -> int:
    """Return the id of a stored row; a row that was never flushed is a fault of the caller."""
    if row_id is None:
        raise ValueError("the row is not stored yet")
    return row_id


def only(by: Account, *roles: Role, act: str) -> None:
    """Refuse the act unless `by` is an active account with one of `roles`."""
    if by.active and by.role in roles:
        return
    names = "、".join(role.chinese for role in roles)
    raise Forbidden("staff.role", f"{act}只能由{names}办理，您的账号是{by.role.chinese}。")


def is_concerned(session: Session, case: Case, *, by: Account) -> bool:
    """Tell whether the case is about the account: the official, or the unit's clerk or party organisation."""
    if not by.active:
        return False
    if case.kind == "unit":
        unit = session.get(Unit, by.unit_id) if by.unit_id is not None else None
        return by.role in OF_A_UNIT and unit is not None and unit.code == case.subject
    return by.role is Role.OFFICIAL and by.badge == case.subject


def concerned(session: Session, case: Case, *, by: Account) -> None:
    """Refuse whoever the case is not about."""
    if not is_concerned(session, case, by=by):
        raise Forbidden("review.not_concerned", "这不是您本人（本单位）的事项，您不能查看或办理。")
