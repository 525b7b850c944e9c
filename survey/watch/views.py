"""Pages for the inspectors: alerts, the register of inspections, the comparison around a poll, the check."""

from flask import Blueprint, current_app, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey import clock
from survey.config import Config
from survey.errors import Refused
from survey.poll import service as polls
from survey.poll.models import Poll, Stage
from survey.staff.models import Role
from survey.staff.views import allow
from survey.watch import service
from survey.watch.aftermath import Comparison
from survey.watch.forms import NoteForm

bp = Blueprint("watch", __name__, url_prefix="/watch")


def _config() -> Config:
    config: Config = current_app.config["SURVEY"]
    return config


@bp.get("")
@allow(Role.INSPECTOR, Role.AUDITOR)
def alerts() -> ResponseReturnValue:
    """List the alerts, those not dealt with first."""
    return _alerts(NoteForm())


def _alerts(form: NoteForm) -> str:
    found = service.every_alert(g.session, today=clock.today())
    return render_template(
        "desk/watch/alerts.html",
        alerts=found,
        counts=service.alert_counts(found),
        form=form,
    )


@bp.post("/<alert>")
@allow(Role.INSPECTOR)
def handle(alert: str) -> ResponseReturnValue:
    """Note what came of an alert."""
    form = NoteForm()
    if not form.validate():
        return _alerts(form), 400
    service.handle(g.session, alert, note=form.note.data, by=g.account, today=clock.today())
    flash(gettext("核查和处置已登记。"), "done")
    return redirect(url_for("watch.alerts"), 303)


@bp.get("/inspections")
@allow(Role.INSPECTOR, Role.OFFICE, Role.AUDITOR)
def inspections() -> ResponseReturnValue:
    """List the register of inspections of firms."""
    return render_template("desk/watch/inspections.html", register=service.register(g.session))


@bp.get("/aftermath")
@allow(Role.INSPECTOR)
def aftermath() -> ResponseReturnValue:
    """Compare the inspections before and after each closed poll, in sums only."""
    rows: list[tuple[Poll, Comparison | None, str]] = []
    for poll in polls.latest_rounds(g.session):
        if not polls.is_past(poll, Stage.CLOSED):
            continue
        try:
            rows.append((poll, service.compare(g.session, poll, today=clock.today()), ""))
        except Refused as refusal:
            rows.append((poll, None, refusal.sentence))
    return render_template("desk/watch/aftermath.html", rows=rows)


@bp.get("/integrity")
@allow(Role.INSPECTOR, Role.AUDITOR)
def integrity() -> ResponseReturnValue:
    """Hold everything that was fixed against its digest."""
    return render_template(
        "desk/watch/integrity.html", faults=service.faults(g.session, config=_config()), now=clock.now()
    )
