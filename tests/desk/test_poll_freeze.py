"""The freeze: roster, rules and keys under one hash; cards handed out once; a change makes a new version."""

import hashlib
import json
from pathlib import Path

import pytest
from sqlmodel import Session, select

from survey.box import store, tokens
from survey.box.board import Board
from survey.box.manifest import Manifest
from survey.config import Config
from survey.errors import Refused
from survey.journal import JournalEntry
from survey.poll import boxes, service
from survey.poll.models import Stage
from survey.roster.models import Tenure
from tests.desk.poll_rooms import SEATS, County, key_file


@pytest.fixture
def county(session: Session, config: Config) -> County:
    return County(session, config)


def change_the_roster(session: Session) -> None:
    tenure = session.exec(select(Tenure)).first()
    assert tenure
    tenure.duties = "改了负责事项"
    session.flush()


def test_a_frozen_poll_carries_the_hash_of_slate_rules_and_manifest(county: County):
    poll = county.approved()
    cards = county.freeze(poll)
    manifest = Manifest.from_bytes(poll.manifest.encode())
    assert poll.stage is Stage.FROZEN
    assert manifest.sha256 == poll.manifest_sha256
    assert manifest.content["slate_sha256"] == hashlib.sha256(poll.slate.encode()).hexdigest()
    assert manifest.content["rules_sha256"] == hashlib.sha256(poll.rules.encode()).hexdigest()
    assert manifest.cards == len(set(cards.codes)) == SEATS + 2
    assert cards.pdf.startswith(b"%PDF")
    assert [person["name"] for person in manifest.content["slate"]["persons"]] == [
        person["name"] for person in json.loads(poll.slate)["persons"]
    ]


def test_the_freeze_posts_manifest_and_state(county: County, config: Config):
    poll = county.approved()
    county.freeze(poll)
    posted = Board(config.board).fetch("manifest", poll.key)
    state = Board(config.board).fetch("state", poll.key)
    assert posted
    assert hashlib.sha256(posted.content).hexdigest() == poll.manifest_sha256
    assert state
    assert state.content == b"ready"
    assert store.gate(boxes.folder(config, poll)) == "ready"


def test_no_file_and_no_row_keeps_a_card_code(county: County, config: Config):
    poll = county.approved()
    codes = county.freeze(poll).codes
    rows = [entry.detail for entry in county.session.exec(select(JournalEntry))] + [poll.manifest, poll.slate]
    files = [
        path.read_bytes()
        for path in Path(config.instance).rglob("*")
        if path.is_file() and "fonts" not in str(path)
    ]
    for code in codes:
        for shown in (code, tokens.display(code)):
            assert not any(shown in row for row in rows)
            assert not any(shown.encode() in content for content in files)


def test_a_poll_freezes_only_with_enough_keys(county: County, config: Config):
    poll = county.approved()
    public = key_file(poll.key, 1)["public_key"]
    service.register_key(county.session, poll, by=county.inspectors[0], public_key=public)
    with pytest.raises(Refused, match="只登记了1把"):
        service.freeze(county.session, poll, config=config, by=county.inspectors[0])
    assert not boxes.folder(config, poll).exists()


def test_a_draft_that_nobody_signed_does_not_freeze(county: County, config: Config):
    poll = county.registered(county.draft())
    with pytest.raises(Refused, match="已审定"):
        service.freeze(county.session, poll, config=config, by=county.inspectors[0])


def test_a_damaged_or_borrowed_public_key_is_refused(county: County):
    poll, (first, second, _) = county.draft(), county.inspectors
    with pytest.raises(Refused, match="已损坏"):
        service.register_key(county.session, poll, by=first, public_key="04abcd")
    public = key_file(poll.key, 1)["public_key"]
    service.register_key(county.session, poll, by=first, public_key=public)
    with pytest.raises(Refused, match="已经登记过"):
        service.register_key(county.session, poll, by=second, public_key=public)
    with pytest.raises(Refused, match="纪委监委"):
        service.register_key(county.session, poll, by=county.office, public_key=public)


def test_an_inspector_may_replace_the_own_key_before_the_freeze(county: County):
    poll, first = county.draft(), county.inspectors[0]
    for position in (1, 2):
        service.register_key(
            county.session, poll, by=first, public_key=key_file(poll.key, position)["public_key"]
        )
    (kept,) = service.keys(county.session, poll)
    assert (kept.position, kept.public_key) == (1, key_file(poll.key, 2)["public_key"])


def test_a_key_made_for_a_place_that_was_taken_meanwhile_is_refused(county: County):
    poll, (first, second, _) = county.draft(), county.inspectors
    service.register_key(
        county.session, poll, by=first, public_key=key_file(poll.key, 1)["public_key"], position=1
    )
    with pytest.raises(Refused, match="刷新页面"):
        service.register_key(
            county.session, poll, by=second, public_key=key_file(poll.key, 2)["public_key"], position=1
        )


def test_a_key_of_an_earlier_poll_is_refused(county: County, config: Config):
    old = county.registered(county.draft())
    new = service.new_version(county.session, old, config=config, by=county.office)
    public = key_file(old.key, 1)["public_key"]
    with pytest.raises(Refused, match="已经登记过"):
        service.register_key(county.session, new, by=county.inspectors[0], public_key=public)


def test_a_roster_changed_after_the_signatures_does_not_freeze(county: County, config: Config):
    poll = county.registered(county.approved())
    change_the_roster(county.session)
    assert service.roster_changed(county.session, poll)
    with pytest.raises(Refused, match="另立新版本"):
        service.freeze(county.session, poll, config=config, by=county.inspectors[0])


def test_a_roster_changed_after_the_freeze_makes_a_new_version_and_voids_the_old(
    county: County, config: Config
):
    old = county.approved()
    county.freeze(old)
    county.sign_steps(old)
    change_the_roster(county.session)
    with pytest.raises(Refused, match="另立新版本"):
        service.open_poll(county.session, old, config=config, by=county.inspectors[0])

    new = service.new_version(county.session, old, config=config, by=county.office)

    assert (old.stage, new.stage, new.key) == (Stage.VOID, Stage.DRAFT, "2023Q1-v2")
    assert store.gate(boxes.folder(config, old)) == "closed"
    state = Board(config.board).fetch("state", old.key)
    assert state
    assert state.content == b"void"
    assert service.current(county.session) is new
    county.freeze(county.approved(new))
    assert new.manifest_sha256 != old.manifest_sha256
    assert "改了负责事项" in new.manifest


def test_a_frozen_poll_does_not_freeze_again(county: County, config: Config):
    poll = county.approved()
    county.freeze(poll)
    with pytest.raises(Refused):
        service.freeze(county.session, poll, config=config, by=county.inspectors[0])


def test_a_freeze_that_was_rolled_back_can_be_done_again(county: County, config: Config):
    poll = county.registered(county.approved())
    county.session.commit()
    first = service.freeze(county.session, poll, config=config, by=county.inspectors[0])
    county.session.rollback()
    poll = service.get(county.session, poll.id or 0)
    again = service.freeze(county.session, poll, config=config, by=county.inspectors[0])
    assert not set(first.codes) & set(again.codes)
    assert store.manifest(boxes.folder(config, poll)).sha256 == poll.manifest_sha256
