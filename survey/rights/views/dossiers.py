"""一人一档: the own one, and others' for a named task; the own data to take away."""

from flask import g, render_template
from flask.typing import ResponseReturnValue

from survey import clock
from survey.pages import submit
from survey.rights import service
from survey.rights.dossier import Dossier
from survey.rights.forms import TaskForm
from survey.rights.views.door import bp, download
from survey.roster import service as roster
from survey.roster.models import Official
from survey.staff.models import Role
from survey.staff.views import allow

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/dossiers")
@allow(Role.PARTY, Role.INSPECTOR)
def dossiers() -> ResponseReturnValue:
    """List whose dossier the reader may open: the own unit's people, or everybody's."""
    own = roster.unit(g.session, g.account.unit_id) if g.account.unit_id else None
    posts = roster.posts(g.session, on=clock.today(), unit=own)
    return render_template("desk/rights/dossiers.html", posts=posts)


@bp.get("/dossiers/<badge>")
@allow(Role.PARTY, Role.INSPECTOR)
def dossier(badge: str) -> ResponseReturnValue:
    """Ask for which task the dossier is opened."""
    person = roster.official(g.session, badge)
    service.may_open_dossier(g.session, person, by=g.account, today=clock.today())
    return _ask(person, TaskForm())


def _ask(person: Official, form: TaskForm) -> str:
    return render_template("desk/rights/open.html", person=person, form=form)


@bp.post("/dossiers/<badge>")
@allow(Role.PARTY, Role.INSPECTOR)
def open_dossier(badge: str) -> ResponseReturnValue:
    """Open a dossier for the task that was named; the look is journaled."""
    person, form = roster.official(g.session, badge), TaskForm()

    def act() -> ResponseReturnValue:
        reason = form.reason.data or ""
        found = service.open_dossier(g.session, person, by=g.account, today=clock.today(), reason=reason)
        page = render_template("desk/rights/dossier.html", dossier=found, reason=reason)
        return page, 200, {"Cache-Control": "no-store"}

    return submit(form, act, lambda: _ask(person, form))


@bp.get("/own")
@allow(Role.OFFICIAL)
def own() -> ResponseReturnValue:
    """Show the own dossier."""
    return render_template("desk/rights/dossier.html", dossier=_own(), reason="")


@bp.get("/own.json")
@allow(Role.OFFICIAL)
def own_json() -> ResponseReturnValue:
    """Give the own data as JSON."""
    found = _own()
    return download(service.as_json(found), "application/json", f"{found.badge}.json")


@bp.get("/own.xlsx")
@allow(Role.OFFICIAL)
def own_workbook() -> ResponseReturnValue:
    """Give the own data as a workbook."""
    found = _own()
    return download(service.as_workbook(found), XLSX, f"{found.badge}.xlsx")


def _own() -> Dossier:
    person = service.own(g.session, by=g.account)
    return service.open_dossier(g.session, person, by=g.account, today=clock.today())
