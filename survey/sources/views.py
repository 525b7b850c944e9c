"""Pages of the sources: meetings and batches, their attendees, their points as items of the ledger."""

import datetime as dt

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey import clock
from survey.pages import submit
from survey.rectify import ledger
from survey.roster import service as roster
from survey.sources import service
from survey.sources.forms import OccasionForm, PointForm
from survey.sources.models import Occasion, SourceKind
from survey.staff.models import Role
from survey.staff.views import allow

bp = Blueprint("sources", __name__, url_prefix="/sources")

READERS = (Role.OFFICE, Role.INSPECTOR, Role.LEADER, Role.AUDITOR)
USUAL = dt.timedelta(days=30)


def _to(occasion: Occasion, sentence: str) -> ResponseReturnValue:
    flash(sentence, "done")
    return redirect(url_for("sources.occasion", occasion_id=occasion.id), 303)


@bp.get("")
@allow(*READERS)
def occasions() -> ResponseReturnValue:
    """List the meetings and batches, and how many items each source brought."""
    return render_template(
        "desk/sources/occasions.html",
        lines=service.lines(g.session),
        totals=service.by_source(g.session),
    )


@bp.route("/new", methods=["GET", "POST"])
@allow(Role.OFFICE)
def new() -> ResponseReturnValue:
    """Enter a meeting."""
    form = OccasionForm(held_on=clock.today())

    def page() -> str:
        return render_template("desk/sources/new.html", form=form)

    def act() -> ResponseReturnValue:
        occasion = service.hold(
            g.session,
            kind=SourceKind[form.kind.data],
            title=form.title.data,
            held_on=form.held_on.data,
            place=form.place.data or "",
            chair=form.chair.data or "",
            people=service.people_of(form.people.data or ""),
            by=g.account,
            today=clock.today(),
        )
        return _to(occasion, gettext("已登记，请逐条登记事项。"))

    return submit(form, act, page) if form.is_submitted() else page()


def _point_form(occasion: Occasion) -> PointForm:
    """Return the form of the next point, filled in with what the last one of the same unit had."""
    raised = service.points(g.session, occasion)
    last = ledger.last_task(g.session, raised[-1].unit.code) if raised else None
    form = PointForm(deadline=clock.today() + USUAL)
    if last and not form.is_submitted():
        form.owner.data, form.phone.data, form.unit.data = last.owner, last.phone, raised[-1].unit.code
    form.offer(roster.units(g.session))
    return form


def _occasion_page(found: Occasion, form: PointForm) -> str:
    return render_template(
        "desk/sources/occasion.html",
        occasion=found,
        people=service.attendees(g.session, found),
        points=service.points(g.session, found),
        sees_raisers=g.account.role in service.RAISERS,
        today=clock.today(),
        form=form,
    )


@bp.get("/<int:occasion_id>")
@allow(*READERS)
def occasion(occasion_id: int) -> ResponseReturnValue:
    """Show one meeting: who came, and each point with its item."""
    found = service.get(g.session, occasion_id)
    return _occasion_page(found, _point_form(found))


@bp.post("/<int:occasion_id>")
@allow(Role.OFFICE)
def add_point(occasion_id: int) -> ResponseReturnValue:
    """Enter a point."""
    found = service.get(g.session, occasion_id)
    form = _point_form(found)

    def act() -> ResponseReturnValue:
        units = {unit.code: unit for unit in roster.units(g.session)}
        point = service.add_point(
            g.session,
            found,
            title=form.title.data,
            theme=form.theme.data,
            unit=units.get(form.unit.data),
            owner=form.owner.data,
            phone=form.phone.data,
            deadline=form.deadline.data,
            raised_by=form.raised_by.data or "",
            by=g.account,
            today=clock.today(),
        )
        return _to(found, gettext("第%(number)s条已列入台账。", number=point.number))

    return submit(form, act, lambda: _occasion_page(found, form))
