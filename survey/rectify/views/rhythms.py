"""Digests to copy, and the red and black lists of units."""

import datetime as dt
from urllib.parse import quote

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey import clock
from survey.clock import Quarter
from survey.errors import Invalid, Refused
from survey.pages import done, submit
from survey.rectify import digests, rolls, sheets
from survey.rectify.digests import Digest, Rhythm
from survey.rectify.forms import RollRuleForm
from survey.rectify.views.door import bp, download
from survey.rectify.views.ledger import XLSX
from survey.roster import tables
from survey.staff.models import AT_DESK, Role
from survey.staff.views import allow

READERS = (Role.OFFICE, Role.INSPECTOR, Role.LEADER, Role.AUDITOR)


def _day() -> dt.date:
    text = request.args.get("day", "")
    try:
        return dt.date.fromisoformat(text) if text else clock.today()
    except ValueError as fault:
        raise Invalid("rectify.day", f"「{text}」不是日期，请按2023-03-01的样子填写。") from fault


def _digest() -> Digest:
    name = request.args.get("rhythm", Rhythm.DAILY.name)
    if name not in Rhythm.__members__:
        raise Invalid("rectify.rhythm", "没有这种推送，请从列表中选择。")
    return digests.digest(g.session, Rhythm[name], day=_day(), today=clock.today())


@bp.get("/digest")
@allow(*READERS)
def digest() -> ResponseReturnValue:
    """Show a digest as a table and as text to copy; nothing is sent from here."""
    made = _digest()
    return render_template(
        "desk/rectify/digest.html",
        digest=made,
        rhythms=list(Rhythm),
        day=_day(),
        text=digests.text(made),
        agenda=digests.agenda(g.session, today=clock.today()),
    )


@bp.get("/digest.xlsx")
@allow(*READERS)
def digest_workbook() -> ResponseReturnValue:
    """Give a digest as a workbook."""
    made = _digest()
    book = tables.workbook({"盯办事项": sheets.chase(made), "各单位": sheets.standings(made)})
    name = quote(f"{made.rhythm.value}{made.span}.xlsx")
    return download(book, XLSX, f"attachment; filename*=UTF-8''{name}")


def _last_quarter() -> Quarter:
    today = clock.today()
    return Quarter(today.year, (today.month + 2) // 3).before()


def _rolls(form: RollRuleForm) -> str:
    asked = request.args.get("quarter", "")
    quarter = rolls.parse(asked) if asked else _last_quarter()
    rule, lists, sentence = rolls.rule_for(g.session, quarter), [], ""
    try:
        lists = rolls.rolls(g.session, quarter, today=clock.today())
    except Refused as refusal:
        sentence = refusal.sentence
    return render_template(
        "desk/rectify/rolls.html",
        quarter=quarter,
        rule=rule,
        words=rolls.words(rule) if rule else (),
        lists=lists,
        sentence=sentence,
        form=form,
    )


@bp.get("/rolls")
@allow(*AT_DESK)
def red_and_black() -> ResponseReturnValue:
    """Show the lists of a quarter with the rule they follow."""
    return _rolls(RollRuleForm(prefix="rule"))


@bp.post("/rolls")
@allow(Role.LEADER)
def fix_rule() -> ResponseReturnValue:
    """Fix the rule for a quarter to come."""
    form = RollRuleForm(prefix="rule")

    def act() -> ResponseReturnValue:
        rule = rolls.fix_rule(
            g.session,
            valid_from=rolls.parse(form.valid_from.data),
            least_items=form.least_items.data,
            red_from=form.red_from.data,
            black_below=form.black_below.data,
            target=form.target.data,
            by=g.account,
            today=clock.today(),
        )
        return done(
            gettext("%(valid_from)s起的榜单规则已确定。", valid_from=rule.valid_from),
            url_for("rectify.red_and_black", quarter=rule.valid_from),
        )

    return submit(form, act, lambda: _rolls(form))
