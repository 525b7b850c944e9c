"""Drafting and signing: what the office proposes, what two leaders put their names under."""

import datetime as dt
from typing import Any

import pytest
from sqlmodel import Session, select

from survey.config import Config
from survey.errors import Refused
from survey.poll import policies, service
from survey.poll.drafts import Plan
from survey.poll.models import Stage
from survey.roster.models import Official
from tests.desk.poll_rooms import AT, HELD_ON, County

PLAN: dict[str, Any] = {
    "title": "测评", "held_on": HELD_ON, "seats": 6, "spare_cards": 2, "threshold": 2,
    "rules_toml": policies.text("replay"), "venue": "",
}  # fmt: skip


@pytest.fixture
def county(session: Session, config: Config) -> County:
    return County(session, config)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"round_": "2023年1季度"}, "poll.round"),
        ({"round_": "2023Q5"}, "poll.round"),
        ({"title": "  "}, "poll.title"),
        ({"seats": 0}, "poll.seats"),
        ({"spare_cards": -1}, "poll.seats"),
        ({"threshold": 1}, "poll.threshold"),
        ({"threshold": 17}, "poll.threshold"),
        ({"rules_toml": "这不是规则"}, "poll.rules"),
        ({"rules_toml": ""}, "poll.rules"),
    ],
)
def test_a_faulty_draft_is_refused_and_leaves_nothing(county: County, change: dict[str, Any], code: str):
    with pytest.raises(Refused) as refusal:
        service.draft(county.session, **({"round_": "2023Q1"} | PLAN | change), by=county.office)
    assert refusal.value.code == code
    assert service.current(county.session) is None


def test_a_round_has_one_valid_version_at_a_time(county: County):
    county.draft()
    with pytest.raises(Refused, match="2023Q1-v1"):
        county.draft()


def test_a_shipped_policy_keeps_its_digest(county: County):
    shipped = {policy.name: policy.sha256 for policy in policies.shipped()}
    assert county.draft().rules_sha256 == shipped["replay"]
    assert set(shipped) == {"lulong", "replay"}


def test_two_different_leaders_make_a_draft_approved(county: County):
    poll = county.draft()
    assert service.approve(county.session, poll, by=county.leaders[0], at=AT).stage is Stage.DRAFT
    assert service.approve(county.session, poll, by=county.leaders[1], at=AT).stage is Stage.APPROVED


def test_one_leader_cannot_sign_twice(county: County):
    poll = county.draft()
    service.approve(county.session, poll, by=county.leaders[0], at=AT)
    with pytest.raises(Refused, match="另一位县领导"):
        service.approve(county.session, poll, by=county.leaders[0], at=AT)
    assert poll.stage is Stage.DRAFT


def test_nobody_but_a_leader_signs(county: County):
    poll = county.draft()
    for other in (county.office, county.inspectors[0]):
        with pytest.raises(Refused, match="县领导"):
            service.approve(county.session, poll, by=other, at=AT)


def test_a_changed_draft_must_be_signed_by_both_again(county: County):
    poll = county.draft()
    service.approve(county.session, poll, by=county.leaders[0], at=AT)
    service.revise(county.session, poll, Plan(**PLAN | {"seats": 5}), by=county.office)
    assert service.approvals(county.session, poll) == []
    assert county.approved(poll).stage is Stage.APPROVED


def test_both_leaders_sign_the_same_slate(county: County):
    poll = county.draft()
    service.approve(county.session, poll, by=county.leaders[0], at=AT)
    person = county.session.exec(select(Official)).first()
    assert person
    person.name = "改名了"
    county.session.flush()
    with pytest.raises(Refused, match="名册有改动"):
        service.approve(county.session, poll, by=county.leaders[1], at=AT)


def test_an_approved_draft_cannot_be_revised(county: County):
    with pytest.raises(Refused, match="起草"):
        service.revise(county.session, county.approved(), Plan(**PLAN), by=county.office)


def test_a_day_without_roster_cannot_be_signed(county: County):
    poll = county.draft()
    poll.held_on = dt.date(2019, 1, 1)
    with pytest.raises(Refused, match="没有被测评人员"):
        service.approve(county.session, poll, by=county.leaders[0], at=AT)
