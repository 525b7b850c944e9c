"""People at the desk, as tests call them."""

from sqlmodel import Session

from survey.staff.models import Account, Role


class Staff:
    """Hires people into one session; every hire is a new person with a login of the role and a number."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.hired = 0

    def hire(self, role: Role, unit_id: int | None = None, badge: str | None = None) -> Account:
        """Return a new account of `role`; its password cannot be signed in with."""
        self.hired += 1
        account = Account(
            login=f"{role.value}{self.hired}",
            name=f"{role.chinese}{self.hired}",
            role=role,
            password_hash="!",
            unit_id=unit_id,
            badge=badge,
        )
        self.session.add(account)
        self.session.flush()
        return account
