"""The desk door over a fresh in-memory database, and people who come to it."""

import dataclasses
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlmodel import SQLModel

from survey.app import create_desk
from survey.config import Config
from survey.staff.models import Role
from tests.desk.visitors import Visitor, hire


@pytest.fixture
def desk(config: Config) -> Iterator[Flask]:
    """Return the desk app with an empty database."""
    app = create_desk(dataclasses.replace(config, desk_database="sqlite://"))
    engine = app.extensions["desk_engine"]
    SQLModel.metadata.create_all(engine)
    yield app
    engine.dispose()


@pytest.fixture
def visitor(desk: Flask) -> Callable[[Role], Visitor]:
    """Return a maker of signed-in people: `visitor(Role.OFFICE)`."""
    return lambda role: Visitor(desk, hire(desk, role))
