"""The overview tells each role what waits for it, and nothing that it may not open."""

import dataclasses
import datetime as dt
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlmodel import Session

from survey import inbox
from survey.app import create_desk
from survey.config import Config
from survey.poll import guide
from survey.poll.models import Stage
from survey.rectify import service
from survey.review.comments import paraphrase, take_in_comments
from survey.review.models import MeasureKind, Theme
from survey.review.paraphrases import passes
from survey.staff.models import Account
from tests.desk.review_rooms import TALK, TODAY, Room, a_counted_poll, units

REMARKS = [{"line": "U1", "text": "办事跑了三趟。"}]


@pytest.fixture
def desk(config: Config) -> Iterator[Flask]:
    app = create_desk(dataclasses.replace(config, desk_database="sqlite://"))
    yield app
    app.extensions["desk_engine"].dispose()


def names(session: Session, account: Account) -> dict[str, int]:
    return {each.name: each.count for each in inbox.waiting(session, account, today=TODAY)}


def test_every_kind_of_work_leads_to_a_page_its_roles_may_open(desk: Flask) -> None:
    for name, page, roles, _ in (*inbox.OF_A_QUARTER, *inbox.OF_ALL_QUARTERS):
        assert set(roles) <= desk.view_functions[page].roles, name
    rules = {rule.endpoint: rule.arguments for rule in desk.url_map.iter_rules()}
    for _, page, *_ in (*inbox.OF_A_QUARTER, *inbox.OF_ALL_QUARTERS):
        assert rules[page] == ({"poll_id"} if page in inbox.OF_ONE_POLL else set()), page


def test_every_stage_has_somebody_who_acts_and_a_page_that_lets_them_in(desk: Flask) -> None:
    assert {stage for stage in Stage if guide.ACTS.get(stage)} == set(Stage)
    assert set(guide.WAITING) == {None, *Stage}
    for acts in (guide.START, *guide.ACTS.values()):
        for role, act in acts.items():
            assert role in desk.view_functions[act.page].roles, act.sentence
            assert act.sentence
            assert act.label


def test_a_case_waits_for_each_reviewer_then_for_the_leader_and_then_for_nobody(session: Session) -> None:
    room, poll = Room(session), a_counted_poll(session, TALK)
    case = room.raises(poll)[0]
    assert names(session, room.reviewer) == names(session, room.reviewer2)
    assert names(session, room.reviewer) == {"待填写研判意见的审查事项": 1}
    assert names(session, room.leader) == {}
    room.upholds(case)
    assert names(session, room.reviewer) == {}
    assert names(session, room.leader) == {"待决定的审查事项": 1}
    room.orders(case, MeasureKind.TALK)
    assert names(session, room.leader) == {}


def test_a_remark_waits_for_its_paraphrase_then_for_a_second_person_then_for_its_outcome(
    session: Session,
) -> None:
    room, poll = Room(session), a_counted_poll(session, stage=Stage.RECTIFYING)
    (remark,) = take_in_comments(session, poll, REMARKS, by=room.office)
    assert names(session, room.office) == {"待转述的企业反映": 1, "待定去向的企业反映": 1}
    paraphrase(session, remark, text="一件事跑了三趟", theme=Theme.FEES, by=room.office)
    assert names(session, room.office) == {"待定去向的企业反映": 1}
    assert names(session, room.reviewer) == {"待核对的转述": 1}
    passes(session, remark, by=room.reviewer)
    assert names(session, room.reviewer) == {}


def test_a_task_waits_for_its_unit_then_for_the_office_and_never_for_another_unit(session: Session) -> None:
    room, poll = Room(session), a_counted_poll(session, stage=Stage.RECTIFYING)
    clerk, other = room.clerk_of("U1"), room.clerk_of("U2")
    task = service.open_task(
        session, poll=poll, unit=units(session)["U1"], title="一次告知", owner="王工", phone="0335-7201234",
        deadline=TODAY, theme=Theme.FEES.value, by=room.office, today=TODAY,
    )  # fmt: skip
    assert names(session, clerk) == {"办理中的整改事项": 1}
    assert names(session, other) == {}
    tomorrow = TODAY + dt.timedelta(days=1)
    late = {each.name for each in inbox.waiting(session, room.office, today=tomorrow)}
    assert late == {"亮红灯的整改事项"}
    service.report_step(session, task, text="已办", by=clerk, today=TODAY)
    assert names(session, clerk) == {}
    assert names(session, room.office) == {"单位已反馈、待核实的整改事项": 1}


def test_a_concluded_quarter_asks_nothing_of_anybody(session: Session) -> None:
    room, poll = Room(session), a_counted_poll(session, stage=Stage.RECTIFYING)
    take_in_comments(session, poll, REMARKS, by=room.office)
    poll.stage = Stage.CONCLUDED
    assert names(session, room.office) == {}
