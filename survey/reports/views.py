"""Pages of the reports: the monthly note, tables as workbooks, slips for researchers."""

import io

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey import clock
from survey.config import Config
from survey.poll import service as polls
from survey.reports import service
from survey.staff.models import Role
from survey.staff.views import allow

bp = Blueprint("reports", __name__, url_prefix="/reports")

READERS = (Role.OFFICE, Role.INSPECTOR, Role.LEADER, Role.AUDITOR)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _config() -> Config:
    config: Config = current_app.config["SURVEY"]
    return config


def _file(content: bytes, name: str, mimetype: str) -> ResponseReturnValue:
    return send_file(io.BytesIO(content), mimetype=mimetype, as_attachment=True, download_name=name)


@bp.get("")
@allow(*READERS)
def home() -> ResponseReturnValue:
    """List what can be taken."""
    return render_template(
        "desk/reports/home.html",
        month=f"{clock.today():%Y-%m}",
        exports=service.exports(g.account),
        polls=service.published(g.session),
    )


@bp.get("/month.pdf")
@allow(*READERS)
def month() -> ResponseReturnValue:
    """Give the monthly note."""
    asked = request.args.get("month") or f"{clock.today():%Y-%m}"
    content = service.monthly_note(g.session, asked, config=_config(), today=clock.today())
    return _file(content, f"企业满意度月报（{asked}）.pdf", "application/pdf")


@bp.get("/tables/<what>.xlsx")
@allow(*READERS)
def table(what: str) -> ResponseReturnValue:
    """Give one table as a workbook."""
    title = service.export(what, by=g.account).title
    content = service.workbook(g.session, what, by=g.account, today=clock.today())
    return _file(content, f"{title}（{clock.today()}）.xlsx", XLSX)


@bp.get("/slips/<int:poll_id>.csv")
@allow(*READERS)
def slips_csv(poll_id: int) -> ResponseReturnValue:
    """Give the anonymous slips of a published poll as CSV."""
    poll = polls.get(g.session, poll_id)
    return _file(service.as_csv(_config(), poll), f"{poll.key}-slips.csv", "text/csv; charset=utf-8")


@bp.get("/slips/<int:poll_id>.sav")
@allow(*READERS)
def slips_sav(poll_id: int) -> ResponseReturnValue:
    """Give the anonymous slips of a published poll for SPSS."""
    poll = polls.get(g.session, poll_id)
    return _file(service.as_sav(_config(), poll), f"{poll.key}-slips.sav", "application/x-spss-sav")


@bp.post("/changes/<int:poll_id>")
@allow(Role.OFFICE)
def publish_changes(poll_id: int) -> ResponseReturnValue:
    """Put what was raised and what became of it on the public results page."""
    poll = polls.get(g.session, poll_id)
    service.publish_changes(g.session, poll, config=_config(), by=g.account, today=clock.today())
    flash(gettext("%(title)s的整改情况已公布在结果页，只有类别和数目。", title=poll.title), "done")
    return redirect(url_for("reports.home"), 303)
