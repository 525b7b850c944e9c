"""Ballots and tallies: what is read, what is refused and where, and that counting is only adding."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring import tally
from scoring.ballot import BallotFault, Form, parse_slate, read_rows, read_slate, rows
from scoring.recount import recount
from scoring.signals import longstring
from tests.scoring.polls import BALLOTS, PUBLISHED, RULES, SLATE, example, slate

SMALL = slate(6, units=2)
FORM = Form(parse_slate(SMALL))


def marks(lines):
    return st.dictionaries(st.sampled_from(lines), st.sampled_from("ABC"))


A_BALLOT = st.fixed_dictionaries(
    {
        "overall": st.sampled_from(["A", "B", "C", None]),
        "units": marks(["U0", "U1"]),
        "persons": marks([f"P{at}" for at in range(6)]),
    }
)
BOXES = st.lists(A_BALLOT, max_size=8)


@given(A_BALLOT)
def test_a_ballot_survives_its_byte_vector(ballot):
    assert FORM.record(FORM.row(ballot)) == ballot


@settings(max_examples=50, deadline=None)
@given(BOXES)
def test_on_every_line_the_marks_and_blanks_add_up_to_the_valid_ballots(ballots):
    counted = tally.count(rows(ballots, FORM.slate), FORM.slate)
    for line in counted.lines:
        assert line.a + line.g + line.b + line.blank == counted.valid == len(ballots)
        assert line.n == line.a + line.g + line.b


@settings(max_examples=50, deadline=None)
@given(BOXES)
def test_the_tally_counts_what_a_plain_loop_counts(ballots):
    counted = tally.count(rows(ballots, FORM.slate), FORM.slate)
    for line, counts in zip(FORM.slate.lines[3:], counted.lines[3:], strict=True):
        found = [ballot["persons"].get(line) for ballot in ballots]
        assert counts == tuple(found.count(mark) for mark in ("A", "B", "C", None))


@settings(max_examples=40, deadline=None)
@given(BOXES, BOXES, BOXES)
def test_parts_of_a_box_add_up_in_any_order_and_grouping(first, second, third):
    parts = [tally.count(rows(part, FORM.slate), FORM.slate) for part in (first, second, third)]
    whole = tally.count(rows(first + second + third, FORM.slate), FORM.slate)
    assert whole == tally.add(*parts) == tally.add(*reversed(parts))
    assert whole == tally.add(parts[0], tally.add(parts[1], parts[2]))


@settings(max_examples=15, deadline=None)
@given(st.permutations(BALLOTS))
def test_the_order_of_ballots_does_not_matter(ballots):
    assert recount(SLATE, ballots, RULES) == example()


def test_series_pool_their_officials():
    totals = {one["name"]: (one["a"], one["g"], one["b"], one["n"]) for one in example()["series"]}
    assert list(totals) == ["执法监管", "审批服务", "公共服务", "镇街"]
    assert [sum(part) for part in zip(*totals.values(), strict=True)] == [570, 158, 82, 810]


def test_nobody_voting_is_counted_too():
    result = recount(SMALL, [], RULES)
    assert result["ballots"] == {"valid": 0, "undiscriminating": 0, "evidence": 0}
    assert {rate["pct"] for rate in result["rates"]} == {None}
    assert result["proposals"] == []


def test_the_channel_of_a_ballot_is_accepted_and_ignored():
    with_channel = [{**ballot, "channel": "paper"} for ballot in BALLOTS]
    assert recount(SLATE, with_channel, RULES) == example()


@pytest.mark.parametrize(
    ("ballot", "sentence"),
    [
        ({"overall": "D"}, "总体评价的选项“D”不在 A、B、C 之中"),
        ({"overall": "-"}, "总体评价的选项“-”不在 A、B、C 之中"),
        ({"overall": ""}, "总体评价的选项“”不在 A、B、C 之中"),
        ({"overall": ["A"]}, "总体评价的选项"),
        ({"persons": {"P9": "A"}}, "“persons”中的编号“P9”不在名单中"),
        ({"units": {"P1": "A"}}, "“units”中的编号“P1”不在名单中"),
        ({"persons": {"P1": "N"}}, "“P1”的选项“N”不在 A、B、C 之中"),
        ({"persons": {"P1": "AB"}}, "“P1”的选项“AB”不在 A、B、C 之中"),
        ({"persons": {"P1": ""}}, "“P1”的选项“”不在 A、B、C 之中"),
        ({"persons": {"P1": None}}, "“P1”的选项“None”不在 A、B、C 之中"),
        ({"persons": {"P1": "-"}}, "“P1”的选项“-”不在 A、B、C 之中"),
        ({"persons": {"P1": "非"}}, "“P1”的选项“非”不在 A、B、C 之中"),
        ({"persons": {"P1": "A", "P2": "-", "P3": ["A"]}}, "的选项“-”不在"),
        ({"persons": ["P1"]}, "“persons”须为编号到选项的对照"),
        ({"units": None}, "“units”须为编号到选项的对照"),
        ({"voter": "x"}, "选票中有未知项“voter”"),
        (["A"], "一行须为一张选票"),
    ],
)
def test_a_ballot_with_an_unknown_thing_is_refused(ballot, sentence):
    with pytest.raises(BallotFault) as fault:
        rows([{"overall": "A"}, ballot], FORM.slate)
    assert fault.value.sentence.startswith("第2张选票：")
    assert sentence in fault.value.sentence


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('{"persons":{"P1":"A","P1":"C"}}', "编号“P1”重复"),
        ('{"overall":"A","overall":"C"}', "编号“overall”重复"),
        ('{"overall":"A"', "不是正确的 JSON"),
        ("3", "一行须为一张选票"),
    ],
)
def test_a_bad_line_is_named_with_its_file_and_number(line, sentence):
    with pytest.raises(BallotFault) as fault:
        list(read_rows(['{"overall":"A"}', "", line], FORM.slate, "ballots.jsonl"))
    assert fault.value.sentence.startswith("ballots.jsonl 第3行：")
    assert sentence in fault.value.sentence


@pytest.mark.parametrize(
    ("change", "sentence", "line"),
    [
        (('"id": "P1"', '"id": "P0"'), "编号“P0”为空或重复", '"id": "P0"'),
        (('"id": "P1"', '"id": "U1"'), "编号“U1”为空或重复", '"id": "U1"'),
        (('"id": "P1"', '"id": ""'), "编号“”为空或重复", '"id": ""'),
        (('"unit": "U1"', '"unit": "U7"'), "所属单位“U7”不在名单中", None),
        (('"adverse_actions": 0', '"adverse_actions": -1'), "须为不小于0的整数", None),
        (('"name": "人3"', '"name": 3'), "缺少文字项“name”", None),
        (('"poll"', '"pool"'), "票面名单须有 poll、units、persons 三项", None),
    ],
)
def test_a_bad_slate_is_refused(change, sentence, line):
    text = json.dumps(SMALL, ensure_ascii=False, indent=1).replace(*change)
    with pytest.raises(BallotFault) as fault:
        read_slate(text, "slate.json")
    assert sentence in fault.value.sentence
    assert fault.value.sentence.startswith("slate.json 第")
    if line:
        number = max(at for at, content in enumerate(text.splitlines(), 1) if line in content)
        assert f"第{number}行" in fault.value.sentence


def test_a_damaged_slate_is_named_with_its_line():
    with pytest.raises(BallotFault, match=r"slate\.json 第2行：不是正确的 JSON"):
        read_slate('{"poll": "T",\n "units": [}', "slate.json")


@pytest.mark.parametrize(
    ("answers", "run"),
    list(zip(PUBLISHED["longest_run"]["answers"], PUBLISHED["longest_run"]["runs"], strict=True)),
)
def test_the_longest_runs_of_careless(answers, run):
    assert longstring(answers) == run


def test_identical_ballots_are_counted_and_never_void():
    names = slate(12)
    same = {"overall": "A", "units": {}, "persons": {f"P{at}": "A" for at in range(10)}}
    fewer = {"overall": "A", "units": {}, "persons": {f"P{at}": "A" for at in range(9)}}
    result = recount(names, [same, same, same, fewer, fewer], RULES)
    assert result["quality"]["identical"] == 3
    assert result["ballots"]["valid"] == 5


def test_two_officials_marked_poor_together_three_times_are_a_signal():
    names = slate(12)
    together = {"overall": None, "units": {}, "persons": {"P0": "C", "P1": "C"}}
    assert recount(names, [together] * 2, RULES)["quality"]["pairs"] == []
    assert recount(names, [together] * 3, RULES)["quality"]["pairs"] == [["P0", "P1", 3]]
