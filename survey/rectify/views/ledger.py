"""The ledger wall, its export, and the thread of one task."""

from typing import Any
from urllib.parse import quote

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf import FlaskForm

from survey import clock
from survey.pages import done, submit
from survey.poll import service as polls
from survey.poll.models import Poll, Stage
from survey.rectify import burning, handover, revisits, service, sheets
from survey.rectify import evidence as files
from survey.rectify import ledger as reading
from survey.rectify.forms import THEMES, AnswerForm, OfferForm, RevisitForm, StepForm, WordsForm
from survey.rectify.ledger import Filters, Row
from survey.rectify.models import Task
from survey.rectify.views.door import bp, config, download
from survey.roster import service as roster
from survey.staff.models import AT_DESK, Role
from survey.staff.views import allow

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _filters() -> Filters:
    asked = {name: request.args.get(name, "") for name in ("unit", "light", "theme", "round", "source")}
    return Filters(**asked)


def _wall(filters: Filters) -> list[Row]:
    return service.wall(g.session, by=g.account, today=clock.today(), filters=filters)


def _asked_poll(filters: Filters) -> Poll | None:
    """Return the poll of the chosen round, else the newest with a count: the next may be drafted already."""
    found = [poll for poll in polls.latest_rounds(g.session) if polls.is_past(poll, Stage.COUNTED)]
    return next((poll for poll in found if filters.round in ("", poll.round)), None)


@bp.get("")
@allow(*AT_DESK)
def ledger() -> ResponseReturnValue:
    """Show the wall: a unit clerk the own unit's tasks, everybody else the whole county's."""
    filters = _filters()
    wall = _wall(filters)
    return render_template(
        "desk/rectify/ledger.html",
        rows=wall,
        lights=reading.lights(wall),
        chart=burning.burn_down((row.task for row in wall), today=clock.today()),
        filters=filters,
        units=roster.units(g.session),
        themes=THEMES,
        sources=reading.by_source(_wall(Filters())),
        rounds=polls.latest_rounds(g.session),
        current=_asked_poll(filters),
        query={name: value for name, value in vars(filters).items() if value},
    )


@bp.get("/ledger.xlsx")
@allow(*AT_DESK)
def workbook() -> ResponseReturnValue:
    """Export what the wall shows."""
    name = quote(f"整改台账{clock.today()}.xlsx")
    return download(sheets.workbook(_wall(_filters())), XLSX, f"attachment; filename*=UTF-8''{name}")


def task_page(task: Task, **forms: FlaskForm) -> str:
    """Show one task; `forms` stand in for the empty ones when something typed is to be mended."""
    given: dict[str, Any] = {
        "offer": offer_form(task),
        "answer": AnswerForm(prefix="answer"),
        "revisit": RevisitForm(prefix="revisit"),
        "report": StepForm(prefix="report"),
        "note": StepForm(prefix="note"),
        "verdict": WordsForm(prefix="verdict"),
        "back": WordsForm(prefix="back"),
    }
    return render_template(
        "desk/rectify/task.html",
        task=task,
        unit=reading.unit_of(g.session, task),
        poll=polls.get(g.session, task.poll_id) if task.poll_id else None,
        handover=handover.pending(g.session, task),
        may_answer=handover.may_answer,
        next_revisit=revisits.next_due(g.session, task) if task.verified_on else None,
        revisits=revisits.made(g.session, task),
        today=clock.today(),
        colour=task.light(clock.today()),
        words=reading.label(task, clock.today()),
        state=reading.state(task),
        thread=reading.thread(g.session, task),
        theme={one.value: one.label for one in THEMES}.get(task.theme, task.theme),
        accept=",".join(files.OPENINGS),
        **(given | forms),
    )


def offer_form(task: Task) -> OfferForm:
    """Return the form of a hand-over: the own unit first chosen, all units on offer."""
    form = OfferForm(prefix="offer", unit=reading.unit_of(g.session, task).code)
    form.offer(roster.units(g.session))
    return form


def task_of(task_id: int) -> Task:
    """Return a task that the reader may see."""
    return reading.task_for(g.session, task_id, by=g.account)


def to_task(task: Task, sentence: str) -> ResponseReturnValue:
    """Say what was done and show the task."""
    return done(sentence, url_for("rectify.task", task_id=task.id))


@bp.get("/task/<int:task_id>")
@allow(*AT_DESK)
def task(task_id: int) -> ResponseReturnValue:
    """Show one task and its thread."""
    return task_page(task_of(task_id))


@bp.post("/task/<int:task_id>/report")
@allow(Role.UNIT_CLERK)
def report(task_id: int) -> ResponseReturnValue:
    """Take the unit's report that the task is done."""
    task, form = task_of(task_id), StepForm(prefix="report")

    def act() -> ResponseReturnValue:
        service.report_step(
            g.session,
            task,
            text=form.text.data,
            by=g.account,
            today=clock.today(),
            files=form.uploads(),
            config=config(),
        )
        return to_task(task, gettext("已反馈完成，等待办公室核实。"))

    return submit(form, act, lambda: task_page(task, report=form))


@bp.post("/task/<int:task_id>/note")
@allow(Role.UNIT_CLERK, Role.OFFICE, Role.INSPECTOR)
def note(task_id: int) -> ResponseReturnValue:
    """Take a note on how the work goes."""
    task, form = task_of(task_id), StepForm(prefix="note")

    def act() -> ResponseReturnValue:
        service.note(
            g.session,
            task,
            text=form.text.data,
            by=g.account,
            today=clock.today(),
            files=form.uploads(),
            config=config(),
        )
        return to_task(task, gettext("备注已记录。"))

    return submit(form, act, lambda: task_page(task, note=form))


@bp.post("/task/<int:task_id>/back")
@allow(Role.OFFICE, Role.INSPECTOR)
def send_back(task_id: int) -> ResponseReturnValue:
    """Return a reported task to the unit."""
    task, form = task_of(task_id), WordsForm(prefix="back")

    def act() -> ResponseReturnValue:
        service.send_back(g.session, task, reason=form.text.data, by=g.account, today=clock.today())
        return to_task(task, gettext("已退回责任单位重办，时限不变。"))

    return submit(form, act, lambda: task_page(task, back=form))


@bp.post("/task/<int:task_id>/verify")
@allow(Role.OFFICE)
def verify(task_id: int) -> ResponseReturnValue:
    """Close a reported task."""
    task, form = task_of(task_id), WordsForm(prefix="verdict")

    def act() -> ResponseReturnValue:
        service.verify(g.session, task, text=form.text.data, by=g.account, today=clock.today())
        return to_task(task, gettext("已核实销号。"))

    return submit(form, act, lambda: task_page(task, verdict=form))


@bp.get("/evidence/<int:evidence_id>")
@allow(*AT_DESK)
def evidence(evidence_id: int) -> ResponseReturnValue:
    """Hand out an evidence file to whoever may see its task; always as a download."""
    found = reading.evidence_for(g.session, evidence_id, by=g.account)
    content = files.fetch(config(), found.sha256)
    disposition = f"attachment; filename*=UTF-8''{quote(found.filename)}"
    return download(content, "application/octet-stream", disposition)
