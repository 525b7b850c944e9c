"""Notices that go out beside the reminder and the reply: interview, commendation, invitation."""

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from survey.letters.facts import GB9704, SEALED


@dataclass(frozen=True, kw_only=True)
class InterviewNotice:
    """约谈通知书 in the letter form: who, why, when and where, what to bring, the right to state the case."""

    KIND: ClassVar[str] = "约谈通知书"
    TEMPLATE: ClassVar[str] = "interview.html"
    STYLE: ClassVar[str] = GB9704
    SIGNATURE: ClassVar[str] = SEALED

    organ: str
    unit: str
    attendee: str
    round_name: str
    reason: str
    on: dt.date
    time: str
    venue: str
    hosts: tuple[str, ...]
    participants: tuple[str, ...]
    contact: str
    phone: str
    copies: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the 署名: the issuing organ."""
        return (self.organ,)


@dataclass(frozen=True, kw_only=True)
class Praise:
    """One unit that is praised, or one person who consented to it, and for what."""

    name: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Commendation:
    """通报表扬 in the ordinary form; it is no 评比达标表彰: no medal, no fee, a rule for withdrawal."""

    KIND: ClassVar[str] = "通报表扬"
    TEMPLATE: ClassVar[str] = "commendation.html"
    STYLE: ClassVar[str] = GB9704
    SIGNATURE: ClassVar[str] = SEALED

    organ: str
    addressees: str
    round_name: str
    held_on: dt.date
    conditions: str
    praised: tuple[Praise, ...]
    publicity: str
    copies: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the 署名: the issuing organ."""
        return (self.organ,)


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """参评邀请函 with the notice on personal information: voluntary, what is stored, how long."""

    KIND: ClassVar[str] = "参评邀请函"
    TEMPLATE: ClassVar[str] = "invitation.html"
    STYLE: ClassVar[str] = GB9704
    SIGNATURE: ClassVar[str] = SEALED

    enterprise: str
    organ: str
    round_name: str
    on: dt.date
    time: str
    venue: str
    minutes: int
    stored: str
    kept: str
    contact: str
    phone: str
    discipline_phone: str

    @property
    def names(self) -> tuple[str, ...]:
        """Return the 署名: the inviting organ."""
        return (self.organ,)
