"""The own page: rules, results, matters; one matter with statement and objection."""

from flask import g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf import FlaskForm

from scoring import rules
from scoring.preview import preview
from survey import clock
from survey.pages import done, submit
from survey.poll import service as polls
from survey.review import cases as reading
from survey.review.models import HearingWay
from survey.rights import service
from survey.rights.forms import OwnObjectionForm, OwnStatementForm
from survey.rights.views.door import CONCERNED, bp
from survey.staff.models import Role
from survey.staff.views import allow


@bp.get("")
@allow(*CONCERNED)
def home() -> ResponseReturnValue:
    """Show what concerns the reader: line, matters, duties, data."""
    official = g.account.role is Role.OFFICIAL
    return render_template(
        "desk/rights/home.html",
        poll=polls.newest(g.session),
        matters=[_told(case.id) for case in service.mine(g.session, by=g.account)],
        duties=service.duties(g.session, by=g.account),
        word=service.newest_word(g.session, g.account.badge) if official else None,
        codes=service.code_history(g.session, g.account.badge) if official else [],
        lines_open=service.lines_open(g.session),
        today=clock.today(),
    )


def _told(case_id: int | None) -> object:
    return service.matter(g.session, case_id or 0, by=g.account, today=clock.today())


@bp.get("/rules")
@allow(*CONCERNED)
def policy() -> ResponseReturnValue:
    """Show the rules of the newest poll before anybody rates: lines, least numbers, the file itself."""
    poll = polls.newest(g.session)
    told = preview(rules.load(poll.rules)) if poll else []
    return render_template("desk/rights/rules.html", poll=poll, told="\n".join(told))


def _page(case_id: int, **forms: FlaskForm) -> str:
    given = {
        "statement": OwnStatementForm(prefix="statement"),
        "filing": OwnObjectionForm(prefix="filing", signed_name=g.account.name),
    } | forms
    return render_template("desk/rights/matter.html", matter=_told(case_id), today=clock.today(), **given)


@bp.get("/matters/<int:case_id>")
@allow(*CONCERNED)
def matter(case_id: int) -> ResponseReturnValue:
    """Show one matter to whoever it is about."""
    return _page(case_id)


@bp.post("/matters/<int:case_id>/state")
@allow(*CONCERNED)
def state(case_id: int) -> ResponseReturnValue:
    """Take the own statement."""
    case, form = reading.get(g.session, case_id), OwnStatementForm(prefix="statement")

    def act() -> ResponseReturnValue:
        way, words = HearingWay[form.way.data], form.statement.data or ""
        service.state_case(g.session, case, way=way, statement=words, by=g.account, today=clock.today())
        return done(gettext("陈述已提交，作决定的人会看到。"), url_for("rights.matter", case_id=case_id))

    return submit(form, act, lambda: _page(case_id, statement=form))


@bp.post("/matters/<int:case_id>/object")
@allow(*CONCERNED)
def file(case_id: int) -> ResponseReturnValue:
    """Take the own objection."""
    form, today = OwnObjectionForm(prefix="filing"), clock.today()
    measure = service.measure_about(g.session, case_id, by=g.account)

    def act() -> ResponseReturnValue:
        words = {"text": form.text.data, "signed_name": form.signed_name.data}
        filed = service.object_to(g.session, measure, **words, by=g.account, today=today)
        sentence = gettext(
            "异议已受理，%(due)s前由没有参与的人复核，结果不会加重；此前不采取下一步。", due=filed.due
        )
        return done(sentence, url_for("rights.matter", case_id=case_id))

    return submit(form, act, lambda: _page(case_id, filing=form))
