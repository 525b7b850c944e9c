"""The sheet of one person or unit: every gate told, and never another outcome than the engine's."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.ballot import BallotFault, parse_slate, rows
from scoring.history import remember
from scoring.reasons import as_data, sheet
from scoring.recount import recount
from tests.scoring.polls import BALLOTS, REPLAY_RULES, RULES, SLATE, example, proposals, slate, spread

FORM = parse_slate(SLATE)
ROWS = rows(BALLOTS, FORM)


def steps(about, ballots=ROWS, form=FORM, rules=RULES, history=()):
    found = sheet(ballots, form, rules, past=remember(history, rules), about=about)
    return {step.name: step for step in found.steps}


def told(step):
    return {reason.asked: (reason.passed, reason.told) for reason in step.reasons}


def test_every_gate_of_a_listed_official_is_told_with_its_number_and_threshold():
    assert told(steps("P02")["谈心谈话"]) == {
        "依据够不够": (True, "有效40张（至少10张）、差评8张（至少3张）"),
        "是不是偶然": (True, "95%把握下限10.36%，须高于5%"),
        "去掉1张最严的票": (True, "90%把握下限10.28%，须仍高于5%"),
        "评分人是否本来就严": (True, "按平时只应有2.8张，机会0.56%，须不超过1%"),
        "执法保护": (True, "本人同期处罚企业0家，没有可扣除的差评"),
    }
    assert steps("P02")["谈心谈话"].verdict == "各项都符合，直接列入建议。"


def test_the_first_gate_that_keeps_somebody_off_the_list_is_the_reason_given():
    verdict = steps("P13")["谈心谈话"].verdict
    assert verdict == "不列入：“评分人是否本来就严”一项不符合（按平时只应有3.0张，机会7.15%，须不超过1%）。"
    later = steps("P13")["约谈教育"].reasons
    assert [reason.counts for reason in later] == [True, True, False, False, False]


def test_a_deduction_for_enforcement_sends_to_people_and_says_so():
    step = steps("P04")["谈心谈话"]
    assert step.lane == "review"
    assert step.verdict == "“执法保护”一项须由人核实，转审查小组。"
    assert told(step)["执法保护"] == (
        False,
        "本人同期处罚企业5家，全部扣除后为3/35，下限3.19%，须高于5%且差评不少于3张",
    )


def test_a_unit_is_told_its_breadth():
    step = steps("U1")["整改工作提示函"]
    assert told(step)["依据够不够"] == (
        True,
        "有效59张（至少20张）、差评17张（至少4张）、涉及4人（至少2人）",
    )


def test_a_commendation_is_told_by_its_three_conditions():
    assert told(steps("P07")["表扬建议"])["非常满意够不够高"] == (
        True,
        "非常满意29张，95%把握下限85.14%，须不低于80%",
    )


def test_who_is_rarely_rated_reads_about_the_pooled_polls():
    few = slate(2)
    ballots = spread({"P0": (2, 0, 4), "P1": (20, 0, 0)}, 20)
    past = []
    for _ in range(3):
        past.append(recount(few, ballots, RULES, past))
    form = parse_slate(few)
    step = steps("P0", rows(ballots, form), form, history=past)["谈心谈话（滚动4季合并）"]
    assert told(step)["依据够不够"] == (True, "有效24张（至少15张）、差评16张（至少5张）")
    assert step.lane == "direct"
    assert proposals(recount(few, ballots, RULES, past), id="P0")[0]["rule"] == "person.rolling"


def test_two_polls_running_and_the_case_for_people_are_told():
    few = slate(3)
    ballots = spread({"P0": (20, 0, 8), "P1": (28, 0, 0), "P2": (28, 0, 0)}, 28)
    first = recount(few, ballots, RULES)
    second = recount(few, ballots, RULES, [first])
    form = parse_slate(few)
    found = steps("P0", rows(ballots, form), form, history=[first, second])
    assert found["约谈教育（连续2季谈心谈话）"].lane == "direct"
    assert found["调整岗位（建议）"].lane == "review"
    assert "2次" in told(found["调整岗位（建议）"])["次数"][1]


def test_a_threshold_policy_is_told_by_its_raw_rate_and_row():
    few = slate(2)
    ballots = spread({"P0": (7, 0, 3), "P1": (10, 0, 0)}, 10)
    first = recount(few, ballots, REPLAY_RULES)
    form = parse_slate(few)
    found = steps("P0", rows(ballots, form), form, REPLAY_RULES, [first])
    engine = {one["name"] for one in proposals(recount(few, ballots, REPLAY_RULES, [first]), id="P0")}
    assert {name for name, step in found.items() if step.lane} == engine


def test_a_stranger_has_no_sheet():
    with pytest.raises(BallotFault, match="P99"):
        steps("P99")


@pytest.mark.parametrize("history", [(), (1,), (1, 1), (1, 1, 1)])
def test_the_sheet_never_says_otherwise_than_the_engine(history):
    past = [example() for _ in history]
    result = recount(SLATE, BALLOTS, RULES, past)
    for about in [*(person["id"] for person in SLATE["persons"]), "U1", "U2", "U3", "U4"]:
        found = as_data(sheet(ROWS, FORM, RULES, past=remember(past, RULES), about=about))
        direct, review = (
            {step["name"].split("（连续")[0] for step in found["steps"] if step["lane"] == lane}
            for lane in ("direct", "review")
        )
        # The engine proposes the highest rung alone; the sheet tells of those below it too.
        assert {one["name"] for one in proposals(result, id=about, lane="direct")} <= direct, about
        assert {one["name"] for one in proposals(result, id=about, lane="review")} <= review, about
        assert bool(direct | review) == bool(proposals(result, id=about)), about


COUNTS = st.tuples(st.integers(0, 14), st.integers(0, 3), st.integers(0, 9))


@settings(max_examples=25, deadline=None)
@given(st.lists(COUNTS, min_size=1, max_size=4), st.integers(0, 4))
def test_whoever_is_proposed_has_a_step_that_says_so(counts, actions):
    few = slate(len(counts), actions={"P0": actions})
    ballots = spread({f"P{at}": own for at, own in enumerate(counts)}, 30)
    form = parse_slate(few)
    result = recount(few, ballots, RULES)
    for at in range(len(counts)):
        lanes = {step.lane for step in steps(f"P{at}", rows(ballots, form), form).values()} - {None}
        assert lanes >= {one["lane"] for one in proposals(result, id=f"P{at}")}
        assert bool(lanes) == bool(proposals(result, id=f"P{at}"))


def counted(tallies, *, officials=3, voters=28, rules=RULES, past=()):
    """Count one poll; return its result, and the sheet's steps on P0 with the earlier polls as history."""
    names = slate(officials)
    ballots = spread(tallies, voters)
    found = steps("P0", rows(ballots, parse_slate(names)), parse_slate(names), rules, past)
    return recount(names, ballots, rules, past), found


MANY_POOR, FEW_POOR = {"P0": (20, 0, 8), "P1": (28, 0, 0)}, {"P0": (28, 0, 0), "P1": (28, 0, 0)}


def test_the_first_poll_of_all_is_no_row():
    _, found = counted(MANY_POOR)
    assert found["谈心谈话"].lane == "direct"
    assert found["约谈教育（连续2季谈心谈话）"].lane is None


def test_who_stands_well_in_this_poll_opens_no_case_whatever_was_before():
    past = []
    for _ in range(3):
        past.append(counted({"P0": (10, 0, 18), "P1": (28, 0, 0)}, past=past)[0])
    _, found = counted(FEW_POOR, past=past)
    assert (
        "2次" in told(found["调整岗位（建议）"])["次数"][1]
        or "3次" in told(found["调整岗位（建议）"])["次数"][1]
    )
    assert found["调整岗位（建议）"].lane is None


def test_a_line_reached_once_is_told_alone_and_one_asked_twice_with_its_row():
    _, found = counted(MANY_POOR, rules=REPLAY_RULES)
    asked = {name: list(told(step)) for name, step in found.items()}
    once, twice = (rung.name for rung in REPLAY_RULES.person.rungs)
    assert asked == {once: ["原始差评率"], twice: ["原始差评率", "此前1季是否也达到"]}


def test_pooled_polls_with_a_poor_mark_in_just_two_of_them_are_enough():
    past, marks = [], [(2, 0, 4), (2, 0, 4), (3, 0, 0), (3, 0, 0)]
    for each in marks:
        last, found = counted({"P0": each, "P1": (20, 0, 0)}, voters=20, past=past)
        past.append(last)
    step = found["谈心谈话（滚动4季合并）"]
    assert told(step)["差评分布"] == (True, "2季有差评，至少2季")
    assert step.lane == "direct"
    assert proposals(last, id="P0")[0]["rule"] == "person.rolling"


def test_a_policy_that_pools_no_polls_tells_of_none():
    alone = RULES._replace(person=RULES.person._replace(rolling=None))
    _, found = counted({"P0": (2, 0, 4), "P1": (20, 0, 0)}, voters=20, rules=alone)
    assert [name for name in found if "滚动" in name] == []
    assert told(found["谈心谈话"])["依据够不够"][0] is False
