"""The numpy kernel counts what the county tally counts, cell by cell."""

import random
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring import scale, tally
from scoring.ballot import parse_slate, rows
from tests.conftest import REPOSITORY
from tests.scoring.polls import BALLOTS, SLATE, slate


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 9).flatmap(lambda width: st.lists(st.binary(min_size=width, max_size=width), max_size=40))
)
def test_any_box_counts_the_same_on_both(vectors):
    marks = [bytes(mark % 4 for mark in vector) for vector in vectors]
    names = parse_slate(slate(max(0, len(marks[0]) - 2 if marks else 1)))
    if marks and len(marks[0]) < 3:
        return
    assert scale.count(marks, len(names.lines)) == tally.count(marks, names)


@pytest.mark.parametrize("voters", [0, 1, 254, 255, 256, 511, 3000])
def test_block_borders_lose_nothing(voters):
    draw = random.Random(voters)
    names = parse_slate(slate(20, units=3))
    vectors = [bytes(draw.choices(range(4), k=len(names.lines))) for _ in range(voters)]
    assert scale.count(iter(vectors), len(names.lines)) == tally.count(vectors, names)


def test_all_alike_ballots_do_not_overflow_a_byte():
    names = parse_slate(slate(5))
    vectors = [bytes([3] * len(names.lines))] * 1000
    assert {line.b for line in scale.count(vectors, len(names.lines)).lines} == {1000}


def test_the_worked_example_counts_the_same():
    names = parse_slate(SLATE)
    vectors = rows(BALLOTS, names)
    assert scale.count(vectors, len(names.lines)) == tally.count(vectors, names)


def test_the_county_recount_loads_no_numpy():
    program = "import sys, scoring.__main__; sys.exit('numpy' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], cwd=REPOSITORY, check=True)
