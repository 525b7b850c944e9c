"""The fields of a document: each has a Chinese label, and none may be empty: a hole is never printed."""

import datetime as dt
import types
import typing
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from typing import Annotated, Any

from survey.errors import Invalid

NEEDED = "at least one"  # marks a list that may not be empty


@dataclass(frozen=True)
class Labelled:
    """One field as a person fills it in: its name in code, its Chinese label, its type, its marks."""

    name: str
    label: str
    hint: Any
    marks: tuple[str, ...] = ()

    @property
    def needed(self) -> bool:
        """Tell whether the field may not be left empty; a list may be, unless it is marked."""
        if typing.get_origin(self.hint) is tuple:
            return NEEDED in self.marks
        return not self.optional

    @property
    def optional(self) -> bool:
        """Tell whether the field may be left out."""
        return isinstance(self.hint, types.UnionType)

    @property
    def row(self) -> type | None:
        """Return the dataclass of a list's rows or of the one row, None for any other field."""
        inner = typing.get_args(self.hint)[0] if typing.get_origin(self.hint) is tuple else self.hint
        return inner if isinstance(inner, type) and is_dataclass(inner) else None


def labelled(kind: type) -> tuple[Labelled, ...]:
    """Return the fields of a document or of a row in their order."""
    return _all(kind)


@lru_cache
def _all(kind: type) -> tuple[Labelled, ...]:
    hints = typing.get_type_hints(kind, include_extras=True)
    return tuple(_labelled(field.name, hints[field.name]) for field in fields(kind))


def _labelled(name: str, hint: Any) -> Labelled:
    if typing.get_origin(hint) is Annotated:
        inner, label, *marks = typing.get_args(hint)
        return Labelled(name, label, inner, tuple(marks))
    return Labelled(name, name, hint)


class Filled:
    """A document or row that refuses empty text; what may be left out is None."""

    def __post_init__(self) -> None:
        """Refuse the first field that holds nothing but blanks."""
        for field in labelled(type(self)):
            value = getattr(self, field.name)
            texts = value if isinstance(value, tuple) else (value,)
            empty = any(isinstance(text, str) and not text.strip() for text in texts)
            if empty or (not texts and field.needed):
                kind = getattr(self, "KIND", "这一行")
                raise Invalid("letters.hole", f"{kind}缺少“{field.label}”，没有排印；请补齐后再试。")


def write(value: Any) -> str:
    """Return a field's value as a person would type it; `parse` reads it back."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return "\n".join(write(each) for each in value)
    if is_dataclass(value):
        return "｜".join(write(getattr(value, field.name)) for field in labelled(type(value)))
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def parse(hint: Any, text: str) -> Any:
    """Return what a person typed as the value of a field; refuse what does not fit its type."""
    text = text.strip()
    if isinstance(hint, types.UnionType):
        inner = next(part for part in typing.get_args(hint) if part is not types.NoneType)
        return parse(inner, text) if text else None
    if typing.get_origin(hint) is tuple:
        inner = typing.get_args(hint)[0]
        return tuple(_row(inner, line) for line in text.splitlines() if line.strip())
    if is_dataclass(hint):
        return _row(hint, text)
    if hint is dt.date:
        return _date(text)
    if hint is int:
        if not text.isdigit():
            raise Invalid("letters.number", f"「{text}」不是整数，请改正。")
        return int(text)
    return text


def _row(inner: Any, line: str) -> Any:
    if not is_dataclass(inner):
        return parse(inner, line)
    wanted = labelled(typing.cast(type, inner))
    cells = [cell.strip() for cell in line.replace("|", "｜").split("｜")]
    if len(cells) != len(wanted):
        shape = "｜".join(field.label for field in wanted)
        raise Invalid("letters.row", f"「{line.strip()[:20]}」应有{len(wanted)}栏，请按“{shape}”填写。")
    values = {field.name: parse(field.hint, cell) for field, cell in zip(wanted, cells, strict=True)}
    return typing.cast(Any, inner)(**values)


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as fault:
        raise Invalid("letters.date", f"「{text}」不是日期，请按 2023-06-30 的样子填写。") from fault
