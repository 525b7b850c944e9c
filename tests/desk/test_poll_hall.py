"""The hall: steps signed in order, nobody fills in before the units have left, closing, attendance, cards."""

import datetime as dt

import pytest
from sqlmodel import Session, select, text

from survey.box.board import Board
from survey.box.manifest import Manifest
from survey.box.seal import seal_ballot
from survey.box.writer import Writer
from survey.config import Config
from survey.errors import Refused
from survey.journal import JournalEntry
from survey.poll import boxes, service
from survey.poll.models import HallStep, Poll, Stage
from survey.roster.models import Enterprise
from tests.desk.poll_rooms import ALL_GOOD, AT, BEFORE_FILLING, SEATS, County


@pytest.fixture
def county(session: Session, config: Config) -> County:
    return County(session, config)


@pytest.fixture
def frozen(county: County) -> Poll:
    poll = county.approved()
    county.freeze(poll)
    return poll


@pytest.mark.parametrize("signed", range(4))
def test_the_poll_does_not_open_before_the_units_have_left(county: County, frozen: Poll, signed: int):
    county.sign_steps(frozen, BEFORE_FILLING[:signed])
    with pytest.raises(Refused, match="离场"):
        service.open_poll(county.session, frozen, config=county.config, by=county.inspectors[0])
    assert frozen.stage is Stage.FROZEN


def test_the_poll_opens_once_the_units_have_left(county: County, frozen: Poll):
    county.sign_steps(frozen, BEFORE_FILLING[:4])
    service.open_poll(county.session, frozen, config=county.config, by=county.inspectors[0])
    state = Board(county.config.board).fetch("state", frozen.key)
    assert frozen.stage is Stage.OPEN
    assert state
    assert state.content == b"open"


def test_a_step_cannot_be_skipped_repeated_or_dated_back(county: County, frozen: Poll):
    with pytest.raises(Refused, match="空箱展示"):
        county.sign_steps(frozen, [HallStep.LEFT])
    county.sign_steps(frozen, [HallStep.EMPTY_BOX])
    with pytest.raises(Refused, match="不能重复"):
        county.sign_steps(frozen, [HallStep.EMPTY_BOX])
    with pytest.raises(Refused, match="早于上一步"):
        service.log_step(
            county.session,
            frozen,
            step=HallStep.ATTENDANCE,
            at=AT - dt.timedelta(minutes=1),
            by=county.inspectors[0],
        )


def test_only_an_inspector_signs_the_hall_record(county: County, frozen: Poll):
    with pytest.raises(Refused, match="纪委监委"):
        service.log_step(county.session, frozen, step=HallStep.EMPTY_BOX, at=AT, by=county.office)


def test_filling_is_signed_only_while_the_poll_is_open(county: County, frozen: Poll):
    county.sign_steps(frozen)
    with pytest.raises(Refused, match="填写中"):
        county.sign_steps(frozen, [HallStep.FILLING])


def test_sealing_is_signed_only_after_closing(county: County):
    poll, _ = county.open()
    county.sign_steps(poll, [HallStep.FILLING, HallStep.FILLED])
    with pytest.raises(Refused, match="已封箱"):
        county.sign_steps(poll, [HallStep.SEALED])
    county.close(poll)
    county.sign_steps(poll, [HallStep.SEALED])
    assert service.next_step(county.session, poll) is None


def test_a_closed_poll_takes_no_ballot(county: County):
    poll, cards = county.open()
    county.cast(poll, cards.codes[:5], [ALL_GOOD] * 5)
    county.close(poll)
    sealed = seal_ballot(Manifest.from_bytes(poll.manifest.encode()), cards.codes[5], ALL_GOOD)
    with Writer(boxes.folder(county.config, poll)) as writer, pytest.raises(Refused) as refusal:
        writer.put("ballot", sealed.key, sealed.body)
    assert refusal.value.code == "box.closed"
    assert poll.returned == 5


def test_closing_posts_the_list_of_sealed_envelopes(county: County):
    poll, cards = county.open()
    county.cast(poll, cards.codes, [ALL_GOOD] * 3)
    county.close(poll)
    notice = Board(county.config.board).fetch("sealed", poll.key)
    state = Board(county.config.board).fetch("state", poll.key)
    assert notice
    assert state
    assert state.content == b"closed"
    lines = [line for line in notice.content.decode().splitlines() if not line.startswith("#")]
    assert len(lines) == 3
    assert lines == sorted(lines)


def test_the_turnout_shows_in_steps_of_ten_while_the_poll_is_open(county: County):
    poll, cards = county.open(seats=14, spares=0)
    county.cast(poll, cards.codes[:9], [ALL_GOOD] * 9)
    assert service.turnout(county.config, poll) == 0
    county.cast(poll, cards.codes[9:13], [ALL_GOOD] * 4)
    assert service.turnout(county.config, poll) == 10
    county.close(poll, issued=14)
    assert service.turnout(county.config, poll) == 13


def test_the_attendance_tells_neither_order_nor_time(county: County, frozen: Poll):
    firms = [firm.id for firm in county.session.exec(select(Enterprise))]
    for firm in reversed(firms[1:]):
        service.attend(county.session, frozen, [firm], county.office)
    rows = county.session.exec(text("SELECT rowid, enterprise_id FROM turnout ORDER BY rowid")).all()
    assert [row[1] for row in rows] == sorted(firms[1:])
    journal = "".join(entry.detail for entry in county.session.exec(select(JournalEntry)))
    assert "enterprise" not in journal
    assert "企业" not in journal


def test_the_attendance_counts_each_category_of_an_enterprise(county: County, frozen: Poll):
    firms = [firm.id for firm in county.session.exec(select(Enterprise))]
    service.attend(county.session, frozen, firms[:3], county.office)
    assert service.by_tag(county.session, frozen) == [
        ("四上", 3, SEATS),
        ("省市重点项目", 2, 2),
        ("准规上", 0, 0),
        ("其他", 0, 0),
    ]


def test_an_enterprise_outside_the_roster_cannot_attend(county: County, frozen: Poll):
    with pytest.raises(Refused, match="没有编号"):
        service.attend(county.session, frozen, [999], county.office)


@pytest.mark.parametrize(
    ("numbers", "code"),
    [
        ((8, 6, 2, 0), ""),
        ((8, 7, 1, 1), ""),
        ((7, 6, 1, 0), "poll.printed"),
        ((8, 6, 1, 0), "poll.card_equation"),
        ((8, 9, -1, 0), "poll.card_equation"),
        ((8, 6, 2, 3), "poll.replaced"),
    ],
)
def test_printed_cards_are_issued_or_left_over(county: County, numbers: tuple[int, ...], code: str):
    poll, _ = county.open()
    service.close_poll(county.session, poll, config=county.config, by=county.inspectors[0])
    counted = dict(zip(("printed", "issued", "remaining", "replaced"), numbers, strict=True))
    if not code:
        settled = service.settle_cards(
            county.session, poll, **counted, config=county.config, by=county.office
        )
        assert settled.printed == settled.issued + settled.remaining
        return
    with pytest.raises(Refused) as refusal:
        service.settle_cards(county.session, poll, **counted, config=county.config, by=county.office)
    assert refusal.value.code == code


def test_111_ballots_for_110_issued_cards_void_the_poll(county: County):
    poll, cards = county.open(seats=110, spares=5)
    county.cast(poll, cards.codes[:111], [ALL_GOOD] * 111)
    county.close(poll, issued=110)
    entry = [entry for entry in county.session.exec(select(JournalEntry)) if entry.act == "poll.move"][-1]
    state = Board(county.config.board).fetch("state", poll.key)
    assert (poll.returned, poll.stage) == (111, Stage.VOID)
    assert "收回111张，多于发出的110张" in entry.detail
    assert state
    assert state.content == b"void"


def test_110_ballots_for_110_issued_cards_stand(county: County):
    poll, cards = county.open(seats=110, spares=5)
    county.cast(poll, cards.codes[:110], [ALL_GOOD] * 110)
    county.close(poll, issued=110)
    assert (poll.returned, poll.stage) == (110, Stage.CLOSED)
