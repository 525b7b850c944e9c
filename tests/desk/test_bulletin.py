"""测评结果通报 from a count: the figures and charts of the pages, without what these withhold."""

import datetime as dt
import json
from collections.abc import Iterator

import pytest
from sqlmodel import SQLModel

from survey.config import Config
from survey.db import open_engine, unit_of_work
from survey.letters.imprint import Imprint
from survey.letters.kinds import Bulletin, read, write
from survey.registry import service
from survey.registry.bulletin import bulletin
from survey.tally import counts, figures
from tests.conftest import FONTS
from tests.desk.poll_rooms import SEATS, County, ballots

IMPRINT = Imprint(number="", dated=dt.date(2023, 4, 3), code="", check_url="")


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[County, Bulletin, dict]]:
    """Return a county, the bulletin of its second quarter, and what the pages show of that quarter."""
    instance = tmp_path_factory.mktemp("county")
    (instance / "fonts").symlink_to(FONTS)
    config, engine = Config(instance=instance, mode="demo", secret_key="k" * 40), open_engine("sqlite://")
    SQLModel.metadata.create_all(engine)
    with unit_of_work(engine) as session:
        county = County(session, config)
        county.counted(ballots(U1_1=2), round_="2022Q4")
        sheets = ballots(U1_1=3)
        for sheet in sheets[2:]:
            for person in range(1, 5):
                sheet.pop(f"U3-{person}", None)
        for sheet in sheets[:2]:
            for person in range(2, 5):
                sheet.pop(f"U3-{person}", None)
        poll = county.counted(sheets, round_="2023Q1")
        yield county, bulletin(session, poll, config=config), counts.result(session, poll)
    engine.dispose()


def test_the_bulletin_states_the_rates_of_the_page_with_their_counts(paper):
    _, document, result = paper
    assert [(rate.name, rate.numerator, rate.denominator, rate.percent) for rate in document.rates] == [
        (rate["name"], rate["num"], rate["den"], rate["pct"]) for rate in result["rates"]
    ]
    assert (document.returned, document.valid) == (SEATS, SEATS)
    assert "95%区间" in document.change


def test_the_bulletin_draws_the_charts_of_the_page(paper):
    _, document, result = paper
    drawn = figures.overview(result)
    specifications = [json.loads(chart.specification) for chart in document.charts]
    assert drawn["series"] in specifications
    for each in drawn["each"]:
        if each["bars"]:
            assert json.loads(json.dumps(each["bars"])) in specifications
    assert document.charts[0].title == "各季度走势"
    assert all(chart.told for chart in document.charts)


def test_a_unit_that_no_page_shows_stands_in_no_table_and_no_chart(paper):
    _, document, _ = paper
    named = {unit.name for series in document.series for unit in series.units}
    assert "税务局" not in named
    assert not any("税务局" in chart.specification for chart in document.charts)
    assert "评价数过少的单位不列" in document.definition


def test_every_line_of_the_annex_adds_up_to_the_valid_ballots_of_all_its_officials(paper):
    _, document, _ = paper
    for unit in (unit for series in document.series for unit in series.units):
        assert unit.good + unit.fair + unit.poor + unit.blank == SEATS * 4


def test_it_is_stored_read_and_printed_to_the_same_bytes(paper):
    county, document, _ = paper
    assert read(Bulletin.KIND, write(document)) == document
    first, second = (service.printed(document, IMPRINT, fonts=county.config.fonts) for _ in range(2))
    assert first == second
    assert first.startswith(b"%PDF")
    assert Bulletin.KIND in service.FROM_FIGURES
