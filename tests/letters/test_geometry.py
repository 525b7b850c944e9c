"""Positions of GB/T 9704-2012, measured in finished letters."""

import datetime as dt
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import pytest

from survey.letters.compose import CLOSING
from survey.letters.facts import GB9704, SEALED, Look
from tests.letters.conftest import pdf_of, sample_pages, sixty_problems
from tests.letters.geometry import Page, SetRow, measure
from tests.letters.samples import SAMPLES, a_reminder, a_reply, an_imprint, many_problems

ZI = 156 / 28
PITCH = 10.449


def reminder() -> tuple[Page, ...]:
    return sample_pages("reminder")


@cache
def long_reminder() -> tuple[Page, ...]:
    return tuple(measure(sixty_problems()))


def reply() -> tuple[Page, ...]:
    return sample_pages("reply")


def near(value: float, tolerance: float = 0.05) -> object:
    return pytest.approx(value, abs=tolerance)


def full_rows(pages: Sequence[Page]) -> list[SetRow]:
    """Rows that are followed by another row of their paragraph, so they must be full."""
    rows = [row for page in pages for row in page.body()]
    return [
        row for row, after in pairwise(rows) if after.left == near(28) and row.right > 175 and row.left < 100
    ]


def test_a_full_page_has_22_rows_of_one_pitch() -> None:
    page = long_reminder()[-2]
    tops = [row.top for row in page.body()]
    assert len(tops) == 22
    assert tops[0] == near(37)
    assert tops[-1] + ZI == near(262)
    assert all(b - a == near(PITCH, 0.02) for a, b in pairwise(tops))


def test_a_full_row_reaches_from_edge_to_edge_of_28_characters() -> None:
    rows = full_rows([*reminder(), *reply(), *long_reminder()])
    assert len(rows) > 60
    for row in rows:
        assert row.left == near(28) or row.left == near(28 + 2 * ZI), row
        # A squeezed closing mark at the end leaves half of its square outside the line.
        room = ZI / 2 if row.text[-1] in CLOSING else 0
        assert 184 - 0.05 <= row.right <= 184 + 0.05 + room, row


def test_the_head_of_a_letter_stands_where_the_standard_puts_it() -> None:
    page = reminder()[0]
    mark = page.row("卢龙县营商环境")
    assert (mark.top, mark.size) == (near(30), near(14))
    assert page.rules[0] == near((20, 48, 190, 49.1))
    assert page.rules[-1] == near((20, 275.9, 190, 277))
    number = page.row("卢营商函")
    assert (number.top, number.right) == (near(49.1 + 4.875), near(184))
    title = page.row("关于")
    assert title.size == near(22 * 25.4 / 72, 0.01)
    assert (title.left + title.right) / 2 == near(106)


def test_page_one_of_a_letter_shows_body_text_and_no_page_number() -> None:
    page = reminder()[0]
    assert "根据《卢龙县" in page.text
    assert "—" not in page.rows[-1].text


def test_page_numbers_stand_right_on_odd_and_left_on_even_pages() -> None:
    even, odd = long_reminder()[1].rows[-1], long_reminder()[2].rows[-1]
    zi4 = 14 * 25.4 / 72
    assert [row.text.replace("\u2005", " ") for row in (even, odd)] == ["— 2 —", "— 3 —"]
    assert even.left == near(28 + zi4)
    assert odd.right == near(184 - zi4)
    dash = even.top + (0.88 - 0.38) * zi4
    assert dash == near(269, 0.2)


def test_the_seal_presses_name_and_date_and_is_centred_on_both() -> None:
    page = next(page for page in reminder() if page.ring)
    left, top, right, bottom = page.ring
    name, date = page.row("卢龙县营商"), page.row("2023年4月20日")
    centre = (left + right) / 2
    assert (name.left + name.right) / 2 == near(centre)
    assert (date.left + date.right) / 2 == near(centre)
    assert date.right == near(184 - 4 * ZI)
    assert right - left + 1.2 == near(45)
    assert top < name.top
    assert date.top + ZI < bottom
    body_end = max(row.top for row in page.body() if row.top < name.top) + ZI
    assert 0 < top - 0.6 - body_end < PITCH
    name_top, date_top = name.top + ZI / 2, date.top + ZI / 2
    assert (top + bottom) / 2 < (name_top + date_top) / 2, "name and date stand below the seal's centre"


def test_two_leaders_sign_under_one_seal() -> None:
    page = reply()[-1]
    _left, top, _right, bottom = page.ring
    rows = [page.row("中共卢龙县委"), page.row("卢龙县人民政府县长"), page.row("2023年4月20日")]
    assert all(top < row.top and row.top < bottom for row in rows)
    assert 0 < top - 0.6 - (page.row("扫描信末").top + ZI) < PITCH


def test_the_signature_never_stands_alone_on_a_page() -> None:
    for count in (0, 2, 5):
        done = a_reply().done[:1] * count
        page = measure(pdf_of(a_reply(done=done)))[-1]
        before = [row for row in page.body() if row.top < page.row("中共卢龙县委").top]
        assert len(before) >= 2, f"{count} matters settled"


@cache
def closer_reply(matters: int) -> list[Page]:
    return measure(pdf_of(a_reply(done=a_reply().done[:1] * matters)))


@pytest.mark.parametrize(("matters", "rows"), [(8, 23), (9, 24)])
def test_rows_move_closer_until_the_page_holds_the_signature(matters: int, rows: int) -> None:
    pages = closer_reply(matters)
    pitch = (225 - ZI) / (rows - 1)
    assert len(pages) == 2
    assert [row.size for row in pages[0].body()] == near([ZI] * len(pages[0].body()))
    tops = [row.top for row in pages[1].body()]
    assert tops[0] == near(37)
    assert max(tops) + ZI <= 262.05
    assert all(b - a == near(pitch, 0.02) for a, b in pairwise(tops) if b - a < 1.5 * pitch)
    date, name = pages[1].row("2023年4月20日"), pages[1].row("卢龙县人民政府县长")
    _left, top, _right, bottom = pages[1].ring
    assert (top + bottom) / 2 == near((name.top + date.top + ZI) / 2 - 5 - 7), "two names lift the seal"
    assert top < pages[1].row("中共卢龙县委").top


def test_where_no_row_can_move_closer_two_rows_of_the_body_go_along() -> None:
    last = closer_reply(10)[-1]
    before = [row for row in last.body() if row.top < last.row("中共卢龙县委").top]
    assert len(before) == 2
    assert before[1].top - before[0].top == near(PITCH)


def test_large_print_has_fifteen_rows_of_twenty_characters() -> None:
    pages = measure(pdf_of(a_reply(look=Look.LARGE)))
    size, pitch = 156 / 20, (225 - 156 / 20) / 14
    rows = [row for page in pages for row in page.rows if abs(row.size - size) < 0.01]
    assert max(len([row for row in page.rows if abs(row.size - size) < 0.01]) for page in pages) == 15
    assert pages[1].rows[0].top == near(37)
    assert all(row.right <= 184 + size / 2 + 0.05 for row in rows)
    last = pages[-1]
    date, name = last.row("2023年4月20日"), last.row("卢龙县人民政府县长")
    left, top, right, bottom = last.ring
    assert (left + right) / 2 == near((date.left + date.right) / 2)
    assert top < last.row("中共卢龙县委").top + size / 2
    assert date.top < bottom
    assert date.top - name.top == near(pitch)


def test_an_english_summary_follows_the_letter_and_names_nobody() -> None:
    pages = measure(pdf_of(a_reply(look=Look.ENGLISH)))
    text = pages[-1].text.replace("\n", " ")
    assert len(pages) == len(reply()) + 1
    assert "Of 110 enterprises invited, 110 attended and 110 valid ballots" in text
    assert "rate without poor marks 99.09% (31937/32230)" in text
    assert "Matters settled: 2; in progress: 1; declined with their legal ground: 1." in text
    assert "佰工" not in text


def test_copies_stand_at_the_foot_of_the_last_page() -> None:
    page = reminder()[-1]
    row = page.row("抄送：")
    assert row.text == "抄送：县纪委监委，县委组织部。"
    assert row.size == near(14 * 25.4 / 72, 0.01)
    assert row.left == near(28 + row.size)
    assert 255 < row.top < 262


def test_a_long_list_of_problems_never_runs_into_the_copies() -> None:
    for count in (18, 21):
        page = measure(pdf_of(a_reminder(problems=many_problems(count))))[-1]
        copies = page.row("抄送：")
        assert all(row.top + ZI < copies.top for row in page.body())


def test_a_very_long_name_is_set_on_several_rows() -> None:
    name = "秦皇岛" + "宏远科技发展" * 32 + "有限公司"
    page = measure(pdf_of(a_reply(enterprise=name)))[0]
    assert name in page.text.replace("\n", "")


def test_every_date_length_keeps_the_seal_on_its_axis() -> None:
    for dated in (dt.date(2023, 1, 1), dt.date(2023, 12, 31)):
        page = next(page for page in measure(pdf_of(a_reminder(), an_imprint(dated=dated))) if page.ring)
        date = page.row(f"2023年{dated.month}月{dated.day}日")
        assert (date.left + date.right) / 2 == near((page.ring[0] + page.ring[2]) / 2)


def bulletin() -> tuple[Page, ...]:
    return sample_pages("bulletin")


def test_the_red_head_of_a_bulletin_stands_where_the_standard_puts_it() -> None:
    page = bulletin()[0]
    mark = page.row("卢龙县营商环境建设办公室文件")
    number = page.row("卢营商函〔2023〕7号")
    assert (mark.top, mark.size) == (near(72), near(152 / 14))
    assert (mark.left + mark.right) / 2 == near(106)
    assert number.top == near(72 + mark.size + 2 * PITCH + (PITCH - ZI) / 2)
    assert (number.left + number.right) / 2 == near(106)
    assert page.rules[0] == near((28, number.top + ZI + 4, 184, number.top + ZI + 4.5))
    assert page.row("关于").top == near(page.rules[0][3] + 2 * PITCH + (PITCH - 22 * 25.4 / 72) / 2)


def test_the_record_of_a_bulletin_closes_the_last_page() -> None:
    page = bulletin()[-1]
    assert page.foot == near(262)
    issued = page.row("卢龙县营商环境建设办公室")
    assert issued.left == near(28 + issued.size)
    assert issued.right == near(184 - issued.size)
    assert issued.text.endswith("2023年4月20日印发")


def test_copies_that_fill_a_row_hang_after_the_colon() -> None:
    page = bulletin()[-1]
    first, second = page.row("抄送："), page.row("监委")
    assert second.left == near(first.left + 3 * first.size)


OFFICIAL = [name for name, make in SAMPLES.items() if make().STYLE == GB9704]
TABLE = 4.2333  # mm: the size of a table's text, whose rows follow no grid


@pytest.mark.parametrize("name", OFFICIAL)
def test_every_official_kind_keeps_to_the_grid_and_the_type_area(name: str) -> None:
    for page in sample_pages(name):
        body = [row for row in page.body() if row.text != "卢营商函〔2023〕7号"]
        if not any(row.size == near(TABLE, 0.01) for row in page.rows):
            steps = [(b.top - a.top) / PITCH for a, b in pairwise(body)]
            assert steps == near([round(step) for step in steps], 0.005), name
        for row in body:
            assert row.left >= 28 - 0.05, row
            assert row.right <= 184.05 + (ZI / 2 if row.text[-1] in CLOSING else 0), row
            assert row.top >= 37 - 0.05, row
            assert row.top + ZI <= 262.05, row
        for row in (row for row in page.rows if row.text.startswith("—")):
            assert row.right == near(184 - row.size) or row.left == near(28 + row.size)


@pytest.mark.parametrize("name", [name for name in OFFICIAL if SAMPLES[name]().SIGNATURE == SEALED])
def test_every_seal_is_45_mm_and_stands_on_the_axis_of_name_and_date(name: str) -> None:
    page = next(page for page in sample_pages(name) if page.ring)
    left, top, right, bottom = page.ring
    date = next(row for row in page.body() if row.text == "2023年4月20日")
    assert (right - left + 1.2, bottom - top + 1.2) == (near(45), near(45))
    assert (date.left + date.right) / 2 == near((left + right) / 2)
    assert top < date.top < bottom
