"""Passing a task on, and looking back at a closed one."""

from flask import g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey import clock
from survey.pages import done, submit
from survey.rectify import handover, revisits, service
from survey.rectify.forms import AnswerForm, RevisitForm
from survey.rectify.views.door import bp
from survey.rectify.views.ledger import offer_form, task_of, task_page, to_task
from survey.roster import service as roster
from survey.staff.models import Role
from survey.staff.views import allow

READERS = (Role.OFFICE, Role.INSPECTOR, Role.LEADER, Role.AUDITOR)


@bp.post("/task/<int:task_id>/offer")
@allow(Role.OFFICE, Role.UNIT_CLERK)
def offer(task_id: int) -> ResponseReturnValue:
    """Offer a task to another owner."""
    task = task_of(task_id)
    form = offer_form(task)

    def act() -> ResponseReturnValue:
        units = {unit.code: unit for unit in roster.units(g.session)}
        service.offer(
            g.session,
            task,
            unit=units[form.unit.data],
            owner=form.owner.data,
            phone=form.phone.data,
            reason=form.reason.data,
            by=g.account,
            today=clock.today(),
        )
        return to_task(task, gettext("已提出移交；对方接收之前，仍由%(owner)s负责。", owner=task.owner))

    return submit(form, act, lambda: task_page(task, offer=form))


@bp.get("/handovers")
@allow(Role.OFFICE, Role.INSPECTOR, Role.AUDITOR, Role.UNIT_CLERK)
def handovers() -> ResponseReturnValue:
    """List the hand-overs: those to be answered first."""
    return _handovers(AnswerForm(prefix="answer"))


def _handovers(form: AnswerForm) -> str:
    return render_template(
        "desk/rectify/handovers.html",
        offers=handover.offers(g.session, by=g.account),
        may_answer=handover.may_answer,
        answer=form,
    )


@bp.post("/handover/<int:handover_id>/accept")
@allow(Role.OFFICE, Role.UNIT_CLERK)
def accept(handover_id: int) -> ResponseReturnValue:
    """Accept a hand-over."""
    found = handover.get(g.session, handover_id, by=g.account)
    task = service.accept(g.session, found, by=g.account, today=clock.today())
    return done(gettext("已接收，%(owner)s负责到底。", owner=task.owner), url_for("rectify.handovers"))


@bp.post("/handover/<int:handover_id>/refuse")
@allow(Role.OFFICE, Role.UNIT_CLERK)
def refuse(handover_id: int) -> ResponseReturnValue:
    """Refuse a hand-over."""
    found, form = handover.get(g.session, handover_id, by=g.account), AnswerForm(prefix="answer")

    def act() -> ResponseReturnValue:
        service.refuse(g.session, found, reason=form.reason.data, by=g.account, today=clock.today())
        return done(gettext("已答复不予接收，仍由原盯办人负责。"), url_for("rectify.handovers"))

    return submit(form, act, lambda: _handovers(form))


@bp.get("/revisits")
@allow(*READERS)
def revisits_() -> ResponseReturnValue:
    """List the revisits that are due."""
    return render_template("desk/rectify/revisits.html", due=revisits.due(g.session, today=clock.today()))


@bp.post("/task/<int:task_id>/revisit")
@allow(Role.OFFICE, Role.INSPECTOR)
def revisit(task_id: int) -> ResponseReturnValue:
    """Keep what a revisit found."""
    task, form = task_of(task_id), RevisitForm(prefix="revisit")

    def act() -> ResponseReturnValue:
        revisits.revisit(
            g.session,
            task,
            finding=form.found(),
            text=form.text.data,
            by=g.account,
            today=clock.today(),
            deadline=form.deadline.data,
        )
        sentence = (
            gettext("问题反弹，事项已亮红灯重新打开。")
            if task.reopened_on == clock.today()
            else gettext("回头看已登记。")
        )
        return to_task(task, sentence)

    return submit(form, act, lambda: task_page(task, revisit=form))
