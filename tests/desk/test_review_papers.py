"""The papers of the review say what the pages say; a clue's words are printed for the inspectors alone."""

import pytest

from survey.errors import Forbidden, Refused
from survey.letters.kinds import read, write
from survey.poll.models import Stage
from survey.review import casesheet, objections, papers
from survey.review.comments import paraphrase, take_in_comments
from survey.review.models import MeasureKind, Ruling, Theme, TieKind, Verdict
from survey.review.recusal import add_tie
from survey.review.steps import talks
from survey.staff.models import Role
from tests.desk.review_rooms import AT, EVIDENCE, TALK, TODAY, Room, a_counted_poll, units


@pytest.fixture
def room(session):
    return Room(session)


@pytest.fixture
def case(session, room):
    (case,) = room.raises(a_counted_poll(session, TALK))
    return case


def kept(document):
    """Return the document as it is stored and read back."""
    return read(document.KIND, write(document))


def test_the_opinion_sheet_names_every_opinion_recusal_and_the_vote(session, room, case, config):
    sheet = casesheet.sheet(session, case, today=TODAY)
    with pytest.raises(Refused, match="还没有填写意见"):
        papers.opinion_sheet(session, sheet, config=config)
    third = room.staff.hire(Role.REVIEWER)
    unit = units(session)["U1"]
    add_tie(session, third, unit=unit, kind=TieKind.RELATIVE, since=TODAY, by=room.office)
    room.votes(case, Verdict.EXCLUDE, **EVIDENCE)
    sheet = casesheet.sheet(session, case, today=TODAY)
    paper = kept(papers.opinion_sheet(session, sheet, config=config))
    assert paper.votes == {"不作使用": 2}
    assert paper.recusals == (f"{third.name}（近亲属在该单位）",)
    assert paper.opinions[0].evidence == "卢消罚〔2023〕8号（2023-02-01）"
    assert "不作使用" in paper.conclusion


def test_a_talk_sheet_names_two_talkers_and_the_day_of_the_next_look(session, room, case, config):
    room.upholds(case)
    measure = room.delivers(room.orders(case, MeasureKind.TALK))
    room.talks(measure, "局党组书记")
    (talk,) = talks(session, measure)
    paper = kept(papers.talk_sheet(session, talk, measure, config=config))
    assert (paper.badge, paper.talkers) == ("P2", ("局党组书记", "组织部干部"))
    assert "限期改进" in paper.facts


def test_a_decision_says_who_objected_what_was_found_and_what_follows(session, room, case, config):
    leader = room.staff.hire(Role.LEADER)
    room.upholds(case)
    measure = room.delivers(room.orders(case, MeasureKind.TALK))
    filed = objections.file(
        session, measure, text="与事实不符", signed_name="李致远", by=room.office, today=TODAY
    )
    with pytest.raises(Refused, match="还没有决定"):
        papers.decision(session, filed, config=config)
    objections.examine(session, filed, text="调阅卷宗属实", by=room.inspector, today=TODAY)
    objections.rule(session, filed, ruling=Ruling.REVOKED, reason="事实不清", by=leader, at=AT)
    paper = kept(papers.decision(session, filed, config=config))
    assert (paper.applicant, paper.decision, paper.found) == ("李致远", "撤销原措施", "调阅卷宗属实")


def test_a_clue_is_printed_with_its_words_for_the_inspectors_alone(session, room, config):
    poll = a_counted_poll(session, stage=Stage.RECTIFYING)
    remarks = [{"line": "P3", "text": "索要两条烟"}, {"line": "U1", "text": "办事慢"}]
    clue, plain = take_in_comments(session, poll, remarks, by=room.office)
    paraphrase(session, clue, text="", theme=Theme.BRIBERY, by=room.office)
    about = {"config": config, "today": TODAY}
    paper = kept(papers.clue_sheet(session, clue, by=room.inspector, **about))
    assert (paper.clue, paper.about) == ("索要两条烟", "消防救援大队　赵景行")
    for other in (room.office, room.reviewer, room.leader, room.clerk_of("U2")):
        with pytest.raises(Forbidden):
            papers.clue_sheet(session, clue, by=other, **about)
    with pytest.raises(Refused, match="没有作为问题线索"):
        papers.clue_sheet(session, plain, by=room.inspector, **about)


def test_an_internal_sheet_prints(session, room, case, config):
    room.votes(case)
    sheet = casesheet.sheet(session, case, today=TODAY)
    paper = papers.opinion_sheet(session, sheet, config=config)
    assert papers.pdf(paper, config=config, today=TODAY).startswith(b"%PDF")
