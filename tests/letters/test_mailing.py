"""Letters at the command line."""

import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlmodel import SQLModel

from survey.cli import cli
from survey.db import open_engine, unit_of_work
from survey.errors import Refused
from survey.letters import check, kinds, service
from survey.staff.models import Role
from tests.conftest import FONTS
from tests.letters.conftest import text_of
from tests.letters.papers import supervision
from tests.letters.samples import DATED, a_reply
from tests.people import Staff


def run(instance: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["--instance", str(instance), "letters", *words])


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    """An instance with three approved letters, one of which cannot be printed."""
    folder = tmp_path / "instance"
    folder.mkdir()
    (folder / "config.toml").write_text('mode = "demo"\nsecret_key = "' + "x" * 40 + '"\n')
    (folder / "fonts").symlink_to(FONTS)
    engine = open_engine(f"sqlite:///{folder / 'desk.db'}")
    SQLModel.metadata.create_all(engine)
    with unit_of_work(engine) as session:
        staff = Staff(session)
        clerk, leader = staff.hire(Role.OFFICE), staff.hire(Role.LEADER)
        for name in ("甲公司", "😀公司", "乙公司"):
            letter = service.draft(
                session, a_reply(enterprise=name), round_="2023Q1", reference="", addressee=name, word=None,
                dated=DATED, by=clerk,
            )  # fmt: skip
            service.approve(session, letter, by=leader)
    engine.dispose()
    return folder


def test_a_round_is_issued_packed_and_labelled(instance: Path, tmp_path: Path) -> None:
    done = run(instance, "issue", "2023Q1")
    assert "已印发2份，没有印出的1份已退回草稿。" in done.output
    assert "😀" in done.output
    assert "已印发0份" in run(instance, "issue", "2023Q1").output
    packed = run(instance, "archive", "2023Q1")
    assert packed.exit_code == 0, packed.output
    with zipfile.ZipFile(instance / "letters" / "2023Q1" / "文书.zip") as bundle:
        assert len(bundle.namelist()) == 3
    out = tmp_path / "labels.pdf"
    assert run(instance, "labels", "2023Q1", str(out)).exit_code == 0
    assert "甲公司" in text_of(out.read_bytes())
    again = run(instance, "labels", "2023Q1", str(out))
    assert isinstance(again.exception, Refused)


def test_a_paper_is_previewed_from_its_fields(instance: Path, tmp_path: Path) -> None:
    fields, out = tmp_path / "fields.json", tmp_path / "out.pdf"
    fields.write_text(kinds.write(supervision()), encoding="utf-8")
    assert run(instance, "preview", "督办单", str(fields), str(out)).exit_code == 0
    assert check.faults(out.read_bytes()) == []
    fields.write_text("{}", encoding="utf-8")
    refused = run(instance, "preview", "督办单", str(fields), str(tmp_path / "other.pdf"))
    assert isinstance(refused.exception, Refused)
    assert "不完整或已损坏" in refused.exception.sentence
