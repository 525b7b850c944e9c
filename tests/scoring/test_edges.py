"""On the edge of each gate: what equals a line passes or does not, as the rules say it."""

import pytest

from scoring import rules
from scoring.escalation import Standing, commendation, gates
from scoring.fairness import bound
from scoring.history import Round, at_line, reaches
from tests.scoring.polls import POLICY, RULES

FIRST = RULES.person.rungs[0]


def gate(key, standing, policy=RULES):
    found = gates(standing, FIRST, policy.person, policy)
    return next(one for one in found if one.key == key)


def an_official(**settings):
    return Standing("person", "P1", "甲", n=40, b=20, actions=0, **settings)


@pytest.mark.parametrize(("chance", "passed"), [(0.0099, True), (0.01, True), (0.0101, False)])
def test_severity_passes_up_to_and_with_one_in_a_hundred(chance, passed):
    assert gate("G4", an_official(severity=lambda without: (1.0, chance))).passed is passed


@pytest.mark.parametrize(("q", "passed"), [(0.0499, True), (0.05, True), (0.0501, False)])
def test_where_q_gates_it_passes_up_to_and_with_its_limit(q, passed):
    strict = rules.load(POLICY.replace("gate_q = 0.0", "gate_q = 0.05"))
    severity = {"severity": lambda without: (1.0, 0.0)}
    assert gate("q", an_official(q=q, **severity), strict).passed is passed


def test_a_commendation_is_due_when_its_bound_is_just_the_line():
    standing, just = Standing("person", "P1", "甲", n=40, b=0, actions=0), bound(39, 40, 0.95)
    assert commendation(standing, 39, RULES.reward._replace(line=just))
    assert not commendation(standing, 39, RULES.reward._replace(line=just + 1e-12))


@pytest.mark.parametrize(
    ("b", "n", "reached"), [(1, 20, True), (1, 21, False), (2, 20, True), (0, 20, False), (0, 0, False)]
)
def test_a_raw_rate_on_the_line_reaches_it_and_nobody_rated_reaches_nothing(b, n, reached):
    assert reaches(b, n, 0.05) is reached


def a_round(**persons):
    return Round({}, {name: {"b": b, "n": n} for name, (b, n) in persons.items()}, {})


def test_a_row_of_raw_rates_needs_every_earlier_round_at_the_line():
    twice = FIRST._replace(consecutive=2)
    assert at_line([a_round(P1=(2, 20))], "P1", twice)
    assert not at_line([a_round(P1=(1, 40))], "P1", twice)
    assert not at_line([a_round(P2=(2, 20))], "P1", twice)
    assert not at_line([], "P1", twice)
    assert at_line([], "P1", FIRST)
