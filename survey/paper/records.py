"""Decided sides to ballot records: one for each sheet, in the opened-ballot format with channel=paper.

The sheet is the unit (paper.md section 7): the header says how many valid sheets carried each line, which
is what a line's ballots are, never the number of records.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from survey.box.batch import CHANNEL, PARTS
from survey.box.manifest import canonical
from survey.paper.models import Choice, PaperDoubt, PaperSide
from survey.paper.sheet import OVERALL, Layout, sheet_of

INVALID = Choice.INVALID.value


@dataclass
class Sheet:
    """One sheet of paper: what its lines say, and which of them are void."""

    layout: Layout
    number: int
    marks: dict[str, str] = field(default_factory=dict)
    void: list[str] = field(default_factory=list)

    @property
    def fate(self) -> str:
        """Return valid, void (marks, but none that counts) or blank."""
        if self.marks:
            return "valid"
        return "void" if self.void else "blank"


def sheets(
    sides: Iterable[PaperSide], doubts: Iterable[PaperDoubt], layouts: Mapping[str, Layout]
) -> list[Sheet]:
    """Return every sheet with its decided lines; both sides of a sheet share a token."""
    outcomes = {(each.side_id, each.row): each.outcome for each in doubts}
    found: dict[str, Sheet] = {}
    for side in sides:
        if side.token and side.layout:
            layout = layouts[side.layout]
            sheet = found.setdefault(side.token, Sheet(layout, sheet_of(side.page)))
            _add(sheet, side, outcomes)
    return list(found.values())


def _add(sheet: Sheet, side: PaperSide, outcomes: Mapping[tuple[int, int], Choice | None]) -> None:
    for at, (line, read) in enumerate(zip(sheet.layout.side(side.page), side.rows, strict=True)):
        outcome = outcomes.get((side.id, at))
        option = outcome.option if outcome else read
        if outcome is Choice.INVALID:
            sheet.void.append(line.id)
        elif option:
            sheet.marks[line.id] = option


def record(sheet: Sheet, slate: Mapping[str, Any]) -> dict[str, Any]:
    """Return one sheet as a line of ballots.jsonl; blank and void lines are left out."""
    found: dict[str, Any] = {"channel": CHANNEL, OVERALL: sheet.marks.get(OVERALL)}
    for part in PARTS:
        rated = (str(entry["id"]) for entry in slate[part])
        found[part] = {line: sheet.marks[line] for line in rated if line in sheet.marks}
    return found


def account(found: Iterable[Sheet]) -> list[dict[str, Any]]:
    """Return, for each printed sheet, how many came back valid, blank and void."""
    fates: dict[tuple[str, int], Counter[str]] = defaultdict(Counter)
    for sheet in found:
        fates[sheet.layout.digest, sheet.number][sheet.fate] += 1
    return [
        {
            "layout": layout, "sheet": number, "returned": fate.total(), "valid": fate["valid"],
            "blank": fate["blank"], "void": fate["void"],
        }
        for (layout, number), fate in sorted(fates.items())
    ]  # fmt: skip


def carried(found: Iterable[Sheet]) -> dict[str, int]:
    """Return how many valid sheets carried each line: a line's paper ballots."""
    lines: Counter[str] = Counter()
    for sheet in found:
        if sheet.fate == "valid":
            lines.update(line.id for line in sheet.layout.on_sheet(sheet.number))
    return dict(sorted(lines.items()))


def void_lines(found: Iterable[Sheet]) -> dict[str, int]:
    """Return how many marks on each line people found invalid, on sheets that count otherwise."""
    return dict(sorted(Counter(line for sheet in found if sheet.marks for line in sheet.void).items()))


def digest(records: Iterable[Mapping[str, Any]]) -> str:
    """Return the digest of records whatever their order."""
    lines = sorted(canonical(each) for each in records)
    return hashlib.sha256(b"\n".join(lines)).hexdigest()
