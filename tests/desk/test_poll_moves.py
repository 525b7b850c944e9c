"""The state machine of a poll: every allowed and every forbidden move."""

import json

import pytest
from sqlmodel import Session, select

from survey.config import Config
from survey.errors import Refused
from survey.journal import JournalEntry
from survey.poll import service
from survey.poll.models import Poll, Stage
from survey.poll.stages import is_past, move
from survey.staff.models import Role
from tests.desk.poll_rooms import HELD_ON, County
from tests.people import Staff

ALLOWED = {
    "draft approved", "approved frozen", "frozen open", "open closed", "closed opened", "opened counted",
    "counted reviewed", "reviewed reported", "reported rectifying", "rectifying concluded",
    "draft void", "approved void", "frozen void", "open void", "closed void", "opened void",
}  # fmt: skip


def a_poll(session: Session, stage: Stage) -> Poll:
    poll = Poll(
        round="2023Q1", title="测评", held_on=HELD_ON, seats=6, rules="x", rules_sha256="x", stage=stage
    )
    session.add(poll)
    session.flush()
    return poll


@pytest.mark.parametrize("before", Stage)
@pytest.mark.parametrize("after", Stage)
def test_a_poll_moves_only_as_the_table_says(session: Session, before: Stage, after: Stage):
    poll, clerk = a_poll(session, before), Staff(session).hire(Role.OFFICE)
    if f"{before} {after}" in ALLOWED:
        assert move(session, poll, after, by=clerk).stage is after
        return
    with pytest.raises(Refused) as refusal:
        move(session, poll, after, by=clerk)
    assert refusal.value.code == "poll.move"
    assert poll.stage is before


def test_every_move_is_journaled_with_who_made_it(session: Session):
    poll, clerk = a_poll(session, Stage.REPORTED), Staff(session).hire(Role.OFFICE)
    service.advance(session, poll, Stage.RECTIFYING, clerk)
    entry = session.exec(select(JournalEntry)).one()
    assert (entry.act, entry.actor, entry.subject) == ("poll.move", clerk.login, "2023Q1-v1")
    assert json.loads(entry.detail) == {"from": "reported", "to": "rectifying"}


@pytest.mark.parametrize("stage", [Stage.APPROVED, Stage.FROZEN, Stage.OPEN, Stage.CLOSED, Stage.VOID])
def test_no_stage_before_closing_is_reached_without_its_own_verb(session: Session, stage: Stage):
    poll, clerk = a_poll(session, Stage.DRAFT), Staff(session).hire(Role.OFFICE)
    with pytest.raises(Refused, match="测评页"):
        service.advance(session, poll, stage, clerk)


def test_a_void_poll_has_passed_nothing(session: Session):
    assert not is_past(a_poll(session, Stage.VOID), Stage.DRAFT)


def test_a_counted_poll_cannot_be_voided_any_more(session: Session, config: Config):
    poll, clerk = a_poll(session, Stage.COUNTED), Staff(session).hire(Role.OFFICE)
    with pytest.raises(Refused):
        service.void(session, poll, reason="想重来", config=config, by=clerk)


def test_voiding_needs_a_reason(session: Session, config: Config):
    county = County(session, config)
    with pytest.raises(Refused, match="原因"):
        service.void(session, county.draft(), reason=" ", config=config, by=county.office)
