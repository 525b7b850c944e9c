"""Both ladders, gate by gate: what lists an official or a unit, by which lane, and what history adds."""

import copy

import pytest

from scoring import rules
from scoring.recount import recount
from tests.scoring.polls import POLICY, RULES, proposals, slate, spread

VOTERS = 40


def a_poll(*, poor=0, voters=VOTERS, actions=0, history=(), policy=RULES, others=20, spares=0):
    """Count a poll where P0 gets `poor` poor marks of `voters`; the other officials get none."""
    names = slate(others + 1, units=3, actions={"P0": actions})
    tallies = {f"P{at}": (voters, 0, 0) for at in range(1, others + 1)}
    tallies["P0"] = (0, voters - poor, poor)
    return recount(names, spread(tallies, voters), policy, history, spares)


def rungs(result, about="P0", kind="person"):
    return [(one["rung"], one["lane"]) for one in proposals(result, kind=kind, id=about)]


@pytest.mark.parametrize(
    ("poor", "listed"), [(5, []), (6, [(1, "direct")]), (8, [(1, "direct")]), (9, [(2, "direct")])]
)
def test_the_rung_follows_from_the_least_number_at_forty_ratings(poor, listed):
    assert rungs(a_poll(poor=poor)) == listed


@pytest.mark.parametrize(
    ("voters", "poor", "listed"),
    [(9, 9, []), (10, 2, []), (10, 3, [(1, "direct")]), (10, 5, [(2, "direct")])],
)
def test_nobody_is_tested_under_ten_ratings_and_none_listed_under_three_poor_ones(voters, poor, listed):
    assert rungs(a_poll(voters=voters, poor=poor)) == listed


@pytest.mark.parametrize(
    ("poor", "actions", "listed"),
    [
        (8, 0, [(1, "direct")]),
        (8, 2, [(1, "direct")]),
        (8, 5, [(1, "review")]),
        (8, 99, [(1, "review")]),
        (9, 1, [(2, "direct")]),
        (9, 3, [(1, "direct"), (2, "review")]),
        (9, 6, [(2, "review")]),
    ],
)
def test_firms_under_penalty_are_deducted_before_anything_is_direct(poor, actions, listed):
    assert rungs(a_poll(poor=poor, actions=actions)) == listed


def test_a_review_proposal_says_what_is_left_after_the_deduction():
    proposal = proposals(a_poll(poor=8, actions=5), id="P0")[0]
    assert "本人同期对5家企业作出处罚；若全部扣除余3张，不足以定级 → 转审查小组核实" in proposal["text"]
    assert (proposal["numbers"]["A"], proposal["numbers"]["b_left"], proposal["numbers"]["n_left"]) == (
        5,
        3,
        35,
    )


def with_harsh_ballots(poor_for_all):
    """Twelve of forty ballots mark that many of thirty others poor; nine of them mark P0 poor too."""
    names = slate(31, units=3)
    ballots = spread({f"P{at}": (VOTERS, 0, 0) for at in range(31)}, VOTERS)
    for voter, ballot in enumerate(ballots[:12]):
        ballot["persons"]["P0"] = "C" if voter < 9 else "A"
        for step in range(poor_for_all):
            ballot["persons"][f"P{1 + (voter * 7 + step) % 30}"] = "C"
    return recount(names, ballots, RULES)


def test_poor_marks_of_harsh_raters_weigh_less():
    assert rungs(with_harsh_ballots(0)) == [(2, "direct")]
    assert rungs(with_harsh_ballots(14)) == []


@pytest.mark.parametrize(("rated", "poor", "set_aside"), [(10, 6, 1), (10, 5, 0), (9, 9, 0), (11, 6, 1)])
def test_a_ballot_that_marks_most_of_ten_or_more_poor_is_counted_but_no_evidence(rated, poor, set_aside):
    names = slate(12)
    ballots = spread({f"P{at}": (30, 0, 0) for at in range(12)}, 30)
    ballots.append(
        {
            "overall": None,
            "units": {},
            "persons": {f"P{at}": "C" if at < poor else "A" for at in range(rated)},
        }
    )
    result = recount(names, ballots, RULES)
    assert result["ballots"] == {"valid": 31, "undiscriminating": set_aside, "evidence": 31 - set_aside}
    assert result["persons"][0]["b"] == 1
    assert result["persons"][0]["evidence"]["b"] == 1 - set_aside


def in_a_row(*polls, policy=RULES):
    """Count polls one after the other, each with the earlier ones as history; return the last result."""
    history = []
    for settings in polls:
        history.append(a_poll(history=history, policy=policy, **settings))
    return history[-1]


def test_the_first_rung_twice_running_is_the_second():
    again = in_a_row({"poor": 7}, {"poor": 7})
    assert rungs(again) == [(2, "direct")]
    proposal = proposals(again, id="P0")[0]
    assert (proposal["rule"], proposal["requires"]) == ("person.rung[1].or_consecutive", ["verified"])
    assert "连续2季达到前一档 → 按规则 person.rung[1].or_consecutive 列入约谈教育" in proposal["text"]


def test_a_clean_poll_between_breaks_the_row():
    assert rungs(in_a_row({"poor": 7}, {"poor": 0}, {"poor": 7})) == [(1, "direct")]


def test_a_review_lane_does_not_count_towards_a_row():
    assert rungs(in_a_row({"poor": 7, "actions": 9}, {"poor": 7})) == [(1, "direct")]


def test_another_policy_has_other_rungs_and_starts_no_row():
    renamed = rules.load(POLICY.replace('id = "lulong-default"', 'id = "other"'))
    earlier = a_poll(poor=7, policy=renamed)
    assert rungs(a_poll(poor=7, history=[earlier])) == [(1, "direct")]


def test_the_first_rung_three_times_running_opens_a_verification_case_that_people_decide():
    third = in_a_row({"poor": 7}, {"poor": 7}, {"poor": 7})
    assert rungs(third) == [(2, "direct"), (3, "review")]
    case = proposals(third, rung=3)[0]
    assert (case["rule"], case["name"]) == ("person.rung[2].history", "调整岗位（建议）")
    assert case["requires"] == ["verified", "heard", "group_decision"]
    assert "近4季内2次达到前一档" in case["text"]


@pytest.mark.parametrize(("between", "opens"), [(0, True), (1, True), (2, True), (3, False)])
def test_the_second_rung_twice_in_four_polls_opens_a_case(between, opens):
    last = in_a_row({"poor": 12}, *[{"poor": 0}] * between, {"poor": 12})
    assert ((3, "review") in rungs(last)) is opens


def test_nothing_beyond_the_second_rung_is_ever_direct():
    heavy = in_a_row(*[{"poor": 30}] * 6)
    assert {one["lane"] for one in proposals(heavy, rung=3, kind="person")} == {"review"}


ROLLING_RATED, ROLLING_POOR = 6, 2


def a_small_poll(rated, poor, history, actions=0):
    names = slate(4, units=2, actions={"P0": actions})
    ballots = spread({"P0": (0, rated - poor, poor), "P1": (20, 0, 0)}, 20)
    return recount(names, ballots, RULES, history)


def season(*marks, actions=0):
    history = []
    for rated, poor in marks:
        history.append(a_small_poll(rated, poor, history, actions))
    return history[-1]


@pytest.mark.parametrize(
    ("marks", "listed"),
    [
        ([(6, 2)] * 4, [(1, "direct")]),
        ([(6, 2), (6, 2), (6, 2), (6, 0)], []),
        ([(6, 2)] * 3, []),
        ([(6, 4), (6, 4), (3, 0), (0, 0)], [(1, "direct")]),
        ([(9, 8), (6, 0), (6, 0), (6, 0)], []),
        ([(10, 2), (6, 2), (6, 2), (6, 2)], []),
        ([(4, 2), (4, 2), (4, 2), (2, 2)], []),
    ],
)
def test_officials_rarely_rated_are_pooled_over_four_polls(marks, listed):
    assert rungs(season(*marks)) == listed


def test_the_pooled_figures_of_the_specification():
    told = proposals(season(*[(6, 2)] * 4), id="P0")[0]
    assert (told["rule"], told["numbers"]["b"], told["numbers"]["n"]) == ("person.rolling", 8, 24)
    assert (round(told["numbers"]["L"], 4), round(told["numbers"]["L_drop"], 4)) == (0.1780, 0.0902)
    assert told["numbers"]["k"] == 4
    assert "近4季合计24家作出有效评价，差评8张（33.33%），分布在4季" in told["text"]


def test_pooled_polls_give_the_first_rung_only_and_start_no_row():
    history = []
    for _ in range(6):
        history.append(a_small_poll(6, 4, history))
    assert [rungs(result) for result in history] == [[], [], [], *[[(1, "direct")]] * 3]


def test_pooled_polls_deduct_the_firms_under_penalty_of_every_poll():
    assert rungs(season(*[(6, 2)] * 4, actions=1)) == [(1, "review")]


def unit_poll(poor_ballots, *, officials=2, voters=60, actions=0, history=()):
    """Count a poll where that many ballots mark an official of unit U0 poor, spread over some officials."""
    names = slate(30, units=3, actions={"P0": actions})
    ballots = spread({f"P{at}": (voters, 0, 0) for at in range(30)}, voters)
    members = ["P0", "P3", "P6", "P9", "P12", "P15", "P18", "P21", "P24", "P27"][:officials]
    for at, ballot in enumerate(ballots[:poor_ballots]):
        ballot["persons"][members[at % officials]] = "C"
    return recount(names, ballots, RULES, history)


@pytest.mark.parametrize(
    ("poor", "officials", "listed"),
    [
        (10, 10, []),
        (11, 10, [(1, "direct")]),
        (15, 10, [(2, "direct")]),
        (19, 10, [(3, "direct")]),
        (11, 2, [(1, "direct")]),
        (11, 1, []),
    ],
)
def test_a_unit_is_listed_by_ballots_with_a_poor_mark_on_two_or_more_officials(poor, officials, listed):
    assert rungs(unit_poll(poor, officials=officials), "U0", "unit") == listed


@pytest.mark.parametrize(("voters", "listed"), [(19, []), (20, [(1, "direct")])])
def test_a_unit_under_twenty_ballots_is_not_tested(voters, listed):
    assert rungs(unit_poll(6, voters=voters, officials=3), "U0", "unit") == listed


def test_a_unit_climbs_when_a_rung_is_reached_twice_running():
    history = []
    for _ in range(3):
        history.append(unit_poll(11, officials=10, history=history))
    assert [rungs(result, "U0", "unit") for result in history] == [
        [(1, "direct")],
        [(2, "direct")],
        [(3, "direct")],
    ]


def test_penalties_by_its_officials_send_a_unit_to_review():
    assert rungs(unit_poll(11, officials=10, actions=6), "U0", "unit") == [(1, "review")]


def commended(good, fair=0, poor=0, policy=RULES):
    names = slate(3)
    result = recount(names, spread({"P0": (good, fair, poor), "P1": (30, 0, 0)}, 120), policy)
    return bool(proposals(result, kind="reward", id="P0"))


@pytest.mark.parametrize(
    ("rated", "not_good"),
    [(20, 0), (21, 0), (22, 1), (29, 1), (30, 2), (36, 2), (50, 5), (56, 5), (106, 14), (110, 14)],
)
def test_how_many_marks_below_good_a_commendation_allows(rated, not_good):
    assert commended(rated - not_good, not_good)
    assert not commended(rated - not_good - 1, not_good + 1)


def test_no_commendation_under_twenty_ratings_or_with_a_poor_mark():
    assert not commended(19)
    assert commended(60)
    assert not commended(60, 0, 1)


def test_each_proposal_says_how_many_ballots_it_can_lose():
    strong = a_poll(poor=12, spares=1)
    robust = next(one for one in strong["robustness"] if one["id"] == "P0")
    losses = [rungs(a_poll(poor=12 - lost, voters=VOTERS - lost)) for lost in range(5)]
    held = [listed == [(2, "direct")] for listed in losses]
    assert held[: robust["margin"] + 1] == [True] * (robust["margin"] + 1)
    assert not held[robust["margin"] + 1]
    assert robust["survives"]
    assert "补发票卡1张，即使全属重复投票，结论不变" in robust["text"]


def test_more_spare_cards_than_the_margin_are_told():
    weak = next(one for one in a_poll(poor=6, spares=2)["robustness"] if one["id"] == "P0")
    assert (weak["margin"], weak["survives"]) == (0, False)
    assert (
        weak["text"] == "再少1张差评票，结论即不成立；补发票卡2张，即使全属重复投票，结论可能改变，须先核实。"
    )


def test_a_unit_that_needs_its_only_second_official_does_not_survive_his_loss():
    names = slate(30, units=3)
    ballots = spread({f"P{at}": (60, 0, 0) for at in range(30)}, 60)
    for at, ballot in enumerate(ballots[:20]):
        ballot["persons"]["P3" if at == 0 else "P0"] = "C"
    result = recount(names, ballots, RULES)
    assert next(one for one in result["robustness"] if one["kind"] == "unit")["margin"] == 0


def test_q_gates_nobody_unless_the_policy_says_so():
    strict = rules.load(POLICY.replace("gate_q = 0.0", "gate_q = 0.0001"))
    assert rungs(a_poll(poor=6)) == [(1, "direct")]
    assert rungs(a_poll(poor=6, policy=strict)) == []


def test_history_is_only_read():
    earlier = a_poll(poor=7)
    before = copy.deepcopy(earlier)
    a_poll(poor=7, history=[earlier])
    assert earlier == before


def test_exactly_the_least_poor_marks_left_after_the_deduction_are_enough():
    assert rungs(a_poll(voters=11, poor=4, actions=1)) == [(1, "direct")]


def test_a_rung_reached_by_a_row_needs_no_review_for_itself():
    assert rungs(in_a_row({"poor": 7}, {"poor": 9, "actions": 3})) == [(2, "direct")]


def test_a_rung_reached_by_its_own_gates_is_not_put_down_to_a_row():
    again = in_a_row({"poor": 9}, {"poor": 9})
    assert proposals(again, rung=2)[0]["rule"] == "person.rung[1]"
