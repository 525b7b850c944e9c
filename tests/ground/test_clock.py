"""Time as a county reckons it: quarters, working days, adjusted holidays."""

import datetime as dt

import pytest

from survey.clock import Quarter, add_working_days, is_working_day


def test_a_quarter_knows_the_one_before_and_its_chinese_name():
    assert Quarter.parse("2023Q1").before() == Quarter(2022, 4)
    assert Quarter.parse("2023Q3").before() == Quarter(2023, 2)
    assert Quarter.parse("2023Q1").chinese == "2023年第一季度"


@pytest.mark.parametrize("text", ["2023", "2023Q5", "23Q1", "2023q1", ""])
def test_what_is_not_a_quarter_is_refused(text: str):
    with pytest.raises(ValueError, match="not a quarter"):
        Quarter.parse(text)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (dt.date(2023, 1, 23), False),  # Spring Festival, a Monday
        (dt.date(2023, 1, 28), True),  # the Saturday worked in its place
        (dt.date(2023, 4, 5), False),  # Qingming, a Wednesday
        (dt.date(2023, 4, 6), True),
        (dt.date(2099, 3, 2), True),  # a year not announced: Monday to Friday
        (dt.date(2099, 3, 1), False),
    ],
)
def test_holidays_and_adjusted_days_count_as_the_state_council_says(day: dt.date, worked: bool):
    assert is_working_day(day) is worked


def test_five_working_days_skip_the_weekend_and_the_holiday():
    assert add_working_days(dt.date(2023, 4, 3), 5) == dt.date(2023, 4, 11)
    assert add_working_days(dt.date(2023, 4, 3), 0) == dt.date(2023, 4, 3)
