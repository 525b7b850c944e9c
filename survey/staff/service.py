"""Signing in, granting accounts and passwords; every grant and every failed sign-in is journaled."""

import datetime as dt
import hashlib
import hmac
from collections.abc import Sequence

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlmodel import Session, col, func, select

from survey import journal
from survey.errors import Busy, Forbidden, Invalid, Missing, Refused
from survey.journal import JournalEntry
from survey.staff.models import OF_A_UNIT, WATCHING, Account, Role

HASHER = PasswordHasher()
# Verified when the login is unknown, so that the time of the answer tells nobody which logins exist.
DECOY = HASHER.hash("a password that no account has")
ALLOWED_FAILURES = 5
LOCKED_FOR = dt.timedelta(minutes=15)
SHORTEST_PASSWORD = 10
LONGEST_TEXT = 240
# Who acts at the command line; no sign-in opens it, for no login may hold Chinese characters.
SYSTEM = Account(login="命令行", name="命令行", role=Role.OFFICE, password_hash="!")  # noqa: S106  # opens nothing


def sign_in(session: Session, login: str, password: str, *, at: dt.datetime) -> Account:
    """Return the account that `login` and `password` open; refuse after too many failures.

    A refusal rolls the unit of work back: the caller then notes it with `note_failure` in a new one.
    """
    refuse_locked(session, login, at=at)
    account = session.exec(select(Account).where(Account.login == login)).first()
    matches = _verify(account.password_hash if account else DECOY, password)
    if account is None or not matches or not account.active:
        raise Forbidden("staff.wrong_password", "账号或密码不对，请检查后重新输入。")
    if HASHER.check_needs_rehash(account.password_hash):
        account.password_hash = HASHER.hash(password)
    journal.record(session, by=account.login, act="staff.sign_in", subject=_subject(login), at=at)
    return account


def refuse_locked(session: Session, login: str, *, at: dt.datetime) -> None:
    """Refuse whoever failed too often with this login of late."""
    if _recent_failures(session, login, at=at) >= ALLOWED_FAILURES:
        raise Busy("staff.too_many_failures", "登录失败次数过多，请15分钟后再试，或请我来办办公室重设密码。")


def note_failure(session: Session, login: str, *, at: dt.datetime) -> None:
    """Journal one failed sign-in under a digest of the login, for a password may have been typed there."""
    journal.record(session, by="", act="staff.sign_in_failed", subject=_subject(login), at=at)


def _subject(login: str) -> str:
    return hashlib.sha256(login.encode()).hexdigest()[:16]


def _recent_failures(session: Session, login: str, *, at: dt.datetime) -> int:
    mine = select(func.count()).select_from(JournalEntry).where(JournalEntry.subject == _subject(login))
    reset = col(JournalEntry.act).in_(["staff.sign_in", "staff.unlock"])
    last = session.exec(
        select(func.max(JournalEntry.id)).where(JournalEntry.subject == _subject(login), reset)
    ).one()
    since = (at - LOCKED_FOR).isoformat()
    failures = mine.where(JournalEntry.act == "staff.sign_in_failed", col(JournalEntry.at) > since)
    return session.exec(failures.where(col(JournalEntry.id) > (last or 0))).one()


def _verify(digest: str, password: str) -> bool:
    try:
        return HASHER.verify(digest, password)
    except (VerificationError, InvalidHashError):
        return False


def sign_out(session: Session, *, by: Account, at: dt.datetime) -> None:
    """Journal that `by` left the desk."""
    journal.record(session, by=by.login, act="staff.sign_out", subject=_subject(by.login), at=at)


def seal_of(account: Account) -> str:
    """Return the mark a signed-in cookie carries: it goes stale when the password changes."""
    return hashlib.sha256(account.password_hash.encode()).hexdigest()[:16]


def signed_in(session: Session, account_id: int, seal: str) -> Account | None:
    """Return the active account behind a cookie, or None when it is closed or its password has changed."""
    account = session.get(Account, account_id)
    if account and account.active and hmac.compare_digest(seal_of(account), seal):
        return account
    return None


def may(account: Account, roles: Sequence[Role] | frozenset[Role]) -> bool:
    """Tell whether `account` holds one of `roles`."""
    return account.active and account.role in roles


def accounts(session: Session) -> Sequence[Account]:
    """Return all accounts, the active ones first, by role and login."""
    return session.exec(
        select(Account).order_by(col(Account.active).desc(), col(Account.role), col(Account.login))
    ).all()


def clerks(session: Session, *, unit_id: int) -> Sequence[Account]:
    """Return the active clerks of one unit."""
    return session.exec(
        select(Account).where(Account.unit_id == unit_id, col(Account.active)).order_by(Account.login)
    ).all()


def get(session: Session, account_id: int) -> Account:
    """Return one account."""
    if account := session.get(Account, account_id):
        return account
    raise Missing("staff.no_account", "没有找到这个账号，请返回账号列表重新选择。")


def create_account(
    session: Session,
    *,
    login: str,
    name: str,
    role: Role,
    password: str,
    by: Account,
    unit_id: int | None = None,
) -> Account:
    """Open an account; the installation's first ones are opened by SYSTEM.

    An account that watches over the office and was opened by the office sleeps until an inspector lets it in.
    """
    login, name = login.strip(), name.strip()
    _check_names(login, name)
    if (role in OF_A_UNIT) != (unit_id is not None):
        raise Invalid("staff.unit", "单位联络员和单位党组织须选定所属单位，其他角色不选单位，请改正。")
    if role is Role.OFFICIAL:
        raise Invalid("staff.official", "被测评人员凭工号和一次性开通码自行开通，不在这里开户。")
    if session.exec(select(Account).where(Account.login == login)).first():
        raise Refused("staff.login_taken", f"账号名「{login}」已有人使用，请换一个。")
    account = Account(login=login, name=name, role=role, password_hash=_digest(password), unit_id=unit_id)
    account.active = _needs_nobody_else(account, by)
    session.add(account)
    session.flush()
    detail = {"name": name, "role": role.value, "unit": unit_id}
    journal.record(session, by=by.login, act="staff.create_account", subject=login, detail=detail)
    return account


def open_official(session: Session, *, badge: str, name: str, password: str) -> Account:
    """Open an official's account under the 工号, or set its password anew; the caller checked the code."""
    account = session.exec(select(Account).where(Account.badge == badge)).first()
    if account is None:
        if session.exec(select(Account).where(Account.login == badge)).first():
            raise Refused("staff.login_taken", f"账号名「{badge}」已有人使用，请联系我来办办公室。")
        account = Account(login=badge, name=name, role=Role.OFFICIAL, password_hash="", badge=badge)
    account.password_hash, account.name, account.active = _digest(password), name, True
    session.add(account)
    session.flush()
    journal.record(session, by=badge, act="staff.open_official", subject=badge)
    journal.record(session, by=badge, act="staff.unlock", subject=_subject(badge))
    return account


def _check_names(login: str, name: str) -> None:
    if not (2 <= len(login) <= 40 and login.isascii() and login.replace("-", "").isalnum()):
        raise Invalid("staff.login", "账号名应为2至40位的英文字母、数字或短横线，请改正。")
    if not 1 <= len(name) <= LONGEST_TEXT:
        raise Invalid("staff.name", "姓名不能为空，且不超过240个字符，请改正。")


def _digest(password: str) -> str:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_TEXT:
        raise Invalid("staff.weak_password", f"密码至少要有{SHORTEST_PASSWORD}个字符，请重新设定。")
    if len(set(password)) < 5:
        raise Invalid("staff.weak_password", "密码里不同的字符太少，容易被猜中，请重新设定。")
    return HASHER.hash(password)


def change_password(session: Session, *, by: Account, old: str, new: str) -> None:
    """Set one's own password; every other signed-in browser of the account is signed out."""
    if not _verify(by.password_hash, old):
        raise Invalid("staff.wrong_password", "原密码不对，请重新输入。")
    by.password_hash = _digest(new)
    session.add(by)
    journal.record(session, by=by.login, act="staff.change_password", subject=by.login)


def reset_password(session: Session, account: Account, *, password: str, by: Account) -> None:
    """Set somebody's password and lift the lock of failed sign-ins; who watches is let in by an inspector."""
    account.password_hash = _digest(password)
    account.active = account.active and _needs_nobody_else(account, by)
    session.add(account)
    journal.record(session, by=by.login, act="staff.unlock", subject=_subject(account.login))
    journal.record(session, by=by.login, act="staff.reset_password", subject=account.login)


def close_account(session: Session, account: Account, *, by: Account) -> None:
    """Close an account; nobody closes the own one."""
    if account.id == by.id:
        raise Refused("staff.own_account", "不能停用自己的账号，请由另一位管理人员操作。")
    account.active = False
    session.add(account)
    journal.record(session, by=by.login, act="staff.close_account", subject=account.login)


def reopen_account(session: Session, account: Account, *, by: Account) -> None:
    """Let a closed or sleeping account in; one that watches over the office only as another inspector."""
    if account.id == by.id:
        raise Refused("staff.own_account", "不能核准自己的账号，请由另一位监督人员操作。")
    if account.role in WATCHING and by.role is not Role.INSPECTOR:
        raise Forbidden("staff.inspector_lets_in", "监督、领导、审查和审计账号须由纪委监委核准后才能使用。")
    if account.role not in WATCHING and by.role is not Role.OFFICE:
        raise Forbidden("staff.office_lets_in", "这个账号由我来办办公室管理，请由其恢复。")
    account.active = True
    session.add(account)
    journal.record(session, by=by.login, act="staff.reopen_account", subject=account.login)


def _needs_nobody_else(account: Account, by: Account) -> bool:
    """Tell whether `by` alone may let `account` in: whoever counts must not choose who watches."""
    return by is SYSTEM or account.role not in WATCHING
