"""What stands inside a sealed body: ratings as two bits a line, remarks as JSON, padded to one size."""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from survey.errors import Invalid

MARKS = "ABC"
LENGTH_BYTES = 4
POINT = re.compile("0[23][0-9a-f]{64}")
# Marks that turn the reading direction can make a printed remark say something else.
BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Unreadable(ValueError):
    """A body that no honest page makes; the envelope is void."""


@dataclass(frozen=True)
class Remark:
    """A problem that a voter wrote, and the ballot line that it concerns.

    `reply` is a public key of the writer's own, where the writer wants to find the answer and speak on it.
    """

    line: str
    text: str
    reply: str = ""

    def told(self) -> dict[str, str]:
        """Return the form in which a remark is sealed and opened."""
        words = {"line": self.line, "text": self.text}
        return words | ({"reply": self.reply} if self.reply else {})


def pack(lines: Sequence[str], marks: Mapping[str, str]) -> bytes:
    """Return two bits for each line in slate order, the first line lowest; blank is 0."""
    unknown = sorted(set(marks) - set(lines))
    if unknown:
        raise Invalid("box.unknown_line", f"选票上没有「{unknown[0]}」这一行，请刷新页面后重新填写。")
    packed = bytearray((len(lines) + 3) // 4)
    for place, line in enumerate(lines):
        if (mark := marks.get(line)) is not None:
            packed[place // 4] |= _code(mark) << 2 * (place % 4)
    return bytes(packed)


def _code(mark: str) -> int:
    if mark not in MARKS or len(mark) != 1:
        raise Invalid("box.unknown_mark", f"「{mark}」不是选项，只能选非常满意、服务一般、服务较差或不填。")
    return MARKS.index(mark) + 1


def unpack(lines: Sequence[str], packed: bytes) -> dict[str, str]:
    """Return the marks of a packed ballot; blank lines are absent."""
    if len(packed) != (len(lines) + 3) // 4:
        raise Unreadable("ratings have another length")
    codes = [packed[place // 4] >> 2 * (place % 4) & 3 for place in range(4 * len(packed))]
    if any(codes[len(lines) :]):
        raise Unreadable("bits after the last line")
    return {line: MARKS[code - 1] for line, code in zip(lines, codes, strict=False) if code}


def encode_remarks(lines: Sequence[str], remarks: Iterable[Remark]) -> bytes:
    """Return the remarks as JSON in slate order; empty ones are left out."""
    places = {line: place for place, line in enumerate(lines)}
    kept = [Remark(remark.line, clean(remark.text), remark.reply) for remark in remarks]
    for remark in kept:
        if remark.line not in places:
            raise Invalid("box.unknown_line", f"选票上没有「{remark.line}」这一行，请刷新页面后重新填写。")
    ordered = sorted((remark for remark in kept if remark.text), key=lambda remark: places[remark.line])
    listed = [remark.told() for remark in ordered]
    return json.dumps(listed, ensure_ascii=False, separators=(",", ":")).encode()


def decode_remarks(lines: Sequence[str], content: bytes) -> list[Remark]:
    """Return the remarks of a text body, cleaned; refuse whatever is not a list of line and text."""
    try:
        listed = json.loads(content.decode())
        known = set(lines)
        found = [
            Remark(entry["line"], clean(entry["text"]), entry.get("reply", ""))
            for entry in listed
            if entry.keys() in ({"line", "text"}, {"line", "text", "reply"})
        ]
        if not isinstance(listed, list) or len(found) != len(listed):
            raise Unreadable("not a list of remarks")
        if any(remark.line not in known for remark in found):
            raise Unreadable("a remark on no line")
        if any("reply" in entry and not POINT.fullmatch(entry["reply"]) for entry in listed):
            raise Unreadable("a reply key that is none")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as fault:
        raise Unreadable("not a list of remarks") from fault
    return [remark for remark in found if remark.text]


def clean(text: str) -> str:
    """Return `text` without control signs, direction signs and lone surrogates, trimmed."""
    if not isinstance(text, str):
        raise TypeError("a remark is text")
    spaced = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    kept = (sign for sign in spaced if sign == "\n" or not _harmful(sign))
    return "".join(kept).strip()


def _harmful(sign: str) -> bool:
    return sign in BIDI or unicodedata.category(sign) in ("Cc", "Cs")


def pad(content: bytes, size: int) -> bytes:
    """Return u32 length ‖ content ‖ zeros, `size` bytes in all."""
    if len(content) > size - LENGTH_BYTES:
        raise ValueError("the content is longer than the body")
    return (len(content).to_bytes(LENGTH_BYTES) + content).ljust(size, b"\0")


def unpad(body: bytes) -> bytes:
    """Return the content of a padded body."""
    end = LENGTH_BYTES + int.from_bytes(body[:LENGTH_BYTES])
    if end > len(body) or any(body[end:]):
        raise Unreadable("length or padding")
    return body[LENGTH_BYTES:end]
