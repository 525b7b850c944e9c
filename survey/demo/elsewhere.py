"""What the sample county hears beside the poll: a meeting, other channels, the register of inspections."""

import datetime as dt

from sqlmodel import Session

from survey.channels.models import Channel, Figure, Indicator, Offering, Workload
from survey.clock import Quarter
from survey.db import unit_of_work
from survey.demo.after import AS_OF
from survey.demo.hold import Hall
from survey.rectify import rolls
from survey.review.access import key
from survey.roster import service as roster
from survey.roster.models import Series, Unit
from survey.sources import service as sources
from survey.sources.models import SourceKind
from survey.watch.models import Inspection

POINTS = (
    ("厂区外道路没有路灯，夜班工人出行不安全", "难", "某某项目"),
    ("园区公交末班车早于下班时间", "难", "某某项目"),
    ("同一份材料向三个部门各交一遍", "繁", "某某公司"),
)
FIGURES = (
    (Channel.WINDOW, "2023-03", Indicator.GOOD, 3961, 3998, ""),
    (Channel.WINDOW, "2023-03", Indicator.COVERAGE, 3998, 4318, ""),
    (Channel.WINDOW, "2023-02", Indicator.GOOD, None, None, "98.77"),
    (Channel.CALLS, "2023-W18", Indicator.SATISFIED, 41, 50, ""),
)
SERVICES = ("项目代办帮办", "环评手续预审", "用电增容现场勘查", "惠企政策上门解读", "招工信息发布")


def beside(hall: Hall) -> None:
    """Enter a meeting, a register of inspections and figures of other channels."""
    hall.echo("  恳谈会、入企检查备案、好差评和12345的数据进同一张办公桌，各来源不合并成一个比率")
    with unit_of_work(hall.engine) as session:
        units = list(roster.units(session))
        _meeting(session, hall, units)
        _inspections(session, units)
        _figures(session, units)
        rolls.fix_rule(
            session, valid_from=Quarter(2023, 3), least_items=3, red_from=95, black_below=70, target=90,
            by=hall.desk["leader1"], today=AS_OF,
        )  # fmt: skip


def _meeting(session: Session, hall: Hall, units: list[Unit]) -> None:
    office, held_on = hall.desk["office"], AS_OF - dt.timedelta(days=6)
    people = [sources.Person(f"企业代表{number}", "", "负责人") for number in range(1, 12)]
    meeting = sources.hold(
        session, kind=SourceKind.TALK, title="二季度企业家恳谈会", held_on=held_on, place="县会议中心",
        chair="分管副县长", people=people, by=office, today=AS_OF,
    )  # fmt: skip
    for number, (title, theme, raised_by) in enumerate(POINTS):
        unit = units[number]
        sources.add_point(
            session, meeting, title=title, theme=theme, unit=unit, owner=f"{unit.name}分管负责人",
            phone=f"0335-00002{number:02}", deadline=AS_OF + dt.timedelta(days=30), raised_by=raised_by,
            by=office, today=AS_OF,
        )  # fmt: skip


def _inspections(session: Session, units: list[Unit]) -> None:
    """Register visits before and after the last poll; one of them was not filed."""
    enforcers = [unit for unit in units if unit.series is Series.ENFORCEMENT]
    for number, firm in enumerate(roster.enterprises(session)[:24]):
        session.add(
            Inspection(
                unit_id=key(enforcers[number % len(enforcers)].id), firm=firm.name, enterprise_id=firm.id,
                on=AS_OF - dt.timedelta(days=3 * number), basis=f"2023年度双随机检查计划第{number + 1}项",
                filing_number="" if number == 7 else f"青检备〔2023〕{number + 1}号",
                outcome="责令改正" if number % 6 == 5 else "未发现问题",
            )
        )  # fmt: skip
    session.flush()


def _figures(session: Session, units: list[Unit]) -> None:
    for channel, period, indicator, num, den, bare in FIGURES:
        session.add(
            Figure(
                channel=channel, subject="全县", period=period, indicator=indicator, num=num, den=den,
                bare=bare,
            )
        )  # fmt: skip
    window = units[0]
    for number, good in enumerate((296, 291, 288)):
        session.add(
            Workload(
                month="2023-04", badge=f"W{number + 1:02}", name=f"窗口人员{'甲乙丙'[number]}",
                unit_id=key(window.id), volume=420 - 10 * number, on_time=420 - 10 * number, rated=300,
                good=good,
            )
        )  # fmt: skip
    for number, name in enumerate(SERVICES, 1):
        session.add(
            Offering(
                code=f"C{number:03}", name=name, unit_id=key(units[number].id), contact="服务专员",
                phone=f"0335-00003{number:02}",
            )
        )  # fmt: skip
    session.flush()
