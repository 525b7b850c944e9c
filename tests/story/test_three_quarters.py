"""A small county through three quarters, with everything that goes wrong; at the end it all still adds up."""

import datetime as dt
from dataclasses import dataclass, field

import pytest
from sqlmodel import select, text

from survey.config import Config
from survey.journal import JournalEntry, first_break
from survey.letters.models import Letter, LetterState
from survey.poll.models import Poll, Stage
from survey.rectify import ledger, revisits
from survey.rectify import service as rectify
from survey.rectify.models import Finding, Light, OutcomeKind, Task
from survey.review import comments, ladders, objections, rechecks
from survey.review import service as review
from survey.review.cases import cases, measures
from survey.review.models import CaseState, MeasureKind, Recheck, RecheckMatter, Ruling, Theme
from survey.review.models import Finding as Found
from survey.roster import queries
from survey.roster import service as roster
from survey.roster.models import Kind, Unit
from survey.sources import service as sources
from survey.sources.models import SourceKind
from survey.staff.models import Account, Role
from survey.tally import opened
from survey.tally import service as tally
from survey.tally.models import Count
from survey.watch import integrity
from tests.desk.poll_rooms import County, ballots
from tests.desk.review_rooms import AT, Room

OPENED = dt.date(2023, 4, 10)
DUE = dt.date(2023, 4, 30)
LATE = dt.date(2023, 5, 8)
CLOSED = dt.date(2023, 5, 10)
REMARKS = ("报装收费两次报价不一样。", "材料要交三遍。", "检查当天才通知。")
PROOFS = {"verification": "核〔2023〕1号：属实", "group_decision": "党组会议集体研究同意"}


@dataclass
class Story:
    """The county, its review group and its units' clerks; each verb is one chapter."""

    county: County
    room: Room = field(init=False)
    clerks: dict[str, Account] = field(init=False)
    polls: list[Poll] = field(default_factory=list)

    def __post_init__(self) -> None:
        county, room = self.county, object.__new__(Room)
        room.session, room.office, room.inspector = county.session, county.office, county.inspectors[0]
        room.leader = county.leaders[0]
        room.reviewer, room.reviewer2 = county.hire(Role.REVIEWER), county.hire(Role.REVIEWER)
        self.room = room
        units = {unit.code: unit.id for unit in self.session.exec(select(Unit))}
        self.clerks = {code: county.hire(Role.UNIT_CLERK, unit_id=id_) for code, id_ in units.items()}

    @property
    def session(self):
        return self.county.session

    @property
    def config(self) -> Config:
        return self.county.config

    def unit(self, code: str) -> Unit:
        return self.session.exec(select(Unit).where(Unit.code == code)).one()

    def counts(self, round_: str, remark: str, **poor: int) -> Poll:
        """Hold one quarter's poll and take in its remark."""
        poll = self.county.counted(ballots(**poor), round_=round_, remark=remark)
        found = opened.remarks(self.config, poll)
        comments.take_in_comments(self.session, poll, found, by=self.room.office)
        self.polls.append(poll)
        return poll

    def reviews(self, poll: Poll, *, excluded: str = "") -> None:
        """Judge every case; one subject's are excluded from use, which somebody else confirms."""
        for case in self.room.raises(poll):
            if case.state is not CaseState.OPEN:
                continue
            if case.subject == excluded:
                self.room.excludes(case)
                continue
            self.room.upholds(case)
            self.room.orders(case, ladders.proposed_measure(case), **PROOFS)
        for recheck in rechecks.open_rechecks(self.session, poll):
            self.confirms(recheck)
        review.close_review(self.session, poll, by=self.room.office)
        tally.report(self.session, poll, config=self.config, by=self.room.office)
        rectify.begin(self.session, poll, by=self.room.office)

    def confirms(self, recheck: Recheck) -> None:
        """Let an inspector who had no part look at a refusal once more."""
        rechecks.check(
            self.session,
            recheck,
            finding=Found.CONFIRMED,
            text="调阅卷宗，维持",
            by=self.room.inspector,
            at=AT,
        )

    def objects(self, poll: Poll, *, ruling: Ruling) -> None:
        """Let the first person measured object; another leader decides."""
        measure, _ = next(pair for pair in measures(self.session, poll) if pair[0].kind is MeasureKind.TALK)
        self.room.delivers(measure)
        made = objections.file(
            self.session, measure, text="当日不在岗", signed_name="本人", by=self.room.office, today=OPENED
        )
        objections.examine(self.session, made, text="调阅考勤", by=self.county.inspectors[1], today=OPENED)
        objections.rule(
            self.session, made, ruling=ruling, reason="考勤属实", by=self.county.leaders[1], at=AT
        )
        for recheck in rechecks.open_rechecks(self.session, poll, RecheckMatter.OBJECTION):
            self.confirms(recheck)

    def enters(self, poll: Poll, *, unit: str) -> Task:
        """Turn the quarter's one remark into an item."""
        (comment,) = comments.comments(self.session, poll)
        self.room.paraphrases(comment, "涉企事项办理不规范", Theme.FEES)
        return rectify.open_task(
            self.session, poll=poll, unit=self.unit(unit), title="涉企事项办理不规范", owner="科员甲",
            phone="0335-7201234", deadline=DUE, theme=Theme.FEES.value, by=self.room.office, today=OPENED,
            comment=comment,
        )  # fmt: skip

    def finishes(self, task: Task, *, done: dt.date, closed: dt.date) -> None:
        """Let the responsible unit report and the office verify."""
        code = self.session.get_one(Unit, task.unit_id).code
        rectify.report_step(self.session, task, text="已整改", by=self.clerks[code], today=done)
        rectify.verify(self.session, task, text="回访属实", by=self.room.office, today=closed)

    def carries_out(self, poll: Poll) -> None:
        """Let every measure that stands be delivered, carried out and recorded."""
        for measure, case in measures(self.session, poll):
            if measure.carried_out_on or measure.revoked_on:
                continue
            if not measure.delivered_on:
                self.room.delivers(measure)
            talkers = {MeasureKind.INTERVIEW: ("书记", "县长", "纪委书记")}.get(measure.kind, ("党组书记",))
            if case.kind == "person" or measure.kind is MeasureKind.INTERVIEW:
                self.room.talks(measure, *talkers)
            day = objections.last_day(measure) + dt.timedelta(days=1)
            review.carry_out(self.session, measure, record="已办理并记录", on=day, by=self.room.office)


@pytest.fixture
def story(session, config) -> Story:
    return Story(County(session, config))


def the_first_quarter(story: Story) -> Task:
    """Exclusion, objection, a withdrawn letter, a late item."""
    poll = story.counts("2023Q1", REMARKS[0], U2_1=1, U3_1=1)
    story.reviews(poll, excluded="U3")
    story.objects(poll, ruling=Ruling.REVOKED)
    session, config, office = story.session, story.config, story.room.office
    first = rectify.remind(session, poll, config=config, by=office, dated=OPENED).issued
    rectify.move_letter(session, first[0], state=LetterState.WITHDRAWN, config=config, by=office)
    second = rectify.remind(session, poll, config=config, by=office, dated=OPENED).issued
    assert [letter.serial for letter in (*first, *second)] == [1, 2]
    task = story.enters(poll, unit="U2")
    story.finishes(task, done=LATE, closed=CLOSED)
    assert ledger.label(task, CLOSED) == "逾期8天"
    story.carries_out(poll)
    assert rectify.conclude(session, poll, by=office).stage is Stage.CONCLUDED
    return task


def the_second_quarter(story: Story, old: Task) -> None:
    """A moved person, an item handed over, the old item come back."""
    session, office = story.session, story.room.office
    person = roster.official(session, "U2-1")
    roster.move(
        session, person, unit=story.unit("U3"), post="科员", duties="办税", kind=Kind.STAFF,
        since=dt.date(2023, 3, 1), by=office,
    )  # fmt: skip
    poll = story.counts("2023Q2", REMARKS[1], U3_2=1)
    assert len(queries.history(session, person)) == 2
    story.reviews(poll)
    revisits.revisit(
        session, old, finding=Finding.RECURRED, text="又收了一次", by=office, today=dt.date(2023, 8, 14)
    )
    assert old.light(dt.date(2023, 8, 14)) is Light.RED
    task = story.enters(poll, unit="U2")
    offer = rectify.offer(
        session, task, unit=story.unit("U3"), owner="科员乙", phone="0335-7209999", reason="属税务职责",
        by=story.clerks["U2"], today=OPENED,
    )  # fmt: skip
    rectify.accept(session, offer, by=story.clerks["U3"], today=OPENED)
    story.finishes(task, done=DUE, closed=CLOSED)
    story.finishes(old, done=dt.date(2023, 9, 1), closed=dt.date(2023, 9, 4))
    story.carries_out(poll)
    rectify.conclude(session, poll, by=office)


def the_third_quarter(story: Story) -> None:
    """A remark declined and looked at again, a meeting whose points are items."""
    session, office = story.session, story.room.office
    poll = story.counts("2023Q3", REMARKS[2])
    story.reviews(poll)
    (comment,) = comments.comments(session, poll)
    story.room.paraphrases(comment, "检查通知时间短", Theme.INSPECTIONS)
    rectify.settle_comment(
        session,
        comment,
        kind=OutcomeKind.DECLINED,
        reason="双随机检查依法不事先通知",
        by=office,
        today=OPENED,
    )
    for recheck in rechecks.open_rechecks(session, poll):
        story.confirms(recheck)
    meeting = sources.hold(
        session, kind=SourceKind.TALK, title="三季度恳谈会", held_on=OPENED, by=office, today=OPENED,
        people=[sources.Person(f"代表{n}") for n in range(11)],
    )  # fmt: skip
    point = sources.add_point(
        session, meeting, title="厂区外道路没有路灯", theme="难", unit=story.unit("U1"), owner="科员丙",
        phone="0335-7201111", deadline=DUE, by=office, today=OPENED,
    )  # fmt: skip
    story.finishes(session.get_one(Task, point.task_id), done=DUE, closed=CLOSED)
    story.carries_out(poll)
    rectify.conclude(session, poll, by=office)


def tell(story: Story) -> None:
    """Tell all three quarters."""
    old = the_first_quarter(story)
    the_second_quarter(story, old)
    the_third_quarter(story)


def test_after_three_quarters_every_equation_holds_and_the_journal_verifies(story, session):
    tell(story)
    assert [poll.stage for poll in story.polls] == [Stage.CONCLUDED] * 3
    for poll in story.polls:
        count = session.get_one(Count, poll.id)
        assert (count.returned, count.issued) == (count.valid + count.invalid, count.returned)
        raised, settled = ledger.equation(session, poll)
        assert raised == settled == 1
        assert not [case for case in cases(session, poll) if case.state is CaseState.OPEN]
        assert not rechecks.open_rechecks(session, poll)
    items = ledger.rows(session, today=dt.date(2023, 9, 30))
    assert ledger.lights(items) == {Light.RED: 0, Light.YELLOW: 0, Light.GREEN: 3}
    assert ledger.by_source(items) == {"测评会场": 2, "恳谈会": 1}
    numbers = sorted(letter.serial for letter in session.exec(select(Letter)) if letter.serial)
    assert numbers == list(range(1, len(numbers) + 1))
    states = [letter.state for letter in session.exec(select(Letter))]
    assert LetterState.WITHDRAWN in states
    excluded = [case.state for poll in story.polls for case in cases(session, poll)]
    assert CaseState.EXCLUDED in excluded
    (objected,) = objections.objections(session)
    assert objected[0].ruling is Ruling.REVOKED
    assert {each.matter for each in rechecks.rechecks(session)} >= {
        RecheckMatter.EXCLUSION,
        RecheckMatter.DECLINED,
    }
    assert first_break(session) is None
    assert integrity.faults(session, config=story.config) == []


def test_a_changed_byte_anywhere_is_found_and_named(story, session):
    the_first_quarter(story)
    config, poll = story.config, story.polls[0]
    letter = session.exec(select(Letter).where(Letter.sha256 != "")).first()
    files = {
        config.letters / letter.filename: letter.filename,
        opened.folder(config, poll) / opened.BALLOTS: opened.BALLOTS,
    }
    for path, named in files.items():
        whole = path.read_bytes()
        path.write_bytes(whole[:-2] + bytes([whole[-2] ^ 1]) + whole[-1:])
        assert any(named in sentence for sentence in integrity.faults(session, config=config)), named
        path.write_bytes(whole)
    rows = {
        "UPDATE task SET phone = '0' WHERE id = 1": "台账事项1",
        "UPDATE step SET text = text || '。' WHERE id = 3": "办理过程第3条",
        "UPDATE count SET result = replace(result, '非差评率', '满意率')": "2023Q1-v1的计票结果",
        "UPDATE poll SET rules = rules || ' '": "2023Q1-v1的测评规则",
        "UPDATE letter SET sha256 = 'ff' WHERE id = 1": letter.filename,
    }
    for statement, named in rows.items():
        with session.begin_nested() as change:
            session.exec(text(statement))
            session.expire_all()
            assert any(named in each for each in integrity.faults(session, config=config)), statement
            change.rollback()
        session.expire_all()
    assert integrity.faults(session, config=config) == []
    entry = session.exec(select(JournalEntry).where(JournalEntry.id == 40)).one()
    entry.detail += " "
    session.flush()
    assert integrity.faults(session, config=config)[0].startswith("日志第40条")
