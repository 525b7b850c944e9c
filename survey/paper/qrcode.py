"""What a sheet's QR code says: poll, layout, page, one random token, and a MAC instead of a list of tokens.

41 characters that QR's alphanumeric mode holds in version 3-Q (paper.md section 3). Whoever reads a sheet
learns that it was printed for this poll, never for whom: the token is random and stands in no list.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

from survey.errors import Invalid
from survey.paper.sheet import base32

VERSION = "1"
POLL, LAYOUT, PAGE, TOKEN, MAC = 6, 8, 2, 16, 8
LENGTH = len(VERSION) + POLL + LAYOUT + PAGE + TOKEN + MAC
_SHAPE = re.compile(
    rf"{VERSION}(?P<poll>[A-Z2-7]{{{POLL}}})(?P<layout>[A-Z2-7]{{{LAYOUT}}})(?P<page>[0-9]{{{PAGE}}})"
    rf"(?P<token>[A-Z2-7]{{{TOKEN}}})(?P<mac>[A-Z2-7]{{{MAC}}})"
)


@dataclass(frozen=True)
class Mark:
    """A read QR code; its MAC is not yet checked."""

    poll: str
    layout: str
    page: int
    token: str
    mac: str

    @property
    def body(self) -> str:
        """Return what the MAC covers."""
        return f"{VERSION}{self.poll}{self.layout}{self.page:0{PAGE}}{self.token}"

    def genuine(self, key: bytes) -> bool:
        """Tell whether the sheet was printed with the poll's key."""
        return hmac.compare_digest(self.mac, _mac(key, self.body))


def new_key() -> bytes:
    """Return a fresh MAC key for one poll."""
    return secrets.token_bytes(32)


def new_token() -> str:
    """Return 80 random bits for one sheet."""
    return base32(secrets.token_bytes(10))


def poll_code(poll: str) -> str:
    """Return the poll's 30-bit short name."""
    return base32(hashlib.sha256(f"paper|{poll}".encode()).digest())[:POLL]


def payload(*, key: bytes, poll: str, layout: str, page: int, token: str) -> str:
    """Return the text of one side's QR code."""
    body = Mark(poll_code(poll), layout, page, token, "").body
    return body + _mac(key, body)


def parse(text: str) -> Mark:
    """Read a QR code's text; refuse one that no sheet of ours carries."""
    match = _SHAPE.fullmatch(text)
    if not match:
        raise Invalid("paper.foreign_code", "二维码不是本系统票面的二维码，请确认放入的是本次测评的票。")
    return Mark(match["poll"], match["layout"], int(match["page"]), match["token"], match["mac"])


def _mac(key: bytes, body: str) -> str:
    return base32(hmac.new(key, body.encode(), hashlib.sha256).digest()[:5])
