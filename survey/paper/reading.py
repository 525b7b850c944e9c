"""One scanned image to what it is: a read side of this poll, or a named reason why it is not.

Nothing of the scan's name, place or order enters here; what leaves is the side's digest, its state, and
for a read side its rows with the pictures of those that people must decide.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

import cv2
import numpy as np

from survey.paper import ink, limits, marks, qrcode, scan, sheet
from survey.paper.images import Page
from survey.paper.ink import Strip
from survey.paper.marks import Hold, Row
from survey.paper.qrcode import Mark
from survey.paper.sheet import Layout
from survey.paper.tags import Frame, Grey

PICTURE_QUALITY = 80
PICTURE_LEFT, PICTURE_RIGHT = sheet.OPTIONS_LEFT, sheet.OPTIONS_RIGHT


class State(StrEnum):
    """What became of one scanned image."""

    READ = "read"
    DUPLICATE = "duplicate"
    OTHER_POLL = "other_poll"
    OTHER_LAYOUT = "other_layout"
    FALSE_MAC = "false_mac"
    MISSING_SIDE = "missing_side"
    STREAK = "streak"
    COARSE = "coarse"
    ONE_BIT = "one_bit"
    UNREADABLE = "unreadable"
    FOREIGN = "foreign"
    DAMAGED = "damaged"

    @property
    def chinese(self) -> str:
        """Return the state's Chinese name and how to mend it."""
        return SENTENCES[self]

    @property
    def ours(self) -> bool:
        """Tell whether the side belongs to this poll and counts once it is read or keyed."""
        return self in (State.READ, State.STREAK, State.UNREADABLE)


SENTENCES = {
    State.READ: "已识别",
    State.DUPLICATE: "重复：同一张票的同一面已经扫描过，不再计入",
    State.OTHER_POLL: "不是本次测评的票，请取出单独存放",
    State.OTHER_LAYOUT: "是本次测评另一批次的票面，系统没有这一批次，请核对印制记录",
    State.FALSE_MAC: "校验码不符，不是本系统印制的票，请交监票人查看",
    State.MISSING_SIDE: "缺少另一面，请把这张票的两面都扫描",
    State.STREAK: "扫描件上有竖线，请清洁扫描仪玻璃后重扫，或由两人录入",
    State.COARSE: "分辨率低于150点每英寸，请用200点每英寸灰度重扫",
    State.ONE_BIT: "扫描件是黑白二值图，请改用灰度或彩色重扫",
    State.UNREADABLE: "看不清或有折损，请重扫，或由两人录入",
    State.FOREIGN: "不是测评票（没有找到票面标记），请取出",
    State.DAMAGED: "图像已损坏，请重扫这一页",
}


@dataclass(frozen=True)
class Press:
    """What the intake knows of its poll's sheets: the MAC key and the printed layouts by digest."""

    poll: str
    key: bytes
    layouts: Mapping[str, Layout]


@dataclass(frozen=True)
class Side:
    """One image as read; `pictures` are the option cells of each row as JPEG."""

    sha256: str
    state: State
    layout: str = ""
    page: int = 0
    token: str = ""
    rows: tuple[Row, ...] = ()
    pictures: tuple[bytes, ...] = field(default=(), repr=False)
    remark: bytes = field(default=b"", repr=False)
    holds: tuple[Hold, ...] = ()
    dpi: float = 0.0

    @property
    def identity(self) -> tuple[str, int]:
        """Return what no two images may share: the sheet's token and the page."""
        return self.token, self.page


def read(page: Page | None, press: Press) -> Side:
    """Return what one scanned image is."""
    if page is None:
        return Side("", State.DAMAGED)
    frame = scan.find(page.grey)
    mark = scan.read_code(page.grey, frame)
    if mark is None:
        return Side(page.sha256, _nameless(page, frame, press))
    side = Side(page.sha256, State.READ, mark.layout, mark.page, mark.token)
    if (state := _origin(mark, press)) is not State.READ:
        return replace(side, state=state)
    layout = press.layouts[mark.layout]
    if frame is None:
        return replace(side, state=_bilevel_or(page, State.UNREADABLE))
    side = replace(side, dpi=round(frame.dpi, 1))
    if (state := _quality(page, frame, layout)) is not State.READ:
        return replace(side, state=state)
    return _marked(page.grey, frame, layout, side)


def _nameless(page: Page, frame: Frame | None, press: Press) -> State:
    """Return the state of an image without a code of ours."""
    if frame is None:
        return State.FOREIGN
    layout = next(iter(press.layouts.values()), None)
    return _bilevel_or(page, State.UNREADABLE) if layout else State.FOREIGN


def _bilevel_or(page: Page, state: State) -> State:
    return State.ONE_BIT if page.one_bit else state


def _origin(mark: Mark, press: Press) -> State:
    """Return whether a code says that the sheet was printed for this poll."""
    if mark.poll != qrcode.poll_code(press.poll):
        return State.OTHER_POLL
    if not mark.genuine(press.key):
        return State.FALSE_MAC
    layout = press.layouts.get(mark.layout)
    return State.READ if layout and 1 <= mark.page <= layout.pages else State.OTHER_LAYOUT


def _quality(page: Page, frame: Frame, layout: Layout) -> State:
    if page.one_bit or scan.is_one_bit(page.grey, frame, layout.form):
        return State.ONE_BIT
    return State.READ if scan.fine_enough(frame) else State.COARSE


def _marked(grey: Grey, frame: Frame, layout: Layout, side: Side) -> Side:
    form, lines = layout.form, layout.side(side.page)
    squared = scan.crop(grey, frame, scan.strip_area(form), limits.K)
    strip = ink.strip(squared, frame.black, form, len(lines))
    rows, page = marks.rows(strip)
    holds = marks.holds(strip, page, residual=frame.residual)
    if frame.page != side.page:
        holds.append(Hold.PAGE)
    if lines and scan.has_streak(grey, frame):
        holds.append(Hold.STREAK)
    return replace(
        side,
        state=_held(holds),
        rows=tuple(rows),
        holds=tuple(holds),
        pictures=tuple(_picture(squared, strip, row) for row in range(len(lines))),
        remark=_remark(grey, frame),
    )


def _held(holds: list[Hold]) -> State:
    if not holds:
        return State.READ
    return State.STREAK if holds == [Hold.STREAK] else State.UNREADABLE


def _picture(squared: Grey, strip: Strip, row: int) -> bytes:
    """Return the three cells of one row; nothing in them names the line."""
    form, k = strip.form, limits.K
    left = round((PICTURE_LEFT - limits.STRIP_LEFT) * k)
    right = round((PICTURE_RIGHT - limits.STRIP_LEFT) * k)
    top = round((limits.STRIP_ABOVE + form.height * (row - 0.15)) * k)
    bottom = round((limits.STRIP_ABOVE + form.height * (row + 1.15)) * k)
    return _jpeg(squared[max(0, top) : bottom, left:right])


def _remark(grey: Grey, frame: Frame) -> bytes:
    """Return the comment box as JPEG if something is written in it."""
    squared = scan.crop(grey, frame, scan.remark_area(), limits.K)
    return _jpeg(squared) if scan.has_remark(ink.ink(squared, frame.black)) else b""


def _jpeg(image: Grey) -> bytes:
    done, code = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, PICTURE_QUALITY])
    return np.asarray(code).tobytes() if done else b""
