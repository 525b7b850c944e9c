"""Letters that differ in their addressee alone: stamped, and equal to the plain ones in every pixel."""

import datetime as dt
import subprocess
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest
import zxingcpp
from sqlmodel import Session

from survey.config import Config
from survey.errors import Refused
from survey.letters import batch, check, qr, service, sign
from survey.letters.imprint import Imprint, printed
from survey.letters.oracle import difference
from survey.letters.stamp import ALPHABET, Stamp
from survey.staff.models import Account, Role
from tests.conftest import FONTS
from tests.letters.samples import DATED, a_reminder, a_reply, an_imprint

PREFIX = "https://ping.lulong.example/letter/2023Q1/"
NAMES = ("卢龙县武山水泥（集团）有限公司", "秦皇岛佰工钢铁有限公司", "甲公司")


def imprint_of(number: int) -> Imprint:
    code = "".join(ALPHABET[(number * 7 + at * at + number // 3) % 32] for at in range(12))
    return an_imprint(number="", code=code, check_url=PREFIX + code)


@pytest.fixture(scope="module")
def stamp() -> Stamp:
    return Stamp(a_reply(), imprint_of(0), fonts=FONTS)


@pytest.mark.parametrize("name", NAMES)
def test_a_stamped_letter_equals_the_plain_one_in_every_pixel(stamp: Stamp, name: str) -> None:
    document, imprint = a_reply(enterprise=name), imprint_of(len(name))
    assert stamp.fits(document, imprint)
    stamped = stamp.print(document, imprint)
    assert difference(stamped, printed(document, imprint, fonts=FONTS)) is None
    assert check.faults(stamped) == []


def test_the_oracle_sees_another_name_and_another_code(stamp: Stamp) -> None:
    document, imprint = a_reply(enterprise=NAMES[1]), imprint_of(1)
    plain = printed(document, imprint, fonts=FONTS)
    assert (
        difference(stamp.print(replace(document, enterprise=NAMES[2]), imprint), plain) == "第1页文字不同。"
    )
    assert difference(stamp.print(document, imprint_of(2)), plain) == "第2页文字不同。"


def test_qpdf_finds_nothing_wrong_with_a_stamped_letter(stamp: Stamp, tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    path.write_bytes(stamp.print(a_reply(enterprise=NAMES[0]), imprint_of(3)))
    assert subprocess.run(["qpdf", "--check", path], capture_output=True).returncode == 0


def test_a_stamp_repeats_itself_and_another_stamp_repeats_it(stamp: Stamp) -> None:
    document, imprint = a_reply(enterprise=NAMES[1]), imprint_of(4)
    once = stamp.print(document, imprint)
    assert stamp.print(document, imprint) == once
    assert Stamp(document, imprint, fonts=FONTS).print(document, imprint) == once


def test_every_stamped_letter_has_its_own_identifier(stamp: Stamp) -> None:
    ids = set()
    for number, name in enumerate(NAMES):
        with pikepdf.open(BytesIO(stamp.print(a_reply(enterprise=name), imprint_of(number)))) as pdf:
            ids.add(bytes(pdf.trailer.ID[0]))
    assert len(ids) == len(NAMES)


@pytest.mark.parametrize(
    "name",
    ["㛃堃公司", "ABC公司", "№1公司", "很" * 30 + "公司", "😀公司", "<b>公司", "甲\n公司"],
    ids=["rare", "Latin", "narrow", "two lines", "no glyph", "HTML", "line break"],
)
def test_a_salutation_of_other_measure_does_not_fit(stamp: Stamp, name: str) -> None:
    assert not stamp.fits(a_reply(enterprise=name), imprint_of(1))


def test_a_letter_that_says_anything_else_does_not_fit(stamp: Stamp) -> None:
    assert stamp.fits(a_reply(), imprint_of(1))
    assert not stamp.fits(a_reply(hotline="0335-7654321"), imprint_of(1))
    assert not stamp.fits(a_reply(), replace(imprint_of(1), dated=DATED.replace(day=21)))
    assert not stamp.fits(a_reply(), replace(imprint_of(1), check_url="https://x.example/" + "0" * 12))
    assert not stamp.fits(a_reminder(), imprint_of(1))


def test_a_kind_without_salutation_has_no_stamp() -> None:
    with pytest.raises(Refused, match="逐份排印"):
        Stamp(a_reminder(), imprint_of(1), fonts=FONTS)


def test_the_qr_code_of_a_stamped_letter_opens_its_own_page(stamp: Stamp) -> None:
    imprint = imprint_of(11)
    with pypdfium2.PdfDocument(stamp.print(a_reply(), imprint)) as pdf:
        page = pdf[len(pdf) - 1].render(scale=200 / 72).to_numpy()
    assert [each.text for each in zxingcpp.read_barcodes(page)] == [imprint.check_url]


def test_the_codes_of_a_series_are_those_that_are_encoded_one_by_one() -> None:
    series = qr.series(PREFIX, 12)
    for number in range(5):
        code = imprint_of(number).code
        rows = np.array([list(row) for row in qr.symbol(PREFIX + code).matrix])
        bits = np.unpackbits(np.frombuffer(series.image(code), np.uint8)).reshape(series.side, -1)
        assert (bits[:, : series.side] == rows).all()


@pytest.fixture
def clerk(account: Callable[[Role], Account]) -> Account:
    return account(Role.OFFICE)


@pytest.fixture
def leader(account: Callable[[Role], Account]) -> Account:
    return account(Role.LEADER)


def replies(session: Session, clerk: Account, names: list[str], *, leader: Account) -> list[service.Letter]:
    drafts = [
        service.draft(
            session,
            a_reply(enterprise=name),
            round_="2023Q1",
            reference="",
            addressee=name,
            word=None,
            dated=DATED,
            by=clerk,
        )
        for name in names
    ]
    return [service.approve(session, letter, by=leader) for letter in drafts]


def test_a_large_batch_is_stamped_and_each_letter_reprints_to_its_digest(
    session: Session, config: Config, clerk: Account, leader: Account
) -> None:
    names = [
        f"卢龙县第{number}号企业".translate(str.maketrans("0123456789", "零一二三四五六七八九"))
        for number in range(22)
    ]
    letters = replies(session, clerk, [*names, "ABC公司", "😀公司"], leader=leader)
    service.issue(session, letters[0], config=config, by=clerk)
    before = letters[0].sha256
    failures = service.issue_all(session, letters, config=config, by=clerk)
    assert [failure.letter.addressee for failure in failures] == ["😀公司"]
    assert letters[0].sha256 == before, "a letter issued before is passed over"
    plain = printed(a_reply(enterprise=names[1]), service.imprint(letters[1], config), fonts=config.fonts)
    stamped = service.stored(letters[1], config=config)
    assert stamped != plain
    assert difference(stamped, plain) is None
    assert service.reprint(session, letters[1], config=config, by=clerk) == stamped
    assert service.reprint(session, letters[-2], config=config, by=clerk)
    with pypdfium2.PdfDocument(service.print_run(session, "2023Q1", config=config, by=clerk)) as spool:
        assert len(spool) == 2 * (len(letters) - 1)
    sign.make_test_keys(config.seal_keys, organ="卢龙县人民政府", at=dt.datetime(2026, 1, 5, tzinfo=dt.UTC))
    path, count = service.seal_list(session, "2023Q1", config=config, by=clerk)
    signature = path.with_name("清单.txt.p7s").read_bytes()
    assert sign.verify_list(path.read_bytes(), signature, keys=config.seal_keys).good
    assert count == path.read_text().count("\n") == len(letters) - 1


def test_without_issued_letters_there_is_nothing_to_print_or_seal(
    session: Session, config: Config, clerk: Account
) -> None:
    for act in (service.print_run, service.seal_list):
        with pytest.raises(Refused, match="还没有印发"):
            act(session, "2023Q1", config=config, by=clerk)


def test_a_stamp_that_draws_another_code_fails_the_oracle() -> None:
    stamp = Stamp(a_reply(), imprint_of(0), fonts=FONTS)
    jobs = [(a_reply(enterprise=f"{'甲' * (number + 1)}公司"), imprint_of(number)) for number in range(5)]
    assert batch.holds(stamp, jobs, fonts=FONTS)
    stamp.series = qr.series(PREFIX.replace("Q1", "Q2"), 12)
    assert not batch.holds(stamp, jobs, fonts=FONTS)
