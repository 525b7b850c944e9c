"""More than luck: the bound, the printed table, severity, false discoveries."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from scoring import fairness
from scoring.fairness import bound, false_discovery, holds, least_poor, passes, poisson_binomial, tail
from scoring.ladders import Rung
from tests.scoring.polls import DECISIONS, PUBLISHED, RULES

FIRST, SECOND, _ = RULES.person.rungs
THIRD_COLUMN = Rung("T3", line=0.20, min_poor=6, drop_k=2)
# The last number of ratings of each step, and the least poor count up to it (scoring.md §4).
STEPS = (
    {11: 3, 23: 4, 36: 5, 50: 6, 64: 7, 79: 8, 95: 9, 110: 10},
    {
        13: 5,
        20: 6,
        27: 7,
        34: 8,
        42: 9,
        49: 10,
        57: 11,
        65: 12,
        73: 13,
        81: 14,
        90: 15,
        98: 16,
        106: 17,
        115: 18,
    },
)


def test_the_bound_of_the_specification():
    assert round(bound(4, 24, 0.95), 6) == 0.059008
    assert bound(10, 10, 0.95) == pytest.approx(0.05**0.1, abs=1e-11)
    assert bound(0, 24, 0.95) == 0


@pytest.mark.parametrize("row", DECISIONS, ids=lambda row: row["n"])
def test_every_number_of_ratings_has_the_least_number_of_the_decision_table(row):
    n = int(row["n"])
    for column, rung in (("T1", FIRST), ("T2", SECOND), ("T3", THIRD_COLUMN)):
        least = least_poor(n, rung)
        assert least == int(row[column])
        for rate in (1, 5, 12, 20, 30):
            assert round(tail(least, n, rate / 100), 5) == float(row[f"{column}_p{rate}"])


def test_the_printed_table_has_the_steps_of_the_specification():
    table = {row.n: row for row in fairness.least_table(RULES)}
    for rung, steps in enumerate(STEPS):
        first = 10
        for last, least in steps.items():
            assert {table[n].least[rung] for n in range(first, last + 1)} == {least}
            first = last + 1


def test_an_average_official_is_hardly_ever_listed():
    table = [row for row in fairness.least_table(RULES) if row.n <= 110]
    highest = [max(row.chances[0][at] for row in table) for at in range(3)]
    assert [round(highest[0], 5), round(highest[1], 4), round(highest[2], 3)] == [0.00016, 0.0012, 0.049]
    assert round(max(row.chances[1][2] for row in table), 5) == 0.00033


@pytest.mark.parametrize(
    ("rung", "at"),
    [(0, {110: 17, 60: 11}), (1, {110: 24, 60: 15}), (2, {110: 30, 60: 19})],
)
def test_the_least_number_of_ballots_that_lists_a_unit(rung, at):
    # 30 of 110 is exact: the bounds are .20365 for 30/110 and .20439 for 28/108, both above .20.
    assert {n: least_poor(n, RULES.unit.rungs[rung]) for n in at} == at


def test_passing_is_the_bound_above_the_line():
    for n in range(1, 71):
        for b in range(n + 1):
            for conf, line in ((0.95, 0.05), (0.90, 0.05), (0.95, 0.10), (0.90, 0.20)):
                assert passes(b, n, conf, line) == (bound(b, n, conf) > line)


def test_a_bound_on_the_line_does_not_pass():
    assert not passes(1, 1, 0.95, 0.05)


@settings(max_examples=200, deadline=None)
@given(
    st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.floats(0.001, 0.999)
)
def test_tail_and_bound_agree_with_scipy_and_statsmodels(counts, p):
    b, n = counts
    assert tail(b, n, p) == pytest.approx(stats.binom.sf(b - 1, n, p), rel=1e-8, abs=1e-14)
    low = proportion_confint(b, n, alpha=0.10, method="beta")[0]
    assert bound(b, n, 0.95) == pytest.approx(0 if b == 0 else low, abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(st.integers(2, 200).flatmap(lambda n: st.tuples(st.integers(0, n - 1), st.just(n))))
def test_gates_only_open_as_poor_ratings_grow(counts):
    b, n = counts
    for rung in (FIRST, SECOND):
        assert holds(b, n, rung) <= holds(b + 1, n, rung)
        assert bound(b, n, 0.95) <= bound(b + 1, n, 0.95)


def test_a_million_ratings_are_as_safe_as_ten():
    assert tail(51_000, 10**6, 0.05) == pytest.approx(stats.binom.sf(50_999, 10**6, 0.05), rel=1e-6)
    assert bound(51_000, 10**6, 0.95) == pytest.approx(stats.beta.ppf(0.05, 51_000, 949_001), abs=1e-9)
    chances = [0.01, 0.02, 0.05, 0.3] * 2500
    assert poisson_binomial(chances, 1000) == pytest.approx(stats.poisson_binom.sf(999, chances), abs=1e-9)
    assert poisson_binomial([0.5] * 10**6, 501_000) == pytest.approx(
        stats.binom.sf(500_999, 10**6, 0.5), abs=1e-8
    )
    assert least_poor(10**6, FIRST) == pytest.approx(50_360, abs=20)


def test_the_poisson_binomial_of_r():
    case = PUBLISHED["poisson_binomial"]
    for b, exactly in enumerate(case["exactly"]):
        found = poisson_binomial(case["chances"], b) - poisson_binomial(case["chances"], b + 1)
        assert found == pytest.approx(exactly, abs=1e-12)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=60), st.integers(0, 61))
def test_the_poisson_binomial_agrees_with_scipy(chances, b):
    assert poisson_binomial(chances, b) == pytest.approx(stats.poisson_binom.sf(b - 1, chances), abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0.0, 1.0), min_size=50, max_size=300), st.integers(1, 300))
def test_the_characteristic_function_tells_what_the_recursion_tells(chances, b):
    if b <= len(chances):
        by_function = fairness._by_characteristic_function(chances, b)
        assert by_function == pytest.approx(fairness._by_recursion(chances, b), abs=1e-10)


def test_four_discoveries_where_bonferroni_has_three():
    case = PUBLISHED["false_discovery"]
    q = false_discovery(case["p"])
    assert q == pytest.approx(case["q"], abs=1e-8)
    assert sum(value <= case["alpha"] for value in q) == case["rejected"]["false_discovery"]
    bonferroni = sum(p * len(case["p"]) <= case["alpha"] for p in case["p"])
    assert bonferroni == case["rejected"]["bonferroni"]
    again = case["again"]
    assert false_discovery(again["p"]) == pytest.approx(again["q"], abs=again["within"])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=40))
def test_false_discoveries_agree_with_statsmodels(p_values):
    expected = multipletests(p_values, method="fdr_bh")[1]
    assert false_discovery(p_values) == pytest.approx(list(expected), abs=1e-12)
