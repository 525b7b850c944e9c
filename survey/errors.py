"""Refusals: every way the product says no, each with a code and one Chinese sentence for the reader."""

from collections.abc import Sequence
from dataclasses import dataclass


class Refused(Exception):
    """A request that a rule forbids; nothing was changed.

    `code` is stable and machine-readable; `sentence` tells a person what is wrong and how to mend it.
    """

    status = 409

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


class Missing(Refused):
    """What was asked for does not exist (HTTP 404)."""

    status = 404


class Forbidden(Refused):
    """The account's role does not allow the act (HTTP 403)."""

    status = 403


class Gone(Refused):
    """What was asked for existed and was withdrawn or destroyed (HTTP 410)."""

    status = 410


class Invalid(Refused):
    """The input itself is damaged or out of range (HTTP 400)."""

    status = 400


class Busy(Refused):
    """The act is lawful but cannot be done right now; the same request may be sent again (HTTP 503)."""

    status = 503


@dataclass(frozen=True)
class Fault:
    """One fault of a spreadsheet: where it stands (`row` counts from 1 as Excel does) and how to mend it."""

    sheet: str
    row: int | None
    column: str | None
    sentence: str

    def __str__(self) -> str:
        place = f"工作表「{self.sheet}」"
        place += f"第{self.row}行" if self.row else ""
        place += f"「{self.column}」列" if self.column else ""
        return f"{place}：{self.sentence}"


class Faulty(Invalid):
    """A document with faults; all of them are listed and nothing was taken in."""

    def __init__(self, code: str, sentence: str, faults: Sequence[Fault]) -> None:
        super().__init__(code, sentence)
        self.faults = tuple(faults)
