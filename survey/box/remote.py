"""The remote channel as the manifest fixes it: the issuer's public keys, seats, the two windows.

Tickets and votes in one visit link 94 % of voters by the clock alone; two windows with a quiet gap 1/n
(ballot-box.md section 2.2). Only the latter may be called anonymous (section 1.8).
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from cryptography.hazmat.primitives.asymmetric import rsa

EXPONENT = 65537
PREFIX_BYTES = 32
MODULUS_BYTES = 3072 // 8
TOKEN_BYTES = PREFIX_BYTES + MODULUS_BYTES
QUIET = dt.timedelta(hours=12)
"""The least gap between the last ticket and the first vote."""
FEWEST = 5
"""With fewer tickets than this the voters are too few to hide among each other."""


@dataclass(frozen=True)
class Window:
    """A span of time, the end not included."""

    begins: dt.datetime
    ends: dt.datetime

    @classmethod
    def parse(cls, moments: list[str]) -> Self:
        """Read two moments with their offset from UTC; raise ValueError on anything else."""
        begins, ends = (dt.datetime.fromisoformat(text) for text in moments)
        if begins.tzinfo is None or ends.tzinfo is None or begins >= ends:
            raise ValueError("not a window")
        return cls(begins, ends)

    def listed(self) -> list[str]:
        """Return the form that `parse` reads."""
        return [self.begins.isoformat(), self.ends.isoformat()]

    def holds(self, at: dt.datetime) -> bool:
        """Tell whether a moment lies inside."""
        return self.begins <= at < self.ends

    @property
    def chinese(self) -> str:
        """Return the span as a notice writes it."""
        return f"{_chinese(self.begins)}至{_chinese(self.ends)}"


def _chinese(at: dt.datetime) -> str:
    return f"{at.month}月{at.day}日{at.hour}时" + (f"{at.minute}分" if at.minute else "")


@dataclass(frozen=True)
class Remote:
    """The channel of one poll; `keys` are the issuer's public keys by kind of envelope."""

    issuer: str
    keys: Mapping[str, rsa.RSAPublicNumbers]
    seats: int
    tickets: Window
    votes: Window
    revote: bool

    @classmethod
    def parse(cls, content: Mapping[str, Any]) -> Self:
        """Read the channel out of a manifest; raise ValueError or KeyError on a fault."""
        moduli = {kind: int(content["keys"][kind], 16) for kind in ("ballot", "text")}
        if content["seats"] < 1 or any(n.bit_length() != 8 * MODULUS_BYTES for n in moduli.values()):
            raise ValueError("remote channel")
        return cls(
            issuer=str(content["issuer"]),
            keys={kind: rsa.RSAPublicNumbers(EXPONENT, n) for kind, n in moduli.items()},
            seats=int(content["seats"]),
            tickets=Window.parse(content["tickets"]),
            votes=Window.parse(content["votes"]),
            revote=content["revote"] is True,
        )

    @property
    def content(self) -> dict[str, Any]:
        """Return the form that stands in the manifest."""
        return {
            "issuer": self.issuer,
            "keys": {kind: f"{numbers.n:x}" for kind, numbers in self.keys.items()},
            "seats": self.seats,
            "tickets": self.tickets.listed(),
            "votes": self.votes.listed(),
            "revote": self.revote,
        }

    @property
    def anonymous(self) -> bool:
        """Tell whether the windows lie apart, so that no clock joins a ticket with a vote."""
        return self.tickets.ends + QUIET <= self.votes.begins
