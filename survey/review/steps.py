"""After the decision: delivered, talked about, carried out by the party organisation, followed up.

The system records and decides nothing: each verb here writes down what people did (domain.md 7).
"""

import calendar
import datetime as dt
from collections.abc import Iterable

from sqlmodel import Session, col, select

from survey import journal
from survey.errors import Forbidden, Invalid, Missing, Refused
from survey.review import objections
from survey.review.access import key, only
from survey.review.models import Case, Measure, MeasureKind, Talk
from survey.roster.models import Unit
from survey.staff.models import Account, Role

KEEPERS = (Role.OFFICE, Role.INSPECTOR)
# How many separate talks, each with its own record, a measure needs: 书记, 县长, 纪委书记 talk separately.
TALKS = {MeasureKind.INTERVIEW: 3, MeasureKind.TALK: 1, MeasureKind.ADMONITION: 1}
MONTHS = {
    MeasureKind.REMINDER: 3,
    MeasureKind.INTERVIEW: 3,
    MeasureKind.LIFE_MEETING: 3,
    MeasureKind.TALK: 6,
    MeasureKind.ADMONITION: 6,
    MeasureKind.TRANSFER: 6,
}
"""After how many months somebody looks again (domain.md 5.3: 回头看 3 and 6 months)."""


def may_record(session: Session, measure: Measure, *, by: Account) -> None:
    """Refuse whoever is neither office nor inspector nor the party organisation of the person's unit."""
    only(by, *KEEPERS, Role.PARTY, act="登记措施办理情况")
    if by.role is Role.PARTY and not of_own_unit(session, measure.unit_code, by=by):
        raise Forbidden("review.other_unit", "这是其他单位的事项，您不能查看或办理。")


def of_own_unit(session: Session, unit_code: str, *, by: Account) -> bool:
    """Tell whether the account belongs to the unit."""
    unit = session.get(Unit, by.unit_id) if by.unit_id is not None else None
    return unit is not None and unit.code == unit_code


def deliver(session: Session, measure: Measure, *, on: dt.date, by: Account) -> Measure:
    """Record that the document of a measure reached whoever it is about; the days for an objection begin."""
    may_record(session, measure, by=by)
    _standing(measure)
    if measure.delivered_on is not None:
        raise Refused("review.delivered", f"该措施已于{measure.delivered_on}送达，不能重复登记。")
    if on < measure.decided_on:
        raise Invalid("review.before_decision", "送达日期早于决定日期，请核对。")
    objections.require_none(session, measure.subject)
    measure.delivered_on = on
    _keep(session, measure, "review.deliver", {"on": on}, by=by)
    return measure


def deliver_all(session: Session, measures: Iterable[Measure], *, on: dt.date, by: Account) -> int:
    """Record one day of delivery for several measures; return how many."""
    return len([deliver(session, measure, on=on, by=by) for measure in measures])


def record_talk(
    session: Session,
    measure: Measure,
    *,
    held_on: dt.date,
    talker: str,
    companion: str,
    recorder: str,
    statement: str,
    commitments: str,
    by: Account,
) -> Talk:
    """Keep the record of one talk: two talkers, a recorder, what the other side said and promised."""
    may_record(session, measure, by=by)
    _standing(measure)
    if measure.kind not in TALKS:
        raise Refused("review.no_talk", f"「{measure.kind}」不需要谈话记录。")
    given = {"主谈人": talker, "参加人": companion, "记录人": recorder, "本人陈述": statement}
    if missing := [name for name, value in given.items() if not value.strip()]:
        raise Invalid("review.talk_incomplete", f"谈话记录缺少：{'、'.join(missing)}，请补齐。")
    if len({talker.strip(), companion.strip(), recorder.strip()}) < 3:
        raise Invalid("review.talk_people", "主谈人、参加人、记录人须是三个不同的人，请改正。")
    if measure.delivered_on is None or held_on < measure.delivered_on:
        raise Invalid("review.talk_early", "谈话日期早于通知送达日期，请先登记送达并核对日期。")
    objections.require_none(session, measure.subject)
    _new_talker(session, measure, talker.strip())
    talk = Talk(
        measure_id=key(measure.id),
        held_on=held_on,
        talker=talker.strip(),
        companion=companion.strip(),
        recorder=recorder.strip(),
        statement=statement.strip(),
        commitments=commitments.strip(),
        entered_by=key(by.id),
    )
    session.add(talk)
    _keep(session, measure, "review.talk", {"on": held_on, "talker": talk.talker}, by=by)
    return talk


def _new_talker(session: Session, measure: Measure, talker: str) -> None:
    if talker in {talk.talker for talk in talks(session, measure)}:
        raise Invalid("review.same_talker", f"{talker}已谈过并有记录；每位主谈人单独谈话、单独记录。")


def talks(session: Session, measure: Measure) -> list[Talk]:
    """Return the records of the measure's talks."""
    query = select(Talk).where(Talk.measure_id == measure.id).order_by(col(Talk.held_on), col(Talk.id))
    return list(session.exec(query).all())


def talk(session: Session, talk_id: int) -> Talk:
    """Return one talk, or refuse when there is none."""
    if found := session.get(Talk, talk_id):
        return found
    raise Missing("review.no_talk_record", "没有找到这份谈话记录，请返回措施页面重新选择。")


def ready(session: Session, measure: Measure, *, on: dt.date) -> None:
    """Refuse to call a measure carried out before it was delivered, talked about, and free of objections."""
    _standing(measure)
    objections.require_none(session, measure.subject)
    if measure.kind in (MeasureKind.REMINDER, MeasureKind.COMMENDATION):
        return
    if measure.delivered_on is None or on < measure.delivered_on:
        raise Refused("review.undelivered", "落实日期早于送达，或文书还没有送达，请先登记送达。")
    needed, held = TALKS.get(measure.kind, 0), len(talks(session, measure))
    if held < needed:
        raise Refused(
            "review.talks_missing", f"「{measure.kind}」须有{needed}份谈话记录，现有{held}份，请先登记。"
        )
    until = objections.last_day(measure)
    if measure.kind is MeasureKind.TRANSFER and until and on <= until:
        raise Refused("review.objection_runs", f"调整岗位须待异议期（至{until}）届满后落实。")


def follow_up_due(measure: Measure) -> dt.date | None:
    """Return when somebody looks again at what became of a measure."""
    months = MONTHS.get(measure.kind)
    if months is None or measure.carried_out_on is None or measure.revoked_on:
        return None
    return add_months(measure.carried_out_on, months)


def add_months(day: dt.date, months: int) -> dt.date:
    """Return the same day some months later, or that month's last day."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def follow_up(session: Session, measure: Measure, *, on: dt.date, text: str, by: Account) -> Measure:
    """Record what was found when somebody looked again."""
    may_record(session, measure, by=by)
    _standing(measure)
    if measure.carried_out_on is None or on < measure.carried_out_on:
        raise Refused("review.follow_up_early", "回访日期早于落实，或措施还没有落实，请核对。")
    if measure.followed_up_on is not None:
        raise Refused("review.followed_up", f"已于{measure.followed_up_on}回访，不能重复登记。")
    if not text.strip():
        raise Invalid("review.no_follow_up", "请写明回访情况。")
    measure.followed_up_on, measure.follow_up = on, text.strip()
    _keep(session, measure, "review.follow_up", {"on": on}, by=by)
    return measure


def _standing(measure: Measure) -> None:
    if measure.revoked_on:
        raise Refused("review.revoked", f"该措施已于{measure.revoked_on}因异议成立撤销，不能再办理。")


def _keep(session: Session, measure: Measure, act: str, detail: dict[str, object], *, by: Account) -> None:
    session.add(measure)
    session.flush()
    subject, told = f"措施{measure.id}", {"measure": measure.kind, **detail}
    journal.record(session, by=by.login, act=act, subject=subject, detail=told)


def path(case: Case, measure: Measure | None, *, heard: bool, today: dt.date) -> list[tuple[str, str, str]]:
    """Return the way of one case as (name, done | now | ahead, note), for the page."""
    decided = measure is not None
    marks: list[tuple[str, str]] = [
        ("规则提出", "-"),
        ("审查研判", "-" if case.state.value != "open" else ""),
        ("告知陈述", "-" if heard or decided else ""),
        ("决定", str(measure.decided_on) if measure else ""),
        ("送达", str((measure and measure.delivered_on) or "")),
        ("落实", str((measure and measure.carried_out_on) or "")),
        ("回访", str((measure and measure.followed_up_on) or "")),
    ]
    due = follow_up_due(measure) if measure else None
    here = next((place for place, (_, mark) in enumerate(marks) if not mark), len(marks))
    steps = []
    for place, (name, mark) in enumerate(marks):
        state = "done" if mark else "now" if place == here else "ahead"
        note = mark if mark != "-" else ""
        if name == "回访" and not mark and due:
            note = f"应于{due}" + ("（已逾期）" if today > due else "")
        steps.append((name, state, note))
    return steps
