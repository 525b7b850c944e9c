"""An official's account: codes on paper, and opening the account with one."""

from flask import current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey import clock
from survey.db import unit_of_work
from survey.errors import Forbidden, Invalid, Refused
from survey.rights import service
from survey.rights.forms import ActivateForm
from survey.rights.views.door import bp
from survey.roster import service as roster
from survey.roster.models import Unit
from survey.staff import service as staff
from survey.staff.models import OF_A_UNIT
from survey.staff.views import allow, welcome


@bp.get("/activate")
@welcome
def activation() -> ResponseReturnValue:
    """Show the form that opens an official's account."""
    return render_template("desk/rights/activate.html", form=ActivateForm())


@bp.post("/activate")
@welcome
def activate() -> ResponseReturnValue:
    """Open the account, or say why not and note the failure."""
    form, engine, at = ActivateForm(), current_app.extensions["desk_engine"], clock.now()
    if not form.validate():
        return render_template("desk/rights/activate.html", form=form), 400
    badge = (form.badge.data or "").strip()
    try:
        with unit_of_work(engine) as session:
            code, password = form.code.data or "", form.password.data or ""
            service.activate(session, badge, code=code, password=password, at=at)
    except Refused as refusal:
        if isinstance(refusal, Forbidden):
            with unit_of_work(engine) as session:
                staff.note_failure(session, badge, at=at)
        form.form_errors.append(refusal.sentence)
        return render_template("desk/rights/activate.html", form=form), refusal.status
    flash(gettext("账号已开通，请用工号和刚设定的密码登录。"), "done")
    return redirect(url_for("staff.sign_in"), 303)


def _own_unit() -> Unit:
    if g.account.unit_id is None:
        raise Forbidden("rights.no_unit", "您的账号没有所属单位，请联系我来办办公室。")
    return roster.unit(g.session, g.account.unit_id)


@bp.get("/codes")
@allow(*OF_A_UNIT)
def codes() -> ResponseReturnValue:
    """List the unit's people with who has an account, to draw codes for them."""
    unit = _own_unit()
    posts = roster.posts(g.session, on=clock.today(), unit=unit)
    opened = service.opened(g.session, [post.official.badge for post in posts])
    return render_template("desk/rights/codes.html", unit=unit, posts=posts, opened=opened, slips=())


@bp.post("/codes")
@allow(*OF_A_UNIT)
def draw_codes() -> ResponseReturnValue:
    """Draw codes for the ticked people and show them once, to be printed and cut."""
    unit, chosen = _own_unit(), request.form.getlist("badge")
    if not chosen:
        raise Invalid("rights.none_chosen", "还没有勾选人员，请勾选要领开通码的人员。")
    slips = service.issue_codes(g.session, unit, chosen, by=g.account, today=clock.today())
    page = render_template("desk/rights/codes.html", unit=unit, posts=(), opened=set(), slips=slips)
    return page, 200, {"Cache-Control": "no-store"}
