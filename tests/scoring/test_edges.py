"""On the edge of each gate: what equals a line passes or does not, as the rules say it."""

from itertools import combinations, count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring import fairness, rules, standings
from scoring.ballot import BallotFault, parse_slate, read_rows, rows
from scoring.disclose import Cell, public, withheld
from scoring.escalation import Standing, commendation, gates
from scoring.explain import explain
from scoring.fairness import bound, least_poor, passes, poisson_binomial, tail
from scoring.history import Round, at_line, reaches
from scoring.ladders import Rung
from scoring.preview import preview
from scoring.recount import recount
from scoring.schema import RulesFault, Table
from tests.scoring.polls import POLICY, REPLAY_RULES, RULES, slate, spread

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


def test_what_is_certain_happens_and_what_cannot_be_does_not():
    assert tail(3, 5, 1.0) == tail(0, 5, 0.0) == tail(0, 0, 0.5) == 1.0
    assert tail(1, 5, 0.0) == tail(6, 5, 1.0) == tail(6, 5, 0.5) == 0.0


def test_a_tail_of_just_the_limit_does_not_pass():
    # Searched for a line whose tail is, as a float, the limit itself.
    for step in count(1):
        line = step / 1000
        conf = 1 - fairness.TIE - tail(2, 3, line)
        if tail(2, 3, line) == 1 - conf - fairness.TIE:
            break
    assert not passes(2, 3, conf, line)
    assert passes(2, 3, conf, line - 1e-9)


def test_where_only_all_poor_reaches_a_rung_the_least_number_is_all():
    rung = Rung("谈心谈话", line=0.30, min_poor=1)
    assert [least_poor(n, rung) for n in (2, 3, 4)] == [None, 3, 4]


@pytest.mark.parametrize(("n", "least"), [(19, 1), (20, 1), (21, 2), (40, 2), (41, 3)])
def test_a_threshold_policy_needs_the_least_number_that_reaches_its_line(n, least):
    line = REPLAY_RULES.person.rungs[0]._replace(line=0.05)
    ladder = REPLAY_RULES.person._replace(rungs=(line,))
    (row,) = fairness.least_table(REPLAY_RULES._replace(person=ladder), [n])
    assert row.least == (least,)


def test_far_from_the_mean_of_many_raters_all_is_certain():
    many = [0.5] * 10**6
    assert poisson_binomial(many, 400_000) == 1.0
    assert poisson_binomial(many, 600_000) == 0.0


@pytest.mark.parametrize("b", [1, 2, 3])
def test_few_mild_raters_are_told_alike_by_both_methods(b):
    chances = [0.01, 0.02, 0.03, 0.04]
    exactly = fairness._by_recursion(chances, b)
    assert fairness._by_characteristic_function(chances, b) == pytest.approx(exactly, abs=1e-12)


def test_q_is_worked_out_from_ten_ratings_on():
    result = recount(slate(2), spread({"P0": (10, 0, 0), "P1": (9, 0, 0)}, 10), RULES)
    assert [person["q"] is None for person in result["persons"]] == [False, True]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(0, 31), max_size=4), st.integers(0, 3), st.integers(1, 3))
def test_how_many_officials_keep_a_poor_mark_when_the_worst_ballots_go(poor, without, enough):
    ballots = [1 << at for at in range(5)]
    left = min(
        sum(any(mask & ballot for ballot in ballots if ballot not in gone) for mask in poor)
        for gone in combinations(ballots, without)
    )
    found = standings._officials(poor, enough, without)
    assert found == (min(enough, left) if without else left)


def a_total(*parts, told=()):
    tree = {f"p{at}": Cell(n, ()) for at, n in enumerate(parts)}
    tree["total"] = Cell(sum(parts), tuple(tree))
    return withheld(tree, 5, told)


def test_small_cells_that_are_together_five_need_no_third_beside_them():
    assert a_total(2, 3, 20, 30) == {"p0", "p1"}
    assert a_total(2, 2, 20, 30) == {"p0", "p1", "p2"}


def test_where_every_other_part_is_stated_elsewhere_the_total_itself_is_withheld():
    assert a_total(1, 2, 20, told={"p2"}) == {"p0", "p1", "total"}
    assert a_total(3, 20, told={"p1"}) == {"p0", "total"}


@pytest.mark.parametrize(("answers", "shown"), [(0, True), (1, False), (4, False), (5, True)])
def test_the_rate_by_firms_is_withheld_when_one_to_four_answered(answers, shown):
    ballots = spread({"P0": (20, 0, 0), "P1": (20, 0, 0)}, 20)
    for ballot in ballots[:answers]:
        ballot["overall"] = "A"
    names = slate(2, units=1)
    rates = public(recount(names, ballots, RULES), parse_slate(names), RULES)["rates"]
    assert [rate["key"] for rate in rates] == ["not_poor", "top", *["firm"] * shown]


def test_no_rate_is_shown_where_the_whole_is_withheld():
    ballots = spread({"P0": (2, 0, 0), "P1": (2, 0, 0)}, 20)
    for ballot in ballots:
        ballot["overall"] = "A"
    names = slate(2, units=1)
    assert public(recount(names, ballots, RULES), parse_slate(names), RULES)["rates"] == []


def test_the_id_that_stands_twice_is_the_one_that_is_named():
    names = parse_slate(slate(2))
    with pytest.raises(BallotFault, match="编号“P1”重复"):
        list(read_rows(['{"persons":{"P0":"A","P1":"A","P1":"C"}}'], names, "ballots.jsonl"))


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("conf = 0.95\nmin_poor = 3", "conf = 0.5\nmin_poor = 3"),
        ('rung="约谈教育", times=2', 'rung="约谈教育", times=4'),
        ("min_n = 15\nmin_poor = 5", "min_n = 15\nmin_poor = 15"),
        ("min_periods_with_poor = 2", "min_periods_with_poor = 4"),
        ("score=60, ", "score=100, "),
        ("score=60, ", "score=0, "),
    ],
)
def test_a_policy_may_go_to_the_last_value_that_can_be_met(was, becomes):
    plain = "\n".join(line.split(" #")[0].rstrip() for line in POLICY.splitlines())
    assert was in plain
    assert rules.load(plain.replace(was, becomes)).id == RULES.id


@pytest.mark.parametrize("content", [{}, {"rung": []}, {"rung": "谈心谈话"}, {"rung": {"name": "谈心谈话"}}])
def test_steps_are_a_list_of_tables_with_at_least_one(content):
    with pytest.raises(RulesFault, match=r"缺少“unit\.rung”"):
        Table(content, "unit").tables("rung")


def test_a_weighted_score_weighs_each_option_with_its_own_points():
    scored = rules.load(POLICY.replace('"satisfied_over_valid"', '"weighted_score"'))
    result = recount(slate(2), spread({"P0": (7, 2, 1), "P1": (3, 0, 0)}, 10), scored)
    score = next(rate for rate in result["rates"] if rate["key"] == "score")
    assert (score["name"], score["num"], score["den"]) == ("得分", 10 * 100 + 2 * 60, 100 * 13)
    assert score["interval"] is None


@pytest.mark.parametrize(("poor", "lanes"), [(0, [None, None]), (10, ["direct", "review"])])
def test_a_line_that_people_decide_on_is_explained_as_theirs(poor, lanes):
    names = parse_slate(slate(2))
    ballots = rows(spread({"P0": (20 - poor, 0, poor), "P1": (20, 0, 0)}, 20), names)
    assert [rung["lane"] for rung in explain(ballots, names, REPLAY_RULES)["P0"]["rungs"]] == lanes


def test_a_step_of_the_printed_table_with_one_size_is_printed_as_that_size():
    one_size = preview(RULES._replace(person=RULES.person._replace(min_n=120)))
    assert [line.split()[0] for line in one_size if line.strip().startswith("12")] == ["120"]
    # With 110 ratings nobody is tested under such a policy, so nobody is listed by luck.
    assert [line.split()[1:] for line in one_size[-3:]] == [["0.0000", "0.0000"]] * 3
