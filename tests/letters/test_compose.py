"""The rules of a line of official text."""

import random
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.errors import Refused
from survey.letters.compose import LINE, NEVER_FIRST, NEVER_LAST, compose

HANZI = "企业满意度测评整改工作提示函的一是在不了有和人这中大为上个国我以要他时来用们生到作地"
MARKS = "，。、；：？！（）《》“”〔〕"
LATIN = ["2023", "99.09%", "GDP", "CRM", "0335-7201234", "1.", " ", "——", "……"]


def advance(char: str) -> float:
    """A made-up Latin font: narrow i, wide W, digits of one half."""
    if not char.isascii():
        return 1.0
    return {"i": 0.277, "W": 1.027, "%": 0.833, ".": 0.278, ",": 0.278, "-": 0.333, " ": 0.333}.get(char, 0.5)


pieces = st.one_of(st.text(HANZI, min_size=1, max_size=12), st.sampled_from(MARKS), st.sampled_from(LATIN))


@st.composite
def paragraphs(draw: st.DrawFn) -> str:
    """Text as people write it: no mark after an opening mark, no three marks in a row."""
    text = "".join(draw(st.lists(pieces, min_size=1, max_size=60)))
    return "企" + "".join(lawful(text)).strip() + "。"


def lawful(text: Iterable[str]) -> list[str]:
    """Drop a mark that follows a mark."""
    kept: list[str] = []
    for char in "".join(text):
        if (
            kept
            and char in NEVER_FIRST | NEVER_LAST
            and kept[-1] in NEVER_FIRST | NEVER_LAST
            and char not in "—…%."
        ):
            continue
        kept.append(char)
    return kept


@given(paragraphs())
def test_a_paragraph_is_set_without_fault(text: str) -> None:
    rows = compose(text, advance, first=26)
    for at, row in enumerate(rows):
        room = 26 if at == 0 else LINE
        assert at == 0 or row.text[0] not in NEVER_FIRST
        if at < len(rows) - 1:
            assert row.text[-1] not in NEVER_LAST
            assert row.set_width == pytest.approx(room)
        assert row.set_width <= room + 1e-9


def test_twenty_five_thousand_random_lines_are_set_without_fault() -> None:
    chance, lines = random.Random(9704), 0
    words = [*HANZI, *HANZI, *HANZI, *MARKS, *LATIN]
    while lines < 25_000:
        text = "企" + "".join(lawful(chance.choices(words, k=chance.randint(20, 400)))).strip() + "。"
        rows = compose(text, advance, first=26)
        lines += len(rows)
        assert "".join(row.text for row in rows).replace(" ", "") == text.replace(" ", "")
        for at, row in enumerate(rows):
            room = 26 if at == 0 else LINE
            assert at == 0 or row.text[0] not in NEVER_FIRST, row
            assert row.set_width <= room + 1e-9, row
            if at < len(rows) - 1:
                assert row.text[-1] not in NEVER_LAST, row
                assert abs(row.set_width - room) < 1e-9, row


@given(paragraphs())
def test_no_text_is_lost(text: str) -> None:
    rows = compose(text, advance, first=26)
    assert "".join(row.text for row in rows).replace(" ", "") == text.replace(" ", "")


@given(paragraphs())
def test_the_spacing_of_a_line_adds_up_to_its_width(text: str) -> None:
    for row in compose(text, advance):
        spaced = sum(advance(char) + piece.spacing for piece in row.pieces for char in piece.text)
        assert spaced == pytest.approx(row.set_width)


@given(paragraphs())
def test_no_mark_gives_up_more_than_half_of_itself(text: str) -> None:
    assert all(piece.spacing >= -0.5 - 1e-9 for row in compose(text, advance) for piece in row.pieces)


def test_a_comma_is_squeezed_into_the_line_it_belongs_to() -> None:
    rows = compose("企" * 12 + "，" + "业" * 15 + "，测评", advance)
    assert [row.text for row in rows] == ["企" * 12 + "，" + "业" * 15 + "，", "测评"]


def test_without_marks_to_squeeze_the_word_before_the_comma_moves_down() -> None:
    rows = compose("企" * 28 + "，测评", advance)
    assert [row.text for row in rows] == ["企" * 27, "企，测评"]


def test_a_figure_never_breaks() -> None:
    rows = compose("企" * 27 + "2023年", advance)
    assert [row.text for row in rows] == ["企" * 27, "2023年"]


def test_an_address_longer_than_a_line_breaks_where_it_must() -> None:
    rows = compose("网址https://" + "a" * 120, advance)
    assert "".join(row.text for row in rows) == "网址https://" + "a" * 120
    assert all(row.set_width <= LINE + 1e-9 for row in rows)


def test_an_opening_mark_never_ends_a_line() -> None:
    rows = compose("企" * 27 + "《办法》", advance)
    assert [row.text for row in rows] == ["企" * 27, "《办法》"]


def test_a_character_wider_than_the_line_is_refused() -> None:
    with pytest.raises(Refused, match="比一行还宽"):
        compose("企业", lambda char: 30.0)
