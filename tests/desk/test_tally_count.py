"""The count: by the frozen rules, equal to the stand-alone recount, with the earlier rounds as history."""

import json
import subprocess
import sys

import pytest
from sqlmodel import Session

from survey import charts as draw
from survey.box.board import Board
from survey.config import Config
from survey.errors import Missing, Refused
from survey.poll import service as polls
from survey.poll.models import Stage
from survey.tally import opened, overview, service
from tests.desk.poll_rooms import ALL_GOOD, AT, SEATS, County, ballots


@pytest.fixture
def county(session: Session, config: Config) -> County:
    return County(session, config)


def test_the_desk_counts_what_the_stand_alone_recount_counts(county: County):
    poll = county.counted(ballots(overall=1, U1=2, U1_1=3, U2_4=1))
    folder = opened.folder(county.config, poll)
    command = [
        sys.executable, "-m", "scoring", str(folder / "slate.json"), str(folder / "ballots.jsonl"),
        "--rules", str(folder / "rules.toml"), "--json",
    ]  # fmt: skip
    alone = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(alone.stdout) == json.loads(service.get(county.session, poll).result)


def test_every_line_adds_up_to_the_valid_ballots(county: County):
    poll = county.counted(ballots(overall=1, U1_1=3))
    result = service.result(county.session, poll)
    for line in [result["overall"], *result["units"], *result["persons"]]:
        assert line["a"] + line["g"] + line["b"] + line["blank"] == SEATS
    row = next(row for row in result["persons"] if row["id"] == "U1-1")
    assert (row["a"], row["b"], row["name"], row["unit_name"]) == (3, 3, "行工1", "行政审批局")


def test_the_three_rates_carry_name_definition_numerator_and_denominator(county: County):
    poll = county.counted(ballots(overall=1, U1_1=3))
    rates = {rate["key"]: rate for rate in service.result(county.session, poll)["rates"]}
    assert {key: (rate["num"], rate["den"]) for key, rate in rates.items()} == {
        "not_poor": (69, 72),
        "top": (69, 72),
        "firm": (5, 6),
    }
    assert rates["not_poor"]["pct"] == "95.83"
    assert all(rate["definition"] and rate["last_quarter"] is None for rate in rates.values())


def test_returned_ballots_are_valid_or_invalid(county: County):
    poll = county.counted([ALL_GOOD] * 4)
    equation = service.result(county.session, poll)["equation"]
    assert equation["printed"] == equation["issued"] + equation["remaining"]
    assert equation["returned"] == equation["valid"] + equation["invalid"] == 4


def test_a_ballot_without_any_mark_is_invalid(county: County):
    poll = county.counted([ALL_GOOD, {}, ALL_GOOD])
    row = service.get(county.session, poll)
    assert (row.returned, row.valid, row.invalid) == (3, 2, 1)


def test_cards_are_settled_before_the_count(county: County):
    poll, cards = county.open()
    county.cast(poll, cards.codes, [ALL_GOOD])
    polls.close_poll(county.session, poll, config=county.config, by=county.inspectors[0])
    county.submit(poll, 1, 2)
    service.open_box(county.session, poll, config=county.config, by=county.inspectors[0], at=AT)
    with pytest.raises(Refused, match="清点票卡"):
        service.count(county.session, poll, config=county.config, by=county.inspectors[0], at=AT)


@pytest.mark.parametrize("name", [opened.SLATE, opened.RULES, opened.BALLOTS])
def test_an_altered_opened_file_is_not_counted(county: County, name: str):
    poll = county.closed(ballots(U1_1=2))
    county.submit(poll, 1, 2)
    service.open_box(county.session, poll, config=county.config, by=county.inspectors[0], at=AT)
    path = opened.folder(county.config, poll) / name
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(Refused, match=name):
        service.count(county.session, poll, config=county.config, by=county.inspectors[0], at=AT)
    assert poll.stage is Stage.OPENED


def test_two_rounds_in_a_row_feed_the_rule_on_successive_rounds(county: County):
    first = county.counted(ballots(U1_1=3), round_="2022Q4")
    assert "调整岗位（建议）" not in [
        each["name"] for each in service.result(county.session, first)["proposals"]
    ]
    second = county.counted(ballots(U1_1=3), round_="2023Q1")
    proposals = {each["id"]: each["name"] for each in service.result(county.session, second)["proposals"]}
    assert proposals["U1-1"] == "调整岗位（建议）"
    assert [result["poll"] for result in service.previous_counts(county.session, second)] == ["2022Q4-v1"]
    assert service.previous_counts(county.session, first) == []


def test_changes_come_from_unrounded_rates_and_a_year_from_pooled_counts(county: County):
    county.counted(ballots(U1_1=3), round_="2022Q3")
    county.counted(ballots(U1_1=1), round_="2022Q4")
    poll = county.counted(ballots(), round_="2023Q1")
    rate = service.result(county.session, poll)["rates"][0]
    assert (rate["last_quarter"]["num"], rate["last_quarter"]["den"]) == (71, 72)
    assert rate["last_quarter"]["points"] == "+1.39"
    assert (rate["last_year"]["num"], rate["last_year"]["den"]) == (140, 144)
    assert rate["last_year"]["points"] == "+2.78"
    assert rate["last_year"]["rounds"] == ["2022Q3", "2022Q4"]


def test_the_trend_is_drawn_from_two_quarters_on(county: County):
    county.counted(ballots(U1_1=3), round_="2022Q4")
    assert overview.quarters_and_years(county.session)["chart"] is None
    county.counted(ballots(), round_="2023Q1")
    drawn = draw.svg(overview.quarters_and_years(county.session)["chart"])
    assert drawn.startswith("<svg")
    for word in ("2022Q4", "2023Q1", "非差评率", "总体满意率（按企业）"):
        assert word in drawn


def test_a_year_adds_up_its_quarters_and_never_averages_their_rates(county: County):
    first = ballots(U1_1=3)
    for sheet in first[1:]:
        for person in range(1, 5):
            sheet.pop(f"U2-{person}")
    county.counted(first, round_="2022Q3")
    county.counted(ballots(U1_1=1), round_="2022Q4")
    year = overview.year(county.session, 2022)
    assert [(row["rate"]["num"], row["rate"]["den"]) for row in year["quarters"]] == [(49, 52), (71, 72)]
    assert (year["rates"]["not_poor"]["num"], year["rates"]["not_poor"]["den"]) == (120, 124)
    assert year["rates"]["not_poor"]["pct"] == "96.77"
    rows = {row["id"]: row for each in year["each"] for row in each["rows"]}
    assert (rows["U1"]["n"], rows["U1"]["b"], rows["U1"]["pct"]["not_poor"]) == (48, 4, "91.67")
    with pytest.raises(Missing, match="2021年"):
        overview.year(county.session, 2021)


def test_a_quarter_that_is_withheld_withholds_the_year():
    def row(n: int | None) -> dict[str, object]:
        return {
            "id": "U1",
            "a": n,
            "g": n and 0,
            "b": n and 0,
            "n": n,
            "blank": n and 0,
            "withheld": n is None,
        }

    (shown,) = overview.added([[row(8)], [row(9)]])
    (hidden,) = overview.added([[row(8)], [row(None)]])
    assert (shown["n"], shown["rounds"], shown["withheld"]) == (17, 2, False)
    assert (hidden["n"], hidden["rounds"], hidden["withheld"]) == (None, 2, True)


def test_series_are_compared_with_themselves(county: County):
    poll = county.counted(ballots(U2_1=2))
    series = {row["name"]: row for row in service.result(county.session, poll)["series"]}
    assert (series["执法监管"]["b"], series["执法监管"]["n"], series["执法监管"]["pct"]["not_poor"]) == (
        2,
        24,
        "91.67",
    )


def test_the_reported_result_names_no_person(county: County):
    poll = county.counted(ballots(U1_1=3))
    polls.advance(county.session, poll, Stage.REVIEWED, county.office)
    service.report(county.session, poll, config=county.config, by=county.office)
    notice = Board(county.config.board).fetch("result", poll.key)
    assert poll.stage is Stage.REPORTED
    assert notice
    content = notice.content.decode()
    assert "行工" not in content
    assert "U1-1" not in content
    assert [unit["n"] for unit in json.loads(content)["units"]] == [6, 6, 6]


def test_a_result_is_not_reported_before_the_review_ends(county: County):
    poll = county.counted()
    with pytest.raises(Refused, match="已审查"):
        service.report(county.session, poll, config=county.config, by=county.office)
    assert Board(county.config.board).fetch("result", poll.key) is None
