"""Reading a policy file key by key: each value is checked, a key nobody asked for is refused."""

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
Check = Callable[[Any, str], T]
_REQUIRED: Any = object()


class RulesFault(ValueError):
    """A policy that cannot be used; `sentence` says in Chinese which key and what would be right."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Table:
    """One table of the policy file; `take` reads a key, `close` refuses what was not read."""

    def __init__(self, content: Any, place: str) -> None:
        if not isinstance(content, dict):
            raise RulesFault(f"规则中“{place}”应为一个表")
        self._content = content
        self._place = place
        self._taken: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self._content

    def path(self, key: str) -> str:
        """Return a key with the tables above it, as in person.rung[0].line."""
        return f"{self._place}.{key}" if self._place else key

    def take(self, key: str, check: Check[T], default: T = _REQUIRED) -> T:
        """Return the checked value of a key, or the default where the key may be left out."""
        self._taken.add(key)
        if key in self._content:
            return check(self._content[key], self.path(key))
        if default is _REQUIRED:
            raise RulesFault(f"规则缺少“{self.path(key)}”")
        return default

    def table(self, key: str) -> "Table":
        """Return the table below a key; a missing one is empty."""
        self._taken.add(key)
        return Table(self._content.get(key, {}), self.path(key))

    def tables(self, key: str) -> list["Table"]:
        """Return the array of tables below a key; at least one must stand there."""
        self._taken.add(key)
        found = self._content.get(key)
        if not isinstance(found, list) or not found:
            raise RulesFault(f"规则缺少“{self.path(key)}”")
        return [Table(content, f"{self.path(key)}[{index}]") for index, content in enumerate(found)]

    def close(self) -> None:
        """Refuse keys that nobody asked for: a misspelt threshold must not pass unnoticed."""
        for key in self._content:
            if key not in self._taken:
                raise RulesFault(f"规则中有未知项“{self.path(key)}”，请更正或删去")


def text(value: Any, place: str) -> str:
    """Check a non-empty text."""
    if not isinstance(value, str) or not value.strip():
        raise RulesFault(f"规则中“{place}”应为文字")
    return value


def date(value: Any, place: str) -> str:
    """Check a TOML date and return it in ISO form."""
    if not hasattr(value, "isoformat"):
        raise RulesFault(f"规则中“{place}”应为日期，如 2024-01-01")
    return str(value.isoformat())


def flag(value: Any, place: str) -> bool:
    """Check true or false."""
    if not isinstance(value, bool):
        raise RulesFault(f"规则中“{place}”应为 true 或 false")
    return value


def whole(least: int) -> Check[int]:
    """Check a whole number not below `least`."""

    def check(value: Any, place: str) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise RulesFault(f"规则中“{place}”应为不小于{least}的整数，不能是“{value}”")
        return value

    return check


def share(value: Any, place: str) -> float:
    """Check a share strictly between 0 and 1."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1:
        raise RulesFault(f"规则中“{place}”应在0与1之间（不含两端），不能是“{value}”")
    return float(value)


def share_or_none(value: Any, place: str) -> float:
    """Check a share where 0 means: not used."""
    return 0.0 if value == 0 and not isinstance(value, bool) else share(value, place)


def confidence(value: Any, place: str) -> float:
    """Check a confidence level: at least one half and below 1."""
    if share(value, place) < 0.5:
        raise RulesFault(f"规则中“{place}”是把握程度，不得低于0.5，不能是“{value}”")
    return float(value)


def one_of(*allowed: str) -> Check[str]:
    """Check a text that must be one of a few words."""

    def check(value: Any, place: str) -> str:
        if value not in allowed:
            raise RulesFault(f"规则中“{place}”只能是{'、'.join(allowed)}，不能是“{value}”")
        return str(value)

    return check


def texts(value: Any, place: str) -> tuple[str, ...]:
    """Check a list of texts."""
    if not isinstance(value, list):
        raise RulesFault(f"规则中“{place}”应为文字列表")
    return tuple(text(item, place) for item in value)
