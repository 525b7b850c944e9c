"""The opening: at least M inspectors, each with the own key; a wrong share set is named."""

import pytest
from sqlmodel import Session, select

from survey.box import keys
from survey.box.board import Board
from survey.config import Config
from survey.errors import Refused
from survey.poll.models import Stage
from survey.tally import opened, service, signing
from survey.tally.models import ShareSet
from tests.desk.poll_rooms import AT, PASSPHRASE, SEATS, County


@pytest.fixture
def county(session: Session, config: Config) -> County:
    return County(session, config)


def test_two_of_three_inspectors_open_the_box(county: County):
    poll = county.closed(remark="办理太慢")
    county.submit(poll, 1, 3)
    assert service.submitted(county.session, poll) == {1, 3}
    result = service.open_box(county.session, poll, config=county.config, by=county.inspectors[0], at=AT)
    assert len(result.ballots) == SEATS
    assert poll.stage is Stage.OPENED
    assert [each["text"] for each in opened.remarks(county.config, poll)] == ["办理太慢"]
    assert opened.read(county.config, poll).ballots == result.ballots


def test_the_shares_are_destroyed_once_the_box_is_open(county: County):
    poll = county.closed()
    county.submit(poll, 1, 2, 3)
    service.open_box(county.session, poll, config=county.config, by=county.inspectors[0], at=AT)
    assert county.session.exec(select(ShareSet)).all() == []


def test_one_inspector_alone_opens_nothing(county: County):
    poll = county.closed()
    county.submit(poll, 2)
    with pytest.raises(Refused, match="现只有1位"):
        service.open_box(county.session, poll, config=county.config, by=county.inspectors[1], at=AT)
    assert poll.stage is Stage.CLOSED
    assert not opened.folder(county.config, poll).exists()


def test_an_open_poll_gives_out_no_envelopes(county: County):
    poll, _ = county.open()
    with pytest.raises(Refused, match="已封箱"):
        service.package(county.session, poll, config=county.config, by=county.inspectors[0])


def test_an_inspector_hands_in_the_own_shares_only(county: County):
    poll = county.closed()
    with pytest.raises(Refused, match="第2位监督人员的"):
        service.submit_shares(county.session, poll, county.shares(poll, 2), by=county.inspectors[0])
    with pytest.raises(Refused, match="登记了密钥的监督人员"):
        service.submit_shares(county.session, poll, county.shares(poll, 1), by=county.office)
    assert service.submitted(county.session, poll) == frozenset()


@pytest.mark.parametrize("damage", [{"shares": None}, {"shares": {"x": 1}}, {"manifest": "0" * 64}])
def test_damaged_or_foreign_shares_are_refused(county: County, damage: dict[str, object]):
    poll = county.closed()
    with pytest.raises(Refused):
        service.submit_shares(county.session, poll, county.shares(poll, 1) | damage, by=county.inspectors[0])


def test_a_wrong_share_set_is_named_and_the_box_stays_closed(county: County):
    poll = county.closed()
    county.submit(poll, 1, 2)
    wrong = county.shares(poll, 3)
    wrong["shares"] = dict.fromkeys(wrong["shares"], "ab" * 32)
    service.submit_shares(county.session, poll, wrong, by=county.inspectors[2])
    with pytest.raises(Refused, match="第3位监督人"):
        service.open_box(county.session, poll, config=county.config, by=county.inspectors[0], at=AT)
    assert poll.stage is Stage.CLOSED
    county.submit(poll, 3)
    service.open_box(county.session, poll, config=county.config, by=county.inspectors[0], at=AT)


def test_the_box_opens_only_as_the_board_that_m_inspectors_signed(county: County):
    poll = county.closed()
    unsigned = county.shares(poll, 1)
    del unsigned["board"]
    with pytest.raises(Refused, match="没有附密封选票清单的签名"):
        service.submit_shares(county.session, poll, unsigned, by=county.inspectors[0])
    swapped = county.shares(poll, 1) | {"board": county.shares(poll, 2)["board"]}
    with pytest.raises(Refused, match="签名不符"):
        service.submit_shares(county.session, poll, swapped, by=county.inspectors[0])
    county.submit(poll, 1, 2)
    board = Board(county.config.board)
    posted = board.fetch("sealed", poll.key)
    assert posted
    lines = posted.content.splitlines(keepends=True)
    board.post("sealed", poll.key, b"".join(lines[:3] + lines[4:]), posted.content_type)
    with pytest.raises(Refused, match="与公示栏不一致"):
        service.open_box(county.session, poll, config=county.config, by=county.inspectors[0], at=AT)
    board.post("sealed", poll.key, posted.content + b"# later\n", posted.content_type)
    with pytest.raises(Refused, match="只有0位"):
        service.open_box(county.session, poll, config=county.config, by=county.inspectors[0], at=AT)
    board.post("sealed", poll.key, posted.content, posted.content_type)
    service.open_box(county.session, poll, config=county.config, by=county.inspectors[0], at=AT)
    assert set(signing.posted_signatures(county.config, poll)["sealed"]) == {"1", "2"}


def test_a_count_that_is_not_what_both_openers_reached_is_not_kept(county: County):
    poll = county.closed()
    county.submit(poll, 1, 2)
    service.open_box(county.session, poll, config=county.config, by=county.inspectors[0], at=AT)
    path = opened.folder(county.config, poll) / opened.TABLE
    honest = path.read_text()
    row = next(row for row in honest.splitlines() if row.startswith("U1\t"))
    path.write_text(honest.replace(row, row.replace("\t0", "\t1", 1)))
    with pytest.raises(Refused, match="「U1」"):
        service.count(county.session, poll, config=county.config, by=county.inspectors[0], at=AT)
    assert poll.stage is Stage.OPENED


def test_a_key_file_of_another_poll_or_a_wrong_passphrase_gives_no_shares(county: County):
    poll = county.closed()
    file = keys.make("2022Q4-v1", 1, "别的", PASSPHRASE)
    package = service.package(county.session, poll, config=county.config, by=county.inspectors[0])
    assert b'"ballots"' in package
    with pytest.raises(Refused, match="2022Q4-v1"):
        keys.unlock(file, PASSPHRASE, poll=poll.key)
    with pytest.raises(Refused, match="口令不对"):
        keys.unlock(file, PASSPHRASE + "错", poll="2022Q4-v1")


def test_an_opened_box_is_not_opened_again(county: County):
    poll = county.closed()
    county.submit(poll, 1, 2)
    service.open_box(county.session, poll, config=county.config, by=county.inspectors[0], at=AT)
    with pytest.raises(Refused, match="已封箱"):
        service.open_box(county.session, poll, config=county.config, by=county.inspectors[0], at=AT)
