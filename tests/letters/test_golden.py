"""Golden pages: what every kind says and where each row stands, in mm; `--regold` rewrites them."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from survey.letters.faces import FontSet
from tests.letters.conftest import sample_pages
from tests.letters.geometry import Page
from tests.letters.samples import SAMPLES

GOLDEN = Path(__file__).parent.parent / "golden" / "letters"
TOLERANCE = 0.05


def lines(pages: Sequence[Page]) -> list[str]:
    """One line a row: page, top, left, right, size, text."""
    return [
        f"{number} {row.top:.2f} {row.left:.2f} {row.right:.2f} {row.size:.2f} {row.text}"
        for number, page in enumerate(pages, start=1)
        for row in page.rows
    ]


def split(line: str) -> tuple[list[float], str]:
    *numbers, text = line.split(" ", 5)
    return [float(number) for number in numbers], text


@pytest.mark.parametrize("name", SAMPLES)
def test_a_kind_looks_as_it_was_approved(name: str, fonts: FontSet, request: pytest.FixtureRequest) -> None:
    if fonts.notes:
        pytest.skip("the golden pages were set in the regular fonts; these are makeshift or the county's own")
    path = GOLDEN / f"{name.replace(' ', '_')}.txt"
    found = lines(sample_pages(name))
    if request.config.getoption("--regold"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(found) + "\n", encoding="utf-8")
    approved = path.read_text(encoding="utf-8").splitlines()
    assert [split(line)[1] for line in found] == [split(line)[1] for line in approved]
    for row, wanted in zip(found, approved, strict=True):
        assert split(row)[0] == pytest.approx(split(wanted)[0], abs=TOLERANCE), wanted
