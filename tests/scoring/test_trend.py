"""Quarters and years, charts, and the preview of a policy."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats.mstats import winsorize
from statsmodels.stats.proportion import confint_proportions_2indep

from scoring import funnel, trend
from scoring.preview import preview
from scoring.rates import newcombe
from scoring.recount import recount
from tests.scoring.polls import REPLAY_RULES, RULES, example, replay, slate, spread


def test_a_year_is_its_pooled_counts_and_never_a_mean_of_rates():
    share = trend.pooled([replay()["2022Q3"], replay()["2022Q4"]], "not_poor")
    assert (share.num, share.den) == (61798, 64460)
    uneven = [
        {"rates": [{"key": "top", "num": num, "den": den, "deff": 1.0}]} for num, den in ((1, 2), (9, 90))
    ]
    assert trend.pooled(uneven, "top")[:2] == (10, 92)


def test_the_change_of_the_published_case_with_its_interval():
    change = trend.change(replay()["2023Q1"], [replay()["2022Q3"], replay()["2022Q4"]])
    assert change.points == "+3.22"
    plain = newcombe(31937, 32230, 61798, 64460)
    assert plain == pytest.approx(
        confint_proportions_2indep(31937, 32230, 61798, 64460, compare="diff", method="newcomb"), abs=1e-12
    )
    assert change.interval.low <= plain.low < plain.high <= change.interval.high


def test_without_an_earlier_poll_there_is_no_change():
    assert trend.change(example(), []) is None


def quarter(tallies, units):
    names = slate(4, units=2)
    for person, unit in zip(names["persons"], units, strict=True):
        person["unit"] = unit
    return recount(names, spread(tallies, 30), RULES)


def test_like_for_like_leaves_out_who_moved():
    before = quarter({"P0": (20, 0, 0), "P1": (10, 0, 10), "P2": (20, 0, 0)}, ["U0", "U1", "U0", "U1"])
    now = quarter({"P0": (20, 0, 0), "P1": (20, 0, 0), "P2": (18, 0, 2)}, ["U0", "U0", "U0", "U1"])
    assert trend.stayed(now, before) == ["P0", "P2", "P3"]
    change = trend.like_for_like(now, before)
    assert (change.now[:2], change.before[:2], change.points) == ((38, 40), (40, 40), "-5.00")
    assert trend.change(now, [before]).points == "+13.33"


def test_an_official_is_compared_with_himself_in_the_same_unit_only():
    before = quarter({"P0": (10, 0, 10), "P1": (20, 0, 0)}, ["U0", "U1", "U0", "U1"])
    now = quarter({"P0": (20, 0, 0), "P1": (20, 0, 0)}, ["U0", "U0", "U0", "U1"])
    assert trend.person_change(now, before, "P0").points == "+50.00"
    assert trend.person_change(now, before, "P1") is None
    assert trend.person_change(now, before, "P2") is None


def test_the_median_of_a_series():
    result = quarter({"P0": (20, 0, 0), "P1": (15, 0, 5), "P2": (10, 0, 10)}, ["U0", "U0", "U0", "U1"])
    series = {"P0": "执法", "P1": "执法", "P2": "执法", "P3": "公共"}
    assert trend.series_median(result, series, "执法") == 0.75
    assert trend.series_median(result, series, "公共") is None


def test_chance_alone_gives_no_overdispersion():
    draw = random.Random(3)
    cells = [(sum(draw.random() < 0.2 for _ in range(100)), 100) for _ in range(300)]
    found = funnel.funnel(cells)
    assert 0.4 < found.phi < 1.0
    assert found.tau2 == 0
    outside = [b for b, n in cells if not found.limits(n)[0] <= b / n <= found.limits(n)[1]]
    assert len(outside) <= 3


def test_real_differences_widen_the_funnel():
    draw = random.Random(4)
    rates = [draw.choice((0.1, 0.3)) for _ in range(100)]
    cells = [(sum(draw.random() < rate for _ in range(100)), 100) for rate in rates]
    assert funnel.funnel(cells).phi > 4
    assert funnel.funnel(cells).tau2 > 0.005
    assert funnel.funnel([(0, 0)]) is None


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-9, 9), min_size=1, max_size=60))
def test_the_outermost_tenth_on_each_side_is_pulled_in_as_scipy_does(scores):
    expected = winsorize(np.array(scores), limits=(0.1, 0.1))
    assert sorted(funnel.winsorised(scores)) == pytest.approx(sorted(expected.tolist()))
    assert funnel.dispersion(scores) == pytest.approx(float((np.asarray(expected) ** 2).mean()))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(20, 90)), min_size=2, max_size=40))
def test_the_funnel_is_worked_out_as_its_publication_says(cells):
    """Spiegelhalter 2005 in numpy; FunnelPlotR's 6.24 and nine outside need data that are not ours."""
    b, n = (np.array(column, float) for column in zip(*cells, strict=True))
    theta = b.sum() / n.sum()
    z = (np.arcsin(np.sqrt(b / n)) - np.arcsin(np.sqrt(theta))) * 2 * np.sqrt(n)
    phi, w, size = float((np.asarray(winsorize(z, limits=(0.1, 0.1))) ** 2).mean()), 4 * n, len(n)
    tau2 = max(0.0, (size * phi - (size - 1)) / (w.sum() - (w**2).sum() / w.sum()))
    found = funnel.funnel(cells)
    assert found == pytest.approx((theta, phi, tau2), abs=1e-9)
    reach = 3.09 * np.sqrt(1 / (4 * n) + tau2)
    for size_, high in zip(
        n, np.sin(np.minimum(np.pi / 2, np.arcsin(np.sqrt(theta)) + reach)) ** 2, strict=True
    ):
        assert found.limits(int(size_))[1] == pytest.approx(high, abs=1e-9)


def test_few_ratings_are_drawn_to_the_average_and_many_are_not():
    cells = [(2, 4), (200, 400), (0, 100), (40, 100), (0, 0)]
    theta = funnel.average(cells)
    few, many, *_, none = funnel.shrunken(cells)
    assert none is None
    assert abs(few - theta) < abs(many - theta)
    same = [(10, 100)] * 5
    assert funnel.shrunken(same) == pytest.approx([0.1] * 5)


def test_leaders_read_what_a_policy_will_do_before_they_sign():
    lines = preview(RULES)
    assert lines[1] == f"SHA-256 {RULES.sha256}"
    assert [line.split() for line in lines if line.strip().startswith("10–11")] == [["10–11", "3", "5"]]
    assert [line.split() for line in lines if line.strip().startswith("1% ")] == [["1%", "0.0001", "0.0000"]]


def test_a_threshold_policy_is_told_by_its_raw_line():
    lines = preview(REPLAY_RULES)
    by_luck = {
        line.split()[0]: float(line.split()[1]) for line in lines if line.strip().startswith(("2%", "5%"))
    }
    assert by_luck["5%"] > 5
