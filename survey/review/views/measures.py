"""Measures: the list, delivery, talks, carrying out, following up; and both ladders."""

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf import FlaskForm

from survey import clock
from survey.errors import Invalid
from survey.pages import done, submit
from survey.poll import service as polls
from survey.review import cases as reading
from survey.review import ladders, objections, service, steps
from survey.review.forms import CarryOutForm, DayForm, FollowUpForm, TalkForm
from survey.review.models import Measure
from survey.review.views.door import READERS, bp
from survey.roster import service as roster
from survey.staff.models import Role
from survey.staff.views import allow

RECORDERS = (Role.OFFICE, Role.INSPECTOR, Role.PARTY)


@bp.get("/<int:poll_id>/measures")
@allow(*READERS)
def measures(poll_id: int) -> ResponseReturnValue:
    """List the decided measures and how far they are carried out."""
    poll, today = polls.get(g.session, poll_id), clock.today()
    rows = reading.measures(g.session, poll)
    return render_template(
        "desk/review/measures.html",
        poll=poll,
        rows=rows,
        counts=reading.count_measures(g.session, poll),
        units={unit.code: unit.name for unit in roster.units(g.session)},
        due={measure.id: steps.follow_up_due(measure) for measure, _ in rows},
        holds=objections.holds(g.session),
        today=today,
        delivery=DayForm(on=today),
    )


@bp.post("/<int:poll_id>/deliver")
@allow(Role.OFFICE, Role.INSPECTOR)
def deliver_all(poll_id: int) -> ResponseReturnValue:
    """Record one day of delivery for the ticked measures."""
    form = DayForm()
    chosen = [reading.measure(g.session, each) for each in request.form.getlist("measure", type=int)]
    if not form.validate() or not chosen:
        raise Invalid("review.no_delivery", "请勾选已送达的措施，并填写送达日期，如2023-04-06。")
    day = form.on.data
    count = steps.deliver_all(g.session, chosen, on=day, by=g.account)
    return done(
        gettext("已登记%(count)s项措施于%(day)s送达。", count=count, day=day),
        url_for("review.measures", poll_id=poll_id),
    )


def _own(measure_id: int) -> Measure:
    measure = reading.measure(g.session, measure_id)
    steps.may_record(g.session, measure, by=g.account)
    return measure


def _page(measure: Measure, **forms: FlaskForm) -> str:
    case, today = reading.get(g.session, measure.case_id), clock.today()
    given = {
        "delivery": DayForm(prefix="delivery", on=today),
        "talk": TalkForm(prefix="talk", held_on=today),
        "carrying": CarryOutForm(prefix="carrying", on=today),
        "visit": FollowUpForm(prefix="visit", on=today),
    } | forms
    return render_template(
        "desk/review/measure.html",
        measure=measure,
        case=case,
        path=steps.path(case, measure, heard=True, today=today),
        talks=steps.talks(g.session, measure),
        talks_needed=steps.TALKS.get(measure.kind, 0),
        objection=objections.of(g.session, measure),
        until=objections.last_day(measure),
        held=measure.subject in objections.holds(g.session),
        due=steps.follow_up_due(measure),
        **given,
    )


def _to_measure(measure: Measure, sentence: str) -> ResponseReturnValue:
    return done(sentence, url_for("review.measure", measure_id=measure.id))


@bp.get("/measure/<int:measure_id>")
@allow(*RECORDERS)
def measure(measure_id: int) -> ResponseReturnValue:
    """Show one measure with all that was recorded of it and the forms for what comes next."""
    return _page(_own(measure_id))


@bp.post("/measure/<int:measure_id>/deliver")
@allow(*RECORDERS)
def deliver(measure_id: int) -> ResponseReturnValue:
    """Record the delivery of one measure."""
    measure, form = _own(measure_id), DayForm(prefix="delivery")

    def act() -> ResponseReturnValue:
        steps.deliver(g.session, measure, on=form.on.data, by=g.account)
        return _to_measure(measure, gettext("送达已登记，异议期从次日起计算。"))

    return submit(form, act, lambda: _page(measure, delivery=form))


@bp.post("/measure/<int:measure_id>/talk")
@allow(*RECORDERS)
def talk(measure_id: int) -> ResponseReturnValue:
    """Keep the record of one talk."""
    measure, form = _own(measure_id), TalkForm(prefix="talk")

    def act() -> ResponseReturnValue:
        steps.record_talk(
            g.session,
            measure,
            held_on=form.held_on.data,
            talker=form.talker.data,
            companion=form.companion.data,
            recorder=form.recorder.data,
            statement=form.statement.data,
            commitments=form.commitments.data or "",
            by=g.account,
        )
        return _to_measure(measure, gettext("谈话记录已保存。"))

    return submit(form, act, lambda: _page(measure, talk=form))


@bp.post("/measure/<int:measure_id>/carry-out")
@allow(*RECORDERS)
def carry_out(measure_id: int) -> ResponseReturnValue:
    """Record what the unit's party organisation did."""
    measure, form = _own(measure_id), CarryOutForm(prefix="carrying")

    def act() -> ResponseReturnValue:
        service.carry_out(g.session, measure, record=form.record.data, on=form.on.data, by=g.account)
        return _to_measure(measure, gettext("落实情况已登记。"))

    return submit(form, act, lambda: _page(measure, carrying=form))


@bp.post("/measure/<int:measure_id>/follow-up")
@allow(*RECORDERS)
def follow_up(measure_id: int) -> ResponseReturnValue:
    """Record what was found when somebody looked again."""
    measure, form = _own(measure_id), FollowUpForm(prefix="visit")

    def act() -> ResponseReturnValue:
        steps.follow_up(g.session, measure, on=form.on.data, text=form.text.data, by=g.account)
        return _to_measure(measure, gettext("回访情况已登记。"))

    return submit(form, act, lambda: _page(measure, visit=form))


@bp.get("/ladders")
@allow(*READERS)
def climbed() -> ResponseReturnValue:
    """Show both ladders: how far each unit and person has come over the quarters."""
    return render_template(
        "desk/review/ladders.html",
        ladders=[
            (reading.KIND_NAMES[kind], ladders.LADDERS[kind], ladders.climbed(g.session, kind))
            for kind in ("unit", "person")
        ],
        units={unit.code: unit.name for unit in roster.units(g.session)},
    )
