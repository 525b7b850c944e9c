"""Every table that a clerk sees, as a workbook: what it is called, who may take it, its rows."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session, col, select

from survey.channels import figures, menu, stars
from survey.errors import Missing
from survey.journal import JournalEntry
from survey.letters.models import Letter
from survey.poll.models import Poll
from survey.rectify import handover, revisits
from survey.rectify.models import Outcome, Revisit, Task
from survey.review.access import only
from survey.review.models import Case, Comment, Measure
from survey.roster import tables
from survey.roster.models import Unit
from survey.roster.tables import Table
from survey.sources.models import Occasion, Point
from survey.staff.models import Account, Role
from survey.watch import alerts, inspections

Rows = Callable[[Session, Account, dt.date], Table]
OFFICE = (Role.OFFICE, Role.INSPECTOR)
READERS = (*OFFICE, Role.LEADER, Role.AUDITOR)
WATCHERS = (Role.INSPECTOR, Role.AUDITOR)


@dataclass(frozen=True)
class Export:
    """One table: its title, its readers, its rows."""

    title: str
    roles: tuple[Role, ...]
    rows: Rows


def comments(session: Session, _by: Account, _today: dt.date) -> Table:
    """Give the remarks as paraphrased, with their outcomes; accusations are counted, never told."""
    yield ("编号", "季度", "对象", "类别", "转述", "去向", "理由")
    outcomes: dict[int, list[Outcome]] = {}
    for outcome in session.exec(select(Outcome)):
        outcomes.setdefault(outcome.comment_id, []).append(outcome)
    query = select(Comment, Poll.round).where(Comment.poll_id == Poll.id).order_by(col(Comment.id))
    for comment, round_ in session.exec(query):
        if comment.closed:
            yield (comment.id, round_, "", "", "", "移交纪委监委", "")
            continue
        ways = outcomes.get(comment.id or 0, [])
        yield (
            comment.id, round_, comment.line_name, comment.theme.value if comment.theme else "",
            comment.paraphrase, "；".join(way.kind.value for way in ways),
            "；".join(way.reason for way in ways if way.reason),
        )  # fmt: skip


def letters(session: Session, _by: Account, _today: dt.date) -> Table:
    """Give the documents with numbers, addressees and states."""
    yield ("文种", "文号", "季度", "收文", "成文日期", "状态", "校验值SHA-256")
    for letter in session.exec(select(Letter).order_by(col(Letter.id))):
        yield (
            letter.kind, letter.number, letter.round, letter.addressee, letter.dated, letter.state.chinese,
            letter.sha256,
        )  # fmt: skip


def measures(session: Session, _by: Account, _today: dt.date) -> Table:
    """Give the measures of units; persons stay on the desk's own pages."""
    yield ("季度", "单位", "措施", "决定日期", "落实日期", "落实情况")
    query = (
        select(Measure, Case, Poll.round)
        .where(Measure.case_id == Case.id, Measure.poll_id == Poll.id, Case.kind == "unit")
        .order_by(col(Measure.id))
    )
    for measure, case, round_ in session.exec(query):
        yield (
            round_, case.subject_name, measure.kind.value, measure.decided_on, measure.carried_out_on,
            measure.record,
        )  # fmt: skip


def handovers(session: Session, by: Account, _today: dt.date) -> Table:
    """Give the hand-overs with their answers."""
    yield ("事项", "移出单位", "原盯办人", "接手单位", "接手人", "提出", "答复", "结果", "理由")
    words = {None: "等待接收", True: "已接收", False: "不予接收"}
    for each in handover.offers(session, by=by):
        one = each.handover
        yield (
            each.task.title, each.giver.name, one.from_owner, each.taker.name, one.owner, one.offered_on,
            one.answered_on, words[one.accepted], one.answer or one.reason,
        )  # fmt: skip


def looks_back(session: Session, _by: Account, today: dt.date) -> Table:
    """Give the revisits made, then those that are due."""
    yield ("事项", "单位", "销号", "几个月", "日期", "结果", "情况")
    query = (
        select(Revisit, Task, Unit)
        .where(Revisit.task_id == Task.id, Task.unit_id == Unit.id)
        .order_by(col(Revisit.id))
    )
    for one, task, unit in session.exec(query):
        yield task.title, unit.name, one.closed_on, one.months, one.on, one.finding.value, one.text
    for due in revisits.due(session, today=today):
        yield due.task.title, due.unit.name, due.task.verified_on, due.months, due.on, "待回访", ""


def points(session: Session, _by: Account, today: dt.date) -> Table:
    """Give the points of all meetings and channels with their items."""
    yield (
        "来源",
        "会议或批次",
        "日期",
        "序号",
        "反映主体",
        "事项",
        "责任单位",
        "盯办人",
        "联系电话",
        "完成时限",
        "灯色",
    )
    query = (
        select(Occasion, Point, Task, Unit)
        .where(Point.occasion_id == Occasion.id, Point.task_id == Task.id, Task.unit_id == Unit.id)
        .order_by(col(Occasion.held_on), col(Occasion.id), col(Point.number))
    )
    lights = {"red": "红", "yellow": "黄", "green": "绿"}
    for occasion, point, task, unit in session.exec(query):
        yield (
            occasion.kind.value, occasion.title, occasion.held_on, point.number, point.raised_by, task.title,
            unit.name, task.owner, task.phone, task.deadline, lights[task.light(today).value],
        )  # fmt: skip


def visits(session: Session, _by: Account, _today: dt.date) -> Table:
    """Give the register of inspections of firms."""
    yield ("检查单位", "企业", "日期", "依据", "备案号", "结果")
    for each in inspections.register(session):
        one = each.inspection
        yield each.unit.name, one.firm, one.on, one.basis, one.filing_number or "未备案", one.outcome


def other_ratings(session: Session, _by: Account, _today: dt.date) -> Table:
    """Give the figures of other channels; a bare percentage says that it has no denominator."""
    yield ("渠道", "评价对象", "期间", "指标", "分子", "分母", "数值", "分项")
    for one in figures.every(session):
        yield (
            one.channel.value, one.subject, one.period, one.indicator.value, one.num, one.den,
            figures.shown(one), one.split,
        )  # fmt: skip


def windows(session: Session, _by: Account, _today: dt.date) -> Table:
    """Give the months of the windows, best first within each month."""
    yield ("月份", "工号", "姓名", "办件数", "按期办结", "评价数", "好评数")
    for month in stars.months(session):
        for row in stars.of_month(session, month):
            yield month, row.badge, row.name, row.volume, row.on_time, row.rated, row.good


def services(session: Session, _by: Account, _today: dt.date) -> Table:
    """Give the menu with orders and ratings."""
    yield ("编号", "服务", "责任单位", "联系人", "联系电话", "点单", "评价")
    for dish in menu.menu(session):
        one = dish.offering
        yield one.code, one.name, dish.unit.name, one.contact, one.phone, dish.orders, dish.shown_marks


def warnings(session: Session, _by: Account, today: dt.date) -> Table:
    """Give the alerts with what came of them."""
    yield ("类别", "日期", "人员或单位", "情况", "核查和处置")
    for one in alerts.alerts(session, today=today):
        yield one.kind.value, one.on, one.who, one.text, one.handled.note if one.handled else "待核查"


def accounts(session: Session, _by: Account, _today: dt.date) -> Table:
    """Give the accounts of the desk."""
    yield ("账号", "姓名", "角色", "状态")
    for one in session.exec(select(Account).order_by(col(Account.login))):
        yield one.login, one.name, one.role.chinese, "在用" if one.active else "停用"


def acts(session: Session, _by: Account, _today: dt.date) -> Table:
    """Give the journal with its chain."""
    yield ("序号", "时间", "账号", "动作", "对象", "内容", "校验值")
    for one in session.exec(select(JournalEntry).order_by(col(JournalEntry.id))):
        yield one.id, one.at, one.actor, one.act, one.subject, one.detail, one.digest


EXPORTS = {
    "comments": Export("问题反映和去向", OFFICE, comments),
    "letters": Export("文书登记", READERS, letters),
    "measures": Export("单位处理措施", READERS, measures),
    "handovers": Export("事项移交", OFFICE, handovers),
    "revisits": Export("回头看", READERS, looks_back),
    "points": Export("会议和来源事项", OFFICE, points),
    "inspections": Export("入企检查备案", (*OFFICE, Role.AUDITOR), visits),
    "figures": Export("其他评价数据", READERS, other_ratings),
    "windows": Export("窗口月度办件", READERS, windows),
    "menu": Export("菜单驿站", READERS, services),
    "accounts": Export("账号", (Role.OFFICE, Role.AUDITOR), accounts),
    "alerts": Export("监督预警", WATCHERS, warnings),
    "journal": Export("工作日志", WATCHERS, acts),
}


def export(what: str, *, by: Account) -> Export:
    """Return a table to whoever may take it."""
    if what not in EXPORTS:
        raise Missing("reports.no_table", "没有这张表，请从报告页进入。")
    only(by, *EXPORTS[what].roles, act=f"导出{EXPORTS[what].title}")
    return EXPORTS[what]


def workbook(session: Session, what: str, *, by: Account, today: dt.date) -> bytes:
    """Return one table as a workbook."""
    chosen = export(what, by=by)
    return tables.workbook({chosen.title: chosen.rows(session, by, today)})
