"""The review through its pages: each person at the table does the own part, nobody the part of another."""

import datetime as dt

import pytest
from flask import Flask
from sqlmodel import select

from survey.db import unit_of_work
from survey.journal import JournalEntry
from survey.poll.models import Poll, Stage
from survey.review.comments import take_in_comments
from survey.review.models import Case, CaseState, Comment, Measure, MeasureKind, Theme
from survey.staff.models import OF_A_UNIT, Account, Role
from tests.desk.review_rooms import MOVE, REMIND, TALK, Room, a_counted_poll
from tests.desk.visitors import Visitor, hire, work

REMARKS = [
    {"line": "U1", "text": "供水报装跑了三趟，两次报价不一样。"},
    {"line": "P3", "text": "有人索要好处。"},
]


@pytest.fixture
def people(desk: Flask) -> dict[Role, Visitor]:
    with unit_of_work(desk.extensions["desk_engine"]) as session:
        poll = a_counted_poll(session, REMIND, TALK, MOVE)
        take_in_comments(session, poll, REMARKS, by=Room(session).office)
        for stranger in session.exec(select(Account)):
            stranger.active = False
    found = {
        role: Visitor(desk, hire(desk, role, login=role.value, unit_id=1 if role in OF_A_UNIT else None))
        for role in Role
    }
    return found | {"second reviewer": Visitor(desk, hire(desk, Role.REVIEWER, login="reviewer-2"))}


def both_hold(people, case_id: int, **fields: str) -> None:
    page = f"/review/case/{case_id}"
    for who in (Role.REVIEWER, "second reviewer"):
        assert people[who].posts(f"{page}/opinion", page, **fields).status_code == 303


def is_heard(people, case_id: int) -> None:
    page, words = f"/review/case/{case_id}", {"statement-way": "SPOKEN", "statement-statement": "愿意改进"}
    assert people[Role.OFFICE].posts(f"{page}/statement", page, **words).status_code == 303


def case_named(desk: Flask, name: str) -> Case:
    with work(desk) as session:
        return next(case for case in session.exec(select(Case)) if case.name.startswith(name))


def looks(desk: Flask, model: type, key: int):
    with work(desk) as session:
        return session.get(model, key)


def test_a_quarter_is_reviewed_from_page_to_page(desk: Flask, people) -> None:
    office, reviewer, leader = people[Role.OFFICE], people[Role.REVIEWER], people[Role.LEADER]
    assert "尚未提出审查事项" in office.visit("/review").text
    assert office.posts("/review/1/raise", "/review").status_code == 303
    page = reviewer.visit("/review?kind=person&lane=direct")
    assert "李致远" in page.text
    assert "整改工作提示函" not in page.text
    for case_id in (1, 2, 3):
        both_hold(people, case_id, **{"opinion-verdict": "uphold"})
    assert "告知当事人陈述以后" in leader.visit("/review/case/1").text
    assert office.posts("/review/1/invite", "/review").status_code == 303
    assert "陈述期至" in leader.visit("/review/case/1").text
    for case_id in (1, 2, 3):
        is_heard(people, case_id)
    for case_id, kind in ((1, "REMINDER"), (2, "TALK"), (3, "TRANSFER")):
        proofs = {f"decision-{name}": "有" for name in ("verification", "group_decision")}
        answer = leader.posts(
            f"/review/case/{case_id}/decide", f"/review/case/{case_id}", **{"decision-kind": kind}, **proofs
        )
        assert answer.status_code == 303, answer.text
        assert "决定" in leader.visit(f"/review/case/{case_id}").text
    assert office.posts("/review/1/close", "/review").status_code == 303
    assert looks(desk, Poll, 1).stage is Stage.REVIEWED
    assert "李致远" in office.visit("/review/1/measures").text
    assert "2023Q1" in leader.visit("/review/ladders").text
    page = "/review/measure/3"
    early = {"carrying-on": "2099-04-06", "carrying-record": "已调整岗位"}
    answer = office.posts(f"{page}/carry-out", page, **early)
    assert answer.status_code == 409
    assert "已调整岗位" in answer.text
    assert (
        office.posts("/review/1/deliver", "/review/1/measures", measure="3", on="2099-03-01").status_code
        == 303
    )
    assert office.posts(f"{page}/carry-out", page, **early).status_code == 303
    assert looks(desk, Measure, 3).carried_out_on == dt.date(2099, 4, 6)


def test_a_refused_decision_keeps_what_was_typed_and_says_what_is_missing(desk: Flask, people) -> None:
    people[Role.OFFICE].posts("/review/1/raise", "/review")
    case = case_named(desk, "调整岗位")
    page = f"/review/case/{case.id}"
    both_hold(people, case.id, **{"opinion-verdict": "uphold"})
    people[Role.OFFICE].posts("/review/1/invite", "/review")
    is_heard(people, case.id)
    fields = {"decision-kind": MeasureKind.TRANSFER.name, "decision-verification": "走访核实属实"}
    answer = people[Role.LEADER].posts(f"{page}/decide", page, **fields)
    assert answer.status_code == 409
    assert "走访核实属实" in answer.text
    assert "集体研究决定" in answer.text
    with work(desk) as session:
        assert not session.exec(select(Measure)).all()


def test_an_exclusion_goes_from_the_reviewers_evidence_to_the_leaders_word(desk: Flask, people) -> None:
    people[Role.OFFICE].posts("/review/1/raise", "/review")
    bare = {"opinion-verdict": "exclude"}
    answer = people[Role.REVIEWER].posts("/review/case/1/opinion", "/review/case/1", **bare)
    assert answer.status_code == 400
    assert "理由、证据文号、证据日期" in answer.text
    evidence = {
        "opinion-reason": "LAWFUL_ACT",
        "opinion-evidence_number": "水罚〔2023〕8号",
        "opinion-evidence_date": "2023-02-01",
    }
    full = bare | evidence
    both_hold(people, 1, **full)
    assert "审查小组表决不作使用" in people[Role.LEADER].visit("/review/case/1").text
    assert people[Role.LEADER].posts("/review/case/1/exclude", "/review/case/1").status_code == 303
    assert looks(desk, Case, 1).state is CaseState.EXCLUDED
    assert "依法履职行为" in people[Role.INSPECTOR].visit("/review/case/1").text
    assert "您参与" not in people[Role.INSPECTOR].visit("/review/recheck/1").text
    assert "不能复查自己参与" in people[Role.LEADER].visit("/review/recheck/1").text
    fields = {"finding": "OVERTURNED", "text": "处罚日期在测评之后，与评价无关"}
    assert people[Role.INSPECTOR].posts("/review/recheck/1", **fields).status_code == 303
    assert looks(desk, Case, 1).state is CaseState.OPEN


def test_a_waiver_keeps_the_leaders_reason(desk: Flask, people) -> None:
    people[Role.OFFICE].posts("/review/1/raise", "/review")
    both_hold(people, 1, **{"opinion-verdict": "uphold"})
    page = "/review/case/1"
    answer = people[Role.LEADER].posts(f"{page}/waive", page, **{"waiver-reason": "已自行整改"})
    assert answer.status_code == 303
    assert "已自行整改" in people[Role.OFFICE].visit(page).text


def test_a_unit_clerk_sees_no_case_no_measure_and_no_comment(people) -> None:
    clerk = people[Role.UNIT_CLERK]
    people[Role.OFFICE].posts("/review/1/raise", "/review")
    for path in (
        "/review",
        "/review/case/1",
        "/review/1/measures",
        "/review/ladders",
        "/review/1/comments",
        "/review/1/comments/words",
        "/review/comment/1",
        "/rectify/1/comments",
        "/rectify/comment/1",
        "/rectify/1",
        "/rectify/1/letters",
    ):
        clerk.visit(path, status=403)


def test_the_office_writes_one_paraphrase_after_the_other(desk: Flask, people) -> None:
    office = people[Role.OFFICE]
    with work(desk) as session:
        first, second = session.exec(select(Comment).order_by(Comment.id))
    assert first.text in office.visit(f"/review/comment/{first.id}").text
    assert first.text not in office.visit("/review/1/comments").text
    answer = office.posts(f"/review/comment/{first.id}", theme=Theme.BRIBERY.name, text="")
    assert answer.headers["Location"] == f"/review/comment/{second.id}"
    office.visit(f"/review/comment/{first.id}", status=403)
    answer = office.posts(f"/review/comment/{second.id}", theme=Theme.FEES.name, text=second.text)
    assert answer.status_code == 400
    assert "照抄" in answer.text
    answer = office.posts(f"/review/comment/{second.id}", theme=Theme.FEES.name, text="报装收费依据不明")
    assert answer.headers["Location"] == "/review/1/comments"
    assert second.text not in office.visit(f"/review/comment/{second.id}").text
    assert second.text in people[Role.REVIEWER].visit("/review/1/comments/words").text
    assert first.text not in people[Role.REVIEWER].visit("/review/1/comments/words").text
    assert first.text in people[Role.INSPECTOR].visit("/review/1/comments/words").text


def test_the_pages_of_an_empty_desk_say_what_will_stand_there(visitor) -> None:
    assert "还没有测评" in visitor(Role.LEADER).visit("/review").text


def test_every_figure_of_a_case_has_a_chinese_name(desk: Flask, visitor) -> None:
    told = {"n": 110, "b": 38, "line": 0.1, "periods": 2, "periods_with_poor": 2, "times": 3}
    with unit_of_work(desk.extensions["desk_engine"]) as session:
        poll = a_counted_poll(session, TALK | {"numbers": told})
        Room(session).raises(poll)
    page = visitor(Role.LEADER).visit("/review/case/1").text
    for name in told:
        assert f"<dt>{name}</dt>" not in page


def test_an_auditor_reads_cases_and_measures_but_neither_words_nor_forms(people) -> None:
    auditor = people[Role.AUDITOR]
    people[Role.OFFICE].posts("/review/1/raise", "/review")
    assert "/review/1/comments" not in auditor.visit("/review").text
    page = auditor.visit("/review/case/1")
    assert not page.every("textarea")
    auditor.visit("/review/1/measures")
    auditor.visit("/review/1/comments", status=403)


def test_no_look_at_a_remark_goes_without_its_journal_entry(desk: Flask, people) -> None:
    office = people[Role.OFFICE]
    path = "/review/comment/1"
    before = looks_journaled(desk)
    answer = office.posts(path, theme=Theme.FEES.name, text="")
    assert answer.status_code == 400
    with work(desk) as session:
        assert session.get(Comment, 1).text in answer.text
    assert looks_journaled(desk) == before + 2


def looks_journaled(desk: Flask) -> int:
    with work(desk) as session:
        return len(session.exec(select(JournalEntry).where(JournalEntry.act == "comment.read")).all())
