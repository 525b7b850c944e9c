"""The papers of the review: opinion sheet, talk record, clue for the inspectors, decision on an objection."""

import datetime as dt
import json

from sqlmodel import Session

from survey.clock import Quarter
from survey.config import Config
from survey.errors import Refused
from survey.letters.facts import Document
from survey.letters.findings import ClueTransfer, GivenOpinion, ReviewOpinion
from survey.letters.hearings import ObjectionDecision
from survey.letters.imprint import Imprint, printed
from survey.letters.slips import TalkRecord
from survey.poll.models import Poll
from survey.review.access import only
from survey.review.casesheet import Sheet
from survey.review.comments import read
from survey.review.models import Case, Comment, Measure, Objection, Opinion, Ruling, Talk, Theme
from survey.review.steps import follow_up_due
from survey.staff.models import Account, Role

NOTHING = "无"
TWO = 2


def pdf(document: Document, *, config: Config, today: dt.date) -> bytes:
    """Return an internal sheet as PDF: neither numbered nor looked up by a code."""
    imprint = Imprint(number="", dated=today, code="", check_url=config.desk_origin)
    return printed(document, imprint, fonts=config.fonts)


def opinion_sheet(session: Session, sheet: Sheet, *, config: Config) -> ReviewOpinion:
    """Return 审查研判意见表 of a case as it stands."""
    case = sheet.case
    if not sheet.opinions:
        raise Refused("review.no_opinions", "审查小组还没有填写意见，没有可以打印的研判意见表。")
    held = sheet.board.carried
    decided = sheet.measure.kind.value if sheet.measure else case.closed_reason
    group = f"审查小组：{held.chinese if held else '尚未形成多数意见'}"
    recused = (f"{one.account.name}（{one.tie.kind.value}）" for one in sheet.board.recused if one.tie)
    return ReviewOpinion(
        organ=f"{config.county}审查小组",
        number=f"审查事项{case.id}",
        round_name=_round(session, case.poll_id),
        subject=case.subject_name,
        proposal=case.name,
        reasons=case.text,
        opinions=tuple(_given(one.author, one.opinion) for one in sheet.opinions),
        recusals=tuple(recused) or (NOTHING,),
        conclusion=group + (f"；结论：{decided}（{sheet.decided_by}）" if decided else "；尚无结论"),
    )


def _given(author: str, opinion: Opinion) -> GivenOpinion:
    evidence = f"{opinion.evidence_number}（{opinion.evidence_date}）" if opinion.evidence_number else None
    return GivenOpinion(
        reviewer=author,
        on=opinion.given_on,
        verdict=opinion.verdict.chinese,
        reason=opinion.reason.value if opinion.reason else None,
        evidence=evidence,
        text=opinion.text or None,
    )


def _round(session: Session, poll_id: int) -> str:
    return Quarter.parse(session.get_one(Poll, poll_id).round).chinese


def talk_sheet(session: Session, talk: Talk, measure: Measure, *, config: Config) -> TalkRecord:
    """Return 谈话记录表 of one talk; a unit's head stands under the unit's code."""
    case, poll = session.get_one(Case, measure.case_id), session.get_one(Poll, measure.poll_id)
    slate = json.loads(poll.slate)
    unit = next(one["name"] for one in slate["units"] if one["id"] == measure.unit_code)
    post = next((one["post"] for one in slate["persons"] if one["id"] == case.subject), "主要负责人")
    return TalkRecord(
        organ=config.office if case.kind == "unit" else f"{unit}党组织",
        talk=measure.kind.value,
        round_name=Quarter.parse(poll.round).chinese,
        badge=case.subject,
        name=case.subject_name,
        unit=unit,
        post=post,
        talkers=(talk.talker, talk.companion),
        recorder=talk.recorder,
        facts=f"{case.text}本人陈述：{talk.statement}"
        + (f"。承诺：{talk.commitments}" if talk.commitments else ""),
        follow_up=follow_up_due(measure) or talk.held_on,
    )


def clue_sheet(
    session: Session, comment: Comment, *, config: Config, by: Account, today: dt.date
) -> ClueTransfer:
    """Return 问题线索移交单 with the very words; for the inspectors alone, and the reading is journaled."""
    only(by, Role.INSPECTOR, act="打印问题线索移交单")
    if not comment.closed:
        raise Refused("review.no_clue", "该反映没有作为问题线索移交，不打印移交单。")
    unit = next((one for one in _units(session, comment)), comment.line_name)
    return ClueTransfer(
        organ=config.office,
        number=f"线索{comment.id}",
        receiver=f"{config.county}纪委监委",
        round_name=_round(session, comment.poll_id),
        source="企业满意度测评问题反映栏",
        about=unit if unit == comment.line_name else f"{unit}　{comment.line_name}",
        theme=(comment.theme or Theme.OTHER).chinese,
        clue=read(session, comment, by=by),
        ground="反映内容可能涉及违纪违法，按规定只移交纪委监委",
        enclosures=(NOTHING,),
        handed_by=config.office,
        handed_on=today,
    )


def _units(session: Session, comment: Comment) -> list[str]:
    slate = json.loads(session.get_one(Poll, comment.poll_id).slate)
    return [unit["name"] for unit in slate["units"] if unit["id"] == comment.unit_code]


def decision(session: Session, objection: Objection, *, config: Config) -> ObjectionDecision:
    """Return 异议复核决定书 of a decided objection."""
    if objection.ruling is None:
        raise Refused("review.objection_undecided", "该异议还没有决定，不能起草复核决定书。")
    measure = session.get_one(Measure, objection.measure_id)
    case = session.get_one(Case, measure.case_id)
    milder = f"：{measure.kind.value}" if objection.ruling is Ruling.REDUCED else ""
    return ObjectionDecision(
        organ=config.government,
        applicant=case.subject_name,
        round_name=_round(session, measure.poll_id),
        applied_on=objection.filed_on,
        matter=f"对“{case.name}”事项所定措施的异议",
        grounds=objection.text,
        found=objection.examination,
        reasons=objection.reason,
        decision=f"{objection.ruling.value}{milder}",
        reviewers=TWO,
        contact=config.office,
        phone=config.office_phone,
        copies=(f"{config.county}纪委监委",),
    )
