"""Accounts of the desk and their roles."""

from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel


class Role(StrEnum):
    """What an account is for; the value is stored, `chinese` is shown."""

    OFFICE = "office"
    INSPECTOR = "inspector"
    LEADER = "leader"
    REVIEWER = "reviewer"
    UNIT_CLERK = "unit_clerk"
    AUDITOR = "auditor"
    PARTY = "party"
    OFFICIAL = "official"

    @property
    def chinese(self) -> str:
        """Return the role's Chinese name."""
        return {
            "office": "我来办办公室",
            "inspector": "纪委监委",
            "leader": "县领导",
            "reviewer": "审查小组",
            "unit_clerk": "单位联络员",
            "auditor": "审计查阅",
            "party": "单位党组织",
            "official": "被测评人员",
        }[self.value]


OF_A_UNIT = (Role.UNIT_CLERK, Role.PARTY)
"""Roles whose account belongs to one unit."""
WATCHING = (Role.INSPECTOR, Role.LEADER, Role.REVIEWER, Role.AUDITOR)
"""Roles that watch over the office or decide: the office may propose who holds them, 纪委 lets them in."""
AT_DESK = tuple(role for role in Role if role not in (Role.PARTY, Role.OFFICIAL))
"""Roles that work on the quarter; an official and a party organisation see only what concerns them."""


class Account(SQLModel, table=True):
    """One person at the desk; a unit clerk or party secretary belongs to one unit, an official has a 工号."""

    __table_args__ = (CheckConstraint("(role = 'OFFICIAL') = (badge IS NOT NULL)", name="badge"),)
    id: int | None = Field(default=None, primary_key=True)
    login: str = Field(unique=True)
    name: str
    role: Role
    password_hash: str
    unit_id: int | None = Field(default=None, foreign_key="unit.id")
    badge: str | None = Field(default=None, unique=True)
    active: bool = True
