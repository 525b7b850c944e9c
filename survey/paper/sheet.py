"""The ballot sheet in millimetres from A4's top left: what is printed, read, and measured by a test.

The one place that knows where a box stands (paper.md section 2). Units stay whole on one sheet; their
order is rotated from batch to batch, so that no unit always stands last.
"""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from survey.errors import Invalid

WIDTH, HEIGHT = 210.0, 297.0
TAG = 9.0  # the black square of a tag, 8 modules
TAG_X, TAG_Y = (12.5, 197.5), (12.5, 148.5, 284.5)
TAGS_A_PAGE = 6
TAG_IDS = 587  # markers of the family 36h11
TITLE = (20.5, 9.0)
INSTRUCTION = (20.5, 17.0, 142.0)
QR = (167.5, 10.5, 20.0)
COLUMNS = (("序号", 20.5), ("单位", 29.5), ("姓名", 59.5), ("职务（负责事项）", 79.5))
OPTIONS_LEFT = 132.5
OPTION = 19.0
OPTIONS = (("A", "非常满意"), ("B", "服务一般"), ("C", "服务较差"))
OPTIONS_RIGHT = OPTIONS_LEFT + OPTION * len(OPTIONS)
HEAD_TOP, TOP = 34.0, 42.0
LINE, LINE_GREY, WASH = 0.12, "#888", "#eee"
BOX_LINE = 0.3
REMARK = (20.5, 250.0, 169.0, 26.0)
REMARK_READ = (21.3, 254.5, 167.4, 20.7)
FOOT = 281.0
SIDES = 2
TEXT = (
    "请用黑色或蓝色签字笔，每人只选一个打“√”。如需更改，把写错的方框整个涂黑，再在另一方框打“√”。"
    "不了解的可以不填。请勿写单位和姓名，请勿折叠四角黑色方块。"
)
OVERALL = "overall"


@dataclass(frozen=True)
class Form:
    """One size of print: rows a side, their height, the box, and the type sizes to try for a row's text."""

    name: str
    rows: int
    height: float
    box: float
    sizes: tuple[float, ...]

    @property
    def bottom(self) -> float:
        """Return where the last row ends."""
        return TOP + self.rows * self.height

    @property
    def lines_a_sheet(self) -> int:
        """Return how many lines both sides of a sheet carry."""
        return SIDES * self.rows


NORMAL = Form("normal", rows=25, height=8.2, box=4.8, sizes=(3.3, 3.0, 2.7, 2.4))
LARGE = Form("large", rows=17, height=12.0, box=5.6, sizes=(5.0, 4.4, 3.8, 3.3))
FORMS = {form.name: form for form in (NORMAL, LARGE)}


@dataclass(frozen=True)
class Line:
    """One rated line as printed; `number` is its place in the frozen order, the same in every rotation."""

    id: str
    number: int
    unit: str
    name: str
    post: str


@dataclass(frozen=True)
class Layout:
    """Which line stands where, for one poll, one form and one rotation of the units."""

    poll: str
    form: Form
    rotation: int
    sides: tuple[tuple[Line, ...], ...]

    @property
    def pages(self) -> int:
        """Return the number of printed sides."""
        return len(self.sides)

    @property
    def sheets(self) -> int:
        """Return the number of sheets of paper."""
        return self.pages // SIDES

    def side(self, page: int) -> tuple[Line, ...]:
        """Return the lines on side `page`, counted from 1."""
        return self.sides[page - 1]

    def on_sheet(self, sheet: int) -> tuple[Line, ...]:
        """Return the lines of both sides of sheet `sheet`, counted from 1."""
        first = SIDES * (sheet - 1)
        return tuple(line for side in self.sides[first : first + SIDES] for line in side)

    @cached_property
    def digest(self) -> str:
        """Return 40 bits over slate, order and geometry as 8 base32 characters; the QR carries them."""
        form = self.form
        measures = [form.rows, form.height, form.box, TOP, OPTIONS_LEFT, OPTION, TAG, *TAG_X, *TAG_Y]
        content = [self.poll, measures, [[vars(line) for line in side] for side in self.sides]]
        return base32(hashlib.sha256(json.dumps(content, sort_keys=True).encode()).digest()[:5])


def base32(raw: bytes) -> str:
    """Return `raw` in RFC 4648 base32 without padding."""
    return base64.b32encode(raw).decode().rstrip("=")


def sheet_of(page: int) -> int:
    """Return the sheet on which side `page` stands."""
    return (page + 1) // SIDES


def tag_centres() -> tuple[tuple[float, float], ...]:
    """Return the centres of the six tags of a side, row by row."""
    return tuple((x, y) for y in TAG_Y for x in TAG_X)


def tag_id(page: int, k: int) -> int:
    """Return the id of tag `k` on side `page`."""
    return (page - 1) * TAGS_A_PAGE + k


def box_centre(form: Form, row: int, option: int) -> tuple[float, float]:
    """Return the centre of a box; rows and options count from 0."""
    return OPTIONS_LEFT + OPTION * (option + 0.5), TOP + form.height * (row + 0.5)


def compose(slate: Mapping[str, Any], form: Form = NORMAL, *, rotation: int = 0) -> Layout:
    """Return the layout of a slate, its units in order, or where each first fits if that saves a sheet."""
    overall, units = _groups(slate)
    turn = rotation % max(1, len(units))
    order = [*units[turn:], *units[:turn]]
    for unit in order:
        _refuse_long(unit, form)
    sheets = min((_filled(overall, order, form, back) for back in (1, len(order))), key=len)
    sides = tuple(side for lines in sheets for side in (lines[: form.rows], lines[form.rows :]))
    if len(sides) * TAGS_A_PAGE > TAG_IDS:
        most = TAG_IDS // TAGS_A_PAGE
        raise Invalid("paper.too_long", f"票面共{len(sides)}页，超过纸质票可用的{most}页，请分成两次测评。")
    return Layout(str(slate["poll"]), form, turn, tuple(map(tuple, sides)))


def _refuse_long(unit: Sequence[Line], form: Form) -> None:
    room = form.lines_a_sheet
    if len(unit) > room:
        raise Invalid(
            "paper.unit_too_long",
            f"「{unit[0].unit}」有{len(unit) - 1}名人员，一张纸最多排{room - 1}名，请在名册中分设单位。",
        )


def _filled(overall: Line, units: Sequence[Sequence[Line]], form: Form, back: int) -> list[list[Line]]:
    """Return sheets of lines, each unit on the first of the last `back` sheets that has room."""
    sheets: list[list[Line]] = [[overall]]
    for unit in units:
        fitting = (lines for lines in sheets[-back:] if len(lines) + len(unit) <= form.lines_a_sheet)
        if (lines := next(fitting, None)) is None:
            sheets.append(lines := [])
        lines.extend(unit)
    return sheets


def _groups(slate: Mapping[str, Any]) -> tuple[Line, list[list[Line]]]:
    """Return the overall line and each unit's lines, numbered in slate order."""
    overall = Line(OVERALL, 1, "总体评价", "", "对全县政务服务和营商环境的总体评价")
    numbers = iter(range(2, 2 + len(slate["units"]) + len(slate["persons"])))
    return overall, [list(_unit(slate, unit, numbers)) for unit in slate["units"]]


def _unit(slate: Mapping[str, Any], unit: Mapping[str, Any], numbers: Iterator[int]) -> Iterator[Line]:
    yield Line(str(unit["id"]), next(numbers), str(unit["name"]), "", "对本单位的整体评价")
    for person in slate["persons"]:
        if person["unit"] == unit["id"]:
            duty = f"（{person['duties']}）" if person.get("duties") else ""
            post = f"{person['post']}{duty}"
            yield Line(str(person["id"]), next(numbers), str(unit["name"]), str(person["name"]), post)
