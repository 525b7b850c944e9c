"""What goes before the standing meeting: one page, and an annex with the figures."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, ClassVar

from survey.letters.facts import GB9704, UNSEALED, MeasureCount, Rate, SeriesResult, Theme
from survey.letters.fields import Filled


@dataclass(frozen=True, kw_only=True)
class MeetingPaper(Filled):
    """常务会议题材料: one page that a leader can defend line by line, the figures in an annex."""

    KIND: ClassVar[str] = "常务会议题材料"
    TEMPLATE: ClassVar[str] = "meetingpaper.html"
    STYLE: ClassVar[str] = GB9704
    SIGNATURE: ClassVar[str] = UNSEALED

    organ: Annotated[str, "汇报单位"]
    round_name: Annotated[str, "测评季度"]
    held_on: Annotated[dt.date, "测评日期"]
    seats: Annotated[int, "应到企业"]
    attended: Annotated[int, "实到企业"]
    valid: Annotated[int, "有效选票"]
    rates: Annotated[tuple[Rate, ...], "各项比率"]
    definition: Annotated[str, "口径"]
    change: Annotated[str | None, "与上一轮相比"]
    themes: Annotated[tuple[Theme, ...], "反映的问题"]
    measures: Annotated[tuple[MeasureCount, ...], "拟采取措施"]
    asks: Annotated[tuple[str, ...], "提请审议事项"]
    series: Annotated[tuple[SeriesResult, ...], "各类单位结果"]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the 署名: the reporting organ."""
        return (self.organ,)


ALL = (MeetingPaper,)
