"""Every comment to its outcome: the equation, the next comment, a task with its particulars."""

import datetime as dt

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey import clock
from survey.pages import done, submit
from survey.poll import service as polls
from survey.rectify import ledger, service
from survey.rectify.forms import OutcomeForm, TaskForm
from survey.rectify.models import OutcomeKind
from survey.rectify.views.door import bp
from survey.review import comments as remarks
from survey.review.models import Comment, Theme
from survey.roster import service as roster
from survey.staff.models import Role
from survey.staff.views import allow

READERS = (Role.OFFICE, Role.INSPECTOR, Role.REVIEWER)
SIMPLE = dt.timedelta(days=30)
"""The usual deadline, domain.md 5.3."""


@bp.get("/<int:poll_id>/comments")
@allow(*READERS)
def comments(poll_id: int) -> ResponseReturnValue:
    """List the comments with what became of each, and the equation."""
    poll = polls.get(g.session, poll_id)
    return render_template(
        "desk/rectify/comments.html",
        poll=poll,
        comments=remarks.comments(g.session, poll),
        outcomes=ledger.outcomes(g.session, poll),
        equation=service.equation(g.session, poll),
        repeated=len(service.repetitions(g.session, poll)),
    )


def _task_form(comment: Comment | None = None) -> TaskForm:
    """Return the form filled in with what is known: nobody types unit, matter, owner or phone twice."""
    code = comment.unit_code if comment else request.args.get("unit", "")
    last = ledger.last_task(g.session, code)
    form = TaskForm(
        prefix="task",
        unit=code,
        theme=(comment.theme or Theme.OTHER).value if comment else None,
        title=comment.paraphrase if comment else "",
        owner=last.owner if last else "",
        phone=last.phone if last else "",
        deadline=clock.today() + SIMPLE,
    )
    form.offer(roster.units(g.session))
    return form


def _outcome_form(comment: Comment) -> OutcomeForm:
    """Return the form; for the same words about the same unit it is filled in as a repetition."""
    poll = polls.get(g.session, comment.poll_id)
    reason = ledger.repetitions(g.session, poll).get(comment.id or 0, "")
    known = {"kind": OutcomeKind.DUPLICATE.name, "reason": reason} if reason else {}
    return OutcomeForm(prefix="outcome", **known)


def _comment_page(comment: Comment, task: TaskForm | None = None, outcome: OutcomeForm | None = None) -> str:
    poll = polls.get(g.session, comment.poll_id)
    return render_template(
        "desk/rectify/comment.html",
        comment=comment,
        poll=poll,
        outcomes=ledger.outcomes(g.session, poll).get(comment.id or 0, []),
        equation=service.equation(g.session, poll),
        task=task or _task_form(comment),
        outcome=outcome or _outcome_form(comment),
    )


@bp.get("/comment/<int:comment_id>")
@allow(*READERS)
def comment(comment_id: int) -> ResponseReturnValue:
    """Show one comment's paraphrase with the ways it can go."""
    return _comment_page(remarks.get_for(g.session, comment_id, by=g.account))


@bp.post("/comment/<int:comment_id>/task")
@allow(Role.OFFICE)
def enter(comment_id: int) -> ResponseReturnValue:
    """Enter a comment into the ledger."""
    comment = remarks.get_for(g.session, comment_id, by=g.account)
    form = _task_form(comment)

    def act() -> ResponseReturnValue:
        _open(form, comment.poll_id, comment)
        return _next(comment, gettext("已列入台账。"))

    return submit(form, act, lambda: _comment_page(comment, task=form))


def _open(form: TaskForm, poll_id: int, comment: Comment | None) -> None:
    units = {unit.code: unit for unit in roster.units(g.session)}
    service.open_task(
        g.session,
        poll=polls.get(g.session, poll_id),
        unit=units.get(form.unit.data),
        title=form.title.data,
        owner=form.owner.data,
        phone=form.phone.data,
        deadline=form.deadline.data,
        theme=form.theme.data,
        source=form.source.data,
        by=g.account,
        today=clock.today(),
        comment=comment,
    )


@bp.post("/comment/<int:comment_id>/outcome")
@allow(*READERS)
def settle(comment_id: int) -> ResponseReturnValue:
    """Give a comment an outcome other than a task."""
    comment, form = remarks.get_for(g.session, comment_id, by=g.account), OutcomeForm(prefix="outcome")

    def act() -> ResponseReturnValue:
        service.settle_comment(
            g.session,
            comment,
            kind=form.chosen(),
            reason=form.reason.data,
            by=g.account,
            today=clock.today(),
        )
        return _next(comment, gettext("去向已登记。"))

    return submit(form, act, lambda: _comment_page(comment, outcome=form))


def _next(comment: Comment, sentence: str) -> ResponseReturnValue:
    """Go on to the next comment without an outcome; repetitions of settled ones wait for one click."""
    poll = polls.get(g.session, comment.poll_id)
    settled, repeated = ledger.outcomes(g.session, poll), service.repetitions(g.session, poll)
    every = remarks.comments(g.session, poll)
    left = [each for each in every if each.id not in settled and remarks.visible(each, g.account)]
    new = [each for each in left if each.id not in repeated]
    if new:
        told = gettext("%(sentence)s还有%(left)s条。", sentence=sentence, left=len(left))
        return done(told, url_for("rectify.comment", comment_id=new[0].id))
    if left:
        told = gettext(
            "%(sentence)s其余%(left)s条与已登记的相同，可以一并登记。", sentence=sentence, left=len(left)
        )
    else:
        told = gettext("%(sentence)s每条反映都有了去向。", sentence=sentence)
    return done(told, url_for("rectify.comments", poll_id=poll.id))


@bp.post("/<int:poll_id>/comments/repetitions")
@allow(Role.OFFICE)
def settle_repetitions(poll_id: int) -> ResponseReturnValue:
    """Settle every comment that repeats a settled one."""
    poll = polls.get(g.session, poll_id)
    count = service.settle_repetitions(g.session, poll, by=g.account, today=clock.today())
    told = gettext("已登记%(count)s条重复反映。", count=count)
    return done(told, url_for("rectify.comments", poll_id=poll_id))


@bp.route("/<int:poll_id>/task/new", methods=["GET", "POST"])
@allow(Role.OFFICE)
def new_task(poll_id: int) -> ResponseReturnValue:
    """Enter an item that no comment stands behind."""
    poll, form = polls.get(g.session, poll_id), _task_form()

    def page() -> str:
        return render_template("desk/rectify/new_task.html", poll=poll, task=form)

    def act() -> ResponseReturnValue:
        _open(form, poll_id, None)
        return done(gettext("已列入台账。"), url_for("rectify.ledger", round=poll.round))

    return submit(form, act, page) if request.method == "POST" else page()
