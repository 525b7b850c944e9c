"""Firms that vote from afar: an issuer's key, a channel with windows, a phrase and what comes of it."""

import datetime as dt
import secrets
from dataclasses import dataclass, field
from functools import cache

from Crypto.PublicKey import RSA
from cryptography.hazmat.primitives.asymmetric import rsa

from survey.box import blind, seal, tokens
from survey.box.manifest import KINDS, Kind, Manifest
from survey.box.remote import Remote, Window
from survey.box.seal import Remark, Sealed
from survey.clock import CHINA
from survey.issuer import signer

MAKE_KEY = signer.make_key
NOW = dt.datetime(2023, 3, 29, 9, 0, tzinfo=CHINA)
DAY = dt.timedelta(days=1)
TICKETS, VOTES = Window(NOW - 4 * DAY, NOW - 2 * DAY), Window(NOW - DAY, NOW + DAY)
MERGED = Window(NOW - DAY, NOW + DAY)


@cache
def a_key() -> RSA.RsaKey:
    """Return one issuer's key for all tests of a run: making one takes seconds."""
    return MAKE_KEY()


def numbers(key: RSA.RsaKey) -> rsa.RSAPublicNumbers:
    return rsa.RSAPublicNumbers(int(key.e), int(key.n))


def a_channel(
    *, seats: int = 4, tickets: Window = TICKETS, votes: Window = VOTES, revote: bool = False
) -> Remote:
    """Return the channel of a poll; both kinds of envelopes share one key."""
    keys = {kind: numbers(a_key()) for kind in KINDS}
    return Remote("http://127.0.0.1:8082", keys, seats, tickets, votes, revote)


@dataclass
class Firm:
    """One phrase; it draws its tickets and seals."""

    manifest: Manifest
    seed: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    @property
    def code(self) -> str:
        return f"remote|{self.seed.hex()}"

    def request(self, kind: Kind) -> blind.Blinded:
        return blind.request(numbers(a_key()), self.seed, kind, poll=self.manifest.poll)

    def ticket(self, kind: Kind = "ballot") -> bytes:
        asked = self.request(kind)
        return blind.token(numbers(a_key()), asked, signer.sign(a_key(), asked.message))

    def key(self, kind: Kind = "ballot") -> str:
        return tokens.public_hex(blind.voter_key(self.seed, kind, self.manifest.poll))

    def ballot(self, mark: str = "A", version: int = 1) -> Sealed:
        return seal.seal_ballot(self.manifest, self.code, {"overall": mark}, version=version)

    def text(self, words: str, version: int = 1) -> Sealed:
        return seal.seal_text(self.manifest, self.code, [Remark("U1", words)], version=version)
