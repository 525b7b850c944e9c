"""A small county in the middle of its work: something to see on every page of the desk."""

import datetime as dt

from sqlmodel import Session

from survey.channels import service as channels
from survey.channels.models import Channel, Figure, Indicator
from survey.config import Config
from survey.letters import service as letters
from survey.letters.models import LetterState
from survey.mailbox.models import Mail
from survey.paper import service as papers
from survey.poll.models import Poll, Stage
from survey.rectify import service as rectify
from survey.registry import service as registry
from survey.review import comments, hearings, objections, paraphrases, recusal, steps
from survey.review import service as review
from survey.review.models import HearingWay, MeasureKind, Theme, TieKind, Verdict
from survey.roster.models import Unit
from survey.sources import service as sources
from survey.sources.models import SourceKind
from survey.staff.models import Account, Role
from survey.watch.models import Inspection
from tests.desk.poll_rooms import AT, County, ballots
from tests.desk.review_rooms import EVIDENCE
from tests.letters.papers import supervision
from tests.paper.rooms import paper_in_hand

TODAY = AT.date()
REMARKS = [{"line": "U1", "text": "办事跑了三趟。"}, {"line": "U2-2", "text": "检查没有出示证件。"}]


def a_county_in_the_middle_of_its_work(session: Session, config: Config) -> dict[Role, Account]:
    """Count a poll, order a measure, open a task, draft another poll; return one person of each role."""
    county = County(session, config)
    poll = county.counted(ballots(U2=6, U2_1=6, U2_2=6, U3_1=2))
    people = {
        Role.OFFICE: county.office,
        Role.LEADER: county.leaders[0],
        Role.INSPECTOR: county.inspectors[0],
        Role.REVIEWER: county.hire(Role.REVIEWER),
        Role.AUDITOR: county.hire(Role.AUDITOR),
        Role.UNIT_CLERK: county.hire(Role.UNIT_CLERK, unit_id=1),
        Role.PARTY: county.hire(Role.PARTY, unit_id=2),
        Role.OFFICIAL: county.hire(Role.OFFICIAL, badge="U2-1"),
    }
    _review(session, poll, people, county.hire(Role.REVIEWER))
    poll.stage = Stage.RECTIFYING
    _rectify(session, poll, people)
    county.draft("2023Q2")
    _paper(session, county)
    _letter(session, poll, people, config)
    return people


def _letter(session: Session, poll: Poll, people: dict[Role, Account], config: Config) -> None:
    """Send one letter whose receipt is still out."""
    office = people[Role.OFFICE]
    letter = registry.draft(session, poll, supervision(), config=config, dated=TODAY, by=office)
    letters.approve(session, letter, by=people[Role.LEADER])
    letters.issue(session, letter, config=config, by=office)
    letters.move(session, letter, state=LetterState.SENT, config=config, by=office)


def _paper(session: Session, county: County) -> None:
    """Lay the paper of an earlier, closed poll before the people who decide."""
    poll = county.closed(round_="2022Q4")
    paper_in_hand(session, poll, config=county.config, by=county.office)
    papers.close_intake(session, poll, config=county.config, by=county.office)


def _review(session: Session, poll: Poll, people: dict[Role, Account], second: Account) -> None:
    raised = review.raise_cases(session, poll, by=people[Role.OFFICE])
    case, other = raised[:2]
    for member in (people[Role.REVIEWER], second):
        review.give_opinion(session, case, verdict=Verdict.UPHOLD, by=member, at=AT)
        review.give_opinion(session, other, verdict=Verdict.EXCLUDE, by=member, at=AT, **EVIDENCE)
    office, leader = people[Role.OFFICE], people[Role.LEADER]
    hearings.invite(session, case, by=office, today=TODAY)
    said = {"way": HearingWay.SPOKEN, "statement": "愿意改进"}
    hearings.state_case(session, case, by=office, today=TODAY, **said)
    measure = review.decide(session, case, kind=MeasureKind.REMINDER, by=leader, at=AT)
    steps.deliver(session, measure, on=TODAY, by=office)
    objections.file(session, measure, text="事实有出入", signed_name="单位", by=office, today=TODAY)
    review.exclude(session, other, by=leader, today=TODAY)
    own = next(each for each in raised if each.subject == people[Role.OFFICIAL].badge)
    for member in (people[Role.REVIEWER], second):
        review.give_opinion(session, own, verdict=Verdict.UPHOLD, by=member, at=AT)
    hearings.invite(session, own, by=office, today=TODAY)
    unit = session.get(Unit, 3)
    recusal.add_tie(session, leader, unit=unit, kind=TieKind.SUPERVISES, since=TODAY, by=office)


def _rectify(session: Session, poll: Poll, people: dict[Role, Account]) -> None:
    office = people[Role.OFFICE]
    first, second = comments.take_in_comments(session, poll, REMARKS, by=office)
    comments.paraphrase(session, second, text="检查程序不规范", theme=Theme.INSPECTIONS, by=office)
    comments.paraphrase(session, first, text="一件事跑了三趟", theme=Theme.FEES, by=office)
    paraphrases.passes(session, first, by=people[Role.REVIEWER])
    session.add(
        Mail(comment_id=first.id, poll_id=poll.id, key="02" + "ab" * 32, text="已一次告知", answered_on=TODAY)
    )
    rectify.open_task(
        session, poll=poll, unit=session.get(Unit, 1), title="一次告知材料", owner="王工1",
        phone="0335-7201234", deadline=TODAY + dt.timedelta(days=30), theme=Theme.FEES.value,
        comment=first, by=office, today=TODAY,
    )  # fmt: skip
    _elsewhere(session, people)


def _elsewhere(session: Session, people: dict[Role, Account]) -> None:
    """Hold a meeting, close its point, look at it on the spot, hand another item over, take figures in."""
    office, clerk, unit = people[Role.OFFICE], people[Role.UNIT_CLERK], session.get(Unit, 1)
    meeting = sources.hold(
        session, kind=SourceKind.TALK, title="恳谈会", held_on=TODAY, by=office, today=TODAY,
        people=[sources.Person("张一", "企业甲", "总经理")],
    )  # fmt: skip
    for title in ("厂区外道路没有路灯", "园区公交末班太早"):
        sources.add_point(
            session, meeting, title=title, theme="难", unit=unit, owner="王工1", phone="0335-7201234",
            deadline=TODAY + dt.timedelta(days=30), by=office, today=TODAY, raised_by="某某项目",
        )  # fmt: skip
    closed, passed_on = (each.task for each in sources.points(session, meeting))
    rectify.report_step(session, closed, text="已装好", by=clerk, today=TODAY)
    rectify.verify(session, closed, text="现场看过", by=office, today=TODAY)
    rectify.offer(
        session, passed_on, unit=session.get(Unit, 2), owner="应工1", phone="0335-7209999",
        reason="属该局职责", by=office, today=TODAY,
    )  # fmt: skip
    channels.begin_check(session, size=1, seed="20230403", by=people[Role.INSPECTOR], today=TODAY)
    for num, bare in ((81, ""), (None, "98.77")):
        session.add(
            Figure(
                channel=Channel.WINDOW,
                subject="全县",
                period=f"2023-{num or 82}",
                indicator=Indicator.GOOD,
                num=num,
                den=82 if num else None,
                bare=bare,
            )
        )
    session.add(
        Inspection(unit_id=2, firm="某某有限公司", on=TODAY, basis="双随机第3项", outcome="未发现问题")
    )
    session.flush()
