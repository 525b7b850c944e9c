"""Slips and records of the follow-up: closing a matter, recording a talk."""

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from survey.letters.facts import NO_SIGNATURE, SHEET


@dataclass(frozen=True, kw_only=True)
class ClosureSlip:
    """销号单: one ledger item with its dates, evidence, the enterprises' word on it, and who signs it off."""

    KIND: ClassVar[str] = "销号单"
    TEMPLATE: ClassVar[str] = "closureslip.html"
    STYLE: ClassVar[str] = SHEET
    SIGNATURE: ClassVar[str] = NO_SIGNATURE

    organ: str
    item: str
    light: str
    source: str
    theme: str
    problem: str
    unit: str
    owner: str
    phone: str
    opened_on: dt.date
    deadline: dt.date
    done_on: dt.date
    days_late: int
    evidence: tuple[str, ...]
    asked: int
    solved: int
    partly: int
    unsolved: int
    names: ClassVar[tuple[str, ...]] = ()


@dataclass(frozen=True, kw_only=True)
class TalkRecord:
    """谈话记录表: internal; it records a talk, states the right to be heard, and is not a punishment."""

    KIND: ClassVar[str] = "谈话记录表"
    TEMPLATE: ClassVar[str] = "talkrecord.html"
    STYLE: ClassVar[str] = SHEET
    SIGNATURE: ClassVar[str] = NO_SIGNATURE

    organ: str
    talk: str
    round_name: str
    badge: str
    name: str
    unit: str
    post: str
    talkers: tuple[str, ...]
    recorder: str
    facts: str
    follow_up: dt.date
    names: ClassVar[tuple[str, ...]] = ()
