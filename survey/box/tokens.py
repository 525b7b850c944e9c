"""Card codes: 80 random bits as 16 Crockford characters, and the signing keys derived from them.

A code gives two P-256 keys, one for the ballot and one for the remarks, so that nothing in a box joins
the two (ballot-box.md section 3).
"""

import hashlib
import secrets
import unicodedata
from collections.abc import Iterable

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from survey.errors import Invalid

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_BYTES = 10
CODE_LENGTH = 16
KEY_BYTES = 33
CURVE = ec.SECP256R1()
GROUP_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
LOOKALIKES = str.maketrans("OIL", "011")


def new_code() -> str:
    """Return a fresh card code of 80 random bits."""
    number = int.from_bytes(secrets.token_bytes(CODE_BYTES))
    return "".join(ALPHABET[number >> shift & 31] for shift in range(5 * (CODE_LENGTH - 1), -1, -5))


def display(code: str) -> str:
    """Return `code` in groups of four, as a card prints it."""
    return "-".join(code[start : start + 4] for start in range(0, CODE_LENGTH, 4))


def parse(text: str) -> str:
    """Read a typed code; case, spaces, dashes and the lookalikes O, I, L do not matter."""
    folded = unicodedata.normalize("NFKC", text).upper()
    kept = "".join(sign for sign in folded if not sign.isspace() and unicodedata.category(sign) != "Pd")
    code = kept.translate(LOOKALIKES)
    if len(code) != CODE_LENGTH or any(sign not in ALPHABET for sign in code):
        raise Invalid("box.bad_code", "票卡号应为16位字母和数字，请对照票卡重新输入。")
    return code


def ballot_key(poll: str, code: str) -> ec.EllipticCurvePrivateKey:
    """Return the key that signs the ballot of card `code`."""
    return _derive("ballot-key", poll, code)


def text_key(poll: str, code: str) -> ec.EllipticCurvePrivateKey:
    """Return the key that signs the remarks of card `code`."""
    return _derive("text-key", poll, code)


def _derive(purpose: str, poll: str, code: str) -> ec.EllipticCurvePrivateKey:
    digest = hashlib.sha256(f"{purpose}|{poll}|{code}".encode()).digest()
    while not 0 < int.from_bytes(digest) < GROUP_ORDER:  # once in four thousand million codes
        digest = hashlib.sha256(digest).digest()
    return ec.derive_private_key(int.from_bytes(digest), CURVE)


def public_hex(key: ec.EllipticCurvePrivateKey) -> str:
    """Return the public half as a compressed point, the key's name in addresses and lists."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint).hex()


def root(keys: Iterable[str]) -> str:
    """Return the digest of a list of keys, whatever their order."""
    return hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()
