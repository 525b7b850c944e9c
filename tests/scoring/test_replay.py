"""The replay of the published case under the threshold policy: 15 / 6 / 30 / 3, 95.87 % and 99.09 %."""

import pytest

from scoring import rates
from tests.scoring.polls import proposals, replay


def subjects(result, **wanted):
    return {one["id"] for one in proposals(result, **wanted)}


@pytest.mark.parametrize("round_", ["2022Q3", "2022Q4"])
def test_each_round_of_2022_lists_15_reminders_6_interviews_and_30_officials(round_):
    result = replay()[round_]
    assert len(subjects(result, kind="unit", name="整改工作提示函")) == 15
    assert len(subjects(result, kind="unit", name="约谈主要负责人")) == 6
    assert len(subjects(result, kind="person", name="谈心谈话或约谈")) == 30


def test_a_transfer_is_suggested_only_after_two_rounds_running_and_is_never_automatic():
    transfers = {round_: proposals(result, name="调整岗位（建议）") for round_, result in replay().items()}
    assert {round_: len(found) for round_, found in transfers.items()} == {
        "2022Q3": 0,
        "2022Q4": 3,
        "2023Q1": 0,
    }
    assert {one["lane"] for one in transfers["2022Q4"]} == {"review"}
    assert {tuple(one["requires"]) for one in transfers["2022Q4"]} == {
        ("verified", "heard", "group_decision")
    }


def test_over_the_year_15_units_6_interviews_30_officials_and_3_transfers():
    names = ("整改工作提示函", "约谈主要负责人", "谈心谈话或约谈", "调整岗位（建议）")
    listed = [set().union(*(subjects(result, name=name) for result in replay().values())) for name in names]
    assert [len(found) for found in listed] == [15, 6, 30, 3]


def test_a_unit_asked_to_an_interview_also_gets_the_reminder():
    result = replay()["2022Q4"]
    assert subjects(result, name="约谈主要负责人") < subjects(result, name="整改工作提示函")


def test_the_last_round_lists_nobody():
    assert replay()["2023Q1"]["proposals"] == []


def test_the_rates_of_the_published_case():
    counted = [
        next(rate for rate in result["rates"] if rate["key"] == "not_poor") for result in replay().values()
    ]
    year = sum(rate["num"] for rate in counted[:2]), sum(rate["den"] for rate in counted[:2])
    assert year == (61798, 64460)
    assert (counted[2]["num"], counted[2]["den"]) == (31937, 32230)
    assert (rates.percent(*year), counted[2]["pct"]) == ("95.87", "99.09")
    assert rates.change_in_points(31937, 32230, *year) == "+3.22"


def test_a_threshold_policy_says_that_it_does_not_judge_luck():
    result = replay()["2022Q3"]
    assert result["header"]["expected_false"] is None
    assert "不判断偶然因素" in result["header"]["text"]
    assert result["not_tested"] == []
    sentence = proposals(result, kind="person")[0]["text"]
    assert "达到10%" in sentence
    assert "按规则 person.rung[0] 列入谈心谈话或约谈" in sentence
