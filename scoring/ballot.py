"""Marks, the slate and ballots: what the recount reads, checked line by line.

A ballot in memory is a fixed byte vector: one mark per line of the sheet, first the overall question, then
the units, then the officials, all in slate order.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from typing import Any, NamedTuple


class Mark(IntEnum):
    """One mark on one line: 未评价, 非常满意 (A), 服务一般 (B), 服务较差 (C)."""

    BLANK = 0
    GOOD = 1
    FAIR = 2
    POOR = 3


OPTIONS = {"A": Mark.GOOD, "B": Mark.FAIR, "C": Mark.POOR}
_LETTERS = {mark: letter for letter, mark in OPTIONS.items()}
_UNKNOWN = 255
_CODES = bytes(
    {ord("-"): 0, ord("A"): 1, ord("B"): 2, ord("C"): 3}.get(code, _UNKNOWN) for code in range(256)
)
_BALLOT_KEYS = {"overall", "units", "persons", "channel"}


class BallotFault(ValueError):
    """A slate or a ballot that cannot be counted; `sentence` says in Chinese what is wrong and where."""

    def __init__(self, sentence: str, *, place: str = "") -> None:
        self.sentence = f"{place}：{sentence}" if place else sentence
        super().__init__(self.sentence)


class Unit(NamedTuple):
    """单位: one rated unit."""

    id: str
    name: str
    series: str


class Official(NamedTuple):
    """工作人员: one rated person; `adverse_actions` counts the firms hit by this person's penalties."""

    id: str
    unit: str
    name: str
    post: str
    duties: str
    kind: str
    series: str
    adverse_actions: int


class Slate(NamedTuple):
    """票面名单: who is rated in one poll, in the order of the sheet."""

    poll: str
    units: tuple[Unit, ...]
    persons: tuple[Official, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """Return the id of every line of the sheet; the position is that of the byte vector."""
        return ("overall", *(unit.id for unit in self.units), *(person.id for person in self.persons))

    @property
    def first_person(self) -> int:
        """Return where the officials begin in a byte vector."""
        return 1 + len(self.units)

    def members(self) -> dict[str, list[int]]:
        """Return each unit's officials as positions in `persons`."""
        found: dict[str, list[int]] = {unit.id: [] for unit in self.units}
        for position, person in enumerate(self.persons):
            found[person.unit].append(position)
        return found


def parse_slate(data: Any) -> Slate:
    """Check the content of SLATE.json and return it as a slate."""
    if not isinstance(data, Mapping) or not {"poll", "units", "persons"} <= data.keys():
        raise BallotFault("票面名单须有 poll、units、persons 三项")
    units = tuple(_unit(item, f"units 第{row}项") for row, item in enumerate(data["units"], 1))
    persons = tuple(_official(item, f"persons 第{row}项") for row, item in enumerate(data["persons"], 1))
    slate = Slate(str(data["poll"]), units, persons)
    _check_ids(slate)
    return slate


def _unit(item: Any, place: str) -> Unit:
    return Unit(*(_text(item, key, place) for key in Unit._fields))


def _official(item: Any, place: str) -> Official:
    actions = item.get("adverse_actions", 0) if isinstance(item, Mapping) else 0
    if not isinstance(actions, int) or isinstance(actions, bool) or actions < 0:
        raise BallotFault("adverse_actions 须为不小于0的整数", place=place)
    texts = {key: _text(item, key, place) for key in Official._fields[:-1]}
    return Official(**texts, adverse_actions=actions)


def _text(item: Any, key: str, place: str) -> str:
    value = item.get(key) if isinstance(item, Mapping) else None
    if not isinstance(value, str):
        raise BallotFault(f"缺少文字项“{key}”", place=place)
    return value


def _check_ids(slate: Slate) -> None:
    seen: set[str] = set()
    for line in slate.lines:
        if line in seen or not line:
            raise BallotFault(f"编号“{line}”为空或重复")
        seen.add(line)
    units = {unit.id for unit in slate.units}
    for person in slate.persons:
        if person.unit not in units:
            raise BallotFault(f"人员“{person.id}”所属单位“{person.unit}”不在名单中")


class Form:
    """The blank form of one slate: turns a ballot record into its byte vector and back."""

    def __init__(self, slate: Slate) -> None:
        self.slate = slate
        self.units = [unit.id for unit in slate.units]
        self.persons = [person.id for person in slate.persons]
        self._unit_blanks = ["-"] * len(self.units)
        self._person_blanks = ["-"] * len(self.persons)

    def row(self, record: Mapping[str, Any]) -> bytes:
        """Return the byte vector of one ballot record; refuse an unknown key, id or option."""
        try:
            units, persons = record.get("units", {}), record.get("persons", {})
            letters = "".join(
                (
                    record.get("overall") or "-",
                    *map(units.get, self.units, self._unit_blanks),
                    *map(persons.get, self.persons, self._person_blanks),
                )
            )
            row = letters.encode("ascii", "replace").translate(_CODES)
        except (AttributeError, TypeError):
            raise BallotFault(_diagnosis(record, self)) from None
        rated = len(units) + len(persons) + (record.get("overall") is not None)
        if len(row) - row.count(0) != rated or _UNKNOWN in row or not record.keys() <= _BALLOT_KEYS:
            raise BallotFault(_diagnosis(record, self))
        return row

    def record(self, row: bytes) -> dict[str, Any]:
        """Return a byte vector as the ballot record it came from."""
        first = self.slate.first_person
        return {
            "overall": _LETTERS.get(Mark(row[0])),
            "units": {
                line: _LETTERS[Mark(mark)]
                for line, mark in zip(self.units, row[1:first], strict=True)
                if mark
            },
            "persons": {
                line: _LETTERS[Mark(mark)]
                for line, mark in zip(self.persons, row[first:], strict=True)
                if mark
            },
        }


def _diagnosis(record: Any, form: Form) -> str:
    """Say in one sentence why a ballot record was refused."""
    if not isinstance(record, Mapping):
        return "一行须为一张选票（JSON 对象）"
    if odd := sorted(set(record) - _BALLOT_KEYS):
        return f"选票中有未知项“{odd[0]}”"
    if record.get("overall") is not None and not _is_option(record["overall"]):
        return f"总体评价的选项“{record['overall']}”不在 A、B、C 之中"
    faults = (_section_fault(record, *part) for part in (("units", form.units), ("persons", form.persons)))
    return next(filter(None, faults), "选票无法读出")


def _is_option(value: Any) -> bool:
    return isinstance(value, str) and value in OPTIONS


def _section_fault(record: Mapping[str, Any], section: str, known: Sequence[str]) -> str:
    marks = record.get(section, {})
    if not isinstance(marks, Mapping):
        return f"“{section}”须为编号到选项的对照"
    for line, option in marks.items():
        if line not in known:
            return f"“{section}”中的编号“{line}”不在名单中"
        if not _is_option(option):
            return f"“{line}”的选项“{option}”不在 A、B、C 之中"
    return ""


def rows(ballots: Iterable[Mapping[str, Any]], slate: Slate) -> list[bytes]:
    """Return ballot records as byte vectors."""
    form = Form(slate)
    return [_placed(form, record, f"第{number}张选票") for number, record in enumerate(ballots, 1)]


def _placed(form: Form, record: Mapping[str, Any], place: str) -> bytes:
    try:
        return form.row(record)
    except BallotFault as fault:
        raise BallotFault(fault.sentence, place=place) from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the pairs of a JSON object as a dict; refuse a key that stands twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        raise BallotFault(f"编号“{next(key for key in keys if keys.count(key) > 1)}”重复")
    return found


_DECODER = json.JSONDecoder(object_pairs_hook=_unique)


def read_slate(text: str, name: str) -> Slate:
    """Return the slate of a SLATE.json text; faults name the file and, where known, the line."""
    try:
        return parse_slate(_DECODER.decode(text))
    except json.JSONDecodeError as error:
        raise BallotFault("不是正确的 JSON", place=f"{name} 第{error.lineno}行") from None
    except BallotFault as fault:
        raise BallotFault(fault.sentence, place=f"{name} 第{_line_of(text, fault.sentence)}行") from None


def _line_of(text: str, sentence: str) -> int:
    """Return the line of the last entry with the id that a fault's sentence quotes."""
    quoted = re.search("“(.*?)”", sentence)
    entries = re.finditer(rf'"id"\s*:\s*"{re.escape(quoted.group(1))}"', text) if quoted else ()
    return text.count("\n", 0, max((entry.start() for entry in entries), default=0)) + 1


def read_rows(lines: Iterable[str], slate: Slate, name: str) -> Iterator[bytes]:
    """Yield the byte vector of each line of a BALLOTS.jsonl text; faults name the file and the line."""
    form = Form(slate)
    for number, line in enumerate(lines, 1):
        try:
            if line.strip():
                yield form.row(_DECODER.decode(line))
        except json.JSONDecodeError:
            raise BallotFault("不是正确的 JSON", place=f"{name} 第{number}行") from None
        except BallotFault as fault:
            raise BallotFault(fault.sentence, place=f"{name} 第{number}行") from None
