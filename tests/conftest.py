"""Fixtures shared by all tests: an instance folder, a fresh desk database, accounts, no way to the net."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel

from survey import desk_models
from survey.config import Config
from survey.db import open_engine, unit_of_work
from survey.staff.models import Account, Role
from tests.people import Staff

REPOSITORY = Path(__file__).parent.parent
FONTS = REPOSITORY / "instance" / "fonts"

assert desk_models.TABLES
# Every test has a new app, but nobody needs each of them to compile the same templates.
Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache()}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--regold", action="store_true", help="rewrite the golden files")


def pytest_runtest_setup(item: pytest.Item) -> None:
    socket = pytest.importorskip("pytest_socket")
    socket.socket_allow_hosts(["127.0.0.1", "localhost", "::1"], allow_unix_socket=True)


@pytest.fixture(scope="session")
def artefacts() -> Path:
    """The git-ignored folder where tests leave screenshots and PDFs to be looked at."""
    folder = REPOSITORY / "tests" / "artefacts"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Return a demo configuration with an empty instance folder that shares the built fonts."""
    instance = tmp_path / "instance"
    instance.mkdir()
    if FONTS.is_dir():
        (instance / "fonts").symlink_to(FONTS)
    return Config(instance=instance, mode="demo", secret_key="for-tests-only-" + "x" * 32)


@pytest.fixture
def engine() -> Iterator[Engine]:
    """Return a fresh in-memory desk database with every table."""
    engine = open_engine("sqlite://")
    SQLModel.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """Yield one session whose work is kept when the test ends well."""
    with unit_of_work(engine) as session:
        yield session


@pytest.fixture
def account(session: Session) -> Callable[[Role], Account]:
    """Return a maker of accounts: `account(Role.LEADER)` is a new person each time."""
    return Staff(session).hire
