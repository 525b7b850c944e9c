"""Pages of the other channels: figures, stars, spot checks, the menu, the yearly scheme."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey import clock
from survey.channels import service
from survey.channels.forms import DrawForm, FindingForm, MarkForm, OrderForm, SchemeForm, StarForm
from survey.pages import submit
from survey.staff.models import Role
from survey.staff.views import allow

bp = Blueprint("channels", __name__, url_prefix="/channels")

READERS = (Role.OFFICE, Role.INSPECTOR, Role.LEADER, Role.AUDITOR)
CHECKERS = (Role.OFFICE, Role.LEADER, Role.INSPECTOR)


def _done(sentence: str, page: str, **arguments: object) -> ResponseReturnValue:
    flash(sentence, "done")
    return redirect(url_for(page, **arguments), 303)  # type: ignore[arg-type]  # values of an address


@bp.get("")
@allow(*READERS)
def figures() -> ResponseReturnValue:
    """Show the figures of other channels beside one another, never in one rate."""
    return render_template(
        "desk/channels/figures.html",
        figures=service.every_figure(g.session),
        totals=service.totals(g.session),
        shown=service.shown,
        urgent=service.urgent,
        least_pair=service.least_pair,
    )


def _stars(form: StarForm) -> str:
    months = service.months(g.session)
    month = request.args.get("month", "") or (months[0] if months else "")
    return render_template(
        "desk/channels/stars.html",
        months=months,
        month=month,
        rows=service.of_month(g.session, month),
        best=service.best(g.session, month),
        stars=service.every_star(g.session),
        last=service.last_places(g.session),
        form=form,
    )


@bp.get("/stars")
@allow(*READERS)
def stars() -> ResponseReturnValue:
    """Show a month of the windows, its first by the rule, and the stars so far."""
    return _stars(StarForm())


@bp.post("/stars/<month>")
@allow(Role.LEADER)
def name_star(month: str) -> ResponseReturnValue:
    """Name the star of a month."""
    form = StarForm()

    def act() -> ResponseReturnValue:
        star = service.name_star(
            g.session,
            month,
            form.badge.data,
            consent=form.consent.data,
            by=g.account,
            today=clock.today(),
        )
        return _done(
            gettext("%(month)s的金牌审批师：%(star)s。", month=month, star=star.name),
            "channels.stars",
            month=month,
        )

    return submit(form, act, lambda: _stars(form))


def _checks(form: DrawForm) -> str:
    return render_template(
        "desk/channels/checks.html",
        checks=service.spot_checks(g.session),
        level=service.level_of(g.account),
        form=form,
    )


@bp.get("/checks")
@allow(*READERS)
def checks() -> ResponseReturnValue:
    """List the draws."""
    return _checks(DrawForm())


@bp.post("/checks")
@allow(*CHECKERS)
def draw() -> ResponseReturnValue:
    """Draw closed items by a seed."""
    form = DrawForm()

    def act() -> ResponseReturnValue:
        check = service.begin_check(
            g.session, size=form.size.data, seed=form.seed.data, by=g.account, today=clock.today()
        )
        return _done(gettext("已抽签，请到现场查看。"), "channels.check", check_id=check.id)

    return submit(form, act, lambda: _checks(form))


def _check(check_id: int, form: FindingForm) -> str:
    found = service.spot_check(g.session, check_id)
    return render_template(
        "desk/channels/check.html",
        check=found,
        items=service.drawn(g.session, found),
        repeats=service.repeats(g.session, found),
        mine=service.level_of(g.account) is found.level,
        form=form,
    )


@bp.get("/checks/<int:check_id>")
@allow(*READERS)
def check(check_id: int) -> ResponseReturnValue:
    """Show one draw with its items."""
    return _check(check_id, FindingForm())


@bp.post("/checks/<int:check_id>/<int:task_id>")
@allow(*CHECKERS)
def record(check_id: int, task_id: int) -> ResponseReturnValue:
    """Keep what was found on the spot."""
    form = FindingForm()

    def act() -> ResponseReturnValue:
        service.record_check(
            g.session,
            service.spot_check(g.session, check_id),
            task_id,
            passed=form.passed.data == "yes",
            note=form.note.data,
            by=g.account,
            today=clock.today(),
        )
        return _done(gettext("抽查结果已登记。"), "channels.check", check_id=check_id)

    return submit(form, act, lambda: _check(check_id, form))


def _menu(form: OrderForm) -> str:
    dishes = service.dishes(g.session)
    form.offer(dishes)
    return render_template(
        "desk/channels/menu.html",
        dishes=dishes,
        waiting=service.waiting_orders(g.session),
        form=form,
        mark=MarkForm(),
    )


@bp.get("/menu")
@allow(*READERS)
def menu() -> ResponseReturnValue:
    """Show the menu with its orders and ratings."""
    return _menu(OrderForm())


@bp.post("/menu")
@allow(Role.OFFICE)
def order() -> ResponseReturnValue:
    """Take an order."""
    form = OrderForm()
    form.offer(service.dishes(g.session))

    def act() -> ResponseReturnValue:
        made = service.order(g.session, form.code.data, by=g.account, today=clock.today())
        return _done(gettext("已登记，%(id)s号点单。", id=made.id), "channels.menu")

    return submit(form, act, lambda: _menu(form))


@bp.post("/orders/<int:order_id>/served")
@allow(Role.OFFICE)
def serve(order_id: int) -> ResponseReturnValue:
    """Note that an order was served."""
    made = service.find_order(g.session, order_id)
    service.serve(g.session, made, by=g.account, today=clock.today())
    return _done(gettext("%(order_id)s号点单已办结。", order_id=order_id), "channels.menu")


@bp.post("/orders/<int:order_id>/rating")
@allow(Role.OFFICE)
def rate(order_id: int) -> ResponseReturnValue:
    """Enter the one rating of an order."""
    made, form = service.find_order(g.session, order_id), MarkForm()
    if not form.validate():
        return _menu(OrderForm()), 400
    service.rate(g.session, made, mark=form.chosen(), by=g.account)
    return _done(gettext("%(order_id)s号点单已评价。", order_id=order_id), "channels.menu")


def _schemes(form: SchemeForm) -> str:
    return render_template("desk/channels/schemes.html", schemes=service.every_scheme(g.session), form=form)


@bp.get("/schemes")
@allow(*READERS)
def schemes() -> ResponseReturnValue:
    """Show the yearly schemes."""
    return _schemes(SchemeForm(year=clock.today().year))


@bp.post("/schemes")
@allow(Role.LEADER)
def decide_scheme() -> ResponseReturnValue:
    """Fix a year's weights."""
    form = SchemeForm()

    def act() -> ResponseReturnValue:
        scheme = service.decide_scheme(
            g.session,
            year=form.year.data,
            weights=service.weights_of(form.weights.data),
            by=g.account,
            today=clock.today(),
        )
        return _done(gettext("%(year)s年的考核办法已确定。", year=scheme.year), "channels.schemes")

    return submit(form, act, lambda: _schemes(form))
