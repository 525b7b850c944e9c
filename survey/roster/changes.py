"""What a load changes: each difference between the sheet and the roster, in words a clerk can check."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from survey.roster.blanks import KIND_NAMES
from survey.roster.models import Enterprise, Kind
from survey.roster.sheets import EnterpriseLine


class ChangeKind(StrEnum):
    """One sort of difference; the value is shown."""

    NEW_UNIT = "新增单位"
    CHANGED_UNIT = "单位信息变更"
    NEW_PERSON = "新增人员"
    RETURNED = "重新任职"
    NEW_POST = "任职变更"
    RENAMED = "同一工号姓名不同"
    LEFT = "退出名册"
    NEW_ENTERPRISE = "新增企业"
    CHANGED_ENTERPRISE = "企业信息变更"
    REJOINED = "企业重新列入"
    DROPPED = "企业移出名册"


# Differences that are seldom meant: a badge given to somebody else, people or firms left out.
WORTH_A_LOOK = frozenset({ChangeKind.RENAMED, ChangeKind.LEFT, ChangeKind.DROPPED})


@dataclass(frozen=True)
class Change:
    """One difference: what, of whom (permanent id and name), before and after."""

    kind: ChangeKind
    key: str
    name: str
    before: str = ""
    after: str = ""


@dataclass
class Changes:
    """All differences of one load, and how many lines stayed as they were."""

    each: list[Change] = field(default_factory=list)
    unchanged: int = 0

    def note(self, kind: ChangeKind, key: str, name: str, *, before: str = "", after: str = "") -> None:
        """Add one difference."""
        self.each.append(Change(kind, key, name, before, after))

    def counts(self) -> dict[str, int]:
        """Return how many there are of each kind, in the order of the kinds."""
        counted = Counter(change.kind for change in self.each)
        return {kind.value: counted[kind] for kind in ChangeKind if counted[kind]}

    def worth_a_look(self) -> list[Change]:
        """Return the differences that are seldom meant."""
        return [change for change in self.each if change.kind in WORTH_A_LOOK]


def post_words(unit: str, post: str, duties: str, kind: Kind) -> str:
    """Say a post in one line."""
    return f"{unit}　{post}（{KIND_NAMES[kind]}）：{duties}"


def enterprise_words(firm: Enterprise | EnterpriseLine) -> str:
    """Say what stands about an enterprise in one line."""
    return f"{firm.name}　{'、'.join(firm.tags)}　{firm.contact} {firm.phone}"
