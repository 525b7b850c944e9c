"""The reader never silently errs: sampled conditions here, the whole judging run in tests.paper.judge."""

import dataclasses
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from survey.paper import limits, marks, measures, scan
from survey.paper.ink import Strip
from survey.paper.marks import Hold, Quiet, Reason, State
from survey.paper.measures import Box, Strokes
from survey.paper.sheet import LARGE, NORMAL, Form
from tests.paper import damage, filling, judge, pages
from tests.paper.damage import Condition
from tests.paper.filling import Truth, Voter
from tests.paper.pages import Outcome
from tests.paper.pen import PENS, Hand, box

SAMPLE = pages.JUDGING + 900_000
PAGE = Quiet(0.02, 0.005)
# What an ordinary tick of a 0.5 mm pen measures.
TICK = Box(
    dark=0.2, mass=0.15, most=0.7, extent=0.9, runs=1.6, changes=3.6, thick=0.7, lump=0, shade=0.3, ring=0.01
)
EMPTY = Box(dark=0, mass=0, most=0.02, extent=0, runs=0, changes=0, thick=0, lump=0, shade=0, ring=0)


READER = "".join(path.read_text() for path in Path(limits.__file__).parent.glob("*.py"))


def read(name: str, number: int, form: Form = NORMAL, clean: float = 0.95) -> judge.Tally:
    return judge.judged(name, form, (SAMPLE, number), clean)


@pytest.mark.parametrize("name", list(damage.CONDITIONS))
def test_no_row_is_read_wrong_under(name: str):
    tally = read(name, 1)
    assert tally.silent == []
    assert (tally.lost, tally.codes, sum(tally.held.values())) == (0, 1, 0)


def test_no_row_is_read_wrong_on_the_worst_scans_and_the_hardest_marks():
    whole = judge.Tally()
    for number in range(3):
        whole.add(judge.judged("worst", NORMAL, (SAMPLE, number), 0.95))
        whole.add(judge.judged("clean 200", NORMAL, (SAMPLE, 10 + number), 0.0))
    assert whole.silent == []
    assert whole.doubts["two marks"] == whole.rows["two marks"] > 0


def test_large_print_is_read_as_well():
    whole = judge.Tally()
    for name in ("clean 200", "turned", "mixed"):
        whole.add(judge.judged(name, LARGE, (SAMPLE, 2), 0.95))
    assert whole.silent == []
    assert sum(whole.rows.values()) == 3 * LARGE.rows


def test_few_ordinary_marks_are_doubted():
    whole = judge.Tally()
    for number in range(5):
        whole.add(judge.judged("clean 200", NORMAL, (SAMPLE, 20 + number), 1.0))
    assert whole.share(frozenset({"tick"})) <= 5
    assert whole.share(filling.ORDINARY) <= 12  # of 125 rows; the judging run holds 8 over all conditions


@pytest.mark.parametrize("name", list(damage.ONE_BIT))
def test_every_one_bit_scan_is_refused(name: str):
    tally = read(name, 1)
    assert (tally.one_bit, sum(tally.rows.values())) == (1, 0)


def test_a_streak_across_the_options_holds_the_page_and_never_votes():
    tallies = [read("streak", number) for number in range(3)]
    assert sum(bool(tally.held["streak"]) for tally in tallies) == 3
    assert [silent for tally in tallies for silent in tally.silent] == []


def blackened(seed: int, pen: str) -> tuple[Outcome, list[Truth]]:
    """Return a page where every other row is blackened to a share of 0.3 to 1.1 of its box."""
    layout, sides = pages.rendered(NORMAL)
    rng = np.random.default_rng((SAMPLE, seed))
    page = sides[0].astype(np.float32)
    voter = Voter(page, NORMAL, rng, clean=1.0)
    voter.hand = Hand(page, rng, PENS[pen][0])
    truths = []
    for row in range(len(layout.side(1))):
        option = int(rng.choice(3))
        if row % 2:
            truths.append(voter.mark("tick", row, option))
            continue
        x, y = box(NORMAL, row, option)
        x, y = x + rng.normal(0, 0.4), y + rng.normal(0, 0.4)
        if rng.random() < 0.5:
            voter.hand.tick(x, y)
        voter.hand.blacken(x, y, share=rng.uniform(0.3, 1.1))
        truths.append(Truth("blackened", filling.lawful()))
    grey = damage.scanned(page, Condition(), rng)
    return pages.read(grey, NORMAL, len(truths)), truths


@pytest.mark.parametrize("pen", list(PENS))
def test_a_blackened_box_of_any_coverage_is_never_a_vote(pen: str):
    outcome, truths = blackened(1, pen)
    states = [row.doubtful for row, truth in zip(outcome.rows, truths, strict=True) if not truth.lawful]
    assert states == [True] * 13


def test_a_page_rescanned_or_turned_never_gives_two_values():
    page = pages.filled(NORMAL, (SAMPLE, 77))
    readings = []
    for at, condition in enumerate(
        (Condition(), Condition(upside_down=True), Condition(dpi=150), Condition(turn=4))
    ):
        image = pages.scan_of(page, condition, (SAMPLE, at))
        readings.append(pages.read(image, NORMAL, len(page.truths)).rows)
    for rows in zip(*readings, strict=True):
        assert len({row.option for row in rows if not row.doubtful}) <= 1


def test_the_true_resolution_comes_from_the_page_not_from_the_file():
    page = pages.filled(NORMAL, (SAMPLE, 78))
    for dpi in (150, 200, 300):
        frame = scan.find(pages.scan_of(page, Condition(dpi=dpi), (SAMPLE, dpi)))
        assert frame
        assert frame.dpi == pytest.approx(dpi, rel=0.01)
        assert scan.fine_enough(frame)
    frame = scan.find(pages.scan_of(page, Condition(dpi=120), (SAMPLE, 120)))
    assert frame
    assert not scan.fine_enough(frame)


def test_a_scan_of_nothing_has_no_frame():
    assert scan.find(np.full((2339, 1654), 250, np.uint8)) is None


def judged_row(*boxes: Box) -> tuple[Reason, ...]:
    found: list[Reason] = []
    for each in boxes:
        state = marks.state(each, PAGE)
        found += marks._of_mark(each, PAGE) if state is State.MARK else marks._of_other(each)
    return tuple(found)


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        ({}, ()),
        ({"dark": 0.58}, ()),
        ({"dark": 0.581}, (Reason.DENSE,)),
        ({"runs": 2.31}, (Reason.DENSE,)),
        ({"runs": 2.31, "dark": 0.14}, ()),
        ({"changes": 6.61}, (Reason.DENSE,)),
        ({"dark": 0.30, "runs": 2.16}, (Reason.DENSE,)),
        ({"dark": 0.30, "ring": 0.029}, (Reason.DENSE,)),
        ({"dark": 0.28, "ring": 0.029}, ()),
        ({"dark": 0.2, "shade": 0.46}, (Reason.DENSE,)),
        ({"dark": 0.3, "shade": 0.46}, ()),
        ({"thick": 1.30}, ()),
        ({"thick": 1.31}, (Reason.THICK,)),
        ({"lump": 1.01}, (Reason.THICK,)),
        ({"ring": 0.101, "dark": 0.2}, (Reason.OVERFLOW,)),
    ],
)
def test_what_makes_a_mark_doubtful(change: dict[str, float], reasons: tuple[Reason, ...]):
    assert judged_row(dataclasses.replace(TICK, **change)) == reasons


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({}, State.EMPTY),
        ({"dark": 0.0099, "most": 0.0849}, State.EMPTY),
        ({"dark": 0.0101}, State.UNCERTAIN),
        ({"most": 0.0851}, State.UNCERTAIN),
        ({"dark": 0.1, "mass": 0.021, "extent": 0.62}, State.MARK),
        ({"dark": 0.1, "mass": 0.019, "extent": 0.9}, State.UNCERTAIN),
        ({"dark": 0.1, "mass": 0.1, "extent": 0.61}, State.UNCERTAIN),
    ],
)
def test_when_a_box_is_empty_marked_or_uncertain(change: dict[str, float], state: State):
    assert marks.state(dataclasses.replace(EMPTY, **change), PAGE) is state


def test_a_faint_box_is_judged_by_what_empty_boxes_of_its_page_look_like():
    faint = dataclasses.replace(EMPTY, most=0.12)
    assert marks.state(faint, Quiet(0.02, 0.005)) is State.UNCERTAIN
    assert marks.state(faint, Quiet(0.06, 0.02)) is State.EMPTY
    assert marks.state(dataclasses.replace(EMPTY, most=0.17), Quiet(0.1, 0.05)) is State.UNCERTAIN


def test_a_felt_pen_may_draw_thicker_ticks_but_not_without_end():
    felt = [[dataclasses.replace(TICK, thick=1.2)] * 3] * 4
    assert marks.thickest(felt, PAGE) == pytest.approx(1.8)
    assert marks.thickest([[dataclasses.replace(TICK, thick=1.5)] * 3] * 4, PAGE) == limits.THICK_MOST
    assert marks.thickest([[TICK] * 3] * 4, PAGE) == limits.THICK
    assert marks.thickest(felt[:2], PAGE) == limits.THICK  # too few marks tell no pen


def test_two_pens_strokes_that_join_rows_are_doubts():
    page = pages.rendered(NORMAL)[1][0].astype(np.float32)
    rng = np.random.default_rng(4)
    hand = Hand(page, rng, PENS["gel"][0])
    x, y = box(NORMAL, 5, 1)
    hand.stroke([(x - 1, y + 1.5), (x + 1, y - 8)])
    outcome = pages.read(damage.scanned(page, Condition(), rng), NORMAL, 25)
    assert Reason.LONG in outcome.rows[5].reasons
    assert Counter(row.doubtful for row in outcome.rows[8:]) == {False: 17}


def test_ink_beside_another_box_is_a_doubt():
    assert marks._of_other(dataclasses.replace(EMPTY, ring=0.0351)) == [Reason.BESIDE]
    assert marks._of_other(dataclasses.replace(EMPTY, ring=0.0349)) == []


@pytest.mark.parametrize(
    ("change", "page", "reasons"),
    [
        ({"most": 0.0549}, PAGE, []),
        ({"most": 0.0551}, PAGE, [Reason.BLANK]),
        ({"most": 0.0749}, Quiet(0.05, 0.01), []),
        ({"most": 0.0751}, Quiet(0.05, 0.01), [Reason.BLANK]),
        ({"ring": 0.0059}, PAGE, []),
        ({"ring": 0.0061}, PAGE, [Reason.BLANK]),
    ],
)
def test_a_blank_row_with_a_faint_trace_is_a_doubt(change: dict[str, float], page: Quiet, reasons: list):
    assert marks._of_blank([EMPTY, dataclasses.replace(EMPTY, **change), EMPTY], page) == reasons


def test_how_far_the_pages_own_scatter_goes():
    page = Quiet(0.06, 0.02)
    assert marks.state(dataclasses.replace(EMPTY, most=0.139), page) is State.EMPTY
    assert marks.state(dataclasses.replace(EMPTY, most=0.141), page) is State.UNCERTAIN


@pytest.mark.parametrize(
    ("found", "base", "residual", "held"),
    [
        (0.60, 0.13, 0.45, []),
        (0.59, 0.02, 0.1, [Hold.BOXES]),
        (0.90, 0.131, 0.1, [Hold.GROUND]),
        (0.90, 0.02, 0.451, [Hold.RESIDUAL]),
    ],
)
def test_what_holds_a_page(found: float, base: float, residual: float, held: list[Hold]):
    nothing = np.zeros((8, 8), np.float32)
    strip = Strip(NORMAL, nothing, nothing, np.zeros((0, 3, 2)), found)
    assert marks.holds(strip, Quiet(base, 0.01), residual=residual) == held


def test_a_lump_is_as_wide_as_long_and_a_stroke_is_not():
    square, stroke = np.zeros((30, 30), bool), np.zeros((30, 30), bool)
    square[9:21, 9:21] = True
    stroke[13:17, 2:28] = True
    assert measures._lump(square) > 1
    assert measures._lump(stroke) == 0


def strokes_of(height_mm: float, top_mm: float = 0) -> Strokes:
    tops, heights = (np.array([0, round(length * limits.K)], np.int32) for length in (top_mm, height_mm))
    return Strokes(np.zeros((2, 2), np.int32), tops, heights, Counter())


def test_a_stroke_of_nearly_two_rows_may_belong_to_either():
    assert marks._long(strokes_of(1.95 * NORMAL.height), 1, NORMAL)
    assert not marks._long(strokes_of(1.85 * NORMAL.height), 1, NORMAL)


def test_a_stroke_that_goes_a_millimetre_over_the_line_crosses_it():
    centre = (0.0, 100 * limits.K)
    assert marks._crosses(strokes_of(1, top_mm=100 - NORMAL.height / 2 - 1.2), 1, centre, NORMAL)
    assert not marks._crosses(strokes_of(1, top_mm=100 - NORMAL.height / 2 - 0.8), 1, centre, NORMAL)


def drawn(*paths: list[tuple[float, float]]) -> list[marks.Row]:
    """Return the rows of a page on which strokes of a gel pen were drawn."""
    page, rng = pages.rendered(NORMAL)[1][0].astype(np.float32), np.random.default_rng(9)
    hand = Hand(page, rng, PENS["gel"][0])
    for path in paths:
        hand.stroke(path)
    return pages.read(damage.scanned(page, Condition(), rng), NORMAL, 25).rows


def test_one_line_alone_through_a_box_and_over_the_row_is_long():
    x, y = box(NORMAL, 6, 1)
    assert Reason.LONG in drawn([(x, y - 1.6), (x, y + 5.5)])[6].reasons


def test_a_crumb_of_ink_that_no_mark_owns_is_stray():
    x, y = box(NORMAL, 7, 0)
    tick = [(x - 1.8, y), (x - 0.4, y + 1.6), (x + 1.8, y - 1.8)]
    assert drawn(tick)[7].reasons == ()
    assert drawn(tick, [(x + 19 - 7.5, y - 1), (x + 19 - 7.5, y + 1)])[7].reasons == (Reason.STRAY,)


def judged_with() -> dict[str, object]:
    """Return the limits of the last judging run, as they were written down then."""
    return json.loads(Path(__file__).with_name("limits.json").read_text())


def limits_now() -> dict[str, object]:
    return json.loads(json.dumps({name: value for name, value in vars(limits).items() if name.isupper()}))


def test_the_limits_are_those_that_were_judged_together():
    """A limit changes here only after a judging run (python -m tests.paper.judge) with 0 silent errors."""
    assert limits_now() == judged_with()


def changed(value: object) -> object:
    """Return a limit changed by a hundredth, in its first place where it has several."""
    return (changed(value[0]), *value[1:]) if isinstance(value, tuple) else value * 1.01


@pytest.mark.parametrize("name", sorted(judged_with()))
def test_a_changed_limit_is_noticed_and_every_limit_is_used(name: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(limits, name, changed(getattr(limits, name)))
    assert limits_now() != judged_with()
    assert f"limits.{name}" in READER
