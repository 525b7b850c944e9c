"""The electronic seal: appended to the letter's own bytes, and broken by one flipped bit."""

import asyncio
import datetime as dt
import subprocess
from pathlib import Path

import pytest

from survey.errors import Refused
from survey.letters import check, sign
from survey.letters.stamp import Stamp
from tests.conftest import FONTS
from tests.letters.conftest import pdf_of, sample_pdf
from tests.letters.samples import SAMPLES, a_reply
from tests.letters.test_stamp import imprint_of

AT = dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seal")
    sign.make_test_keys(folder, organ="卢龙县人民政府", at=AT)
    return folder


@pytest.fixture(scope="module")
def stamped() -> bytes:
    return Stamp(a_reply(), imprint_of(0), fonts=FONTS).print(a_reply(), imprint_of(1))


def test_a_sealed_letter_begins_with_the_archived_one(keys: Path, stamped: bytes) -> None:
    for letter in (stamped, pdf_of(a_reply())):
        sealed = sign.sign(letter, keys=keys)
        assert sealed.startswith(letter)
        verdict = sign.verify(sealed, keys=keys)
        assert verdict.good, list(verdict.lines())
        assert verdict.holder == "卢龙县人民政府（样章）"
        assert check.faults(sealed) == []


def test_every_kind_is_sound_when_sealed_and_other_readers_agree(keys: Path, tmp_path: Path) -> None:
    files = []
    for name in SAMPLES:
        sealed = sign.sign(sample_pdf(name), keys=keys)
        assert check.faults(sealed) == [], name
        files.append(tmp_path / f"{name}.pdf")
        files[-1].write_bytes(sealed)
    for file in files:
        assert subprocess.run(["qpdf", "--check", file], capture_output=True).returncode == 0, file
        shown = subprocess.run(["pdfsig", "-nocert", file], capture_output=True, text=True).stdout
        assert "Signature is Valid." in shown, file
        assert "Total document signed" in shown, file


def test_a_caller_inside_an_event_loop_seals_and_checks_as_well(keys: Path, stamped: bytes) -> None:
    async def caller() -> sign.Verdict:
        return sign.verify(sign.sign(stamped, keys=keys), keys=keys)

    assert asyncio.run(caller()).good


def test_one_flipped_bit_breaks_the_seal(keys: Path, stamped: bytes) -> None:
    sealed = bytearray(sign.sign(stamped, keys=keys))
    sealed[len(stamped) // 2] ^= 1
    try:
        verdict = sign.verify(bytes(sealed), keys=keys)
    except Refused:
        return
    assert not verdict.good
    assert "内容已被改动，请勿采信！" in list(verdict.lines())


def test_what_is_added_after_the_seal_is_seen(keys: Path, stamped: bytes) -> None:
    sealed = sign.sign(stamped, keys=keys)
    assert not sign.verify(sealed + b"\n% more\n", keys=keys).whole


def test_another_authority_s_seal_is_not_trusted(keys: Path, stamped: bytes, tmp_path: Path) -> None:
    sign.make_test_keys(tmp_path / "other", organ="假冒单位", at=AT)
    verdict = sign.verify(sign.sign(stamped, keys=tmp_path / "other"), keys=keys)
    assert verdict.intact
    assert not verdict.trusted


def test_pdfsig_agrees(keys: Path, stamped: bytes, tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    path.write_bytes(sign.sign(stamped, keys=keys))
    shown = subprocess.run(["pdfsig", "-nocert", path], capture_output=True, text=True).stdout
    assert "Signature is Valid." in shown
    assert "Total document signed" in shown
    damaged = bytearray(path.read_bytes())
    damaged[len(stamped) // 2] ^= 1
    path.write_bytes(damaged)
    shown = subprocess.run(["pdfsig", "-nocert", path], capture_output=True, text=True).stdout
    assert "Signature is Valid." not in shown


def test_a_letter_without_seal_or_without_keys_says_so(keys: Path, stamped: bytes, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="没有电子签章"):
        sign.verify(stamped, keys=keys)
    with pytest.raises(Refused, match=r"seal\.key"):
        sign.sign(stamped, keys=tmp_path)


def test_seal_keys_are_made_once_and_readable_by_their_owner_alone(keys: Path) -> None:
    before = (keys / sign.KEY).read_bytes()
    sign.make_test_keys(keys, organ="另一单位", at=AT)
    assert (keys / sign.KEY).read_bytes() == before
    assert (keys / sign.KEY).stat().st_mode & 0o077 == 0


def test_one_signature_seals_the_list_of_a_batch(keys: Path) -> None:
    content = b"0" * 64 + b"  1.pdf\n"
    signature = sign.sign_list(content, keys=keys)
    assert sign.verify_list(content, signature, keys=keys).good
    assert not sign.verify_list(content.replace(b"1.pdf", b"2.pdf"), signature, keys=keys).intact
    with pytest.raises(Refused, match="已损坏"):
        sign.verify_list(content, b"nothing", keys=keys)
