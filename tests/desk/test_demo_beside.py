"""The sample county's other channels stand on the desk with their figures whole."""

import pytest
from sqlalchemy import Engine

from survey.channels import figures
from survey.config import Config
from survey.db import unit_of_work
from survey.demo import elsewhere
from survey.demo.after import AS_OF
from survey.demo.hold import Hall
from survey.demo.people import Desk
from survey.rectify import ledger, rolls
from survey.roster.models import Enterprise, Series, Unit
from survey.sources import service as sources
from survey.staff.models import Role
from survey.watch import alerts
from survey.watch.alerts import AlertKind
from tests.people import Staff


@pytest.fixture
def hall(engine: Engine, config: Config) -> Hall:
    with unit_of_work(engine) as session:
        for number, series in enumerate((*Series, *Series)):
            session.add(Unit(code=f"U{number}", name=f"单位{number}", series=series, position=number))
        for number in range(24):
            session.add(Enterprise(uscc=f"X{number}", name=f"企业{number}", contact="", phone=""))
        hire = Staff(session).hire
        accounts = {"office": hire(Role.OFFICE), "leader1": hire(Role.LEADER)}
    told: list[str] = []
    return Hall(engine, config, Desk(accounts, {}), told.append)


def test_the_sample_county_hears_more_than_its_poll(hall: Hall, engine: Engine):
    elsewhere.beside(hall)
    with unit_of_work(engine) as session:
        (line,) = sources.lines(session)
        assert (line.people, line.points, line.voices) == (11, 3, 2)
        assert ledger.by_source(ledger.rows(session, today=AS_OF)) == {"恳谈会": 3}
        assert [each.kind for each in alerts.alerts(session, today=AS_OF)] == [AlertKind.UNFILED]
        pooled = {(one, two): each.shown for one, two, each in figures.totals(session)}
        assert set(pooled.values()) == {"99.07%（3961/3998）", "92.59%（3998/4318）", "82.00%（41/50）"}
        assert rolls.rule_for(session, rolls.parse("2023Q4")).valid_from == "2023Q3"
