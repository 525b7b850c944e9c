"""Slates to print: the sample county as a slate, and small ones made to measure."""

from collections.abc import Sequence
from typing import Any

from survey.demo import county
from survey.paper.printing import Heading

HEADING = Heading("青禾县2023年第一季度企业满意度测评表", "青禾县", "12388", "ab12cd34ef56ab78" * 4)


def sample_slate(poll: str = "2023Q1-v1") -> dict[str, Any]:
    """Return the sample county's slate: 33 units, 293 persons."""
    units: dict[str, dict[str, str]] = {}
    persons = []
    for unit, name, series, badge, person, post, duties, _ in county._people():
        units.setdefault(unit, {"id": unit, "name": name, "series": series})
        persons.append(a_person(badge, unit, name=person, post=post, duties=duties))
    return {"poll": poll, "units": list(units.values()), "persons": persons}


def a_person(
    badge: str, unit: str, name: str = "王明", post: str = "科长", duties: str = ""
) -> dict[str, Any]:
    return {
        "id": badge, "unit": unit, "name": name, "post": post, "duties": duties,
        "kind": "staff", "series": "", "adverse_actions": 0,
    }  # fmt: skip


def a_slate(sizes: Sequence[int], poll: str = "2023Q1-v1") -> dict[str, Any]:
    """Return a slate of units with that many persons each."""
    units = [{"id": f"U{n}", "name": f"第{n}局", "series": "审批服务"} for n in range(len(sizes))]
    persons = [a_person(f"P{n}-{m}", f"U{n}") for n, size in enumerate(sizes) for m in range(size)]
    return {"poll": poll, "units": units, "persons": persons}
