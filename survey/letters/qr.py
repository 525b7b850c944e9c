"""QR codes of letters: one mask for all, so that codes under one address differ by a linear rule alone.

A QR code with a fixed mask is linear over GF(2) in its data bits, error correction included: the modules of
any verification code are the exclusive-or of a few stored patterns, and no code is encoded twice.
"""

import re
from collections.abc import Sequence
from functools import lru_cache, reduce
from operator import xor

import segno

MASK = 2  # readers take the mask from the code itself; any of the eight is lawful
ZERO = "0"
RUN = re.compile("1+")


def symbol(text: str) -> segno.QRCode:
    """Return the QR code of `text` with error correction M or better."""
    return segno.make(text, error="m", micro=False, mask=MASK)


def svg_uri(text: str) -> str:
    """Return a QR code as a data: address for a template's image."""
    return str(symbol(text).svg_data_uri(border=0, xmldecl=False))


class Series:
    """The QR codes of `prefix` followed by a code of `length` ASCII characters."""

    def __init__(self, prefix: str, length: int) -> None:
        zero = prefix + ZERO * length
        matrix = symbol(zero).matrix
        self.side = len(matrix)
        self.stride = -(-self.side // 8) * 8
        self._lines = _Lines(self.stride)
        self._zero = self._packed(matrix)
        self._chars = [_Patterns(self._basis(zero, len(prefix) + at)) for at in range(length)]

    def _basis(self, zero: str, at: int) -> list[int]:
        return [self._packed(symbol(_with(zero, at, 1 << bit)).matrix) ^ self._zero for bit in range(7)]

    def _packed(self, matrix: Sequence[Sequence[int]]) -> int:
        rows = ("".join("1" if module else "0" for module in row) for row in matrix)
        return int("".join(row.ljust(self.stride, "0") for row in rows), 2)

    def modules(self, code: str) -> int:
        """Return the modules of one code, row by row, each row padded to whole bytes."""
        total = self._zero
        for patterns, char in zip(self._chars, code, strict=True):
            total ^= patterns[char]
        return total

    def image(self, code: str) -> bytes:
        """Return the modules as the data of a one-bit image."""
        return self.modules(code).to_bytes(self.side * self.stride // 8, "big")

    def path(self, code: str) -> bytes:
        """Return the modules as PDF path operators: one line through the middle of each dark run."""
        rows = f"{self.modules(code):0{self.side * self.stride}b}"
        return b"\n".join([self._lines[run.span()] for run in RUN.finditer(rows)])


class _Lines(dict[tuple[int, int], bytes]):
    """The operators of each run, made when first asked for; a row's padding ends its last run."""

    def __init__(self, stride: int) -> None:
        super().__init__()
        self.stride = stride

    def __missing__(self, span: tuple[int, int]) -> bytes:
        row, start = divmod(span[0], self.stride)
        end = span[1] - row * self.stride
        self[span] = line = f"{start} {row + 0.5} m\n{end} {row + 0.5} l".encode()
        return line


def _with(text: str, at: int, bits: int) -> str:
    return text[:at] + chr(ord(text[at]) ^ bits) + text[at + 1 :]


class _Patterns(dict[str, int]):
    """What each character at one place changes in the modules, made of its bits when first asked for."""

    def __init__(self, basis: Sequence[int]) -> None:
        super().__init__()
        self.basis = basis

    def __missing__(self, char: str) -> int:
        bits = ord(char) ^ ord(ZERO)
        chosen = (pattern for bit, pattern in enumerate(self.basis) if bits >> bit & 1)
        self[char] = total = reduce(xor, chosen, 0)
        return total


@lru_cache(maxsize=4)
def series(prefix: str, length: int) -> Series:
    """Return the series of codes under one address, made once."""
    return Series(prefix, length)
