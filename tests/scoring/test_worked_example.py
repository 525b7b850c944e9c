"""The worked example of the specification, to the digit: 60 ballots, 24 officials, 4 units."""

import pytest

from scoring.ballot import parse_slate, rows
from scoring.evidence import expected_poor, gather, load
from scoring.explain import explain
from tests.scoring.polls import BALLOTS, EXPECTED, RULES, SLATE, example, proposals

GATES = explain(rows(BALLOTS, parse_slate(SLATE)), parse_slate(SLATE), RULES)


def flat(document, path=""):
    """Yield every leaf of a document with its path."""
    if isinstance(document, dict):
        for key, value in document.items():
            yield from flat(value, f"{path}.{key}")
    elif isinstance(document, list):
        yield f"{path}.length", len(document)
        for at, value in enumerate(document):
            yield from flat(value, f"{path}[{at}]")
    else:
        yield path, document


def test_the_recount_gives_the_expected_document():
    found = dict(flat({key: example()[key] for key in EXPECTED}))
    expected = dict(flat(EXPECTED))
    assert found.keys() == expected.keys()
    for path, value in expected.items():
        assert found[path] == (pytest.approx(value, abs=1e-6) if isinstance(value, float) else value), path


def test_the_document_adds_only_series_robustness_and_firms_under_penalty():
    assert example().keys() - EXPECTED.keys() == {"series", "robustness", "adverse"}
    assert example()["adverse"] == {"P04": 5, "P08": 1}


def gate(about, rung, key):
    return next(gate for gate in GATES[about]["rungs"][rung]["gates"] if gate["gate"] == key)


def test_one_ballot_tells_nobody_apart_and_is_no_evidence():
    assert example()["ballots"] == {"valid": 60, "undiscriminating": 1, "evidence": 59}
    evidence = [person["evidence"] for person in example()["persons"]]
    assert (sum(one["n"] for one in evidence), sum(one["b"] for one in evidence)) == (786, 64)


@pytest.mark.parametrize(
    ("about", "rung", "key", "figures"),
    [
        ("P02", 0, "G2", {"L": 0.1036}),
        ("P02", 0, "G3", {"L_drop": 0.1028}),
        ("P02", 0, "G4", {"E": 2.81, "P": 0.0056}),
        ("P02", 1, "G3", {"L_drop": 0.0851}),
        ("P03", 0, "G2", {"L": 0.0590}),
        ("P03", 0, "G3", {"L_drop": 0.0489}),
        ("P04", 0, "G4", {"E": 2.90, "P": 0.0068}),
        ("P04", 0, "G5", {"L_left": 0.0319}),
        ("P08", 1, "G2", {"L": 0.1625}),
        ("P08", 1, "G3", {"L_drop": 0.1483}),
        ("P08", 1, "G4", {"E": 2.78, "P": 0.00005}),
        ("P08", 1, "G5", {"L_left": 0.1658}),
        ("P13", 0, "G2", {"L": 0.0674}),
        ("P13", 0, "G3", {"L_drop": 0.0637}),
        ("P13", 0, "G4", {"E": 2.96, "P": 0.0715}),
        ("P02", 0, "G1", {"n": 40, "b": 8}),
        ("P03", 0, "G1", {"n": 24, "b": 4}),
        ("P05", 0, "G1", {"n": 9, "b": 3}),
        ("P08", 0, "G1", {"n": 40, "b": 11}),
        ("P13", 0, "G1", {"n": 40, "b": 6}),
        ("U1", 0, "G1", {"n": 59, "b": 17, "officials": 4}),
        ("U2", 0, "G1", {"n": 59, "b": 15}),
        ("U3", 0, "G1", {"n": 59, "b": 11}),
        ("U4", 0, "G1", {"n": 57, "b": 9}),
        ("U1", 0, "G2", {"L": 0.1926}),
        ("U2", 0, "G2", {"L": 0.1637}),
        ("U2", 1, "G3", {"L_drop": 0.1566}),
        ("U3", 0, "G2", {"L": 0.1082}),
        ("U3", 0, "G3", {"L_drop": 0.1100}),
        ("U1", 0, "G3", {"L_drop": 0.1991}),
        ("U1", 1, "G3", {"L_drop": 0.1872}),
        ("U1", 1, "G5", {"L_left": 0.1496}),
        ("U2", 1, "G5", {"L_left": 0.1687}),
        ("U4", 0, "G2", {"L": 0.0849}),
    ],
)
def test_each_figure_of_the_example_stands(about, rung, key, figures):
    for name, figure in figures.items():
        places = len(str(f"{figure:.5f}".rstrip("0")).partition(".")[2])
        assert round(gate(about, rung, key)["numbers"][name], places) == figure


def test_the_three_rates_of_the_example():
    shown = [(rate["num"], rate["den"], rate["pct"]) for rate in example()["rates"]]
    assert shown == [(728, 810, "89.88"), (570, 810, "70.37"), (57, 58, "98.28")]


def test_the_header_and_the_flagged_pair_of_the_example():
    header = example()["header"]
    assert (round(header["theta"], 4), round(header["expected_false"], 2)) == (0.0814, 2.64)
    assert ["P13", "P23", 3] in example()["quality"]["pairs"]


def test_the_raters_of_p13():
    form = parse_slate(SLATE)
    ballots = rows(BALLOTS, form)
    found = gather(ballots, [load(row, form) for row in ballots], form, RULES.evidence)
    at = [person.id for person in form.persons].index("P13")
    others = found.b - found.columns[at].b, found.n - found.columns[at].n
    assert (others, round(others[0] / others[1], 5)) == ((58, 746), 0.07775)
    chances = [chance for chance, _ in expected_poor(found, at, RULES.evidence.prior)]
    assert (len(chances), round(min(chances), 4), round(max(chances), 4)) == (40, 0.0420, 0.1423)


def test_p07_is_commended_on_the_bound_of_the_example():
    (praise,) = proposals(example(), id="P07")
    assert (praise["numbers"]["a"], praise["numbers"]["n"], praise["numbers"]["b"]) == (29, 30, 0)
    assert round(praise["numbers"]["L"], 4) == 0.8514
    assert next(person["b"] for person in example()["persons"] if person["id"] == "P07") == 1


def test_p02_in_words():
    (told,) = proposals(example(), id="P02")
    for said in ("差评8张（20.00%）", "不低于10.36%", "仍为7/39，下限10.28%", "只应有2.8张（机会0.56%）"):
        assert said in told["text"]


def test_p05_has_ten_ratings_in_the_tally_and_nine_as_evidence():
    row = next(person for person in example()["persons"] if person["id"] == "P05")
    assert (row["b"], row["n"], row["evidence"]) == (4, 10, {"n": 9, "b": 3})


def test_rung_two_of_p02_fails_when_two_ballots_are_dropped():
    assert not gate("P02", 1, "G3")["passed"]


def test_p03_falls_when_one_ballot_is_dropped():
    assert not gate("P03", 0, "G3")["passed"]
    assert proposals(example(), id="P03") == []


def test_p13_was_rated_by_harsh_raters_and_is_not_proposed():
    assert not gate("P13", 0, "G4")["passed"]
    assert proposals(example(), id="P13") == []


def test_an_official_under_ten_ratings_is_not_tested():
    assert [one["id"] for one in example()["not_tested"]] == ["P05"]


def test_who_is_proposed_for_what_and_by_which_lane():
    assert [(one["id"], one["rung"], one["lane"]) for one in example()["proposals"]] == [
        ("P02", 1, "direct"),
        ("P04", 1, "review"),
        ("P08", 2, "direct"),
        ("U1", 1, "direct"),
        ("U1", 2, "review"),
        ("U2", 2, "direct"),
        ("U3", 1, "direct"),
        ("P07", None, "direct"),
    ]
