"""The numpy kernel counts what the county tally counts, cell by cell."""

import random
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring import scale, tally
from scoring.ballot import parse_slate, rows
from tests.conftest import REPOSITORY
from tests.scoring.polls import BALLOTS, SLATE, slate

SMALL = parse_slate(slate(6, units=2))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 3), min_size=9, max_size=9).map(bytes), max_size=40))
def test_any_box_counts_the_same_on_both(vectors):
    assert scale.count(vectors, len(SMALL.lines)) == tally.count(vectors, SMALL)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 3), min_size=9, max_size=9).map(bytes), min_size=1, max_size=8),
    st.integers(1, 400),
)
def test_a_box_repeated_counts_its_multiple_whatever_the_block(vectors, times):
    width = len(SMALL.lines)
    block = np.frombuffer(b"".join(vectors) * times, dtype=np.uint8).reshape(-1, width)
    once = tally.count(vectors, SMALL)
    assert scale.tally(len(block), scale.kernel(block)) == tally.add(*[once] * times)


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
