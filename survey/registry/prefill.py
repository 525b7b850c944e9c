"""What the desk knows already when somebody drafts a paper: its fields, filled as far as the facts go."""

import datetime as dt
import json
from collections.abc import Callable, Mapping
from typing import Any

from sqlmodel import Session, col, select

from survey.clock import Quarter, add_working_days
from survey.config import Config
from survey.custody.models import Destruction
from survey.errors import Missing
from survey.letters.custodial import DestroyedFile, PersonalData, Risk, Signed
from survey.letters.imprint import grouped
from survey.letters.models import Letter
from survey.poll import queries as polls
from survey.poll.models import Poll
from survey.rectify import ledger
from survey.rectify.models import Step, StepKind, Task
from survey.review.models import Case, Comment, Measure
from survey.roster.models import Official, Unit
from survey.staff.models import Account

Known = dict[str, Any]
REPLY_DAYS = 5
STRIPS = 3


def poll_facts(poll: Poll, *, config: Config, today: dt.date) -> Known:
    """Return what every paper of a poll may carry; a paper takes the fields it has."""
    quarter = Quarter.parse(poll.round).chinese
    return {
        "organ": config.office,
        "round_name": quarter,
        "held_on": poll.held_on,
        "poll": poll.key,
        "title": poll.title,
        "venue": poll.venue,
        "seats": poll.seats,
        "contact": config.office,
        "phone": config.office_phone,
        "discipline_phone": config.discipline_phone,
        "receiver": f"{config.county}纪委监委",
        "copies": (f"{config.county}纪委监委", f"中共{config.county}委组织部"),
        "addressees": "各乡镇人民政府，县直各部门",
        "addressee": config.office,
        "publicity": "此件主动公开",
        "reply_by": add_working_days(today, REPLY_DAYS),
        "return_by": add_working_days(today, REPLY_DAYS),
        "handed_on": today,
        "assessed_on": today,
        "kept_until": today.replace(year=today.year + 3, day=min(today.day, 28)),
        "seals": tuple(f"F{poll.round}-{number:03d}" for number in range(1, STRIPS + 1)),
        **_assessment(),
    }


def _assessment() -> Known:
    """Return the impact assessment as far as it is the same in every county (个人信息保护法 第五十五条)."""
    duty = "履行法定职责"
    return {
        "activity": "企业满意度测评：企业负责人不记名评价服务单位和工作人员",
        "why": "利用个人信息进行自动化汇总，处理结果对个人权益有重大影响",
        "data": (
            PersonalData(
                data="姓名、职务、负责事项",
                whose="被评人员",
                purpose="印制票面、汇总评价",
                ground=duty,
                kept="30年",
            ),
            PersonalData(
                data="姓名、电话",
                whose="企业联系人",
                purpose="核对资格、联系到会",
                ground=duty,
                kept="退出名册为止",
            ),
        ),
        "necessity": "为履行优化营商环境的法定职责所必需；不收集参评人的设备、网络地址、位置和填写时间。",
        "risks": (
            Risk(
                risk="从选票推断是谁投的",
                measure="选票加密，票箱不记时间和顺序，小样本合并或不公布",
                rest="低",
            ),
            Risk(
                risk="评价结果被直接用于处理个人",
                measure="系统只提建议，经审查小组研判、当事人陈述后由具名负责人决定",
                rest="中，须保留异议渠道",
            ),
        ),
        "rights": "被评人员可以查阅和复制本人结果、要求更正和说明、提出异议；不作完全自动化决定。",
    }


def of_task(session: Session, number: int, *, today: dt.date) -> Known:
    """Return what the ledger knows of one item."""
    row = next((each for each in ledger.rows(session, today=today) if each.task.id == number), None)
    if row is None:
        raise Missing("registry.no_task", f"没有编号为{number}的整改事项。")
    task = row.task
    files = tuple(file.filename for entry in ledger.thread(session, task) for file in entry.files)
    return {
        "unit": row.unit.name,
        "item": f"{row.round or '日常'}-{number:03d}",
        "light": ledger.LIGHT_NAMES[row.light],
        "source": task.source,
        "theme": task.theme or "其他",
        "problem": task.title,
        "matter": task.title,
        "owner": task.owner,
        "phone": task.phone,
        "opened_on": task.opened_on,
        "deadline": task.deadline,
        "done_on": task.done_on,
        "days_late": task.days_late(today),
        "evidence": files,
        "done": _last_report(session, task),
    }


def _last_report(session: Session, task: Task) -> str:
    query = select(Step.text).where(Step.task_id == task.id, Step.kind == StepKind.REPORTED)
    return session.exec(query.order_by(col(Step.id).desc())).first() or ""


def of_measure(session: Session, number: int, **_: object) -> Known:
    """Return what the review knows of a decided measure: unit or person, reasons, post."""
    measure = session.get(Measure, number)
    case = session.get(Case, measure.case_id) if measure else None
    if measure is None or case is None:
        raise Missing("registry.no_measure", f"没有编号为{number}的处理措施。")
    unit = session.exec(select(Unit).where(Unit.code == measure.unit_code)).first()
    person = session.exec(select(Official).where(Official.badge == measure.subject)).first()
    reasons = case.text.split("→")[0].strip().removeprefix(f"{case.subject_name}：").rstrip("；，。 ")
    known: Known = {
        "unit": unit.name if unit else measure.unit_code,
        "attendee": "主要负责人",
        "talk": measure.kind.value,
        "reason": f"经审查，{reasons}，达到测评规则中“{case.name}”的标准。",
        "facts": f"{reasons}，达到测评规则中“{case.name}”的标准。",
        "name": case.subject_name,
        "badge": measure.subject if person else None,
    }
    return known


def of_comment(session: Session, number: int, **_: object) -> Known:
    """Return a remark in its own words, for the hand-over to the inspectors."""
    comment = session.get(Comment, number)
    if comment is None:
        raise Missing("registry.no_comment", f"没有编号为{number}的问题反映。")
    unit = session.exec(select(Unit).where(Unit.code == comment.unit_code)).first()
    return {
        "number": f"线索-{number:03d}",
        "source": "测评问题反映栏（不记名）",
        "about": unit.name if unit else comment.line_name,
        "theme": comment.theme.chinese if comment.theme else "其他",
        "clue": comment.text,
    }


def of_letter(session: Session, number: int, **_: object) -> Known:
    """Return what a 送达回证 must name of the letter it goes with."""
    letter = session.get(Letter, number)
    if letter is None:
        raise Missing("rectify.no_letter", "没有找到这份文书。")
    return {
        "document": letter.kind,
        "document_number": letter.number or "没有文号",
        "document_code": grouped(letter.code),
        "dated": letter.dated,
        "receiver": letter.addressee,
    }


SUBJECTS: Mapping[str, Callable[..., Known]] = {
    "task": of_task,
    "measure": of_measure,
    "comment": of_comment,
    "letter": of_letter,
}


def of_ballot(session: Session, poll: Poll) -> Known:
    """Return what two leaders approved before the freeze, by digest."""
    slate = json.loads(poll.slate) if poll.slate else {"units": [], "persons": []}
    signed = tuple(
        Signed(name=account.name, at=approval.shown_at)
        for approval, account in polls.approvals(session, poll)
    )
    return {
        "units": len(slate["units"]),
        "persons": len(slate["persons"]),
        "threshold": f"{poll.threshold}名以上监督人同时到场",
        "rules": f"{poll.round}轮测评规则",
        "rules_sha256": poll.rules_sha256,
        "manifest_sha256": poll.manifest_sha256 or None,
        "approvals": signed,
    }


def of_destruction(session: Session, poll: Poll, kept_until: dt.date) -> Known:
    """Return the destruction of a box as it was recorded; nothing when there was none."""
    row = session.get(Destruction, poll.id)
    if row is None or row.confirmed_by is None:
        return {}
    lines = (line.split("\t") for line in row.inventory.splitlines())
    return {
        "kept_until": kept_until,
        "reason": row.reason,
        "method": "逐个文件随机覆盖后删除",
        "sealed_sha256": row.sealed_sha256 or None,
        "files": tuple(DestroyedFile(name=name, size=size, sha256=digest) for name, size, digest in lines),
        "asked": Signed(name=_name(session, row.asked_by), at=row.shown_asked),
        "confirmed": Signed(name=_name(session, row.confirmed_by), at=row.shown_confirmed),
    }


def _name(session: Session, account_id: int) -> str:
    account = session.get(Account, account_id)
    return account.name if account else f"账号{account_id}"
