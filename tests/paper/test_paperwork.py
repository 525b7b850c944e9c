"""Paper from the command line: a print job with progress, a folder of scans that goes on where it stopped."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlmodel import Session, SQLModel, select

from survey import cli
from survey.db import open_engine, unit_of_work
from survey.errors import Refused
from survey.paper.models import PaperSide
from survey.poll.models import Poll, Stage
from survey.staff import service as staff
from survey.staff.models import Role
from tests.conftest import FONTS
from tests.desk.poll_rooms import County
from tests.paper import stacks
from tests.paper.pages import images

PASSWORD = "纸质票-测试-2023"


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    """Return an instance with an open poll and one person of the office who has a password."""
    folder = tmp_path / "instance"
    folder.mkdir()
    (folder / "fonts").symlink_to(FONTS)
    (folder / "config.toml").write_text('mode = "demo"\n')
    found = cli.config.load(folder)
    engine = open_engine(found.database_url)
    SQLModel.metadata.create_all(engine)
    with unit_of_work(engine) as session:
        county = County(session, found)
        staff.create_account(
            session, login="teller", name="计票", role=Role.OFFICE, password=PASSWORD, by=county.office
        )
        county.open()
    engine.dispose()
    return folder


def said(instance: Path, *arguments: object) -> Result:
    asked = ["--instance", str(instance), "paper", *map(str, arguments), "--by", "teller"]
    return CliRunner().invoke(cli.cli, asked, input=f"{PASSWORD}\n")


def in_desk(instance: Path) -> Session:
    return unit_of_work(open_engine(cli.config.load(instance).database_url))


def test_a_job_is_printed_and_a_folder_read_in_two_goes(instance: Path, tmp_path: Path):
    out, folder = tmp_path / "票.pdf", tmp_path / "scans"
    folder.mkdir()
    done = said(instance, "print", "2023Q1-v1", 2, out)
    assert done.exit_code == 0, done.output
    assert "已生成 2/2 份" in done.output
    assert out.stat().st_mode & 0o777 == 0o600
    assert isinstance(said(instance, "print", "2023Q1-v1", 2, out).exception, Refused)
    with in_desk(instance) as session:
        session.exec(select(Poll)).one().stage = Stage.CLOSED
    greys = images(out.read_bytes(), dpi=200)
    stacks.as_pdf(folder / "甲.pdf", greys[:3])
    first = said(instance, "read", "2023Q1-v1", folder)
    assert first.exit_code == 0, first.output
    assert "已识别 3 面" in first.output
    assert "缺第2页一面" in first.output
    stacks.as_pdf(folder / "乙.pdf", greys[3:])
    again = said(instance, "read", "2023Q1-v1", folder)
    assert "已识别 1 面" in again.output
    assert "缺第" not in again.output
    with in_desk(instance) as session:
        assert len(session.exec(select(PaperSide)).all()) == 4


def test_a_refusal_leaves_no_file(instance: Path, tmp_path: Path):
    out = tmp_path / "票.pdf"
    assert isinstance(said(instance, "print", "2023Q9-v1", 2, out).exception, Refused)
    assert isinstance(said(instance, "print", "2023Q1-v1", 0, out).exception, Refused)
    assert not out.exists()
