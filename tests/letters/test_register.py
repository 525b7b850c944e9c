"""Anyone who holds a letter can check it in the hall, and learns nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, SQLModel

from survey.app import create_hall
from survey.config import Config
from survey.db import open_engine, unit_of_work
from survey.letters import service
from survey.letters.models import Letter, LetterState
from survey.staff.models import Account, Role
from tests.conftest import FONTS
from tests.letters.samples import DATED, a_reminder
from tests.people import Staff


@dataclass
class Post:
    """An office that sent two letters, and a visitor of the hall."""

    session: Session
    config: Config
    clerk: Account
    letters: list[Letter]
    visitor: FlaskClient


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    instance = tmp_path_factory.mktemp("instance")
    (instance / "fonts").symlink_to(FONTS)
    config = Config(instance=instance, mode="demo", secret_key="for-tests-only-" + "x" * 32)
    engine = open_engine("sqlite://")
    SQLModel.metadata.create_all(engine)
    with unit_of_work(engine) as session:
        staff = Staff(session)
        clerk, leader = staff.hire(Role.OFFICE), staff.hire(Role.LEADER)
        letters = [
            service.draft(
                session, a_reminder(unit="卢龙县水务局"), round_="2023Q1", reference="",
                addressee="卢龙县水务局", word="卢营商函", dated=DATED, by=clerk,
            )
            for _ in range(2)
        ]  # fmt: skip
        for letter in letters:
            service.approve(session, letter, by=leader)
            service.issue(session, letter, config=config, by=clerk)
        yield Post(session, config, clerk, letters, create_hall(config).test_client())
    engine.dispose()


def test_the_address_under_a_letter_confirms_it(post: Post) -> None:
    url = service.imprint(post.letters[0], post.config).check_url
    page = post.visitor.get(url.removeprefix(post.config.hall_origin))
    assert page.status_code == 200
    assert "查验通过" in page.text
    assert "卢营商函〔2023〕1号" in page.text
    assert "水务局" not in page.text
    assert "Set-Cookie" not in page.headers


def test_a_withdrawn_letter_says_so(post: Post) -> None:
    letter = post.letters[1]
    service.move(post.session, letter, state=LetterState.WITHDRAWN, config=post.config, by=post.clerk)
    assert "已经撤回" in post.visitor.get(f"/letter/2023Q1/{letter.code}").text


@pytest.mark.parametrize(
    "path", ["/letter/2023Q1/000000000000", "/letter/1999Q1/7KQ2M9XWTB4R", "/letter/..x/A"]
)
def test_an_unknown_code_is_not_confirmed(post: Post, path: str) -> None:
    page = post.visitor.get(path)
    assert page.status_code == 404
    assert "谨防假冒" in page.text
