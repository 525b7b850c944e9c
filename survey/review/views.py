"""Pages of the review: cases, opinions, decisions, measures and ladders, comments and their paraphrase."""

from collections.abc import Callable

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from survey import clock
from survey.config import Config
from survey.errors import Refused
from survey.poll import service as polls
from survey.poll.models import Poll, Stage
from survey.review import cases as reading
from survey.review import comments as remarks
from survey.review import ladders, service
from survey.review.forms import CarryOutForm, DecisionForm, OpinionForm, ParaphraseForm, WaiverForm
from survey.review.models import Case, Comment, Verdict
from survey.roster import service as roster
from survey.staff.models import Role
from survey.staff.views import allow
from survey.tally import opened

bp = Blueprint("review", __name__, url_prefix="/review")

READERS = (Role.OFFICE, Role.INSPECTOR, Role.LEADER, Role.REVIEWER, Role.AUDITOR)
REMARK_READERS = (Role.OFFICE, Role.INSPECTOR, Role.REVIEWER)


def _config() -> Config:
    config: Config = current_app.config["SURVEY"]
    return config


def _asked_poll() -> Poll | None:
    poll_id = request.args.get("poll_id", type=int)
    return polls.get(g.session, poll_id) if poll_id else polls.current(g.session)


def _done(sentence: str, url: str) -> ResponseReturnValue:
    flash(sentence, "done")
    return redirect(url, 303)


def _submit(
    form: FlaskForm, act: Callable[[], ResponseReturnValue], page: Callable[[], str]
) -> ResponseReturnValue:
    """Do the act of a valid form; else show the page again with what was typed and what is wrong."""
    if not form.validate():
        return page(), 400
    try:
        return act()
    except Refused as refusal:
        g.session.rollback()
        form.form_errors.append(refusal.sentence)
        return page(), refusal.status


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
    return _done(f"本季共{len(found)}件审查事项，请逐件研判。", url_for("review.cases", poll_id=poll_id))


@bp.post("/<int:poll_id>/close")
@allow(Role.OFFICE, Role.REVIEWER, Role.LEADER)
def close(poll_id: int) -> ResponseReturnValue:
    """End the review."""
    service.close_review(g.session, polls.get(g.session, poll_id), by=g.account)
    return _done("审查已结束，可以公布结果、印发文书。", url_for("review.measures", poll_id=poll_id))


@bp.get("/case/<int:case_id>")
@allow(*READERS)
def case(case_id: int) -> ResponseReturnValue:
    """Show one case."""
    return _case_page(reading.get(g.session, case_id))


def _case_page(
    case: Case,
    opinion: OpinionForm | None = None,
    decision: DecisionForm | None = None,
    waiver: WaiverForm | None = None,
) -> str:
    poll, sheet = polls.get(g.session, case.poll_id), reading.sheet(g.session, case)
    decision = decision or DecisionForm(prefix="decision")
    decision.offer(case)
    return render_template(
        "desk/review/case.html",
        case=case,
        poll=poll,
        sheet=sheet,
        lanes=reading.LANE_NAMES,
        needed={
            kind: [ladders.PROOF_NAMES[name] for name in ladders.required_proofs(case, kind)]
            for kind in ladders.LADDERS[case.kind]
            if ladders.within_proposal(case, kind)
        },
        problems=remarks.paraphrases_of(g.session, poll, case.unit_code),
        in_review=poll.stage is Stage.COUNTED and sheet.measure is None and case.state in service.PENDING,
        last=sheet.opinions[-1].opinion.verdict if sheet.opinions else None,
        opinion=opinion or OpinionForm(prefix="opinion"),
        decision=decision,
        waiver=waiver or WaiverForm(prefix="waiver"),
    )


def _to_case(case: Case, sentence: str) -> ResponseReturnValue:
    return _done(sentence, url_for("review.case", case_id=case.id))


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
        return _to_case(case, "研判意见已记录，计票结果不变。")

    return _submit(form, act, lambda: _case_page(case, opinion=form))


@bp.post("/case/<int:case_id>/decide")
@allow(Role.LEADER)
def decide(case_id: int) -> ResponseReturnValue:
    """Take a leader's decision."""
    case, form = reading.get(g.session, case_id), DecisionForm(prefix="decision")
    form.offer(case)

    def act() -> ResponseReturnValue:
        proofs = {name: getattr(form, name).data or "" for name in ladders.PROOFS.values()}
        measure = service.decide(g.session, case, kind=form.chosen(), by=g.account, at=clock.now(), **proofs)
        return _to_case(case, f"已由{g.account.name}决定：{measure.kind.value}。")

    return _submit(form, act, lambda: _case_page(case, decision=form))


@bp.post("/case/<int:case_id>/exclude")
@allow(Role.LEADER)
def exclude(case_id: int) -> ResponseReturnValue:
    """Confirm an exclusion from use."""
    case = reading.get(g.session, case_id)
    service.exclude(g.session, case, by=g.account)
    return _to_case(case, "该事项不作使用，票数不变。")


@bp.post("/case/<int:case_id>/waive")
@allow(Role.LEADER)
def waive(case_id: int) -> ResponseReturnValue:
    """End a case without a measure."""
    case, form = reading.get(g.session, case_id), WaiverForm(prefix="waiver")

    def act() -> ResponseReturnValue:
        service.waive(g.session, case, reason=form.reason.data, by=g.account)
        return _to_case(case, "该事项不采取措施，理由已记录。")

    return _submit(form, act, lambda: _case_page(case, waiver=form))


@bp.get("/<int:poll_id>/measures")
@allow(*READERS)
def measures(poll_id: int) -> ResponseReturnValue:
    """List the decided measures and how far they are carried out."""
    poll = polls.get(g.session, poll_id)
    return render_template(
        "desk/review/measures.html",
        poll=poll,
        rows=reading.measures(g.session, poll),
        counts=reading.count_measures(g.session, poll),
        units={unit.code: unit.name for unit in roster.units(g.session)},
    )


@bp.route("/measure/<int:measure_id>", methods=["GET", "POST"])
@allow(Role.OFFICE, Role.INSPECTOR)
def carry_out(measure_id: int) -> ResponseReturnValue:
    """Record what the unit's party organisation did."""
    measure, form = reading.measure(g.session, measure_id), CarryOutForm()
    case = reading.get(g.session, measure.case_id)

    def page() -> str:
        return render_template("desk/review/carry_out.html", measure=measure, case=case, form=form)

    def act() -> ResponseReturnValue:
        service.carry_out(g.session, measure, record=form.record.data, on=form.on.data, by=g.account)
        return _done("落实情况已登记。", url_for("review.measures", poll_id=measure.poll_id))

    return _submit(form, act, page) if request.method == "POST" else page()


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


@bp.get("/<int:poll_id>/comments")
@allow(*REMARK_READERS)
def comments(poll_id: int) -> ResponseReturnValue:
    """List the remarks with theme and paraphrase; their words stand on a page of their own."""
    poll = polls.get(g.session, poll_id)
    return render_template(
        "desk/review/comments.html",
        poll=poll,
        comments=remarks.comments(g.session, poll),
        waiting=remarks.waiting(g.session, poll),
        due=polls.is_past(poll, Stage.OPENED) and not remarks.taken_in(g.session, poll),
    )


@bp.post("/<int:poll_id>/comments")
@allow(*REMARK_READERS)
def take_in(poll_id: int) -> ResponseReturnValue:
    """Take the opened remarks in."""
    poll = polls.get(g.session, poll_id)
    taken = service.take_in_comments(g.session, poll, opened.remarks(_config(), poll), by=g.account)
    return _done(f"已接收{len(taken)}条问题反映。", url_for("review.comments", poll_id=poll_id))


@bp.get("/<int:poll_id>/comments/words")
@allow(*remarks.READERS)
def words(poll_id: int) -> ResponseReturnValue:
    """Show the words of all remarks to the review group and the inspectors; the look is journaled."""
    poll = polls.get(g.session, poll_id)
    found = remarks.read_all(g.session, poll, by=g.account)
    return render_template("desk/review/words.html", poll=poll, comments=found)


@bp.route("/comment/<int:comment_id>", methods=["GET", "POST"])
@allow(*REMARK_READERS)
def comment(comment_id: int) -> ResponseReturnValue:
    """Read one remark and write its paraphrase; the next unwritten one follows."""
    remark = remarks.get(g.session, comment_id)
    form = ParaphraseForm(theme=remark.theme.name if remark.theme else None, text=remark.paraphrase)

    def page() -> str:
        text = remarks.read(g.session, remark, by=g.account) if remarks.may_read(remark, g.account) else ""
        return render_template("desk/review/comment.html", comment=remark, text=text, form=form)

    def act() -> ResponseReturnValue:
        remarks.paraphrase(
            g.session, remark, text=form.text.data or "", theme=form.chosen_theme(), by=g.account
        )
        return _next(remark)

    return _submit(form, act, page) if request.method == "POST" else page()


def _next(remark: Comment) -> ResponseReturnValue:
    waiting = remarks.waiting(g.session, polls.get(g.session, remark.poll_id))
    if waiting:
        sentence = f"已保存，还有{len(waiting)}条待转述。"
        return _done(sentence, url_for("review.comment", comment_id=waiting[0].id))
    return _done("已全部转述。", url_for("review.comments", poll_id=remark.poll_id))
