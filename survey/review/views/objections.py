"""Objections: the list with its days, one objection from filing over examination to the ruling."""

from flask import g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf import FlaskForm

from survey import clock, languages
from survey.errors import Refused
from survey.pages import done, submit
from survey.review import cases as reading
from survey.review import objections as service
from survey.review.forms import ExaminationForm, LiftForm, ObjectionForm, RulingForm
from survey.review.models import Objection, Ruling
from survey.review.views.door import READERS, bp
from survey.roster import service as roster
from survey.staff import service as staff
from survey.staff.models import Role
from survey.staff.views import allow


@bp.get("/objections")
@allow(*READERS)
def objections() -> ResponseReturnValue:
    """List the objections, those that wait first, with their last day."""
    return render_template(
        "desk/review/objections.html",
        rows=service.objections(g.session),
        units={unit.code: unit.name for unit in roster.units(g.session)},
        today=clock.today(),
    )


def _page(objection: Objection, ruling: RulingForm | None = None, **forms: FlaskForm) -> str:
    measure = reading.measure(g.session, objection.measure_id)
    given = {
        "examination": ExaminationForm(prefix="examination"),
        "lifting": LiftForm(prefix="lifting"),
    } | forms
    ruling = ruling or RulingForm(prefix="ruling")
    ruling.offer(service.milder(measure))
    people = (objection.filed_by, objection.examined_by, objection.decided_by, objection.lifted_by)
    return render_template(
        "desk/review/objection.html",
        objection=objection,
        measure=measure,
        case=reading.get(g.session, measure.case_id),
        names={each: staff.get(g.session, each).name for each in people if each},
        barred=_barred(objection),
        today=clock.today(),
        ruling=ruling,
        **given,
    )


def _barred(objection: Objection) -> str:
    """Return why the reader has no part in this objection, or an empty text."""
    try:
        service.may_rule(g.session, objection, by=g.account, on=clock.today())
    except Refused as refusal:
        return refusal.sentence
    return ""


def _to_objection(objection: Objection, sentence: str) -> ResponseReturnValue:
    return done(sentence, url_for("review.objection", objection_id=objection.id))


@bp.get("/objection/<int:objection_id>")
@allow(*READERS)
def objection(objection_id: int) -> ResponseReturnValue:
    """Show one objection."""
    return _page(service.get(g.session, objection_id))


@bp.route("/measure/<int:measure_id>/object", methods=["GET", "POST"])
@allow(Role.OFFICE)
def enter_objection(measure_id: int) -> ResponseReturnValue:
    """Enter an objection that came on paper."""
    measure, form = reading.measure(g.session, measure_id), ObjectionForm()
    case = reading.get(g.session, measure.case_id)

    def page() -> str:
        return render_template("desk/review/object.html", measure=measure, case=case, form=form)

    def act() -> ResponseReturnValue:
        filed = service.file(
            g.session,
            measure,
            text=form.text.data,
            signed_name=form.signed_name.data,
            by=g.account,
            today=clock.today(),
        )
        return _to_objection(filed, gettext("异议已受理，复核决定至%(due)s。", due=filed.due))

    return submit(form, act, page) if form.is_submitted() else page()


@bp.post("/objection/<int:objection_id>/examine")
@allow(*service.EXAMINERS)
def examine(objection_id: int) -> ResponseReturnValue:
    """Keep what the examination found."""
    found, form = service.get(g.session, objection_id), ExaminationForm(prefix="examination")

    def act() -> ResponseReturnValue:
        service.examine(g.session, found, text=form.text.data, by=g.account, today=clock.today())
        return _to_objection(found, gettext("核查情况已记录，请由另一位县领导决定。"))

    return submit(form, act, lambda: _page(found, examination=form))


@bp.post("/objection/<int:objection_id>/rule")
@allow(Role.LEADER)
def rule(objection_id: int) -> ResponseReturnValue:
    """Decide an objection."""
    found, form = service.get(g.session, objection_id), RulingForm(prefix="ruling")
    form.offer(service.milder(reading.measure(g.session, found.measure_id)))

    def act() -> ResponseReturnValue:
        ruling = Ruling[form.ruling.data]
        kind, reason = form.chosen_kind(), form.reason.data
        service.rule(g.session, found, ruling=ruling, reason=reason, kind=kind, by=g.account, at=clock.now())
        return _to_objection(found, gettext("复核决定：%(ruling)s。", ruling=languages.say(ruling.value)))

    return submit(form, act, lambda: _page(found, ruling=form))


@bp.post("/objection/<int:objection_id>/lift")
@allow(Role.LEADER)
def lift(objection_id: int) -> ResponseReturnValue:
    """Let steps go on while the objection is open."""
    found, form = service.get(g.session, objection_id), LiftForm(prefix="lifting")

    def act() -> ResponseReturnValue:
        service.lift(g.session, found, reason=form.text.data, by=g.account)
        return _to_objection(found, gettext("已由您具名批准异议期间继续办理。"))

    return submit(form, act, lambda: _page(found, lifting=form))
