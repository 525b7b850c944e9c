"""Anyone who holds a letter can check it in the hall, and learns nothing else."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session

from survey.app import create_hall
from survey.config import Config
from survey.letters import service
from survey.letters.models import Letter, LetterState
from survey.staff.models import Account, Role
from tests.letters.samples import DATED, a_reminder


@pytest.fixture
def clerk(account: Callable[[Role], Account]) -> Account:
    return account(Role.OFFICE)


@pytest.fixture
def letter(session: Session, config: Config, clerk: Account, account: Callable[[Role], Account]) -> Letter:
    draft = service.draft(
        session,
        a_reminder(unit="卢龙县水务局"),
        round_="2023Q1",
        reference="",
        addressee="卢龙县水务局",
        word="卢营商函",
        dated=DATED,
        by=clerk,
    )
    service.approve(session, draft, by=account(Role.LEADER))
    return service.issue(session, draft, config=config, by=clerk)


@pytest.fixture
def visitor(config: Config) -> FlaskClient:
    return create_hall(config).test_client()


def test_the_address_under_a_letter_confirms_it(visitor: FlaskClient, letter: Letter, config: Config) -> None:
    path = service.imprint(letter, config).check_url.removeprefix(config.hall_origin)
    page = visitor.get(path)
    assert page.status_code == 200
    assert "查验通过" in page.text
    assert "卢营商函〔2023〕1号" in page.text
    assert "水务局" not in page.text
    assert "Set-Cookie" not in page.headers


def test_a_withdrawn_letter_says_so(
    visitor: FlaskClient, letter: Letter, session: Session, config: Config, clerk: Account
) -> None:
    service.move(session, letter, state=LetterState.WITHDRAWN, config=config, by=clerk)
    assert "已经撤回" in visitor.get(f"/letter/2023Q1/{letter.code}").text


@pytest.mark.parametrize(
    "path", ["/letter/2023Q1/000000000000", "/letter/1999Q1/7KQ2M9XWTB4R", "/letter/..x/A"]
)
def test_an_unknown_code_is_not_confirmed(visitor: FlaskClient, letter: Letter, path: str) -> None:
    page = visitor.get(path)
    assert page.status_code == 404
    assert "谨防假冒" in page.text
