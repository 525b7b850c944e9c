"""The printed sheet: every box, tag and code stands where sheet.py says, and units stay whole."""

import io

import pdfplumber
import pytest

from survey.config import Config
from survey.errors import Invalid
from survey.paper import printing, qrcode, sheet, words
from survey.paper.sheet import LARGE, NORMAL, Form
from tests.paper.slates import HEADING, a_person, a_slate, sample_slate

POINTS = 72 / 25.4
WITHIN = 0.1  # mm
KEY = b"k" * 32


def printed(slate: dict, form: Form, config: Config, *, copies: int = 1) -> pdfplumber.PDF:
    layout = sheet.compose(slate, form)
    blank = printing.rendered(layout, HEADING, config=config)
    return pdfplumber.open(io.BytesIO(printing.print_job(blank, layout, key=KEY, copies=copies)))


def centres(shapes: list[dict]) -> list[tuple[float, float]]:
    return sorted(((s["x0"] + s["x1"]) / 2 / POINTS, (s["top"] + s["bottom"]) / 2 / POINTS) for s in shapes)


def near(found: list[tuple[float, float]], wanted: list[tuple[float, float]]) -> bool:
    pairs = zip(found, sorted(wanted), strict=True)
    return all(abs(a - b) < WITHIN for one, other in pairs for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("form", [NORMAL, LARGE])
def test_every_box_is_printed_where_the_reader_looks(form: Form, config: Config):
    layout = sheet.compose(a_slate([30]), form)
    pdf = printed(a_slate([30]), form, config)
    for page, side in zip(pdf.pages, layout.sides, strict=True):
        boxes = [r for r in page.rects if r["stroke"] and r["width"] / POINTS < 2 * form.box]
        wanted = [sheet.box_centre(form, row, option) for row in range(len(side)) for option in range(3)]
        assert near(centres(boxes), wanted)
        assert all(r["linewidth"] / POINTS == pytest.approx(sheet.BOX_LINE, abs=0.01) for r in boxes)
        assert all(r["width"] / POINTS == pytest.approx(form.box - sheet.BOX_LINE, abs=0.01) for r in boxes)
        remark = [r for r in page.rects if abs(r["width"] / POINTS - sheet.REMARK[2]) < 2 * WITHIN]
        assert remark[0]["bottom"] / POINTS < sheet.REMARK[1] + sheet.REMARK[3]


def extent(shapes: list[dict]) -> tuple[float, ...]:
    """Return left, top, right, bottom of all shapes in mm."""
    sides = (min(r["x0"] for r in shapes), min(r["top"] for r in shapes))
    return tuple(v / POINTS for v in (*sides, max(r["x1"] for r in shapes), max(r["bottom"] for r in shapes)))


def test_tags_and_code_stand_in_their_places(config: Config):
    page = printed(a_slate([5]), NORMAL, config).pages[0]
    dark = [r for r in page.rects if r["fill"] and not r["stroke"]]
    for x, y in sheet.tag_centres():
        around = (x - 6, y - 6, x + 6, y + 6)
        assert extent(inside(dark, *around)) == pytest.approx(
            (x - 4.5, y - 4.5, x + 4.5, y + 4.5), abs=WITHIN
        )
    left, top, size = sheet.QR
    code = inside(dark, left - 3, top - 3, left + size + 3, top + size + 3)
    assert extent(code) == pytest.approx((left, top, left + size, top + size), abs=WITHIN)


def inside(shapes: list[dict], left: float, top: float, right: float, bottom: float) -> list[dict]:
    return [r for r in shapes if left < r["x0"] / POINTS < right and top < r["top"] / POINTS < bottom]


def test_no_text_reaches_the_options_and_none_is_lost(config: Config):
    slate = sample_slate()
    slate = {**slate, "units": slate["units"][:4], "persons": slate["persons"][:36]}
    pdf = printed(slate, NORMAL, config)
    text = "".join(page.extract_text() for page in pdf.pages)
    for person in slate["persons"]:
        assert f"{person['name']} {person['post']}（{person['duties']}）" in text
    for page in pdf.pages:
        rows = [c for c in page.chars if sheet.TOP < c["top"] / POINTS < NORMAL.bottom]
        assert max(c["x1"] for c in rows) / POINTS < sheet.OPTIONS_LEFT


def test_the_sample_county_takes_seven_sheets_in_any_rotation():
    for rotation in range(33):
        layout = sheet.compose(sample_slate(), rotation=rotation)
        assert (layout.sheets, layout.pages) == (7, 14)
        assert sum(len(side) for side in layout.sides) == 327


@pytest.mark.parametrize("form", [NORMAL, LARGE])
def test_a_unit_stands_whole_on_one_sheet_and_overall_on_the_first(form: Form):
    layout = sheet.compose(a_slate([12, 20, 7, 25, 3, 18, 9, 14]), form, rotation=3)
    where: dict[str, set[int]] = {}
    for page, side in enumerate(layout.sides, 1):
        for line in side:
            where.setdefault(line.unit, set()).add(sheet.sheet_of(page))
    assert all(len(sheets) == 1 for sheets in where.values())
    assert layout.side(1)[0].id == sheet.OVERALL


def test_a_line_keeps_its_number_in_every_rotation():
    one, other = (sheet.compose(sample_slate(), rotation=turn) for turn in (0, 11))
    numbers = [{line.id: line.number for side in each.sides for line in side} for each in (one, other)]
    assert numbers[0] == numbers[1]
    assert one.side(1)[1].unit != other.side(1)[1].unit
    assert one.digest != other.digest


def test_a_unit_longer_than_a_sheet_is_refused_by_name():
    with pytest.raises(Invalid) as refusal:
        sheet.compose(a_slate([3, 50]))
    assert "第1局" in refusal.value.sentence
    assert sheet.compose(a_slate([3, 49])).sheets == 2


def test_a_text_too_long_for_its_cell_is_refused_not_cut(config: Config):
    slate = a_slate([1])
    slate["persons"] = [a_person("P0", "U0", post="副主任科员" * 30)]
    with pytest.raises(Invalid) as refusal:
        printed(slate, NORMAL, config)
    assert refusal.value.code == "paper.text_too_long"


def test_both_sides_of_a_sheet_share_a_token_and_no_two_sheets_do(config: Config):
    layout = sheet.compose(a_slate([40, 40]))
    blank = printing.rendered(layout, HEADING, config=config)
    steps: list[tuple[int, int]] = []
    job = printing.print_job(blank, layout, key=KEY, copies=5, progress=lambda *step: steps.append(step))
    assert steps == [(n, 5) for n in range(1, 6)]
    assert len(pdfplumber.open(io.BytesIO(job)).pages) == 5 * layout.pages
    again = printing.print_job(blank, layout, key=KEY, copies=5)
    assert again != job  # the tokens are new each time


def test_the_print_file_tells_neither_time_nor_maker(config: Config):
    pdf = printed(a_slate([5]), NORMAL, config)
    assert pdf.metadata == {}


def test_a_code_survives_its_round_trip_and_only_its_own_key_finds_it_genuine():
    text = qrcode.payload(key=KEY, poll="2023Q1-v1", layout="ABCDEFGH", page=3, token=qrcode.new_token())
    mark = qrcode.parse(text)
    assert (len(text), mark.page, mark.layout) == (41, 3, "ABCDEFGH")
    assert mark.poll == qrcode.poll_code("2023Q1-v1") != qrcode.poll_code("2023Q2-v1")
    assert mark.genuine(KEY)
    assert not mark.genuine(qrcode.new_key())
    other_page = qrcode.parse(text[:15] + "04" + text[17:])
    assert not other_page.genuine(KEY)


@pytest.mark.parametrize("text", ["", "https://example.org", "1" * 41, "2" + "A" * 14 + "01" + "A" * 24])
def test_a_foreign_code_is_refused(text: str):
    with pytest.raises(Invalid):
        qrcode.parse(text)


def test_the_digest_reads_as_eight_everyday_characters_that_tell_digests_apart():
    assert len(set(words.WORDS)) == 256
    assert words.words("00" * 32) == "天天天天 天天天天"
    assert words.words("0001" * 16) != words.words("0100" * 16)
