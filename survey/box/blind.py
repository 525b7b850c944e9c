"""Blind tickets of the remote channel: RFC 9474, RSABSSA-SHA384-PSS-Randomized, voter's side and check.

A firm's device derives everything from one recovery phrase, so a lost phone asks for the same blinded message
again and the issuer returns the stored signature: never a second ticket (ballot-box.md section 2.4). Twin of
static/hall/blind.js.
"""

import hashlib
import hmac
from dataclasses import dataclass
from math import gcd

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from survey.box import tokens
from survey.box.manifest import Kind
from survey.box.remote import EXPONENT as EXPONENT
from survey.box.remote import PREFIX_BYTES, TOKEN_BYTES
from survey.errors import Invalid

HASH = "sha384"
DIGEST_BYTES = 48
SALT_BYTES = 48
KEY_BITS = 3072
SPARE_BYTES = 16  # so that the remainder modulo n is as good as even
PSS = padding.PSS(padding.MGF1(hashes.SHA384()), SALT_BYTES)


@dataclass(frozen=True)
class Blinded:
    """What the firm's device keeps (`inverse`, `prepared`) and what it sends to the issuer (`message`)."""

    message: bytes
    prepared: bytes
    inverse: int


def _mask(seed: bytes, length: int) -> bytes:
    blocks = (
        hashlib.sha384(seed + count.to_bytes(4)).digest() for count in range(-(-length // DIGEST_BYTES))
    )
    return b"".join(blocks)[:length]


def encode_pss(message: bytes, bits: int, salt: bytes) -> bytes:
    """Return EMSA-PSS-ENCODE of `message` for a key of `bits` bits (RFC 8017 section 9.1.1)."""
    length = (bits - 1 + 7) // 8
    digest = hashlib.sha384(bytes(8) + hashlib.sha384(message).digest() + salt).digest()
    block = (b"\x01" + salt).rjust(length - DIGEST_BYTES - 1, b"\0")
    masked = bytearray(a ^ b for a, b in zip(block, _mask(digest, len(block)), strict=True))
    masked[0] &= 0xFF >> (8 * length - (bits - 1))
    return bytes(masked) + digest + b"\xbc"


def blind(key: rsa.RSAPublicNumbers, prepared: bytes, *, salt: bytes, factor: int) -> Blinded:
    """Return the blinded message for `factor`, the random r of RFC 9474 section 4.2."""
    size = (key.n.bit_length() + 7) // 8
    encoded = int.from_bytes(encode_pss(prepared, key.n.bit_length(), salt))
    if gcd(encoded, key.n) != 1 or gcd(factor, key.n) != 1 or not 0 < factor < key.n:
        raise Invalid("ticket.bad_factor", "领取凭证时出错，请换一组恢复词重新领取。")
    message = encoded * pow(factor, key.e, key.n) % key.n
    return Blinded(message.to_bytes(size), prepared, pow(factor, -1, key.n))


def finalize(
    key: rsa.RSAPublicNumbers, blinded: Blinded, blind_signature: bytes, *, salt_bytes: int
) -> bytes:
    """Return the signature of the prepared message; refuse one that does not hold."""
    size = (key.n.bit_length() + 7) // 8
    value = int.from_bytes(blind_signature)
    if len(blind_signature) != size or value >= key.n:
        raise _bad_signature()
    signature = (value * blinded.inverse % key.n).to_bytes(size)
    if not holds(key, blinded.prepared, signature, salt_bytes=salt_bytes):
        raise _bad_signature()
    return signature


def holds(
    key: rsa.RSAPublicNumbers, prepared: bytes, signature: bytes, *, salt_bytes: int = SALT_BYTES
) -> bool:
    """Tell whether an RSA-PSS signature (SHA-384) is the issuer's."""
    scheme = padding.PSS(padding.MGF1(hashes.SHA384()), salt_bytes)
    try:
        key.public_key().verify(signature, prepared, scheme, hashes.SHA384())
    except (InvalidSignature, ValueError):
        return False
    return True


def _bad_signature() -> Invalid:
    return Invalid("ticket.bad_signature", "发证方返回的签名不对，凭证没有领到，请停止操作并告诉监督人员。")


def ticket_message(kind: Kind, poll: str, card: str) -> bytes:
    """Return what a ticket signs: the kind of envelope, the poll and the voter's own key."""
    return f"ticket|{kind}|{poll}|{card}".encode()


def _derived(seed: bytes, label: str, length: int) -> bytes:
    """Return `length` bytes from HMAC-SHA512 of the phrase's 128 bits, counted block by block."""
    blocks = (hmac.digest(seed, f"{label}|{count}".encode(), "sha512") for count in range(-(-length // 64)))
    return b"".join(blocks)[:length]


def voter_key(seed: bytes, kind: Kind, poll: str) -> ec.EllipticCurvePrivateKey:
    """Return the key that signs the envelope of one kind, derived from the phrase."""
    derive = tokens.ballot_key if kind == "ballot" else tokens.text_key
    return derive(poll, f"remote|{seed.hex()}")


def request(key: rsa.RSAPublicNumbers, seed: bytes, kind: Kind, *, poll: str) -> Blinded:
    """Return the one blinded message that this phrase ever asks the issuer of `kind` to sign."""
    card = tokens.public_hex(voter_key(seed, kind, poll))
    label = f"{kind}|{poll}"
    prefix = _derived(seed, f"prefix|{label}", PREFIX_BYTES)
    salt = _derived(seed, f"salt|{label}", SALT_BYTES)
    length = (key.n.bit_length() + 7) // 8 + SPARE_BYTES
    factor = int.from_bytes(_derived(seed, f"factor|{label}", length)) % key.n
    return blind(key, prefix + ticket_message(kind, poll, card), salt=salt, factor=factor)


def token(key: rsa.RSAPublicNumbers, blinded: Blinded, blind_signature: bytes) -> bytes:
    """Return the ticket that goes with an envelope: message prefix and signature."""
    signature = finalize(key, blinded, blind_signature, salt_bytes=SALT_BYTES)
    return blinded.prepared[:PREFIX_BYTES] + signature


def token_fits(key: rsa.RSAPublicNumbers, token: bytes, *, kind: Kind, poll: str, card: str) -> bool:
    """Tell whether a ticket is the issuer's for this voter's key, kind of envelope and poll."""
    prepared = token[:PREFIX_BYTES] + ticket_message(kind, poll, card)
    return len(token) == TOKEN_BYTES and holds(key, prepared, token[PREFIX_BYTES:])
