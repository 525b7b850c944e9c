"""The ledger's rule book: compulsory particulars, lights from dates, whose task it is, the equation."""

import datetime as dt
import io

import openpyxl
import pytest

from survey.errors import Forbidden, Gone, Invalid, Refused
from survey.poll.models import Stage
from survey.rectify import evidence, ledger, service, sheets
from survey.rectify.evidence import Upload
from survey.rectify.models import Light, OutcomeKind
from survey.review.comments import paraphrase, take_in_comments
from survey.review.models import Theme
from tests.desk.review_rooms import TODAY, Room, a_counted_poll, units

DUE = dt.date(2023, 6, 30)
PDF = Upload("整改照片.pdf", b"%PDF-1.7 one page")


@pytest.fixture
def room(session):
    return Room(session)


@pytest.fixture
def poll(session):
    return a_counted_poll(session, stage=Stage.RECTIFYING)


def opens(room, poll, **more):
    particulars = {
        "poll": poll,
        "unit": units(room.session)["U1"],
        "title": "供水报装收费依据不明",
        "owner": "李致远",
        "phone": "0335-7201234",
        "deadline": DUE,
        "theme": Theme.FEES.value,
        "by": room.office,
        "today": TODAY,
    }
    return service.open_task(room.session, **(particulars | more))


def reports(room, task, day, clerk=None):
    return service.report_step(
        room.session, task, text="已公示收费依据", by=clerk or room.clerk_of("U1"), today=day
    )


@pytest.mark.parametrize(
    ("today", "done", "light", "words"),
    [
        (dt.date(2023, 6, 1), None, Light.YELLOW, "还有29天"),
        (dt.date(2023, 6, 30), None, Light.YELLOW, "今天到期"),
        (dt.date(2023, 7, 1), None, Light.RED, "已逾期1天"),
        (dt.date(2023, 7, 9), dt.date(2023, 7, 5), Light.GREEN, "逾期5天"),
        (dt.date(2023, 7, 9), dt.date(2023, 6, 30), Light.GREEN, "按期"),
    ],
)
def test_red_yellow_and_green_follow_from_dates(room, poll, today, done, light, words):
    task = opens(room, poll)
    if done:
        reports(room, task, done)
    assert (task.light(today), ledger.label(task, today)) == (light, words)


@pytest.mark.parametrize(
    ("gap", "named"),
    [
        ({"unit": None}, "责任单位"),
        ({"title": " "}, "整改事项"),
        ({"owner": ""}, "盯办人"),
        ({"phone": ""}, "联系电话"),
        ({"deadline": None}, "完成时限"),
    ],
)
def test_a_task_without_a_compulsory_particular_is_refused_and_the_gap_is_named(room, poll, gap, named):
    with pytest.raises(Invalid, match=f"缺少：{named}，"):
        opens(room, poll, **gap)
    assert ledger.tasks(room.session, poll) == []


def test_all_gaps_are_named_at_once(room, poll):
    with pytest.raises(Invalid, match="盯办人、联系电话、完成时限"):
        opens(room, poll, owner="", phone="", deadline=None)


@pytest.mark.parametrize("phone", ["待定", "123", "call me"])
def test_a_phone_must_be_one_that_can_be_dialled(room, poll, phone):
    with pytest.raises(Invalid, match="不像电话号码"):
        opens(room, poll, phone=phone)


def test_a_deadline_in_the_past_is_refused(room, poll):
    with pytest.raises(Invalid, match="早于今天"):
        opens(room, poll, deadline=TODAY - dt.timedelta(days=1))


def test_only_the_office_opens_tasks(room, poll):
    with pytest.raises(Forbidden):
        opens(room, poll, by=room.clerk_of("U1"))


def test_another_units_task_can_be_neither_seen_nor_answered(session, room, poll):
    task, stranger = opens(room, poll), room.clerk_of("U2")
    with pytest.raises(Forbidden, match="其他单位"):
        ledger.task_for(session, task.id, by=stranger)
    with pytest.raises(Forbidden, match="其他单位"):
        reports(room, task, DUE, clerk=stranger)
    with pytest.raises(Forbidden, match="其他单位"):
        service.note(session, task, text="看看", by=stranger, today=TODAY)
    assert service.wall(session, by=stranger, today=TODAY) == []


def test_the_wall_shows_a_clerk_the_own_unit_and_the_inspector_everything(session, room, poll):
    opens(room, poll)
    opens(room, poll, unit=units(session)["U2"])
    seen = service.wall(session, by=room.clerk_of("U1"), today=TODAY)
    assert [row.unit.code for row in seen] == ["U1"]
    assert len(service.wall(session, by=room.inspector, today=TODAY)) == 2


def test_a_task_runs_from_report_over_return_to_verification(session, room, poll):
    task = opens(room, poll)
    with pytest.raises(Refused, match="还没有反馈"):
        service.verify(session, task, text="属实", by=room.office, today=TODAY)
    reports(room, task, TODAY)
    with pytest.raises(Refused, match="等待办公室核实"):
        reports(room, task, TODAY)
    service.send_back(session, task, reason="公示位置不对", by=room.office, today=TODAY)
    assert task.light(DUE) is Light.YELLOW
    reports(room, task, DUE)
    service.verify(session, task, text="现场核实", by=room.office, today=DUE)
    assert ledger.state(task) == "已销号"
    kinds = [entry.step.kind.value for entry in ledger.thread(session, task)]
    assert kinds == ["受理", "单位反馈", "退回重办", "单位反馈", "核实销号"]


def test_a_unit_does_not_verify_its_own_task(session, room, poll):
    task, clerk = opens(room, poll), room.clerk_of("U1")
    reports(room, task, TODAY, clerk=clerk)
    with pytest.raises(Forbidden):
        service.verify(session, task, text="自己核实", by=clerk, today=TODAY)


def test_a_closed_task_takes_no_further_entry(session, room, poll):
    task = opens(room, poll)
    reports(room, task, TODAY)
    service.verify(session, task, text="属实", by=room.office, today=TODAY)
    with pytest.raises(Refused, match="核实销号"):
        service.note(session, task, text="补充", by=room.office, today=TODAY)
    with pytest.raises(Refused, match="核实销号"):
        service.send_back(session, task, reason="再查", by=room.office, today=TODAY)


@pytest.fixture
def comments(session, room, poll):
    remarks = [{"line": "U1", "text": "报价两次不一样。"}, {"line": "U2", "text": "讲话不客气。"}]
    return take_in_comments(session, poll, remarks, by=room.office)


def test_every_comment_ends_in_a_task_or_another_outcome_and_the_equation_says_so(
    session, room, poll, comments
):
    first, second = comments
    assert service.equation(session, poll) == (2, 0)
    room.paraphrases(first, "收费依据不明", Theme.FEES)
    opens(room, poll, comment=first)
    opens(room, poll, comment=first, title="一次性告知收费项目")
    assert service.equation(session, poll) == (2, 1)
    service.settle_comment(
        session, second, kind=OutcomeKind.DECLINED, reason="执法记录仪显示用语规范", by=room.office
    )
    assert service.equation(session, poll) == (2, 2)


def test_an_outcome_other_than_a_task_needs_a_reason(session, room, comments):
    with pytest.raises(Invalid, match="写明理由"):
        service.settle_comment(session, comments[0], kind=OutcomeKind.ADOPTED, reason=" ", by=room.office)
    with pytest.raises(Refused, match="登记整改事项"):
        service.settle_comment(session, comments[0], kind=OutcomeKind.TASK, reason="列入", by=room.office)


def test_a_comment_without_paraphrase_does_not_reach_a_unit(session, room, poll, comments):
    with pytest.raises(Refused, match="先写好转述"):
        opens(room, poll, comment=comments[0])


def test_bribery_goes_to_the_inspectors_and_to_no_ledger(session, room, poll, comments):
    paraphrase(session, comments[0], text="", theme=Theme.BRIBERY, by=room.office)
    with pytest.raises(Refused, match="只移交纪委监委"):
        opens(room, poll, comment=comments[0])
    with pytest.raises(Refused, match="只移交纪委监委"):
        service.settle_comment(session, comments[0], kind=OutcomeKind.DECLINED, reason="无", by=room.office)
    service.settle_comment(
        session, comments[0], kind=OutcomeKind.DISCIPLINE, reason="涉嫌吃拿卡要", by=room.inspector
    )
    assert service.equation(session, poll) == (2, 1)


def test_a_quarter_concludes_when_the_equation_holds_and_every_task_is_verified(
    session, room, poll, comments
):
    with pytest.raises(Refused, match="还差2条"):
        service.conclude(session, poll, by=room.office)
    for comment in comments:
        room.paraphrases(comment, "转述", Theme.OTHER)
    task = opens(room, poll, comment=comments[0])
    service.settle_comment(session, comments[1], kind=OutcomeKind.ADOPTED, reason="已采纳", by=room.office)
    with pytest.raises(Refused, match="还有1件"):
        service.conclude(session, poll, by=room.office)
    reports(room, task, TODAY)
    service.verify(session, task, text="属实", by=room.office, today=TODAY)
    assert service.conclude(session, poll, by=room.office).stage is Stage.CONCLUDED


def test_evidence_is_kept_under_its_digest_and_a_changed_file_is_noticed(session, room, poll, config):
    task, clerk = opens(room, poll), room.clerk_of("U1")
    service.report_step(session, task, text="已整改", by=clerk, today=TODAY, files=(PDF,), config=config)
    (kept,) = ledger.thread(session, task)[-1].files
    assert ledger.evidence_for(session, kept.id, by=clerk).filename == "整改照片.pdf"
    assert evidence.fetch(config, kept.sha256) == PDF.content
    (config.instance / "evidence" / kept.sha256[:2] / kept.sha256).write_bytes(b"other")
    with pytest.raises(Gone):
        evidence.fetch(config, kept.sha256)
    with pytest.raises(Forbidden):
        ledger.evidence_for(session, kept.id, by=room.clerk_of("U2"))


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        (Upload("空.pdf", b""), "是空的"),
        (Upload("程序.exe", b"MZ"), "不是可接受的格式"),
        (Upload("假.pdf", b"MZ"), "不是可接受的格式"),
        (Upload("大.pdf", b"%PDF-" + bytes(evidence.LARGEST)), "超过10MB"),
    ],
)
def test_a_file_that_is_no_evidence_is_refused_and_nothing_is_kept(
    session, room, poll, config, upload, words
):
    task = opens(room, poll)
    with pytest.raises(Invalid, match=words):
        service.report_step(
            session,
            task,
            text="已整改",
            by=room.clerk_of("U1"),
            today=TODAY,
            files=(PDF, upload),
            config=config,
        )
    assert not (config.instance / "evidence").exists()


def test_a_file_name_cannot_lead_out_of_its_folder():
    assert evidence.check(Upload("..\\..\\etc/x.pdf", PDF.content)) == "x.pdf"


def test_the_ledger_exports_every_row_with_its_light(session, room, poll):
    opens(room, poll, title="=HYPERLINK(1)")
    book = openpyxl.load_workbook(io.BytesIO(sheets.workbook(service.ledger(session, today=DUE))))
    heads, row = book.active.iter_rows(values_only=True)
    cells = dict(zip(heads, row, strict=True))
    assert cells["责任单位"] == "水务局"
    assert cells["灯色"] == "黄"
    assert cells["整改事项"].startswith("'=")
