"""Accounts of the desk and their roles."""

from enum import StrEnum

from sqlmodel import Field, SQLModel


class Role(StrEnum):
    """What an account is for; the value is stored, `chinese` is shown."""

    OFFICE = "office"
    INSPECTOR = "inspector"
    LEADER = "leader"
    REVIEWER = "reviewer"
    UNIT_CLERK = "unit_clerk"
    AUDITOR = "auditor"

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
        }[self.value]


class Account(SQLModel, table=True):
    """One person at the desk; a unit clerk belongs to one unit."""

    id: int | None = Field(default=None, primary_key=True)
    login: str = Field(unique=True)
    name: str
    role: Role
    password_hash: str
    unit_id: int | None = Field(default=None, foreign_key="unit.id")
    active: bool = True
