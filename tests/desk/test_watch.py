"""What inspectors watch: unfiled visits, visits before and after a poll in sums, alerts, any changed byte."""

import datetime as dt
import hashlib
import json
from fractions import Fraction
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import fisher_exact
from sqlmodel import select, text

from survey import journal
from survey.errors import Faulty, Forbidden, Invalid, Missing, Refused
from survey.journal import JournalEntry
from survey.letters.kinds import Reply
from survey.letters.models import Letter, LetterState
from survey.poll import stages
from survey.poll.models import Stage, Turnout
from survey.rectify import service as rectify
from survey.rectify.evidence import Upload
from survey.roster.models import Enterprise
from survey.watch import aftermath, alerts, inspections, integrity
from survey.watch.aftermath import Group
from survey.watch.alerts import AlertKind
from survey.watch.models import Inspection
from tests.desk.books import a_book
from tests.desk.review_rooms import TODAY, Room, a_counted_poll, units

LATER = TODAY + dt.timedelta(days=60)


@pytest.fixture
def room(session):
    units(session)
    return Room(session)


def visit(n, **more):
    return {
        "检查单位": "消防救援大队", "企业名称": f"企业{n}", "检查日期": "2023-03-01",
        "检查依据": f"双随机第{n}项", "备案号": f"备{n}", "检查结果": "未发现问题",
    } | more  # fmt: skip


def registers(room, *rows, by=None):
    book = a_book(inspections.TITLE, inspections.COLUMNS, rows)
    read = inspections.read(room.session, book, today=TODAY)
    return inspections.load(room.session, read, by=by or room.office, today=TODAY)


def kinds(session, today=TODAY):
    return [each.kind for each in alerts.alerts(session, today=today)]


def test_a_visit_without_filing_number_comes_in_and_is_an_alert_until_it_is_filed(session, room):
    taken = registers(room, visit(1), visit(2, 备案号=""))
    assert (taken.counts, taken.warnings) == ({"新增": 2}, ["有1次检查没有备案号，导入后列入预警。"])
    (alert,) = alerts.alerts(session, today=TODAY)
    assert (alert.kind, alert.who) == (AlertKind.UNFILED, "消防救援大队")
    assert "到企业2检查" in alert.text
    assert registers(room, visit(1), visit(2, 备案号="备2")).counts == {"不变": 1, "更新": 1}
    assert kinds(session) == []


@pytest.mark.parametrize(
    ("rows", "place", "words"),
    [
        ([visit(1, 检查单位="不存在")], (2, "检查单位"), "名册中没有"),
        ([visit(1, 检查日期="2023-04-04")], (2, "检查日期"), "今天之后"),
        ([visit(1, 检查依据="")], (2, "检查依据"), "没有填写"),
        ([visit(1, 检查结果="罚")], (2, "检查结果"), "不在可选范围"),
        ([visit(1), visit(1, 备案号="备9")], (3, "企业名称"), "同一次检查"),
        ([visit(1), visit(2, 备案号="备1")], (3, "备案号"), "与第2行重复"),
    ],
)
def test_a_fault_of_the_register_is_named_by_row_and_column(room, rows, place, words):
    with pytest.raises(Faulty) as caught:
        registers(room, *rows)
    (fault,) = caught.value.faults
    assert (fault.row, fault.column) == place
    assert words in fault.sentence


def test_a_unit_never_writes_the_register(room):
    for other in (room.leader, room.clerk_of("U1")):
        with pytest.raises(Forbidden):
            registers(room, visit(1), by=other)


def a_roster(session, poll, came, absent):
    firms = [Enterprise(uscc=f"X{n}", name=f"企业{n}", contact="", phone="") for n in range(came + absent)]
    session.add_all(firms)
    session.flush()
    session.add_all([Turnout(poll_id=poll.id, enterprise_id=firm.id) for firm in firms[:came]])
    session.flush()
    return firms


def inspects(session, firm, day, n, unit="U2"):
    session.add(
        Inspection(
            unit_id=units(session)[unit].id, firm=firm.name, enterprise_id=firm.id, on=day, basis=f"第{n}项",
            filing_number=f"{day}{n}",
        )
    )  # fmt: skip


def test_visits_before_and_after_a_poll_are_set_side_by_side_without_any_firm(session, room):
    poll = a_counted_poll(session)
    firms = a_roster(session, poll, 10, 10)
    before, after = TODAY - dt.timedelta(days=10), TODAY + dt.timedelta(days=10)
    for n, firm in enumerate(firms[:10]):
        inspects(session, firm, after, n)
    for n, firm in enumerate(firms[10:]):
        inspects(session, firm, before, n)
    inspects(session, firms[0], TODAY - dt.timedelta(days=80), 99)
    found = aftermath.compare(session, poll, today=LATER)
    assert (found.took_part, found.others) == (Group("到场企业", 10, 0, 10), Group("其他在册企业", 10, 10, 0))
    assert found.days == 60
    assert found.odd
    assert [(group.name, group.before, group.after) for group in found.units] == [("消防救援大队", 0, 10)]
    (alert,) = alerts.alerts(session, today=LATER)
    assert (alert.kind, alert.on) == (AlertKind.MORE, TODAY)
    assert "到场企业受检查0次和10次，其他企业10次和0次" in alert.text
    assert "企业1" not in repr(found).replace("到场企业", "").replace("在册企业", "")


def test_a_group_of_fewer_than_five_firms_is_not_set_apart(session, room):
    poll = a_counted_poll(session)
    a_roster(session, poll, 10, 4)
    with pytest.raises(Refused, match="少于5家"):
        aftermath.compare(session, poll, today=LATER)
    with pytest.raises(Refused, match="还没有过去一天"):
        aftermath.compare(session, poll, today=TODAY)


def test_a_unit_with_few_visits_stands_in_the_sum_of_the_others(session, room):
    poll = a_counted_poll(session)
    firms = a_roster(session, poll, 6, 6)
    for n, firm in enumerate(firms[:3]):
        inspects(session, firm, TODAY + dt.timedelta(days=1), n, unit="U1")
        inspects(session, firm, TODAY + dt.timedelta(days=2), n, unit="U2")
    found = aftermath.compare(session, poll, today=LATER)
    assert [(g.name, g.before, g.after) for g in found.units] == [("其他单位合计", 0, 6)]


@settings(deadline=None)
@given(*[st.integers(0, 12)] * 4)
def test_the_chance_is_fishers_exact_one_sided(a, b, c, d):
    chance = aftermath.chance_of(Group("", 9, a, b), Group("", 9, c, d))
    total, mine, later = a + b + c + d, a + b, b + d
    ways = [comb(mine, k) * comb(total - mine, later - k) for k in range(min(mine, later) + 1) if later >= k]
    assert chance == pytest.approx(float(Fraction(sum(ways[b:]), comb(total, later))))
    assert chance == pytest.approx(fisher_exact([[b, a], [d, c]], alternative="greater").pvalue)


def looks(session, who, act, subject):
    journal.record(session, by=who.login, act=act, subject=subject)


def test_an_edit_of_the_roster_between_freeze_and_count_is_an_alert(session, room):
    poll = a_counted_poll(session, stage=Stage.APPROVED)
    looks(session, room.office, "roster.correct", "P1")
    stages.move(session, poll, Stage.FROZEN, by=room.inspector)
    looks(session, room.office, "roster.correct", "P2")
    for stage in (Stage.OPEN, Stage.CLOSED, Stage.OPENED, Stage.COUNTED):
        stages.move(session, poll, stage, by=room.inspector)
    looks(session, room.office, "roster.move", "P3")
    (alert,) = alerts.alerts(session, today=TODAY)
    assert (alert.kind, alert.who) == (AlertKind.EDIT, room.office.name)
    assert "2023Q1-v1冻结以后、计票以前，名册有改动：P2" in alert.text


def test_a_look_at_persons_before_publication_is_an_alert_unless_it_is_ones_work(session, room):
    poll = a_counted_poll(session, stage=Stage.OPENED)
    stages.move(session, poll, Stage.COUNTED, by=room.inspector)
    clerk = room.clerk_of("U1")
    for who in (room.reviewer, room.inspector, room.leader, clerk):
        looks(session, who, "tally.persons_read", poll.key)
    looks(session, room.office, "tally.report", poll.key)
    looks(session, room.leader, "tally.persons_read", poll.key)
    found = alerts.alerts(session, today=TODAY)
    assert {each.kind for each in found} == {AlertKind.EARLY}
    assert sorted(each.who for each in found) == sorted([room.leader.name, clerk.name])


def test_a_dossier_opened_without_a_task_is_an_alert(session, room):
    for task in ("审查事项7", ""):
        detail = {"reason": "了解情况", "task": task}
        journal.record(session, by=room.inspector.login, act="dossier.open", subject="P2", detail=detail)
    (alert,) = alerts.alerts(session, today=TODAY)
    assert (alert.kind, alert.who) == (AlertKind.DOSSIER, room.inspector.name)


def test_a_letter_whose_reply_is_late_is_an_alert_until_the_reply_is_entered(session, room):
    letter = Letter(
        kind="整改工作提示函", round="2023Q1", addressee="水务局", dated=TODAY, code="x", sha256="0" * 64,
        content=json.dumps({"reply_by": "2023-04-17"}), state=LetterState.SENT,
        drafted_by="office", approved_by="leader",
    )  # fmt: skip
    reply = Letter(
        kind=Reply.KIND, round="2023Q1", addressee="企业", dated=TODAY, code="y", sha256="0" * 64,
        content="{}", state=LetterState.SENT, drafted_by="office", approved_by="leader",
    )  # fmt: skip
    session.add_all([letter, reply])
    session.flush()
    assert kinds(session, dt.date(2023, 4, 17)) == []
    assert kinds(session, dt.date(2023, 4, 18)) == [AlertKind.LATE]
    letter.state = LetterState.REPLIED
    session.flush()
    assert kinds(session, dt.date(2023, 4, 18)) == []


def test_an_alert_is_dealt_with_by_an_inspector_and_stays(session, room):
    registers(room, visit(1, 备案号=""))
    (alert,) = alerts.alerts(session, today=TODAY)
    with pytest.raises(Forbidden):
        alerts.handle(session, alert.key, note="已核查", by=room.office, today=TODAY)
    with pytest.raises(Invalid, match="核查情况"):
        alerts.handle(session, alert.key, note=" ", by=room.inspector, today=TODAY)
    alerts.handle(session, alert.key, note="补办备案", by=room.inspector, today=TODAY)
    (kept,) = alerts.alerts(session, today=TODAY)
    assert kept.handled.note == "补办备案"
    assert set(alerts.counts([kept]).values()) == {0}
    with pytest.raises(Refused, match="处置"):
        alerts.handle(session, alert.key, note="再次", by=room.inspector, today=TODAY)
    with pytest.raises(Missing):
        alerts.handle(session, "letter:9", note="x", by=room.inspector, today=TODAY)


def a_closed_task(room, config):
    poll = a_counted_poll(room.session, stage=Stage.RECTIFYING)
    poll.rules_sha256 = hashlib.sha256(poll.rules.encode()).hexdigest()
    task = rectify.open_task(
        room.session, poll=poll, unit=units(room.session)["U1"], title="报装收费", owner="李致远",
        phone="0335-7201234", deadline=TODAY, theme="收费", by=room.office, today=TODAY,
    )  # fmt: skip
    file = Upload("公示.pdf", b"%PDF-1.7 one page")
    rectify.report_step(
        room.session, task, text="已公示", by=room.clerk_of("U1"), today=TODAY, files=(file,), config=config
    )
    rectify.verify(room.session, task, text="属实", by=room.office, today=TODAY)
    return poll, task


def test_a_desk_where_nothing_was_changed_has_no_fault(session, room, config):
    a_closed_task(room, config)
    assert integrity.faults(session, config=config) == []


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE task SET deadline = '2024-01-01'", "台账事项1"),
        ("UPDATE task SET owner = '别人'", "台账事项1"),
        ("UPDATE step SET text = '没有公示' WHERE id = 2", "办理过程第2条"),
        ("DELETE FROM step WHERE id = 1", "有一条办理过程被删除"),
        ("UPDATE count SET result = replace(result, '12', '11')", "2023Q1-v1的计票结果"),
        ("UPDATE poll SET slate = slate || ' ', slate_sha256 = 'x'", "2023Q1-v1的票面名单"),
        ("UPDATE evidence SET sha256 = 'ab'", "公示.pdf"),
    ],
)
def test_a_row_changed_behind_the_desk_is_found_and_named(session, room, config, statement, named):
    a_closed_task(room, config)
    session.exec(text(statement))
    session.expire_all()
    assert any(named in sentence for sentence in integrity.faults(session, config=config))


def test_a_changed_evidence_file_and_a_changed_journal_are_named(session, room, config):
    a_closed_task(room, config)
    (path,) = (path for path in (config.instance / "evidence").rglob("*") if path.is_file())
    path.write_bytes(path.read_bytes() + b".")
    assert "佐证材料「公示.pdf」" in integrity.faults(session, config=config)[0]
    entry = session.exec(select(JournalEntry).where(JournalEntry.id == 2)).one()
    entry.subject = "事项9"
    assert integrity.faults(session, config=config)[0].startswith("日志第2条")
