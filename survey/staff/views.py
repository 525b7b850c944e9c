"""Sign-in pages, accounts, and `allow`, the one guard of desk pages."""

import functools
from collections.abc import Callable
from typing import Any

from flask import Blueprint, current_app, flash, g, make_response, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf import FlaskForm

from survey import clock, languages
from survey.db import unit_of_work
from survey.errors import Forbidden, Missing, Refused
from survey.staff import guides, log, service
from survey.staff.forms import AccountForm, LanguageForm, PasswordForm, ResetForm, SignInForm
from survey.staff.models import WATCHING, Account, Role

bp = Blueprint("staff", __name__, url_prefix="/staff")

View = Callable[..., ResponseReturnValue]


def allow(*roles: Role) -> Callable[[View], View]:
    """Guard a page: open one unit of work (`g.session`), find who asks (`g.account`), check the role."""

    def guard(view: View) -> View:
        @functools.wraps(view)
        def guarded(**arguments: Any) -> ResponseReturnValue:
            try:
                with unit_of_work(current_app.extensions["desk_engine"]) as g.session:
                    return _answer(view, roles, arguments)
            finally:
                # A rolled back account cannot be read any more, not even by an error page.
                g.pop("account", None)

        guarded.roles = frozenset(roles)  # type: ignore[attr-defined]  # read by the navigation and the tests
        return guarded

    return guard


def welcome(view: View) -> View:
    """Mark a page that needs no sign-in; the sign-in page alone."""
    view.roles = frozenset()  # type: ignore[attr-defined]  # read by the navigation and the tests
    return view


def _answer(view: View, roles: tuple[Role, ...], arguments: dict[str, Any]) -> ResponseReturnValue:
    g.account = _who_asks()
    if g.account is None:
        return _to_sign_in()
    if not service.may(g.account, roles):
        raise Forbidden("staff.role", f"您的账号（{g.account.role.chinese}）没有这项权限。")
    return make_response(view(**arguments))


def _who_asks() -> Account | None:
    account_id, seal = cookie.get("account"), cookie.get("seal", "")
    return service.signed_in(g.session, account_id, seal) if account_id else None


def _to_sign_in() -> ResponseReturnValue:
    page = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("staff.sign_in", next=page), 303)


def _welcome_in(account: Account) -> None:
    _forget()
    cookie.permanent = True
    cookie.update(account=account.id, seal=service.seal_of(account))


def _forget() -> None:
    chosen = languages.kept()
    cookie.clear()
    languages.choose(chosen)


@bp.post("/language")
@welcome
def language() -> ResponseReturnValue:
    """Speak Chinese or English from now on, and show the same page."""
    form = LanguageForm()
    languages.choose(form.lang.data or languages.SOURCE)
    return redirect(form.destination(), 303)


@bp.get("/sign-in")
@welcome
def sign_in() -> ResponseReturnValue:
    """Show the sign-in form."""
    form = SignInForm(next=request.args.get("next", "/"))
    return render_template("desk/staff/sign_in.html", form=form, sentence="")


@bp.post("/sign-in")
@welcome
def enter() -> ResponseReturnValue:
    """Sign in, or say why not and note the failure."""
    form, engine, at = SignInForm(), current_app.extensions["desk_engine"], clock.now()
    login = form.login.data or ""
    try:
        with unit_of_work(engine) as session:
            _welcome_in(service.sign_in(session, login, form.password.data or "", at=at))
    except Forbidden as refusal:
        with unit_of_work(engine) as session:
            service.note_failure(session, login, at=at)
        return _again(form, refusal)
    except Refused as refusal:
        return _again(form, refusal)
    return redirect(form.destination(), 303)


def _again(form: SignInForm, refusal: Refused) -> ResponseReturnValue:
    return render_template("desk/staff/sign_in.html", form=form, sentence=refusal.sentence), refusal.status


@bp.post("/sign-out")
@allow(*Role)
def sign_out() -> ResponseReturnValue:
    """Leave the desk."""
    service.sign_out(g.session, by=g.account, at=clock.now())
    _forget()
    flash(gettext("您已退出。"))
    return redirect(url_for("staff.sign_in"), 303)


@bp.route("/password", methods=["GET", "POST"])
@allow(*Role)
def password() -> ResponseReturnValue:
    """Change one's own password."""
    form = PasswordForm()
    if not form.validate_on_submit():
        return render_template("desk/staff/password.html", form=form)
    try:
        service.change_password(g.session, by=g.account, old=form.old.data, new=form.new.data)
    except Refused as refusal:
        return _keep(form, refusal, "desk/staff/password.html")
    _welcome_in(g.account)
    flash(gettext("密码已改，其他地方的登录已失效。"), "done")
    return redirect("/", 303)


def _keep(form: FlaskForm, refusal: Refused, template: str, **context: Any) -> ResponseReturnValue:
    g.session.rollback()
    form.form_errors.append(refusal.sentence)
    return render_template(template, form=form, **context), refusal.status


@bp.get("/accounts")
@allow(Role.OFFICE, Role.INSPECTOR, Role.AUDITOR)
def accounts() -> ResponseReturnValue:
    """List the accounts."""
    return render_template(
        "desk/staff/accounts.html", accounts=service.accounts(g.session), watching=WATCHING
    )


@bp.route("/accounts/new", methods=["GET", "POST"])
@allow(Role.OFFICE)
def new_account() -> ResponseReturnValue:
    """Open an account of the county; unit clerks are appointed on their unit's page."""
    form, page = AccountForm(), "desk/staff/new_account.html"
    if not form.validate_on_submit():
        return render_template(page, form=form)
    login, name, initial = form.login.data, form.name.data, form.password.data
    try:
        opened = service.create_account(
            g.session, login=login, name=name, role=Role(form.role.data), password=initial, by=g.account
        )
    except Refused as refusal:
        return _keep(form, refusal, page)
    if not opened.active:
        flash(
            gettext(
                "已提出%(name)s的账号「%(login)s」，待纪委监委在账号页核准后启用。", name=name, login=login
            ),
            "done",
        )
        return redirect(url_for("staff.accounts"), 303)
    flash(
        gettext(
            "已为%(name)s开通账号「%(login)s」。请当面告知初始密码，并请本人登录后立即修改。",
            name=name,
            login=login,
        ),
        "done",
    )
    return redirect(url_for("staff.accounts"), 303)


@bp.route("/accounts/<int:account_id>/password", methods=["GET", "POST"])
@allow(Role.OFFICE)
def reset_password(account_id: int) -> ResponseReturnValue:
    """Set somebody's password anew."""
    subject, form, page = service.get(g.session, account_id), ResetForm(), "desk/staff/reset_password.html"
    if not form.validate_on_submit():
        return render_template(page, form=form, subject=subject)
    try:
        service.reset_password(g.session, subject, password=form.password.data, by=g.account)
    except Refused as refusal:
        return _keep(form, refusal, page, subject=subject)
    flash(gettext("已重设%(subject)s的密码，请当面告知本人。", subject=subject.name), "done")
    return redirect(url_for("staff.accounts"), 303)


@bp.post("/accounts/<int:account_id>/close")
@allow(Role.OFFICE)
def close_account(account_id: int) -> ResponseReturnValue:
    """Close an account."""
    subject = service.get(g.session, account_id)
    service.close_account(g.session, subject, by=g.account)
    flash(gettext("已停用%(subject)s的账号。", subject=subject.name), "done")
    return redirect(url_for("staff.accounts"), 303)


@bp.post("/accounts/<int:account_id>/reopen")
@allow(Role.OFFICE, Role.INSPECTOR)
def reopen_account(account_id: int) -> ResponseReturnValue:
    """Let a closed or sleeping account in."""
    subject = service.get(g.session, account_id)
    service.reopen_account(g.session, subject, by=g.account)
    flash(gettext("已启用%(subject)s的账号。", subject=subject.name), "done")
    return redirect(url_for("staff.accounts"), 303)


@bp.get("/guide")
@bp.get("/guide/<role>")
@allow(*Role)
def guide(role: str = "") -> ResponseReturnValue:
    """Show the one page that a role needs to know: the own one, or another's."""
    asked = role or g.account.role.value
    if asked not in set(Role):
        raise Missing("staff.no_guide", "没有这个角色的一页通，请从页尾的链接进入。")
    return render_template(
        "desk/staff/guide.html", role=Role(asked), guide=guides.GUIDES[Role(asked)], roles=Role
    )


@bp.get("/journal")
@allow(Role.INSPECTOR, Role.AUDITOR)
def journal() -> ResponseReturnValue:
    """Show who did what at the desk, and whether the journal's chain is whole."""
    before = request.args.get("before", type=int)
    lines = log.lines(g.session, before=before)
    fault = None if before else log.first_break(g.session)
    return render_template("desk/staff/journal.html", lines=lines, fault=fault, before=before, page=log.PAGE)
