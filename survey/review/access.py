"""Who may do which act of review and rectification; the services ask here, whatever page called them."""

from survey.errors import Forbidden
from survey.staff.models import Account, Role


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
