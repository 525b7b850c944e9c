"""Rates: rounding once and on display only, intervals as published."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from scoring.rates import (
    change_in_points,
    design_effect,
    half_up,
    newcombe,
    normal_quantile,
    percent,
    points,
    share,
    wilson,
)
from tests.scoring.polls import PUBLISHED

COUNTS = st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def test_the_published_rates_and_their_change():
    assert percent(61798, 64460) == "95.87"
    assert percent(31937, 32230) == "99.09"
    assert change_in_points(31937, 32230, 61798, 64460) == "+3.22"
    assert (percent(109, 110), percent(116, 121)) == ("99.09", "95.87")
    assert change_in_points(109, 110, 116, 121) == "+3.22"


@pytest.mark.parametrize(
    ("num", "den", "shown"),
    [(1, 8, "12.50"), (1, 800, "0.13"), (3, 800, "0.38"), (0, 7, "0.00"), (7, 7, "100.00")],
)
def test_a_half_is_rounded_up(num, den, shown):
    assert percent(num, den) == shown


def test_a_change_is_rounded_from_unrounded_rates():
    assert change_in_points(2, 3, 1, 3) == "+33.33"
    assert change_in_points(1, 3, 2, 3) == "-33.33"
    assert change_in_points(1, 3, 1, 3) == "0.00"
    assert points(Fraction(-1, 10**6)) == "0.00"


@given(COUNTS)
def test_display_agrees_with_decimal(counts):
    num, den = counts
    exact = (Decimal(num) * 100 / Decimal(den)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert percent(num, den) == str(exact)
    assert half_up(-num, den, 2) in (f"-{half_up(num, den, 2)}", "0.00")


def test_a_share_is_shown_from_its_exact_binary_value():
    assert share(0.103606) == "10.36%"


@pytest.mark.parametrize("case", PUBLISHED["single_shares"]["cases"])
def test_the_single_shares_of_newcombe(case):
    assert [round(end, 4) for end in wilson(case["poor"], case["rated"])] == case["wilson"]


@pytest.mark.parametrize("case", PUBLISHED["differences"]["cases"])
def test_the_differences_of_newcombe(case):
    assert newcombe(*case["first"], *case["second"]) == pytest.approx(case["interval"], abs=case["within"])


@pytest.mark.parametrize("case", PUBLISHED["r_binom"]["cases"])
def test_the_intervals_of_r_binom(case):
    from scoring.fairness import bound

    assert wilson(case["poor"], case["rated"]) == pytest.approx(case["wilson"], abs=case["within"])
    low = bound(case["poor"], case["rated"], 0.975)
    high = 1 - bound(case["rated"] - case["poor"], case["rated"], 0.975)
    assert [low, high] == pytest.approx(case["exact"], abs=case["within"])


@pytest.mark.parametrize("case", PUBLISHED["r_prop_test"]["cases"])
def test_the_wilson_intervals_of_r_prop_test(case):
    one_sided = case["side"] != "two-sided"
    low, high = wilson(case["poor"], 10, 2 * case["level"] - 1 if one_sided else case["level"])
    shown = {"two-sided": [low, high], "greater": [low, 1.0], "less": [0.0, high]}[case["side"]]
    assert shown == pytest.approx(case["interval"], abs=1e-6)


@settings(max_examples=100, deadline=None)
@given(COUNTS, COUNTS)
def test_intervals_agree_with_statsmodels(first, second):
    assert wilson(*first) == pytest.approx(proportion_confint(*first, method="wilson"), abs=1e-9)
    expected = confint_proportions_2indep(*first, *second, compare="diff", method="newcomb")
    assert newcombe(*first, *second) == pytest.approx(expected, abs=1e-9)


def test_the_normal_quantile():
    assert normal_quantile(0.975) == pytest.approx(1.959963984540054, abs=1e-12)


def test_independent_answers_have_no_design_effect_and_bound_ones_have():
    assert design_effect([(1, 1)] * 30 + [(0, 1)] * 10) == pytest.approx(1.0, abs=0.05)
    assert design_effect([(10, 10)] * 30 + [(0, 10)] * 10) == pytest.approx(10.0, abs=0.5)
    assert design_effect([(5, 5)]) == design_effect([]) == 1.0
