"""One frozen dataclass per document: what it says, in full; a missing field fails, never prints a hole.

The fields follow what each document must contain by the county's practice; the wording around them stands in
the template of the same kind. Documents are stored as JSON and read back by `read`.
"""

import dataclasses
import datetime as dt
import json
import types
import typing
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import ClassVar

from survey.errors import Refused
from survey.letters import briefs, custodial, english, findings, hearings, pursuit
from survey.letters.facts import (
    GB9704,
    SEALED,
    Cannot,
    Chart,
    Document,
    Done,
    Look,
    MeasureCount,
    Pending,
    Problem,
    Rate,
    ReviewNote,
    SeriesResult,
    Theme,
    UnitFacts,
    UnitResult,
)
from survey.letters.notices import Commendation, InterviewNotice, Invitation, Praise
from survey.letters.records import (
    ChannelLine,
    CheckLine,
    CheckSheet,
    HallLine,
    HallRecord,
    PaperLine,
    TallyLine,
    TallySheet,
)
from survey.letters.slips import ClosureSlip, TalkRecord

__all__ = [
    "KINDS",
    "Bulletin",
    "Cannot",
    "ChannelLine",
    "Chart",
    "CheckLine",
    "CheckSheet",
    "ClosureSlip",
    "Commendation",
    "Document",
    "Done",
    "HallLine",
    "HallRecord",
    "InterviewNotice",
    "Invitation",
    "Look",
    "MeasureCount",
    "PaperLine",
    "Pending",
    "Praise",
    "Problem",
    "Rate",
    "Reminder",
    "Reply",
    "ReviewNote",
    "SeriesResult",
    "TalkRecord",
    "TallyLine",
    "TallySheet",
    "Theme",
    "UnitFacts",
    "UnitResult",
    "read",
    "write",
]


@dataclass(frozen=True, kw_only=True)
class Reminder:
    """整改工作提示函 in the letter form of GB/T 9704-2012, 10.1."""

    KIND: ClassVar[str] = "整改工作提示函"
    TEMPLATE: ClassVar[str] = "reminder.html"
    STYLE: ClassVar[str] = GB9704
    SIGNATURE: ClassVar[str] = SEALED

    organ: str
    unit: str
    round_name: str
    held_on: dt.date
    basis: str
    facts: UnitFacts
    finding: str
    problems: tuple[Problem, ...]
    reply_by: dt.date
    objection_days: int
    objection_to: str
    contact: str
    phone: str
    copies: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the 署名: the issuing organ."""
        return (self.organ,)


@dataclass(frozen=True, kw_only=True)
class Reply:
    """致企业家的一封信: not a statutory document, so without red head and number."""

    KIND: ClassVar[str] = "致企业家的一封信"
    TEMPLATE: ClassVar[str] = "reply.html"
    STYLE: ClassVar[str] = GB9704
    SIGNATURE: ClassVar[str] = SEALED

    enterprise: str
    organ: str
    signers: tuple[str, ...]
    round_name: str
    held_on: dt.date
    invited: int
    attended: int
    valid: int
    rates: tuple[Rate, ...]
    themes: tuple[Theme, ...]
    done: tuple[Done, ...]
    pending: tuple[Pending, ...]
    cannot: tuple[Cannot, ...]
    measures: tuple[MeasureCount, ...]
    hotline: str
    discipline_phone: str
    next_round: str
    look: Look = Look.STANDARD

    @property
    def names(self) -> tuple[str, ...]:
        """Return the 署名: the signing leaders, one a row."""
        return self.signers

    @property
    def english(self) -> tuple[str, ...]:
        """Return the paragraphs of the English summary."""
        return (
            english.turnout(self.invited, self.attended, self.valid),
            english.rates(self.rates),
            english.themes(self.themes),
            english.matters(self.done, self.pending, self.cannot, self.measures),
            english.contact(self.hotline, self.discipline_phone),
        )

    @property
    def salutation(self) -> str:
        """Return the 称谓, the only line in which the letters of one quarter differ."""
        return f"尊敬的{self.enterprise}负责人："


@dataclass(frozen=True, kw_only=True)
class Bulletin:
    """测评结果通报 in the ordinary form with red head and 版记 (条例 第八条 lists 通报)."""

    KIND: ClassVar[str] = "测评结果通报"
    TEMPLATE: ClassVar[str] = "bulletin.html"
    STYLE: ClassVar[str] = GB9704
    SIGNATURE: ClassVar[str] = SEALED

    organ: str
    addressees: str
    county: str
    round_name: str
    held_on: dt.date
    seats: int
    attended: int
    returned: int
    valid: int
    rates: tuple[Rate, ...]
    definition: str
    change: str | None
    strengths: tuple[str, ...]
    themes: tuple[Theme, ...]
    review_notes: tuple[ReviewNote, ...]
    measures: tuple[MeasureCount, ...]
    open_matters: int
    series: tuple[SeriesResult, ...]
    publicity: str
    copies: tuple[str, ...]
    charts: tuple[Chart, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return the 署名: the issuing organ."""
        return (self.organ,)


ALL = (
    Reminder,
    Reply,
    Bulletin,
    InterviewNotice,
    Commendation,
    Invitation,
    CheckSheet,
    TallySheet,
    HallRecord,
    ClosureSlip,
    TalkRecord,
    *hearings.ALL,
    *findings.ALL,
    *pursuit.ALL,
    *custodial.ALL,
    *briefs.ALL,
)
KINDS: dict[str, type] = {kind.KIND: kind for kind in ALL}


def write(document: Document) -> str:
    """Return a document as JSON."""
    content = dataclasses.asdict(typing.cast(typing.Any, document))
    return json.dumps(content, ensure_ascii=False, sort_keys=True, default=dt.date.isoformat)


def read(kind: str, text: str) -> Document:
    """Return the document of `kind` that `write` stored; refuse what is damaged or incomplete."""
    if kind not in KINDS:
        raise Refused("letters.kind", f"没有「{kind}」这种文书。")
    try:
        return typing.cast(Document, _decode(KINDS[kind], json.loads(text)))
    except (ValueError, TypeError, KeyError) as fault:
        raise Refused("letters.content", f"这份{kind}的内容不完整或已损坏，不能排印；请重新起草。") from fault


@lru_cache
def _hints(kind: type) -> dict[str, typing.Any]:
    return typing.get_type_hints(kind)


def _decode(hint: typing.Any, value: typing.Any) -> typing.Any:
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        hints = _hints(hint)
        return hint(**{name: _decode(hints[name], part) for name, part in value.items()})
    if typing.get_origin(hint) is tuple:
        return tuple(_decode(typing.get_args(hint)[0], part) for part in value)
    if isinstance(hint, types.UnionType):
        inner = next(part for part in typing.get_args(hint) if part is not types.NoneType)
        return None if value is None else _decode(inner, value)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint(value)
    if hint is dt.date:
        return dt.date.fromisoformat(value)
    if not isinstance(value, hint):
        raise TypeError(f"{value!r} is not {hint}")
    return value
