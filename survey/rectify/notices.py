"""What the quarter's letters say: a reminder from a unit's counts, a reply from the poll and its ledger.

Reminders tell a unit its own counts, its series' median and paraphrases, never a person or a firm (domain.md
5.4, 5.5). Replies name units and matters; persons appear as counts.
"""

import datetime as dt
import json
import tomllib
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from statistics import median

from sqlmodel import Session, col, select

from scoring.rates import percent
from survey.clock import Quarter, add_working_days
from survey.config import Config
from survey.errors import Missing, Refused
from survey.letters.kinds import (
    Document,
    MeasureCount,
    Problem,
    Rate,
    Reminder,
    Reply,
    Theme,
    UnitFacts,
    write,
)
from survey.letters.models import Letter, LetterState
from survey.poll.attendance import present
from survey.poll.models import Poll, Stage
from survey.rectify import matters
from survey.rectify.ledger import outcomes
from survey.rectify.models import OutcomeKind
from survey.review.cases import count_measures, counted
from survey.review.comments import comments, count_themes, tells
from survey.review.models import Case, Measure, MeasureKind
from survey.review.models import Theme as CommentTheme
from survey.review.objections import holds
from survey.roster.models import Enterprise, Unit
from survey.tally.models import Count

REPLY_DAYS = 10
OBJECTION_DAYS = 5
"""Working days, domain.md 5.3."""
SPECIMEN = "0" * 12
"""The verification code of a letter that is only looked at."""
MEASURE_WORDS = {
    MeasureKind.REMINDER: ("发出整改工作提示函", "份"),
    MeasureKind.INTERVIEW: ("约谈单位主要负责人", "家"),
    MeasureKind.LIFE_MEETING: ("召开专题民主生活会", "家"),
    MeasureKind.TALK: ("谈心谈话", "人"),
    MeasureKind.ADMONITION: ("约谈教育", "人"),
    MeasureKind.TRANSFER: ("调整岗位", "人"),
    MeasureKind.COMMENDATION: ("通报表扬", "人"),
}


def reminder(session: Session, poll: Poll, measure: Measure, *, config: Config, dated: dt.date) -> Reminder:
    """Return the reminder that a decided measure orders."""
    unit = session.exec(select(Unit).where(Unit.code == measure.unit_code)).first()
    case = session.get(Case, measure.case_id)
    if unit is None or case is None:
        raise Missing("rectify.no_unit", f"名册中没有编号为{measure.unit_code}的单位。")
    if not config.office_phone.strip():
        raise Refused("rectify.no_phone", "提示函须印联系电话，请先在配置中填写 office_phone。")
    return Reminder(
        organ=config.office,
        unit=unit.name,
        round_name=Quarter.parse(poll.round).chinese,
        held_on=poll.held_on,
        basis=_basis(poll),
        facts=unit_facts(session, poll, unit),
        finding=_finding(case),
        problems=problems(session, poll, unit.code),
        reply_by=add_working_days(dated, REPLY_DAYS),
        objection_days=OBJECTION_DAYS,
        objection_to=f"{config.government}办公室",
        contact=config.office,
        phone=config.office_phone,
        copies=(f"{config.county}纪委监委", f"中共{config.county}委组织部"),
    )


def _basis(poll: Poll) -> str:
    rules = tomllib.loads(poll.rules)
    named = f"（{rules['id']} {rules['version']}版）" if "id" in rules and "version" in rules else ""
    return f"本轮冻结的企业满意度测评规则{named}"


def _finding(case: Case) -> str:
    """Return the engine's reasons without the unit's name before and the rule's key after them."""
    reasons = case.text.split("→")[0].strip().removeprefix(f"{case.subject_name}：")
    return f"经审查，{reasons.rstrip('；，。 ')}，已达到测评规则中“{case.name}”的标准。"


def unit_facts(session: Session, poll: Poll, unit: Unit) -> UnitFacts:
    """Return the unit's counts pooled over its persons, its rates and its series' median."""
    result = counted(session, poll)
    rows = {row["id"]: row["persons"] for row in result["units"]}
    own = rows[unit.code]
    shares = (("非差评率", own["a"] + own["g"]), ("非常满意率", own["a"]), ("差评率", own["b"]))
    return UnitFacts(
        ballots=result["ballots"]["valid"],
        good=own["a"],
        fair=own["g"],
        poor=own["b"],
        rates=tuple(_rate(name, num, own["n"]) for name, num in shares if own["n"]),
        series=unit.series.value,
        series_median=_series_median(poll, unit, rows),
        previous=_previous(session, poll, unit),
    )


def _rate(name: str, num: int, den: int) -> Rate:
    return Rate(name=name, numerator=num, denominator=den, percent=percent(num, den))


def _series_median(poll: Poll, unit: Unit, rows: dict[str, dict[str, int]]) -> str | None:
    """Return the median 非差评率 of the unit's series; of an even number the mean of the middle two."""
    series = [
        entry["id"] for entry in json.loads(poll.slate)["units"] if entry["series"] == unit.series.value
    ]
    rated = (rows[code] for code in series)
    values = sorted(Fraction(row["a"] + row["g"], row["n"]) for row in rated if row["n"])
    if not values:
        return None
    middle = median(values)
    return percent(middle.numerator, middle.denominator)


def _previous(session: Session, poll: Poll, unit: Unit) -> str | None:
    """Return the unit's 非差评率 of the quarter before, if that quarter was counted."""
    before = str(Quarter.parse(poll.round).before())
    earlier = session.exec(
        select(Count)
        .join(Poll, col(Poll.id) == col(Count.poll_id))
        .where(Poll.round == before, Poll.stage != Stage.VOID)
    ).first()
    rows = json.loads(earlier.result)["units"] if earlier else []
    own = next((row["persons"] for row in rows if row["id"] == unit.code), None)
    return percent(own["a"] + own["g"], own["n"]) if own and own["n"] else None


def problems(session: Session, poll: Poll, unit_code: str) -> tuple[Problem, ...]:
    """Return the paraphrased problems of a unit and its persons; equal ones are one with their number."""
    counts = Counter(
        (comment.theme or CommentTheme.OTHER, comment.paraphrase)
        for comment in comments(session, poll)
        if comment.unit_code == unit_code and tells(comment)
    )
    return tuple(
        Problem(theme=theme.chinese, text=text.rstrip("。"), count=count)
        for (theme, text), count in counts.items()
    )


def reply(session: Session, poll: Poll, *, config: Config, dated: dt.date) -> Reply:
    """Return the letter to the enterprises with the addressee left open; `to` fills it in."""
    count = session.get(Count, poll.id)
    if count is None:
        raise Missing("review.no_count", f"{poll.key} 测评还没有计票结果。")
    quarter = Quarter.parse(poll.round)
    done, pending, cannot = matters.collect(session, poll, config=config, dated=dated)
    return Reply(
        enterprise="",
        organ=config.government,
        signers=tuple(config.letter_signers.split("　")),
        round_name=quarter.chinese,
        held_on=poll.held_on,
        invited=poll.seats,
        attended=len(present(session, poll)) or count.issued,
        valid=count.valid,
        rates=_rates(count),
        themes=_themes(session, poll),
        done=done,
        pending=pending,
        cannot=cannot,
        measures=_measures(session, poll),
        hotline=config.office_phone or config.discipline_phone,
        discipline_phone=config.discipline_phone,
        next_round=_after(quarter).chinese,
    )


def _themes(session: Session, poll: Poll) -> tuple[Theme, ...]:
    """Return the themes with their counts; a clue for the inspectors is not told apart from 其他."""
    counts = dict(count_themes(session, poll))
    if clues := counts.pop(CommentTheme.BRIBERY, 0):
        counts[CommentTheme.OTHER] = counts.get(CommentTheme.OTHER, 0) + clues
    return tuple(Theme(name=theme.chinese, count=count) for theme, count in counts.items())


def _rates(count: Count) -> tuple[Rate, ...]:
    rated = json.loads(count.result)["rates"]
    return tuple(_rate(rate["name"], rate["num"], rate["den"]) for rate in rated if rate["den"])


def _after(quarter: Quarter) -> Quarter:
    return Quarter(quarter.year + 1, 1) if quarter.number == 4 else Quarter(quarter.year, quarter.number + 1)


def _measures(session: Session, poll: Poll) -> tuple[MeasureCount, ...]:
    """Return the measures as counts, and how many remarks went to the inspectors."""
    taken = [
        MeasureCount(name=MEASURE_WORDS[kind][0], count=n, measure_word=MEASURE_WORDS[kind][1])
        for kind, n in count_measures(session, poll).items()
    ]
    clues = sum(
        any(outcome.kind is OutcomeKind.DISCIPLINE for outcome in settled)
        for settled in outcomes(session, poll).values()
    )
    if clues:
        taken.append(MeasureCount(name="移交纪委监委问题线索", count=clues, measure_word="件"))
    return tuple(taken)


def to(letter: Reply, enterprise: str) -> Reply:
    """Return the same letter to one enterprise."""
    return replace(letter, enterprise=enterprise)


def due_reminders(session: Session, poll: Poll) -> list[Measure]:
    """Return the decided reminders that were not sent yet, by unit; an open objection holds one back."""
    query = (
        select(Measure)
        .where(Measure.poll_id == poll.id, Measure.kind == MeasureKind.REMINDER)
        .where(col(Measure.carried_out_on).is_(None))
        .order_by(Measure.unit_code)
    )
    held = holds(session)
    return [measure for measure in session.exec(query) if measure.subject not in held]


def measure_behind(session: Session, letter: Letter) -> Measure | None:
    """Return the measure that a reminder carries out, or None for every other letter."""
    kind, _, identity = letter.reference.partition(":")
    return session.get(Measure, int(identity)) if kind == "measure" and identity.isdigit() else None


def due_replies(session: Session, poll: Poll) -> dict[str, Enterprise]:
    """Return the active enterprises that have no reply of this poll yet, by the reference of their letter."""
    sent = set(
        session.exec(
            select(Letter.reference)
            .where(Letter.kind == Reply.KIND, Letter.round == poll.round)
            .where(Letter.state != LetterState.WITHDRAWN)
        ).all()
    )
    firms = session.exec(select(Enterprise).where(Enterprise.active).order_by(col(Enterprise.id))).all()
    due = {f"reply:{poll.key}:{firm.uscc}": firm for firm in firms}
    return {reference: firm for reference, firm in due.items() if reference not in sent}


def unsaved(poll: Poll, document: Document, *, addressee: str, word: str | None, dated: dt.date) -> Letter:
    """Return a letter that is not kept anywhere, to look at before it is issued."""
    return Letter(
        kind=document.KIND,
        round=poll.round,
        addressee=addressee,
        word=word,
        dated=dated,
        content=write(document),
        code=SPECIMEN,
    )
