"""Signing in, who may do what, accounts and passwords."""

import datetime as dt
from collections.abc import Callable

import pytest
from flask import Flask
from sqlmodel import Session, select

from survey import journal
from survey.errors import Busy, Forbidden, Invalid, Refused
from survey.journal import JournalEntry
from survey.staff import service
from survey.staff.models import WATCHING, Account, Role
from tests.desk.visitors import DIGEST, PASSWORD, Visitor, hire, work

NINE = dt.datetime(2023, 3, 1, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
Hire = Callable[[Role], Account]


def an_account(session: Session, login: str = "wang") -> Account:
    account = Account(login=login, name="王小明", role=Role.OFFICE, password_hash=DIGEST)
    session.add(account)
    session.flush()
    return account


def fails(session: Session, times: int, *, at: dt.datetime = NINE) -> None:
    for _ in range(times):
        service.note_failure(session, "wang", at=at)


def test_the_right_password_signs_in(session: Session) -> None:
    assert service.sign_in(session, "wang", PASSWORD, at=NINE) if an_account(session) else False


@pytest.mark.parametrize(("login", "password"), [("wang", "wrong"), ("nobody", PASSWORD), ("", "")])
def test_a_wrong_login_or_password_gets_one_and_the_same_sentence(
    session: Session, login: str, password: str
) -> None:
    an_account(session)
    with pytest.raises(Forbidden) as refusal:
        service.sign_in(session, login, password, at=NINE)
    assert refusal.value.sentence == "账号或密码不对，请检查后重新输入。"


def test_a_closed_account_does_not_sign_in(session: Session) -> None:
    an_account(session).active = False
    with pytest.raises(Forbidden):
        service.sign_in(session, "wang", PASSWORD, at=NINE)


def test_five_failures_lock_a_login_even_for_the_right_password(session: Session) -> None:
    an_account(session)
    fails(session, 5)
    with pytest.raises(Busy, match="15分钟"):
        service.sign_in(session, "wang", PASSWORD, at=NINE)


def test_four_failures_do_not_lock(session: Session) -> None:
    an_account(session)
    fails(session, 4)
    assert service.sign_in(session, "wang", PASSWORD, at=NINE)


def test_the_lock_opens_after_a_quarter_of_an_hour(session: Session) -> None:
    an_account(session)
    fails(session, 5, at=NINE - dt.timedelta(minutes=15))
    assert service.sign_in(session, "wang", PASSWORD, at=NINE)


def test_a_success_forgets_the_failures_before_it(session: Session) -> None:
    an_account(session)
    fails(session, 4)
    service.sign_in(session, "wang", PASSWORD, at=NINE)
    fails(session, 4)
    assert service.sign_in(session, "wang", PASSWORD, at=NINE)


def test_a_new_password_from_the_office_lifts_the_lock(session: Session, account: Hire) -> None:
    locked = an_account(session)
    fails(session, 5)
    service.reset_password(session, locked, password="another good one", by=account(Role.OFFICE))
    assert service.sign_in(session, "wang", "another good one", at=NINE)


def test_the_journal_keeps_no_login_that_failed_and_no_password(session: Session) -> None:
    service.note_failure(session, "my secret password", at=NINE)
    [entry] = session.exec(select(JournalEntry)).all()
    assert "secret" not in entry.subject + entry.actor + entry.detail
    assert journal.first_break(session) is None


def proposed(session: Session, role: Role, by: Account) -> Account:
    return service.create_account(session, login="li", name="李", role=role, password=PASSWORD, by=by)


@pytest.mark.parametrize("role", WATCHING)
def test_who_watches_over_the_office_is_let_in_by_an_inspector_only(
    session: Session, account: Hire, role: Role
) -> None:
    office, inspector = account(Role.OFFICE), account(Role.INSPECTOR)
    watcher = proposed(session, role, office)
    with pytest.raises(Forbidden):
        service.sign_in(session, "li", PASSWORD, at=NINE)
    with pytest.raises(Forbidden, match="纪委监委核准"):
        service.reopen_account(session, watcher, by=office)
    service.reopen_account(session, watcher, by=inspector)
    assert service.sign_in(session, "li", PASSWORD, at=NINE)
    service.reset_password(session, watcher, password="another good one", by=office)
    with pytest.raises(Forbidden):
        service.sign_in(session, "li", "another good one", at=NINE)


def test_the_command_line_opens_the_first_inspector_who_cannot_let_in_the_own_account(
    session: Session,
) -> None:
    first = proposed(session, Role.INSPECTOR, service.SYSTEM)
    assert first.active
    with pytest.raises(Refused, match="另一位监督人员"):
        service.reopen_account(session, first, by=first)


def test_an_office_account_opened_by_the_office_works_at_once(session: Session, account: Hire) -> None:
    office = account(Role.OFFICE)
    clerk = proposed(session, Role.OFFICE, office)
    assert clerk.active
    service.close_account(session, clerk, by=office)
    with pytest.raises(Forbidden, match="由我来办办公室"):
        service.reopen_account(session, clerk, by=account(Role.INSPECTOR))


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaaa", "x" * 241])
def test_a_weak_password_is_refused(session: Session, account: Hire, password: str) -> None:
    with pytest.raises(Invalid):
        service.create_account(
            session, login="li", name="李", role=Role.LEADER, password=password, by=account(Role.OFFICE)
        )


@pytest.mark.parametrize("login", ["", "a", "张三", "a b", "x" * 41, "a/b"])
def test_a_login_of_other_signs_is_refused(session: Session, login: str) -> None:
    with pytest.raises(Invalid):
        service.create_account(
            session, login=login, name="李", role=Role.LEADER, password=PASSWORD, by=service.SYSTEM
        )


def test_two_accounts_share_no_login(session: Session) -> None:
    an_account(session, "li")
    with pytest.raises(Refused, match="已有人使用"):
        service.create_account(
            session, login="li", name="李", role=Role.LEADER, password=PASSWORD, by=service.SYSTEM
        )


def test_a_unit_clerk_needs_a_unit_and_nobody_else_has_one(session: Session) -> None:
    for role, unit_id in ((Role.UNIT_CLERK, None), (Role.LEADER, 1)):
        with pytest.raises(Invalid, match="单位联络员"):
            service.create_account(
                session,
                login="li",
                name="李",
                role=role,
                password=PASSWORD,
                unit_id=unit_id,
                by=service.SYSTEM,
            )


def test_nobody_closes_the_own_account(session: Session, account: Hire) -> None:
    office = account(Role.OFFICE)
    with pytest.raises(Refused, match="自己的账号"):
        service.close_account(session, office, by=office)


def test_signing_in_goes_on_to_the_page_that_was_asked_for(desk: Flask) -> None:
    hire(desk, Role.OFFICE, login="wang")
    browser = Visitor(desk)
    asked = browser.client.get("/staff/accounts")
    assert (asked.status_code, asked.location) == (303, "/staff/sign-in?next=/staff/accounts")
    went = browser.posts(
        "/staff/sign-in", asked.location, login="wang", password=PASSWORD, next="/staff/accounts"
    )
    assert (went.status_code, went.location) == (303, "/staff/accounts")
    assert "王" not in browser.visit("/staff/accounts").title


@pytest.mark.parametrize("away", ["https://example.org/", "//example.org", "/\\example.org", "javascript:1"])
def test_signing_in_leads_to_no_other_host(desk: Flask, away: str) -> None:
    hire(desk, Role.OFFICE, login="wang")
    went = Visitor(desk).posts("/staff/sign-in", login="wang", password=PASSWORD, next=away)
    assert went.location == "/"


def test_a_failed_sign_in_keeps_the_login_shows_why_and_is_journaled(desk: Flask) -> None:
    hire(desk, Role.OFFICE, login="wang")
    response = Visitor(desk).posts("/staff/sign-in", login="wang", password="wrong")
    assert response.status_code == 403
    assert "账号或密码不对" in response.text
    assert 'value="wang"' in response.text
    assert "wrong" not in response.text
    with work(desk) as session:
        assert [entry.act for entry in session.exec(select(JournalEntry))] == ["staff.sign_in_failed"]


def test_signing_out_closes_the_desk(desk: Flask, visitor: Callable[[Role], Visitor]) -> None:
    office = visitor(Role.OFFICE)
    office.posts("/staff/sign-out", "/staff/password")
    assert office.client.get("/staff/accounts").status_code == 303


def test_a_changed_password_signs_out_the_other_browsers(desk: Flask) -> None:
    account = hire(desk, Role.LEADER)
    here, there = Visitor(desk, account), Visitor(desk, account)
    changed = here.posts("/staff/password", old=PASSWORD, new="a brand new one", again="a brand new one")
    assert changed.status_code == 303
    assert here.client.get("/staff/password").status_code == 200
    assert there.client.get("/staff/password").status_code == 303


def test_a_wrong_old_password_is_told_on_the_form(visitor: Callable[[Role], Visitor]) -> None:
    reply = visitor(Role.LEADER).posts(
        "/staff/password", old="x", new="a brand new one", again="a brand new one"
    )
    assert (reply.status_code, "原密码不对" in reply.text) == (400, True)


def test_the_office_opens_resets_closes_and_reopens_an_account(
    desk: Flask, visitor: Callable[[Role], Visitor]
) -> None:
    office = visitor(Role.OFFICE)
    made = office.posts(
        "/staff/accounts/new", login="zhao-1", name="赵一", role="office", password="first password"
    )
    assert made.status_code == 303
    page = office.visit("/staff/accounts")
    assert "zhao-1" in page.text
    with work(desk) as session:
        number = session.exec(select(Account.id).where(Account.login == "zhao-1")).one()
    for act, form in (("password", ""), ("close", "/staff/accounts"), ("reopen", "/staff/accounts")):
        reply = office.posts(f"/staff/accounts/{number}/{act}", form, password="second password")
        assert reply.status_code == 303
    with work(desk) as session:
        assert service.sign_in(session, "zhao-1", "second password", at=NINE).active


def test_an_inspector_lets_in_whom_the_office_proposed(
    desk: Flask, visitor: Callable[[Role], Visitor]
) -> None:
    office, inspector = visitor(Role.OFFICE), visitor(Role.INSPECTOR)
    office.posts("/staff/accounts/new", login="zhao-1", name="赵一", role="leader", password="first password")
    with work(desk) as session:
        number = session.exec(select(Account.id).where(Account.login == "zhao-1")).one()
    assert office.posts(f"/staff/accounts/{number}/reopen", "/staff/accounts").status_code == 403
    assert "核准启用" in inspector.visit("/staff/accounts").text
    assert inspector.posts(f"/staff/accounts/{number}/reopen", "/staff/accounts").status_code == 303
    with work(desk) as session:
        assert service.sign_in(session, "zhao-1", "first password", at=NINE).active


def test_a_taken_login_is_told_on_the_form_which_keeps_what_was_typed(
    visitor: Callable[[Role], Visitor],
) -> None:
    office = visitor(Role.OFFICE)
    fields = {"login": "office-1", "name": "钱二", "role": "leader", "password": "first password"}
    reply = office.posts("/staff/accounts/new", **fields)
    assert (reply.status_code, "已有人使用" in reply.text, "钱二" in reply.text) == (409, True, True)


def test_the_journal_is_shown_with_a_word_on_whether_it_is_whole(
    desk: Flask, visitor: Callable[[Role], Visitor]
) -> None:
    office, inspector = visitor(Role.OFFICE), visitor(Role.INSPECTOR)
    office.posts("/staff/accounts/new", login="zhao-1", name="赵一", role="leader", password="first password")
    page = inspector.visit("/staff/journal")
    assert "create_account" in page.text
    assert "没有改动或缺失" in page.text
    with work(desk) as session:
        session.exec(select(JournalEntry)).one().subject = "somebody-else"
        session.commit()
    assert "第1条" in inspector.visit("/staff/journal").text
    assert "被改动过" in inspector.visit("/staff/journal").text
    assert "没有更早的记录" in inspector.visit("/staff/journal?before=1").text
