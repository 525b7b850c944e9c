"""The life of a letter."""

import dataclasses
import hashlib
import json
import zipfile
from collections.abc import Callable

import pytest
from sqlmodel import Session, select

from survey import journal
from survey.box.board import Board
from survey.config import Config
from survey.errors import Forbidden, Missing, Refused
from survey.letters import service
from survey.letters.models import Letter, LetterState
from survey.staff.models import Account, Role
from tests.letters.samples import DATED, a_reminder, a_reply

WORD = "卢营商函"
Maker = Callable[..., Letter]


@pytest.fixture
def clerk(account: Callable[[Role], Account]) -> Account:
    return account(Role.OFFICE)


@pytest.fixture
def leader(account: Callable[[Role], Account]) -> Account:
    return account(Role.LEADER)


@pytest.fixture
def a_draft(session: Session, clerk: Account, leader: Account) -> Maker:
    """Make a letter that is drafted by the clerk and approved by the leader."""

    def make(word: str | None = WORD, unit: str = "卢龙县水务局", **changes: object) -> Letter:
        document = a_reminder(unit=unit, problems=(), **changes)
        letter = service.draft(
            session,
            document,
            round_="2023Q1",
            reference="measure:1",
            addressee=unit,
            word=word,
            dated=DATED,
            by=clerk,
        )
        return service.approve(session, letter, by=leader)

    return make


def test_an_issued_letter_has_a_number_a_file_and_its_digest(
    session: Session, config: Config, clerk: Account, a_draft: Maker
) -> None:
    letter = service.issue(session, a_draft(), config=config, by=clerk)
    content = (config.letters / letter.filename).read_bytes()
    assert letter.number == "卢营商函〔2023〕1号"
    assert letter.state is LetterState.ISSUED
    assert letter.sha256 == hashlib.sha256(content).hexdigest()
    assert service.stored(letter, config=config) == content


def test_a_letter_that_fails_takes_no_number_and_stops_no_other(
    session: Session, config: Config, clerk: Account, a_draft: Maker
) -> None:
    letters = [a_draft(), a_draft(unit="卢龙县😀局"), a_draft(unit="卢龙县财政局")]
    steps: list[tuple[int, int]] = []
    failures = service.issue_all(
        session, letters, config=config, by=clerk, progress=lambda *step: steps.append(step)
    )
    assert [letter.serial for letter in letters] == [1, None, 2]
    assert [failure.letter for failure in failures] == [letters[1]]
    assert "😀" in failures[0].sentence
    assert letters[1].state is LetterState.DRAFT
    assert steps == [(1, 3), (2, 3), (3, 3)]


def test_each_word_counts_for_itself(
    session: Session, config: Config, clerk: Account, a_draft: Maker
) -> None:
    issued = [
        service.issue(session, a_draft(word), config=config, by=clerk) for word in (WORD, "卢营商发", WORD)
    ]
    assert [letter.serial for letter in issued] == [1, 1, 2]


def test_a_letter_without_word_has_no_number(
    session: Session, config: Config, clerk: Account, leader: Account
) -> None:
    letter = service.draft(
        session,
        a_reply(),
        round_="2023Q1",
        reference="",
        addressee="某企业",
        word=None,
        dated=DATED,
        by=clerk,
    )
    service.approve(session, letter, by=leader)
    service.issue(session, letter, config=config, by=clerk)
    assert letter.number == ""
    assert letter.code in letter.filename


def test_a_withdrawn_letter_keeps_its_number(
    session: Session, config: Config, clerk: Account, a_draft: Maker
) -> None:
    first = service.issue(session, a_draft(), config=config, by=clerk)
    service.move(session, first, state=LetterState.WITHDRAWN, config=config, by=clerk)
    second = service.issue(session, a_draft(), config=config, by=clerk)
    assert (first.serial, second.serial) == (1, 2)


def test_a_letter_goes_from_draft_to_reply_and_never_back(
    session: Session, config: Config, clerk: Account, a_draft: Maker
) -> None:
    letter = service.issue(session, a_draft(), config=config, by=clerk)
    for state in (LetterState.SENT, LetterState.RECEIVED, LetterState.REPLIED):
        service.move(session, letter, state=state, config=config, by=clerk)
    with pytest.raises(Refused, match="已回复"):
        service.move(session, letter, state=LetterState.SENT, config=config, by=clerk)
    with pytest.raises(Refused, match="不能改为“已印发”"):
        service.issue(session, letter, config=config, by=clerk)


def test_printing_again_proves_the_digest(
    session: Session, config: Config, clerk: Account, a_draft: Maker
) -> None:
    letter = service.issue(session, a_draft(), config=config, by=clerk)
    path = config.letters / letter.filename
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(Refused, match="已被改动"):
        service.stored(letter, config=config)
    assert service.reprint(session, letter, config=config, by=clerk) == path.read_bytes()
    service.stored(letter, config=config)


def test_a_reprint_with_other_content_is_not_passed_off_as_the_letter(
    session: Session, config: Config, clerk: Account, a_draft: Maker
) -> None:
    letter = service.issue(session, a_draft(), config=config, by=clerk)
    letter.content = letter.content.replace("王堃", "李堃")
    with pytest.raises(Refused, match="校验值不同"):
        service.reprint(session, letter, config=config, by=clerk)


def test_a_lost_file_is_named(session: Session, config: Config, clerk: Account, a_draft: Maker) -> None:
    letter = service.issue(session, a_draft(), config=config, by=clerk)
    (config.letters / letter.filename).unlink()
    with pytest.raises(Missing, match="1号"):
        service.stored(letter, config=config)


def test_a_letter_is_found_by_its_code_as_people_type_it(
    session: Session, config: Config, clerk: Account, a_draft: Maker
) -> None:
    letter = service.issue(session, a_draft(), config=config, by=clerk)
    typed = f"{letter.code[:4]} {letter.code[4:8].lower()}-{letter.code[8:]}"
    assert service.find_by_code(session, typed) is letter


def test_a_draft_or_an_unknown_code_confirms_nothing(session: Session, a_draft: Maker) -> None:
    for code in (a_draft().code, "000000000000"):
        with pytest.raises(Missing, match="没有查到"):
            service.find_by_code(session, code)


def test_every_act_on_a_letter_is_journaled(
    session: Session, config: Config, clerk: Account, a_draft: Maker
) -> None:
    letter = service.issue(session, a_draft(), config=config, by=clerk)
    service.move(session, letter, state=LetterState.SENT, config=config, by=clerk)
    entries = session.exec(select(journal.JournalEntry)).all()
    assert [entry.act for entry in entries] == [
        "letters.draft",
        "letters.approve",
        "letters.issue",
        "letters.sent",
    ]
    assert letter.sha256 in entries[2].detail
    assert journal.first_break(session) is None


def test_a_draft_with_a_missing_field_is_not_printed(
    session: Session, config: Config, clerk: Account, a_draft: Maker
) -> None:
    letter = a_draft()
    letter.content = letter.content.replace('"phone"', '"fax"')
    with pytest.raises(Refused, match="不完整或已损坏"):
        service.issue(session, letter, config=config, by=clerk)
    assert not list(config.letters.rglob("*.pdf"))


def test_without_fonts_the_letter_names_what_to_do(
    session: Session, config: Config, clerk: Account, a_draft: Maker
) -> None:
    bare = dataclasses.replace(config, instance=config.instance / "bare")
    with pytest.raises(Refused, match="make fonts"):
        service.issue(session, a_draft(), config=bare, by=clerk)


def test_the_public_register_confirms_a_letter_without_naming_its_reader(
    session: Session, config: Config, clerk: Account, a_draft: Maker
) -> None:
    letter = service.issue(session, a_draft(unit="卢龙县水务局"), config=config, by=clerk)
    notice = Board(config.board).fetch("letters", "2023Q1")
    assert notice is not None
    entries = json.loads(notice.content)
    assert entries[hashlib.sha256(letter.code.encode()).hexdigest()] == {
        "kind": "整改工作提示函",
        "number": "卢营商函〔2023〕1号",
        "organ": "卢龙县营商环境建设办公室",
        "dated": "2023-04-20",
        "state": "valid",
    }
    assert letter.code not in notice.content.decode()
    assert "水务局" not in notice.content.decode()


def test_the_public_register_tells_of_a_withdrawn_letter(
    session: Session, config: Config, clerk: Account, a_draft: Maker
) -> None:
    letter = service.issue(session, a_draft(), config=config, by=clerk)
    service.move(session, letter, state=LetterState.WITHDRAWN, config=config, by=clerk)
    notice = Board(config.board).fetch("letters", "2023Q1")
    assert notice is not None
    assert [entry["state"] for entry in json.loads(notice.content).values()] == ["withdrawn"]


def test_nothing_goes_out_that_nobody_else_approved(
    session: Session, config: Config, clerk: Account, leader: Account
) -> None:
    letter = service.draft(
        session, a_reply(), round_="2023Q1", reference="", addressee="某厂", word=None, dated=DATED, by=clerk
    )  # fmt: skip
    with pytest.raises(Refused, match="“草稿”，不能改为“已印发”"):
        service.issue(session, letter, config=config, by=clerk)
    with pytest.raises(Forbidden, match="拟稿人不能签发"):
        service.approve(session, letter, by=clerk)
    service.approve(session, letter, by=leader)
    assert (letter.drafted_by, letter.approved_by) == (clerk.login, leader.login)
    service.send_back(session, letter, by=leader)
    with pytest.raises(Refused, match="草稿"):
        service.issue(session, letter, config=config, by=clerk)


def test_a_letter_that_was_never_issued_can_be_thrown_away_and_no_other(
    session: Session, config: Config, clerk: Account, a_draft: Maker
) -> None:
    service.discard(session, a_draft(), by=clerk)
    assert session.exec(select(Letter)).all() == []
    letter = service.issue(session, a_draft(), config=config, by=clerk)
    with pytest.raises(Refused, match="只能撤回"):
        service.discard(session, letter, by=clerk)


def test_the_receipt_tells_who_signed_and_when(
    session: Session, config: Config, clerk: Account, a_draft: Maker
) -> None:
    letter = service.issue(session, a_draft(), config=config, by=clerk)
    service.move(session, letter, state=LetterState.SENT, config=config, by=clerk)
    receipt = {"config": config, "by": clerk}
    with pytest.raises(Refused, match="收件人"):
        service.receive(session, letter, on=DATED, signed_by=" ", **receipt)
    with pytest.raises(Refused, match="早于成文日期"):
        service.receive(session, letter, on=DATED.replace(day=1), signed_by="李赟", **receipt)
    service.receive(session, letter, on=DATED, signed_by="李赟", **receipt)
    assert (letter.state, letter.received_by) == (LetterState.RECEIVED, "李赟")


def test_a_batch_is_issued_in_parts_and_taken_up_where_it_stopped(
    session: Session, config: Config, clerk: Account, a_draft: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "PART", 2)
    letters = [a_draft(), a_draft(unit="卢龙县😀局"), a_draft(unit="卢龙县财政局")]
    first = service.issue_part(session, "2023Q1", config=config, by=clerk)
    assert (first.done, first.left, len(first.failures)) == (1, 1, 1)
    second = service.issue_part(session, "2023Q1", config=config, by=clerk)
    assert (second.done, second.left) == (1, 0)
    assert service.issue_part(session, "2023Q1", config=config, by=clerk).done == 0
    assert [letter.serial for letter in letters] == [1, None, 2]
    assert letters[1].state is LetterState.DRAFT


def test_an_archive_holds_every_letter_that_stands_and_the_list_of_digests(
    session: Session, config: Config, clerk: Account, a_draft: Maker
) -> None:
    with pytest.raises(Refused, match="没有可以打包"):
        service.archive(session, "2023Q1", config=config, by=clerk)
    kept = service.issue(session, a_draft(), config=config, by=clerk)
    gone = service.issue(session, a_draft(), config=config, by=clerk)
    service.move(session, gone, state=LetterState.WITHDRAWN, config=config, by=clerk)
    with zipfile.ZipFile(service.archive(session, "2023Q1", config=config, by=clerk)) as bundle:
        assert bundle.namelist() == ["卢营商函〔2023〕1号.pdf", "清单.txt"]
        assert bundle.read("清单.txt").decode() == f"{kept.sha256}  卢营商函〔2023〕1号.pdf\n"
    (config.letters / kept.filename).unlink()
    with pytest.raises(Missing, match="不在了"):
        service.archive(session, "2023Q1", config=config, by=clerk)
