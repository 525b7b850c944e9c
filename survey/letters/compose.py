"""Breaking a paragraph into lines of 28 characters: no unlawful start or end, nothing ragged, nothing lost.

WeasyPrint justifies at spaces only, so Chinese text is composed here, by the rules of Chinese typesetting
(避头尾、挤压、拉开). Lengths are in 字, the width of one character of the body.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from survey.errors import Refused

LINE = 28.0
NEVER_FIRST = frozenset("，。、；：？！）〕】》〉”’…—·％℃,.;:?!)%")
NEVER_LAST = frozenset("（〔【《〈“‘(")
CLOSING = frozenset("，。、；：？！）〕】》〉”’")
OPENING = frozenset("（〔【《〈“‘")
PAIRS = frozenset("—…")
GIVE = 0.5  # a mark stands in half of its square and can give up the other half
SLACK = 1e-9


@dataclass(frozen=True)
class Piece:
    """A stretch of one line set with one extra spacing (字) after each of its characters."""

    text: str
    spacing: float = 0.0


@dataclass(frozen=True)
class Row:
    """One finished line; `width` is its natural width, `set_width` its width as spaced."""

    pieces: tuple[Piece, ...]
    width: float
    set_width: float

    @property
    def text(self) -> str:
        """Return the line's characters."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True)
class _Unit:
    """What never breaks: a Latin run, a pair of dashes or dots, or one character."""

    text: str
    width: float


def compose(
    text: str, advance: Callable[[str], float], *, first: float = LINE, rest: float = LINE
) -> list[Row]:
    """Return the lines of one paragraph whose first line holds `first` 字 and every other `rest`."""
    units = _units(text, advance, min(first, rest))
    rows: list[Row] = []
    room = first
    while units:
        count = _fit(units, room)
        if count == len(units) and _width(units) <= room + SLACK:
            rows.append(_plain(units))
            break
        count, squeezed = _lawful(units, count, room)
        line, units = units[:count], units[count:]
        while units and units[0].text == " ":
            units = units[1:]
        line = _trimmed(line)
        if not units:
            rows.append(_squeeze(line, room) if squeezed else _plain(line))
            break
        rows.append(_squeeze(line, room) if squeezed else _stretch(line, room))
        room = rest
    return rows


def measure(text: str, advance: Callable[[str], float]) -> float:
    """Return the natural width of `text` in 字."""
    return sum(advance(char) for char in text)


def _units(text: str, advance: Callable[[str], float], room: float) -> list[_Unit]:
    runs: list[str] = []
    for char in text:
        last = runs[-1] if runs else ""
        joins_latin = bool(last) and _latin(char) and _latin(last[-1])
        if joins_latin or (char in PAIRS and last == char):
            runs[-1] += char
        else:
            runs.append(char)
    return [_Unit(part, measure(part, advance)) for run in runs for part in _cut(run, advance, room)]


def _latin(char: str) -> bool:
    return char.isascii() and not char.isspace()


def _cut(run: str, advance: Callable[[str], float], room: float) -> list[str]:
    """Break a Latin run that is longer than a line (a long URL) into parts that fit."""
    if measure(run, advance) <= room:
        return [run]
    parts = [""]
    for char in run:
        if parts[-1] and measure(parts[-1] + char, advance) > room:
            parts.append("")
        parts[-1] += char
    return parts


def _width(units: Sequence[_Unit]) -> float:
    return sum(unit.width for unit in units)


def _fit(units: Sequence[_Unit], room: float) -> int:
    total = 0.0
    for count, unit in enumerate(units):
        total += unit.width
        if total > room + SLACK:
            if count == 0:
                raise Refused("letters.too_wide", f"「{unit.text[:20]}」比一行还宽，无法排版；请缩短。")
            return count
    return len(units)


def _lawful(units: Sequence[_Unit], count: int, room: float) -> tuple[int, bool]:
    """Return how many units the line takes, and whether they must be squeezed to fit."""
    if not _may_start(units, count):
        end = count
        while end < len(units) and not _may_start(units, end):
            end += 1
        over = _width(units[:end]) - room
        if _may_end(units, end) and over <= _blank(units[:end]) + SLACK:
            return end, True
    pushed = count
    while pushed > 1 and not (_may_start(units, pushed) and _may_end(units, pushed)):
        pushed -= 1
    if _may_start(units, pushed) and _may_end(units, pushed):
        return pushed, False
    return count, False


def _may_start(units: Sequence[_Unit], at: int) -> bool:
    while at < len(units) and units[at].text == " ":  # a line drops the spaces it would start with
        at += 1
    return at >= len(units) or units[at].text[0] not in NEVER_FIRST


def _may_end(units: Sequence[_Unit], at: int) -> bool:
    while at > 1 and units[at - 1].text == " ":  # and those it would end with
        at -= 1
    return units[at - 1].text[-1] not in NEVER_LAST


def _blank(units: Sequence[_Unit]) -> float:
    """Return what the marks of a line can give up; an opening mark at its start has nothing before it."""
    return GIVE * sum(_gives(units, at) for at in range(len(units)))


def _gives(units: Sequence[_Unit], at: int) -> bool:
    return units[at].text in CLOSING or (at > 0 and units[at].text in OPENING)


def _trimmed(line: Sequence[_Unit]) -> list[_Unit]:
    units = list(line)
    while len(units) > 1 and units[-1].text == " ":
        units.pop()
    return units


def _plain(units: Sequence[_Unit]) -> Row:
    width = _width(units)
    return Row((Piece("".join(unit.text for unit in units)),), width, width)


def _stretch(units: Sequence[_Unit], room: float) -> Row:
    text, width = "".join(unit.text for unit in units), _width(units)
    gaps = len(text) - 1
    if gaps < 1:
        return _plain(units)
    return Row((Piece(text[:-1], (room - width) / gaps), Piece(text[-1])), width, room)


def _squeeze(units: Sequence[_Unit], room: float) -> Row:
    width = _width(units)
    over = width - room
    givers = [at for at in range(len(units)) if _gives(units, at)]
    each = over / len(givers)
    after = [0.0] * len(units)
    for at in givers:
        # A closing mark's blank lies right of it, an opening mark's left: on what stands before it.
        after[at if units[at].text in CLOSING else at - 1] -= each
    pieces: list[Piece] = []
    for unit, spacing in zip(units, after, strict=True):
        pieces += _pieces(unit.text, spacing)
    return Row(tuple(_merged(pieces)), width, room)


def _pieces(text: str, spacing: float) -> list[Piece]:
    # Only the last character of a unit carries the spacing, else a Latin run would be squeezed inside.
    return [Piece(text[:-1]), Piece(text[-1], spacing)] if len(text) > 1 else [Piece(text, spacing)]


def _merged(pieces: Sequence[Piece]) -> list[Piece]:
    merged: list[Piece] = []
    for piece in pieces:
        if merged and merged[-1].spacing == piece.spacing:
            merged[-1] = Piece(merged[-1].text + piece.text, piece.spacing)
        else:
            merged.append(piece)
    return merged
