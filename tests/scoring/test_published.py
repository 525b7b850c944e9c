"""Which published figures the scoring is held against, and which it cannot be, with the reason."""

import pytest

from scoring.fairness import bound
from tests.scoring.polls import PUBLISHED

HELD = {
    "single_shares", "differences", "r_binom", "r_prop_test", "false_discovery", "poisson_binomial",
    "longest_run", "suppression",
}  # fmt: skip


def test_every_published_set_is_a_test_or_says_why_not():
    assert {name for name, case in PUBLISHED.items() if "not_tested_because" not in case} == HELD
    assert PUBLISHED["funnel"]["not_tested_because"]


@pytest.mark.parametrize("case", PUBLISHED["single_shares"]["cases"])
def test_the_exact_single_shares_of_newcombe(case):
    low = bound(case["poor"], case["rated"], 0.975)
    high = 1 - bound(case["rated"] - case["poor"], case["rated"], 0.975)
    assert [round(low, 4), round(high, 4)] == case["exact"]
