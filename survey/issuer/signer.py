"""The issuer's blind signature: raw RSA with base blinding and a fault check; the key is made per poll."""

from typing import Protocol

from Crypto.PublicKey import RSA

from survey.box.blind import EXPONENT, KEY_BITS
from survey.errors import Invalid


class RawKey(Protocol):
    """What pycryptodome's key offers for raw RSA."""

    @property
    def n(self) -> int:
        """Return the modulus."""

    @property
    def e(self) -> int:
        """Return the public exponent."""

    def _decrypt_to_bytes(self, ciphertext: int) -> bytes: ...


def make_key() -> RSA.RsaKey:
    """Return a fresh key for one kind of envelope of one poll."""
    return RSA.generate(KEY_BITS, e=EXPONENT)


def sign(key: RawKey, blinded: bytes) -> bytes:
    """Return the blind signature of a blinded message (RFC 9474 section 4.3).

    The CRT computation is blinded against timing inside the library; its result is raised to e and compared,
    because one wrong bit in it would give the key away.
    """
    size = (key.n.bit_length() + 7) // 8
    message = int.from_bytes(blinded)
    if len(blinded) != size or not 1 < message < key.n - 1:
        raise Invalid("ticket.bad_request", "领取凭证的请求不合格式，请刷新页面后重新领取。")
    # A private name, pinned and held against the published vectors: no public name gives raw RSA.
    signature = key._decrypt_to_bytes(message).rjust(size, b"\0")  # see above
    if pow(int.from_bytes(signature), key.e, key.n) != message:
        raise ArithmeticError("the signature failed its own check")
    return signature
