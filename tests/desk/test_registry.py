"""The registry: papers by form, approved by somebody else, issued in parts, delivered; who may do what."""

import datetime as dt
import io
import zipfile
from urllib.parse import quote

import pytest
from docx import Document as read_word
from flask import Flask
from sqlmodel import select

from survey import clock, journal
from survey.db import unit_of_work
from survey.errors import Missing
from survey.letters import check
from survey.letters import service as post_office
from survey.letters.fields import labelled, write
from survey.letters.models import Letter, LetterState
from survey.poll.models import Poll, Stage
from survey.registry import service
from survey.review.comments import take_in_comments
from survey.review.models import Comment, Theme
from survey.roster.models import Enterprise
from survey.staff.models import Role
from tests.desk.poll_rooms import County, ballots
from tests.desk.review_rooms import REMIND, TALK, Room, a_counted_poll
from tests.desk.visitors import Visitor, hire, work
from tests.letters.conftest import text_of
from tests.letters.samples import SAMPLES

REMARK = {"line": "U1", "text": "暗示到指定的饭店安排工作餐。"}
NUMERALS = "一二三"
KINDS = {type(make()).KIND: make for make in SAMPLES.values()}


@pytest.fixture
def people(desk: Flask) -> dict[str, Visitor]:
    with unit_of_work(desk.extensions["desk_engine"]) as session:
        room = Room(session)
        poll = a_counted_poll(session, REMIND, TALK)
        take_in_comments(session, poll, [], by=room.office)
        room.reviews(poll)
        poll.stage = Stage.REPORTED
        for number in range(3):
            session.add(
                Enterprise(uscc=f"X{number}", name=f"恒泰{'一二三'[number]}厂", contact="张", phone="1")
            )
    roles = (Role.OFFICE, Role.LEADER, Role.INSPECTOR, Role.REVIEWER)
    return {role.value: Visitor(desk, hire(desk, role, login=role.value)) for role in roles}


def typed(kind: str, **changes: str) -> dict[str, str]:
    """Return what somebody types for the sample of a kind."""
    document = KINDS[kind]()
    fields = {field.name: write(getattr(document, field.name)) for field in labelled(type(document))}
    return {"dated": "2023-04-20", **{f"the_{name}": text for name, text in (fields | changes).items()}}


def new(kind: str) -> str:
    return f"/registry/1/new/{quote(kind)}"


def test_every_paper_is_drafted_from_its_form_and_looks_as_its_sample(people) -> None:
    for kind in service.BY_FORM:
        writer = people["inspector" if kind == service.CLUE else "office"]
        answer = writer.posts(new(kind), way="specimen", **typed(kind))
        assert answer.status_code == 200, (kind, answer.text)
        assert check.faults(answer.data) == [], kind


def test_a_paper_is_drafted_approved_issued_sent_and_received_by_the_right_people(desk, people) -> None:
    office, leader = people["office"], people["leader"]
    assert office.posts(new("督办单"), **typed("督办单")).status_code == 303
    assert office.posts("/registry/letter/1/approve", "/registry/1").status_code == 403
    assert office.posts("/registry/1/issue", "/registry/1").status_code == 303
    with work(desk) as session:
        assert session.get(Letter, 1).state is LetterState.DRAFT
    assert "督办单" in leader.visit("/registry/1").text
    assert leader.client.get("/registry/letter/1/specimen").data.startswith(b"%PDF-")
    leader.posts("/registry/letter/1/approve", "/registry/1")
    leader.posts("/registry/letter/1/back", "/registry/1")
    leader.posts("/registry/1/approve", "/registry/1")
    office.posts("/registry/1/issue", "/registry/1")
    assert "已印发1份，共1份" in office.visit("/registry/1").text
    slip = text_of(office.client.get("/registry/letter/1/slip").data)
    assert "卢龙县市场监督管理局" in slip
    office.posts("/rectify/letter/1/sent", "/registry/1")
    fields = {"on": "2023-04-24", "signed_by": "李赟"}
    assert office.posts("/registry/letter/1/receipt", **{**fields, "on": "2023-04-01"}).status_code == 400
    assert office.posts("/registry/letter/1/receipt", **fields).status_code == 303
    assert "李赟 2023-04-24" in office.visit("/registry/1").text
    with work(desk) as session:
        letter = session.get(Letter, 1)
        assert (letter.number, letter.state) == ("青营商函〔2023〕1号", LetterState.RECEIVED)
        assert (letter.drafted_by, letter.approved_by) == ("office", "leader")
        assert letter.received_on == dt.date(2023, 4, 24)
        acts = [entry.act for entry in session.exec(select(journal.JournalEntry)).all()]
    life = ["draft", "approve", "send_back", "approve", "issue", "sent", "received"]
    assert [act for act in acts if act.startswith("letters.")] == [f"letters.{act}" for act in life]


def test_a_form_names_each_fault_and_keeps_what_was_typed(people) -> None:
    answer = people["office"].posts(
        new("约谈纪要"), **typed("约谈纪要", commitments="一窗受理｜刘翀", on="五月", recorder="")
    )
    assert answer.status_code == 400
    for words in ("有3处需要改正", "事项｜责任人｜时限", "不是日期", "请填写此项", "县委三楼会议室"):
        assert words in answer.text


def test_known_facts_are_filled_in(people) -> None:
    office = people["office"]
    page = office.visit(f"{new('约谈通知书')}?about=measure:1").text
    assert "2023年第一季度" in page
    assert "已达到" in page or "达到测评规则中" in page
    assert "人任意" in page or "名以上监督人" in office.visit(new("问卷审定单")).text
    assert office.client.get(f"{new('督办单')}?about=task:99").status_code == 404
    assert office.client.get(new("红头文件")).status_code == 404
    assert "拟写督办单" in office.visit("/registry/1/new/supervision").text


def test_a_clue_is_the_inspectors_alone_and_is_kept_nowhere(desk, people) -> None:
    path = f"{new('问题线索移交单')}?about=comment:1"
    with work(desk) as session:
        session.add(Comment(poll_id=1, line_name="水务局", unit_code="U1", theme=Theme.BRIBERY, **REMARK))
        session.commit()
    assert people["office"].client.get(path).status_code == 403
    assert people["office"].client.get(f"{new('督办单')}?about=comment:1").status_code == 403
    inspector = people["inspector"]
    assert REMARK["text"] in inspector.visit(path).text
    answer = inspector.posts(path, **typed("问题线索移交单"))
    assert answer.status_code == 409
    assert "不存入系统" in answer.text
    with work(desk) as session:
        assert session.exec(select(Letter)).all() == []


def test_papers_of_figures_need_no_form(session, config) -> None:
    county = County(session, config)
    poll = county.counted(ballots(U2=2))
    today = {"config": config, "today": poll.held_on}
    text = text_of(service.from_figures(session, poll, "常务会议题材料", **today))
    assert "应到企业6家，实到6家，有效选票6张" in text
    assert "附件：各类单位测评情况" in text
    assert "执法监管类（1个单位" in text
    record = text_of(service.from_figures(session, poll, "现场监督记录", **today))
    assert "被测评单位人员离场" in record
    with pytest.raises(Missing, match="没有「红头文件」"):
        service.from_figures(session, poll, "红头文件", **today)


def draft_replies(desk, people) -> None:
    office = people["office"]
    answer = office.posts("/rectify/1/reply", "/rectify/1/letters", **{"reply-dated": str(clock.today())})
    assert answer.status_code == 303, answer.text
    assert answer.location.endswith("/registry/1")


def test_the_letters_to_the_enterprises_go_out_in_parts_that_can_be_taken_up(
    desk, people, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post_office, "PART", 2)
    draft_replies(desk, people)
    office = people["office"]
    people["leader"].posts("/registry/1/approve", "/registry/1")
    first = office.posts("/registry/1/issue", "/registry/1")
    assert first.location.endswith("?going=on")
    page = office.visit("/registry/1?going=on").text
    assert "data-continue" in page
    assert "已印发2份，共3份" in page
    office.posts("/registry/1/issue", "/registry/1")
    assert "data-continue" not in office.visit("/registry/1").text
    spool = office.posts("/registry/1/printfile", "/registry/1")
    assert spool.data.startswith(b"%PDF-")
    bundle = office.posts("/registry/1/archive", "/registry/1")
    with zipfile.ZipFile(io.BytesIO(bundle.data)) as opened:
        assert len(opened.namelist()) == 4
    labels = text_of(office.client.get("/registry/1/labels").data)
    assert all(f"恒泰{number}厂" in labels for number in NUMERALS)


def test_a_draft_thrown_away_is_due_again(desk, people) -> None:
    draft_replies(desk, people)
    people["office"].posts("/registry/letter/1/discard", "/registry/1")
    with work(desk) as session:
        assert len(session.exec(select(Letter)).all()) == 2
        assert session.get(Poll, 1)
    assert "拟1份" in people["office"].visit("/rectify/1/letters").text


def test_the_word_file_holds_the_text_without_seal_and_code(desk, people) -> None:
    people["office"].posts(new("异议复核决定书"), **typed("异议复核决定书"))
    answer = people["office"].client.get("/registry/letter/1/text")
    word = read_word(io.BytesIO(answer.data))
    text = "\n".join(paragraph.text for paragraph in word.paragraphs)
    document = KINDS["异议复核决定书"]()
    for words in (
        document.decision,
        document.grounds,
        "四、决定",
        "2023年4月20日",
        "抄送：县纪委监委，县委组织部。",
    ):
        assert words in text
    assert "查验码" not in text
    assert not word.inline_shapes
