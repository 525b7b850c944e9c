"""Shamir's sharing of a key over GF(256), one polynomial for each byte (AES field, x = the position)."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

Random = Callable[[int], bytes]


def multiply(left: int, right: int) -> int:
    """Multiply in GF(2^8) modulo x^8+x^4+x^3+x+1, in the same eight steps for all operands."""
    product = 0
    for bit in range(8):
        product ^= -(right >> bit & 1) & left
        left = (left << 1) ^ (-(left >> 7) & 0x11B)
    return product


def inverse(value: int) -> int:
    """Return the inverse of a non-zero `value`, its 254th power."""
    power = 1
    for bit in f"{254:08b}":
        power = multiply(power, power)
        if bit == "1":
            power = multiply(power, value)
    return power


@lru_cache(maxsize=256)
def _times(factor: int) -> bytes:
    return bytes(multiply(factor, value) for value in range(256))


def _add(left: bytes, right: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(left, right, strict=True))


def split(
    secret: bytes, threshold: int, *, positions: Sequence[int], random: Random = secrets.token_bytes
) -> dict[int, bytes]:
    """Return a share for each position; any `threshold` of them give the secret, fewer tell nothing."""
    if not 1 <= threshold <= len(positions) or len(set(positions)) != len(positions):
        raise ValueError("threshold and positions do not fit")
    if not all(1 <= position <= 255 for position in positions):
        raise ValueError("positions count from 1 to 255")
    polynomial = [random(len(secret)) for _ in range(threshold - 1)]
    shares = {}
    for position in positions:
        value = bytes(len(secret))
        for coefficient in (*polynomial, secret):
            value = _add(value.translate(_times(position)), coefficient)
        shares[position] = value
    return shares


@lru_cache(maxsize=4096)
def _weights(positions: tuple[int, ...]) -> tuple[int, ...]:
    weights = []
    for position in positions:
        weight = 1
        for other in positions:
            if other != position:
                weight = multiply(weight, multiply(other, inverse(other ^ position)))
        weights.append(weight)
    return tuple(weights)


def combine(shares: Mapping[int, bytes]) -> bytes:
    """Return the secret of these shares (Lagrange at 0); a wrong share gives a wrong secret silently."""
    positions = tuple(sorted(shares))
    secret = bytes(len(shares[positions[0]]))
    for position, weight in zip(positions, _weights(positions), strict=True):
        secret = _add(secret, shares[position].translate(_times(weight)))
    return secret
