"""What follows a count in the sample county: review, decisions, letters, the ledger and its threads."""

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlmodel import Session

from survey.clock import CHINA, add_working_days
from survey.db import unit_of_work
from survey.demo.county import SAMPLE
from survey.demo.hold import Hall
from survey.letters import service as letters
from survey.poll import service as polls
from survey.poll.models import Poll
from survey.rectify import service as rectify
from survey.rectify.models import OutcomeKind, Task
from survey.review import cases, comments, hearings, ladders, paraphrases, steps
from survey.review import service as review
from survey.review.models import (
    Case,
    CaseState,
    Comment,
    HearingWay,
    Measure,
    MeasureKind,
    Theme,
    Verdict,
)
from survey.roster import service as roster
from survey.tally import service as tally

AS_OF = dt.date(2023, 5, 10)
"""The day on which the sample county's ledger is shown."""
PROOF = {
    "verification": "核〔{year}〕{number}号：经调阅办件记录并走访，所反映的推诿拖延情况属实",
    "group_decision": "单位党组会议集体研究同意",
}
HEARD = "已当面听取陈述，对事实无异议，愿意改进。"
TALKERS = ("县委书记", "县长", "县纪委书记")
# Themes after which no task is opened, with what becomes of the remark instead.
SETTLED = {
    "好评建议": (Theme.PRAISE, OutcomeKind.ADOPTED, "继续保持三个工作日内办结，并向其他税种推广"),
    "其他": (Theme.OTHER, OutcomeKind.ADOPTED, "测评按季度坚持开展，结果和整改情况以公开信反馈"),
    "线索": (Theme.BRIBERY, OutcomeKind.DISCIPLINE, "涉及请托说情，按规定移交纪委监委处置"),
}


def follow(hall: Hall, poll_id: int) -> None:
    """Take one counted round through review, report, reminders and into rectification."""
    with unit_of_work(hall.engine) as session:
        poll = polls.get(session, poll_id)
        hall.echo(f"  {poll.round}　审查小组逐件研判，县领导具名决定；通报；问题逐条列入台账")
        _review(session, hall, poll)
        tally.report(session, poll, config=hall.config, by=hall.desk["office"])
    with unit_of_work(hall.engine) as session:
        poll = polls.get(session, poll_id)
        rectify.begin(session, poll, by=hall.desk["office"])
        _enter_ledger(session, hall, poll)


def _at(poll: Poll, days: int) -> dt.datetime:
    return dt.datetime.combine(add_working_days(poll.held_on, days), dt.time(15, 0), CHINA)


def _review(session: Session, hall: Hall, poll: Poll) -> None:
    desk = hall.desk
    raised = review.raise_cases(session, poll, by=desk["office"])
    listed = [case for case in raised if case.state is not CaseState.JOINED]
    words = "数据与规则相符，未发现依法履职受影响的情形，同意列入。"
    for case in listed:
        for member in ("reviewer1", "reviewer2"):
            by, at = desk[member], _at(poll, 1)
            review.give_opinion(session, case, verdict=Verdict.UPHOLD, text=words, by=by, at=at)
    hearings.invite_all(session, poll, by=desk["office"], today=_at(poll, 1).date())
    for case in listed:
        _hear_and_decide(session, hall, poll, case)
    _take_in_remarks(session, hall, poll)
    review.close_review(session, poll, by=desk["reviewer1"])


def _hear_and_decide(session: Session, hall: Hall, poll: Poll, case: Case) -> None:
    desk, heard, decided = hall.desk, _at(poll, 2), _at(poll, 3)
    if not case.praises:
        by, today = desk["office"], heard.date()
        hearings.state_case(session, case, way=HearingWay.SPOKEN, statement=HEARD, by=by, today=today)
    kind = ladders.proposed_measure(case)
    needed = ladders.required_proofs(case, kind)
    proofs = {
        name: PROOF[name].format(year=poll.held_on.year, number=case.id) if name in needed else ""
        for name in PROOF
    }
    review.decide(session, case, kind=kind, by=desk["leader1"], at=decided, **proofs)


def _take_in_remarks(session: Session, hall: Hall, poll: Poll) -> None:
    lines = _opened(hall, poll, "remarks.jsonl").read_text(encoding="utf-8").splitlines()
    comments.take_in_comments(session, poll, map(json.loads, lines), by=hall.desk["office"])


def _opened(hall: Hall, poll: Poll, name: str) -> Path:
    return hall.config.boxes / poll.key / "opened" / name


def _known(text: str) -> tuple[str, str]:
    """Return theme and matter as the sample's office wrote them down for a remark it read."""
    return next((theme, matter) for _, theme, words, matter in SAMPLE["remarks"] if words == text)


def _enter_ledger(session: Session, hall: Hall, poll: Poll) -> None:
    office, units = hall.desk["office"], {unit.code: unit for unit in roster.units(session)}
    for number, comment in enumerate(comments.comments(session, poll)):
        theme, matter = _known(comment.text)
        if theme in SETTLED:
            known_theme, kind, reason = SETTLED[theme]
            _paraphrase(session, hall, comment, matter, known_theme)
            by = hall.desk["inspector1"] if kind is OutcomeKind.DISCIPLINE else office
            rectify.settle_comment(session, comment, kind=kind, reason=reason, by=by)
            continue
        _paraphrase(session, hall, comment, matter, Theme(theme))
        opened = add_working_days(poll.held_on, 6)
        rectify.open_task(
            session,
            poll=poll,
            unit=units[comment.unit_code],
            title=matter,
            owner=f"{units[comment.unit_code].name}分管负责人",
            phone=f"0335-00001{number:02}",
            deadline=opened + dt.timedelta(days=90 if number % 3 == 0 else 30),
            theme=theme,
            comment=comment,
            by=office,
            today=opened,
        )


def _paraphrase(session: Session, hall: Hall, comment: Comment, matter: str, theme: Theme) -> None:
    comments.paraphrase(session, comment, text=matter, theme=theme, by=hall.desk["reviewer1"])
    if paraphrases.needs_check(comment):
        paraphrases.passes(session, comment, by=hall.desk["reviewer2"])


def remind(hall: Hall, poll_id: int) -> None:
    """Send the round's reminders to the listed units."""
    with unit_of_work(hall.engine) as session:
        poll = polls.get(session, poll_id)
        dated = add_working_days(poll.held_on, 6)
        rectify.remind(session, poll, config=hall.config, by=hall.desk["office"], dated=dated)


def work_the_ledger(hall: Hall) -> None:
    """Let units report and the office verify, as far as the sample says by `AS_OF`."""
    with unit_of_work(hall.engine) as session:
        for number, row in enumerate(_oldest_first(session)):
            done = row.deadline + dt.timedelta(days=(-6, -2, 5)[number % 3])
            if done > AS_OF or number % 7 == 6:
                continue
            clerk = hall.desk.clerks[_unit_code(session, row)]
            report = "已逐项整改，制度和流程同步修订，向相关企业说明了情况。"
            rectify.report_step(session, row, text=report, by=clerk, today=done)
            checked = done + dt.timedelta(days=3)
            if checked <= AS_OF:
                verdict = "回访核实，问题已解决。"
                rectify.verify(session, row, text=verdict, by=hall.desk["office"], today=checked)


def _oldest_first(session: Session) -> Iterator[Task]:
    rows = rectify.ledger(session, today=AS_OF)
    return iter(sorted((row.task for row in rows), key=lambda task: (task.opened_on, task.id)))


def _unit_code(session: Session, task: Task) -> str:
    return next(unit.code for unit in roster.units(session) if unit.id == task.unit_id)


def carry_out(hall: Hall, poll_id: int) -> None:
    """Record what the units' party organisations did about persons and interviews."""
    with unit_of_work(hall.engine) as session:
        poll = polls.get(session, poll_id)
        for measure, _case in cases.measures(session, poll):
            if measure.kind is not MeasureKind.REMINDER:
                _carry_out(session, hall, poll, measure)


def _carry_out(session: Session, hall: Hall, poll: Poll, measure: Measure) -> None:
    office, on = hall.desk["office"], poll.held_on + dt.timedelta(days=20)
    steps.deliver(session, measure, on=add_working_days(poll.held_on, 5), by=office)
    for talker in TALKERS[: steps.TALKS.get(measure.kind, 0)]:
        steps.record_talk(
            session,
            measure,
            held_on=on,
            talker=talker if measure.kind is MeasureKind.INTERVIEW else "单位党组书记",
            companion="分管负责人",
            recorder="办公室记录员",
            statement="就企业反映集中的问题作了说明，认可存在的不足。",
            commitments="一个月内完成整改，并向相关企业说明情况。",
            by=office,
        )
    words = f"{measure.kind}已由所在单位党组织办理并记录。"
    review.carry_out(session, measure, record=words, on=on, by=office)


def reply(hall: Hall, poll_id: int) -> None:
    """Let the office draft 《致企业家的一封信》 to every enterprise, a leader approve it; send it."""
    with unit_of_work(hall.engine) as session:
        poll = polls.get(session, poll_id)
        office = hall.desk["office"]
        drafts = rectify.draft_replies(session, poll, config=hall.config, by=office, dated=AS_OF)
        for letter in drafts:
            letters.approve(session, letter, by=hall.desk["leader1"])
        letters.issue_all(session, drafts, config=hall.config, by=office)


def summary(hall: Hall, rounds: dict[str, int]) -> dict[str, Any]:
    """Read the figures back from the desk, as its pages show them."""
    with unit_of_work(hall.engine) as session:
        results = {name: tally.result(session, polls.get(session, id_)) for name, id_ in rounds.items()}
        kinds = _measures(session, rounds)
        rows = rectify.ledger(session, today=AS_OF)
        equations = [rectify.equation(session, polls.get(session, id_)) for id_ in rounds.values()]
    return {
        "results": results,
        "measures": kinds,
        "ledger": {
            "remarks": sum(remarks for remarks, _ in equations),
            "with_outcome": sum(settled for _, settled in equations),
            "tasks": len(rows),
            **{light: sum(row.light.value == light for row in rows) for light in ("red", "yellow", "green")},
        },
    }


def _measures(session: Session, rounds: dict[str, int]) -> dict[str, int]:
    names = {
        MeasureKind.REMINDER: "提示函",
        MeasureKind.INTERVIEW: "约谈",
        MeasureKind.TALK: "个人谈话",
        MeasureKind.TRANSFER: "调整岗位",
    }
    total = dict.fromkeys(names.values(), 0)
    for poll_id in rounds.values():
        for kind, count in cases.count_measures(session, polls.get(session, poll_id)).items():
            total[names[kind]] += count
    return total
