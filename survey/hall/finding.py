"""How names are typed in Latin letters: the readings of every unit and person of a slate, in slate order.

The page matches whole pinyin, initials and mixtures against them (static/hall/finding.js).
"""

from collections.abc import Mapping
from typing import Any

from pypinyin import Style, pinyin

SAME_NAME = "/"


def readings(slate: Mapping[str, Any]) -> str:
    """Return one reading a line, separated by commas: "zhu hao ran,ceng/zeng guo"."""
    named = [*slate["units"], *slate["persons"]]
    return ",".join(_reading(str(entry["name"])) for entry in named)


def _reading(name: str) -> str:
    """Return the syllables of a name; a character with several readings (曾 ceng, zeng) keeps them all."""
    syllables = pinyin(name, style=Style.NORMAL, heteronym=True, errors="ignore")
    return " ".join(SAME_NAME.join(sorted(set(each))) for each in syllables)
