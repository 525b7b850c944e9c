"""Cases: the list, one sheet, opinions, the invitation to be heard, decisions."""

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf import FlaskForm

from survey import clock, languages
from survey.errors import Refused
from survey.pages import done, submit
from survey.poll import service as polls
from survey.poll.models import Poll, Stage
from survey.review import cases as reading
from survey.review import casesheet, hearings, ladders, service
from survey.review import comments as remarks
from survey.review.forms import DecisionForm, OpinionForm, StatementForm, WaiverForm
from survey.review.models import Case, HearingWay, Verdict
from survey.review.recusal import keep_out
from survey.review.views.door import READERS, bp
from survey.roster import service as roster
from survey.staff.models import Role
from survey.staff.views import allow


def _asked_poll() -> Poll | None:
    poll_id = request.args.get("poll_id", type=int)
    return polls.get(g.session, poll_id) if poll_id else polls.current(g.session)


@bp.get("")
@allow(*READERS)
def cases() -> ResponseReturnValue:
    """List the cases of one poll by kind, lane and state."""
    poll = _asked_poll()
    wanted = {name: request.args.get(name, "") for name in ("kind", "lane", "state")}
    return render_template(
        "desk/review/cases.html",
        poll=poll,
        rounds=polls.latest_rounds(g.session),
        cases=reading.cases(g.session, poll, **wanted) if poll else [],
        total=len(reading.cases(g.session, poll)) if poll else 0,
        undecided=reading.undecided(g.session, poll) if poll else [],
        unheard=hearings.waiting(g.session, poll) if poll else [],
        units={unit.code: unit.name for unit in roster.units(g.session)},
        wanted=wanted,
        kinds=reading.KIND_NAMES,
        lanes=reading.LANE_NAMES,
    )


@bp.post("/<int:poll_id>/raise")
@allow(Role.OFFICE, Role.REVIEWER)
def raise_cases(poll_id: int) -> ResponseReturnValue:
    """Lay the count's proposals before the group."""
    found = service.raise_cases(g.session, polls.get(g.session, poll_id), by=g.account)
    return done(
        gettext("本季共%(len)s件审查事项，请逐件研判。", len=len(found)),
        url_for("review.cases", poll_id=poll_id),
    )


@bp.post("/<int:poll_id>/close")
@allow(Role.OFFICE, Role.REVIEWER, Role.LEADER)
def close(poll_id: int) -> ResponseReturnValue:
    """End the review."""
    service.close_review(g.session, polls.get(g.session, poll_id), by=g.account)
    return done(gettext("审查已结束，可以公布结果、印发文书。"), url_for("review.measures", poll_id=poll_id))


@bp.get("/case/<int:case_id>")
@allow(*READERS)
def case(case_id: int) -> ResponseReturnValue:
    """Show one case."""
    return _case_page(reading.get(g.session, case_id))


def _case_page(case: Case, decision: DecisionForm | None = None, **forms: FlaskForm) -> str:
    poll, today = polls.get(g.session, case.poll_id), clock.today()
    sheet = casesheet.sheet(g.session, case, today=today)
    given = {
        "opinion": OpinionForm(prefix="opinion"),
        "waiver": WaiverForm(prefix="waiver"),
        "statement": StatementForm(prefix="statement"),
    } | forms
    decision = decision or DecisionForm(prefix="decision")
    decision.offer(case)
    return render_template(
        "desk/review/case.html",
        case=case,
        poll=poll,
        sheet=sheet,
        lanes=reading.LANE_NAMES,
        needed=ladders.needed_proofs(case),
        problems=remarks.paraphrases_of(g.session, poll, case.unit_code),
        in_review=poll.stage is Stage.COUNTED and sheet.measure is None and case.state in service.PENDING,
        recused=_recused(case),
        heard=hearings.settled(g.session, case, on=today),
        today=today,
        decision=decision,
        **given,
    )


def _recused(case: Case) -> str:
    """Return why the reader keeps out of this case, or an empty text."""
    try:
        keep_out(g.session, by=g.account, unit_code=case.unit_code, on=clock.today())
    except Refused as refusal:
        return refusal.sentence
    return ""


def _to_case(case: Case, sentence: str) -> ResponseReturnValue:
    return done(sentence, url_for("review.case", case_id=case.id))


def _to_next(case: Case, sentence: str) -> ResponseReturnValue:
    """Go on to the next case that waits for this member's opinion; else stay."""
    left = service.unvoted(g.session, polls.get(g.session, case.poll_id), by=g.account, on=clock.today())
    if not left:
        return _to_case(case, gettext("%(sentence)s您的意见已全部填写。", sentence=sentence))
    return done(
        gettext("%(sentence)s还有%(len)s件等您研判。", sentence=sentence, len=len(left)),
        url_for("review.case", case_id=left[0].id),
    )


@bp.post("/<int:poll_id>/invite")
@allow(Role.OFFICE)
def invite(poll_id: int) -> ResponseReturnValue:
    """Tell everybody whose case is upheld that it may be stated, and until when."""
    told = hearings.invite_all(g.session, polls.get(g.session, poll_id), by=g.account, today=clock.today())
    until = gettext("，陈述至%(due)s", due=told[0].due) if told else ""
    return done(
        gettext("已告知%(len)s件事项的当事人可以陈述%(until)s。", len=len(told), until=until),
        url_for("review.cases", poll_id=poll_id),
    )


@bp.post("/case/<int:case_id>/statement")
@allow(Role.OFFICE)
def enter_statement(case_id: int) -> ResponseReturnValue:
    """Enter a statement that the office heard or received on paper."""
    case, form = reading.get(g.session, case_id), StatementForm(prefix="statement")

    def act() -> ResponseReturnValue:
        way, words = HearingWay[form.way.data], form.statement.data or ""
        hearings.state_case(g.session, case, way=way, statement=words, by=g.account, today=clock.today())
        return _to_case(case, gettext("陈述已登记。"))

    return submit(form, act, lambda: _case_page(case, statement=form))


@bp.post("/case/<int:case_id>/opinion")
@allow(Role.REVIEWER)
def give_opinion(case_id: int) -> ResponseReturnValue:
    """Take a reviewer's opinion."""
    case, form = reading.get(g.session, case_id), OpinionForm(prefix="opinion")

    def act() -> ResponseReturnValue:
        service.give_opinion(
            g.session,
            case,
            verdict=Verdict(form.verdict.data),
            by=g.account,
            at=clock.now(),
            reason=form.chosen_reason(),
            evidence_number=form.evidence_number.data or "",
            evidence_date=form.evidence_date.data,
            text=form.text.data or "",
        )
        return _to_next(case, gettext("意见已记录，计票结果不变。"))

    return submit(form, act, lambda: _case_page(case, opinion=form))


@bp.post("/case/<int:case_id>/decide")
@allow(Role.LEADER)
def decide(case_id: int) -> ResponseReturnValue:
    """Take a leader's decision."""
    case, form = reading.get(g.session, case_id), DecisionForm(prefix="decision")
    form.offer(case)

    def act() -> ResponseReturnValue:
        proofs = {name: getattr(form, name).data or "" for name in ladders.WRITTEN_PROOFS}
        measure = service.decide(g.session, case, kind=form.chosen(), by=g.account, at=clock.now(), **proofs)
        return _to_case(
            case,
            gettext(
                "已由%(account)s决定：%(kind)s。",
                account=g.account.name,
                kind=languages.say(measure.kind.value),
            ),
        )

    return submit(form, act, lambda: _case_page(case, decision=form))


@bp.post("/case/<int:case_id>/exclude")
@allow(Role.LEADER)
def exclude(case_id: int) -> ResponseReturnValue:
    """Confirm an exclusion from use."""
    case = reading.get(g.session, case_id)
    service.exclude(g.session, case, by=g.account, today=clock.today())
    return _to_case(case, gettext("该事项不作使用，票数不变；已转由他人复查（批否倒查）。"))


@bp.post("/case/<int:case_id>/waive")
@allow(Role.LEADER)
def waive(case_id: int) -> ResponseReturnValue:
    """End a case without a measure."""
    case, form = reading.get(g.session, case_id), WaiverForm(prefix="waiver")

    def act() -> ResponseReturnValue:
        service.waive(g.session, case, reason=form.reason.data, by=g.account, today=clock.today())
        return _to_case(case, gettext("该事项不采取措施，理由已记录。"))

    return submit(form, act, lambda: _case_page(case, waiver=form))
