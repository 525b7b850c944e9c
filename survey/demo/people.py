"""The people at the sample county's desk; every one signs in with the same published password."""

import re
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from survey.roster.models import Unit
from survey.staff import service as staff
from survey.staff.models import Account, Role

PASSWORD = "qiping-demo-2023"  # noqa: S105  # published: the sample county has nothing to protect
PASSPHRASES = ("青山一道同云雨明月何曾是两乡", "海内存知己天涯若比邻", "长风破浪会有时直挂云帆济沧海")
CONCERNED_UNIT, CONCERNED_BADGE = "U01", "P010"
HELD = (
    ("office", "周敏（我来办）", Role.OFFICE),
    ("leader1", "赵县长", Role.LEADER),
    ("leader2", "钱常务副县长", Role.LEADER),
    ("inspector1", "孙静（纪委监委）", Role.INSPECTOR),
    ("inspector2", "李立（工商联）", Role.INSPECTOR),
    ("inspector3", "吴平（审计局）", Role.INSPECTOR),
    ("reviewer1", "郑新（审查小组）", Role.REVIEWER),
    ("reviewer2", "王岚（审查小组）", Role.REVIEWER),
    ("auditor", "冯诚（审计查阅）", Role.AUDITOR),
)
FIRST = ("office", "inspector1")
"""Accounts that are opened at the command line, before anybody can sign in."""


@dataclass(frozen=True)
class Desk:
    """Accounts by login; `inspectors` in the order of their keys, `clerks` by unit code."""

    accounts: dict[str, Account]
    clerks: dict[str, Account]

    def __getitem__(self, login: str) -> Account:
        return self.accounts[login]

    @property
    def inspectors(self) -> list[Account]:
        """Return the three holders of keys."""
        return [account for login, account in self.accounts.items() if re.match("inspector", login)]


def hire(session: Session) -> dict[str, Account]:
    """Open the accounts that do not belong to a unit; the first inspector lets in who watches the office."""
    accounts: dict[str, Account] = {}
    first = [account for account in HELD if account[0] in FIRST]
    for login, name, role in [*first, *(account for account in HELD if account not in first)]:
        accounts[login] = staff.create_account(
            session,
            login=login,
            name=name,
            role=role,
            password=PASSWORD,
            by=staff.SYSTEM if login in FIRST else accounts["office"],
        )
        if not accounts[login].active:
            staff.reopen_account(session, accounts[login], by=accounts["inspector1"])
    return accounts


def hire_clerks(session: Session, units: list[Unit], by: Account) -> dict[str, Account]:
    """Open one clerk's account for each unit, such as clerk-u01."""
    return {
        unit.code: staff.create_account(
            session,
            login=f"clerk-{unit.code.lower()}",
            name=f"{unit.name}联络员",
            role=Role.UNIT_CLERK,
            password=PASSWORD,
            unit_id=unit.id,
            by=by,
        )
        for unit in units
    }


def hire_concerned(session: Session, units: list[Unit], slate: dict[str, Any], by: Account) -> None:
    """Open the accounts of one party organisation and of one official who was listed in every quarter."""
    own = next(unit for unit in units if unit.code == CONCERNED_UNIT)
    staff.create_account(
        session,
        login=f"party-{own.code.lower()}",
        name=f"{own.name}党组织",
        role=Role.PARTY,
        password=PASSWORD,
        unit_id=own.id,
        by=by,
    )
    person = next(each for each in slate["persons"] if each["id"] == CONCERNED_BADGE)
    staff.open_official(session, badge=person["id"], name=person["name"], password=PASSWORD)
