"""What a workbook brings in: counts by kind, what deserves a look, and every line as the preview shows it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlmodel import Session, select

from survey.roster.cells import Row, Sheet
from survey.roster.models import Enterprise, Unit


@dataclass
class Taken:
    """The outcome of loading one workbook, or of its rehearsal."""

    heads: Sequence[str]
    label: str = "变化"
    lines: list[tuple[str, ...]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def add(self, kind: str, *cells: object) -> None:
        """Note one line under its kind."""
        self.counts[kind] = self.counts.get(kind, 0) + 1
        self.lines.append((kind, *("" if cell is None else str(cell) for cell in cells)))

    def told(self) -> str:
        """Return the counts in one clause."""
        return "，".join(f"{kind}{count}" for kind, count in self.counts.items()) or "没有变化"


class Units:
    """The roster's units by name and by code, as rows of a workbook name them."""

    def __init__(self, session: Session) -> None:
        units = session.exec(select(Unit)).all()
        self.known = {unit.name: unit for unit in units} | {unit.code: unit for unit in units}

    def find(self, sheet: Sheet, row: Row, column: str) -> Unit | None:
        """Return the unit that a cell names; note a name that is not on the roster."""
        name = row[column]
        if name and name not in self.known:
            sheet.fault(row.number, column, f"名册中没有「{name}」，请用名册里的单位名称或单位编码。")
        return self.known.get(name)


class Firms:
    """The enterprises by name and by 统一社会信用代码."""

    def __init__(self, session: Session) -> None:
        firms = session.exec(select(Enterprise)).all()
        self.known = {firm.name: firm for firm in firms} | {firm.uscc: firm for firm in firms}

    def find(self, name: str) -> Enterprise | None:
        """Return the enterprise on the roster, or None: not every firm of a county rates."""
        return self.known.get(name)
