"""Pages of results: quarters, years, one count with its charts, the officials' lines, workbooks."""

from flask import Response, g, render_template
from flask.typing import ResponseReturnValue

from survey.staff.views import allow
from survey.tally import export, figures, overview, service
from survey.tally.views.door import READERS, SEES_PERSONS, bp, download, poll_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/")
@allow(*READERS)
def results() -> ResponseReturnValue:
    """List the counted polls and years with their rates, and how these moved."""
    return render_template("desk/tally/results.html", **overview.quarters_and_years(g.session))


@bp.get("/year/<int:year>")
@allow(*READERS)
def year(year: int) -> ResponseReturnValue:
    """Show a year: the counts of its quarters added up."""
    return render_template("desk/tally/year.html", year=overview.year(g.session, year))


@bp.get("/<int:poll_id>")
@allow(*READERS)
def detail(poll_id: int) -> ResponseReturnValue:
    """Show the result: rates, equation, series, units."""
    poll, result = poll_of(poll_id), service.result(g.session, poll_of(poll_id))
    return render_template(
        "desk/tally/detail.html",
        poll=poll,
        result=result,
        charts=figures.overview(result),
        sees_persons=g.account.role in SEES_PERSONS,
    )


@bp.get("/<int:poll_id>/persons")
@allow(*SEES_PERSONS)
def persons(poll_id: int) -> ResponseReturnValue:
    """Show the officials' lines and the engine's proposals; a look at them is journaled."""
    poll = poll_of(poll_id)
    service.note_look(g.session, poll, by=g.account)
    result = service.result(g.session, poll)
    return render_template(
        "desk/tally/persons.html",
        poll=poll,
        result=result,
        series=figures.people(result),
        places=figures.places(result),
        names={row["id"]: row["name"] for row in result["persons"]},
    )


@bp.get("/<int:poll_id>/result.xlsx")
@allow(*READERS)
def workbook(poll_id: int) -> Response:
    """Give the tables of overall and units as a workbook."""
    poll = poll_of(poll_id)
    book = export.workbook(service.result(g.session, poll), export.UNIT_SHEETS)
    return download(book, XLSX, f"{poll.key}-result.xlsx")


@bp.get("/<int:poll_id>/full.xlsx")
@allow(*SEES_PERSONS)
def full_workbook(poll_id: int) -> Response:
    """Give all tables, with the officials' lines, as a workbook."""
    poll = poll_of(poll_id)
    service.note_look(g.session, poll, by=g.account)
    book = export.workbook(service.result(g.session, poll), export.FULL_SHEETS)
    return download(book, XLSX, f"{poll.key}-full.xlsx")
