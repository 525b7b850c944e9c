"""回避: who is tied to which unit, entered and ended."""

from flask import g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey import clock
from survey.pages import done, submit
from survey.review import recusal
from survey.review.forms import DayForm, TieForm
from survey.review.models import TieKind
from survey.review.views.door import READERS, bp
from survey.roster import service as roster
from survey.staff import service as staff
from survey.staff.models import Account, Role
from survey.staff.views import allow

CONCERNED = (Role.LEADER, Role.REVIEWER, Role.INSPECTOR)
"""Whose judgement a tie keeps out."""


def _people() -> list[Account]:
    everybody = [each for each in staff.accounts(g.session) if each.active and each.role in CONCERNED]
    keeps = g.account.role in recusal.KEEPERS
    return [each for each in everybody if keeps or each.id == g.account.id]


def _form() -> TieForm:
    form = TieForm(prefix="tie", since=clock.today())
    form.offer(_people(), roster.units(g.session))
    return form


def _page(form: TieForm) -> str:
    return render_template(
        "desk/review/ties.html",
        rows=recusal.ties(g.session),
        units={unit.code: unit.name for unit in roster.units(g.session)},
        form=form,
        may_enter=bool(_people()),
        ends=g.account.role in recusal.KEEPERS,
        today=clock.today(),
    )


@bp.get("/ties")
@allow(*READERS)
def ties() -> ResponseReturnValue:
    """List the ties."""
    return _page(_form())


@bp.post("/ties")
@allow(Role.OFFICE, *CONCERNED)
def add_tie() -> ResponseReturnValue:
    """Enter a tie: the keepers for anybody, everybody else for oneself."""
    form = _form()

    def act() -> ResponseReturnValue:
        account, unit = staff.get(g.session, form.account.data), roster.unit(g.session, form.unit.data)
        recusal.add_tie(
            g.session,
            account,
            unit=unit,
            kind=TieKind[form.kind.data],
            since=form.since.data,
            note=form.note.data or "",
            by=g.account,
        )
        return done(
            gettext("已登记：%(account)s对%(unit)s的事项回避。", account=account.name, unit=unit.name),
            url_for("review.ties"),
        )

    return submit(form, act, lambda: _page(form))


@bp.post("/tie/<int:tie_id>/end")
@allow(*recusal.KEEPERS)
def end_tie(tie_id: int) -> ResponseReturnValue:
    """End a tie today."""
    day = DayForm().on.data or clock.today()
    recusal.end_tie(g.session, recusal.get(g.session, tie_id), until=day, by=g.account)
    return done(gettext("该关系已终止；终止以前的事项仍须回避。"), url_for("review.ties"))
