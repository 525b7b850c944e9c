"""批否倒查: the refusals that somebody else looks at once more."""

from flask import g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey import clock, languages
from survey.errors import Refused
from survey.pages import done, submit
from survey.review import rechecks as service
from survey.review.forms import RecheckForm
from survey.review.models import Finding, Recheck, RecheckMatter
from survey.review.views.door import READERS, bp
from survey.roster import service as roster
from survey.staff import service as staff
from survey.staff.models import Role
from survey.staff.views import allow


@bp.get("/rechecks")
@allow(*READERS)
def rechecks() -> ResponseReturnValue:
    """List the second checks, those that wait first."""
    return render_template(
        "desk/review/rechecks.html",
        rows=service.rechecks(g.session),
        units={unit.code: unit.name for unit in roster.units(g.session)},
        today=clock.today(),
    )


@bp.get("/recheck/<int:recheck_id>")
@allow(*READERS)
def recheck(recheck_id: int) -> ResponseReturnValue:
    """Show one second check."""
    return _page(service.get(g.session, recheck_id), RecheckForm())


def _page(recheck: Recheck, form: RecheckForm) -> str:
    people = service.refusers(recheck) | ({recheck.checked_by} if recheck.checked_by else set())
    return render_template(
        "desk/review/recheck.html",
        recheck=recheck,
        form=form,
        names={each: staff.get(g.session, each).name for each in people if each},
        refusers=sorted(service.refusers(recheck)),
        barred=_barred(recheck),
        of_case=recheck.matter is RecheckMatter.EXCLUSION,
        of_objection=recheck.matter is RecheckMatter.OBJECTION,
        today=clock.today(),
    )


def _barred(recheck: Recheck) -> str:
    """Return why the reader may not check this refusal, or an empty text."""
    try:
        service.may_check(g.session, recheck, by=g.account, on=clock.today())
    except Refused as refusal:
        return refusal.sentence
    return ""


@bp.post("/recheck/<int:recheck_id>")
@allow(*service.CHECKERS, Role.OFFICE)
def check(recheck_id: int) -> ResponseReturnValue:
    """Keep what the second look found."""
    found, form = service.get(g.session, recheck_id), RecheckForm()

    def act() -> ResponseReturnValue:
        finding = Finding[form.finding.data]
        service.check(g.session, found, finding=finding, text=form.text.data, by=g.account, at=clock.now())
        return done(
            gettext("复查结论：%(finding)s。", finding=languages.say(finding.value)),
            url_for("review.rechecks"),
        )

    return submit(form, act, lambda: _page(found, form))
