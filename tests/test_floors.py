"""The plan of the house: which file may import which; every import of the tree is held against it."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = ("ground", "box", "journal", "models", "work", "service", "forms", "views", "doors")
GROUND = {"config", "clock", "errors", "db", "charts"}
DOORS = {
    "offline",
    "paperwork",
    "app",
    "certificates",
    "deploy",
    "upkeep",
    "desk",
    "desk_models",
    "inbox",
    "mailing",
    "scaling",
    "spark",
    "cli",
    "serving",
    "__main__",
}
STAGES = (
    "letters",
    "staff",
    "roster",
    "poll",
    "remote",
    "paper",
    "tally",
    "review",
    "mailbox",
    "rectify",
    "sources",
    "watch",
    "channels",
    "intake",
    "reports",
    "rights",
    "custody",
    "registry",
    "scale",
)
PAGES = {"forms", "views", "doors"}
ONLY_ON = {
    "flask": PAGES,
    "flask_wtf": PAGES,
    "flask_babel": PAGES,
    "wtforms": {"forms"},
    "click": {"doors"},
    "alembic": {"doors"},
    "numpy": {"work", "doors"},
    "pyarrow": {"work"},
    "cv2": {"work"},
    "sqlmodel": set(FLOORS) - {"forms", "views"},
}
ONLY_IN = {
    "weasyprint": {"survey.letters.render"},
    "vl_convert": {"survey.charts"},
    "altair": {"survey.tally.charts"},
    "pyspark": {"survey.spark"},
}
SCORING_BANNED = {"random", "secrets", "time", "os", "socket", "subprocess", "sqlite3"}
STDLIB = sys.stdlib_module_names


def modules() -> Iterator[tuple[str, Path]]:
    for package in ("survey", "scoring"):
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if "node_modules" in parts or "versions" in parts:
                continue
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


MODULES = dict(modules())


def imports(source: str) -> set[str]:
    """Return the full names that a module imports, `from a import b` as a.b and a."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def floor(name: str) -> str:
    """Return the floor of a module; scoring stands on the ground."""
    parts = name.split(".")
    if parts[0] != "survey" or len(parts) == 1:
        return "ground"
    if parts[1] in GROUND:
        return "ground"
    if parts[1] in ("box", "journal"):
        return parts[1]
    if parts[1] in ("languages", "pages"):
        return "forms"  # what pages of every stage share knows flask
    if parts[1] == "attack":
        return "doors" if parts[-1] in ("run", "served") else "box"
    if parts[1] in DOORS or parts[1] in ("demo", "migrations"):
        return "doors"
    kind = parts[2] if len(parts) > 2 else "models"
    return kind if kind in FLOORS else "work"


def room(name: str) -> str:
    """Return the stage (folder) of a module, or an empty string outside the stages."""
    parts = name.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in (*STAGES, "hall") else ""


def breaches(name: str, source: str) -> list[str]:
    """Return a sentence for every rule that `source`, standing as module `name`, breaks."""
    found: list[str] = []
    for target in sorted(imports(source)):
        if target in MODULES or target.split(".")[0] in ("survey", "scoring"):
            found += _inner(name, target if target in MODULES else "")
        else:
            found += _outer(name, target.split(".")[0])
    return found


def _inner(name: str, target: str) -> list[str]:
    if not target or target in (name, "survey", "scoring"):
        return []
    if name.startswith("scoring"):
        allowed = target.startswith("scoring") and target != "scoring.scale"
        return [] if allowed else [f"{name}: scoring reaches {target}"]
    found = []
    if FLOORS.index(floor(target)) > FLOORS.index(floor(name)):
        found.append(f"{name}: looks up to {target}")
    return found + _between_rooms(name, target)


def _between_rooms(name: str, target: str) -> list[str]:
    here, there = room(name), room(target)
    if here == "hall" and floor(target) not in ("ground", "box") and there != "hall":
        return [f"{name}: the hall reaches {target}"]
    if not there or here == there or floor(name) == "doors":
        return []
    if there == "hall":
        return [f"{name}: only doors reach the hall"]
    found = []
    if here and STAGES.index(there) > STAGES.index(here):
        found.append(f"{name}: looks right to {target}")
    if floor(target) in ("forms", "views") and target != "survey.staff.views":
        found.append(f"{name}: {target} is private")
    return found


def _outer(name: str, top: str) -> list[str]:
    if name.startswith("scoring"):
        lawful = top in STDLIB - SCORING_BANNED or (name == "scoring.scale" and top == "numpy")
        return [] if lawful else [f"{name}: scoring may not import {top}"]
    if top in ONLY_ON and floor(name) not in ONLY_ON[top]:
        return [f"{name}: {top} only in {sorted(ONLY_ON[top])}"]
    if top in ONLY_IN and name not in ONLY_IN[top]:
        return [f"{name}: {top} only in {sorted(ONLY_IN[top])}"]
    return []


@pytest.mark.parametrize("name", sorted(MODULES))
def test_every_module_keeps_to_its_floor(name: str):
    source = MODULES[name].read_text(encoding="utf-8")
    assert breaches(name, source) == []


@pytest.mark.parametrize("name", sorted(MODULES))
def test_every_module_is_short_and_opens_with_its_purpose(name: str):
    source = MODULES[name].read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 300
    assert ast.get_docstring(ast.parse(source))


@pytest.mark.parametrize("name", sorted(MODULES))
def test_no_function_is_longer_than_forty_lines(name: str):
    for node in ast.walk(ast.parse(MODULES[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 40, f"{name}.{node.name}"


def test_no_import_goes_in_a_circle():
    graph = {
        name: {t for t in imports(path.read_text(encoding="utf-8")) if t in MODULES and t != name}
        for name, path in MODULES.items()
    }
    done: set[str] = set()

    def walk(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " -> ".join((*trail[trail.index(name) :], name))
        if name not in done:
            for target in graph[name]:
                walk(target, (*trail, name))
            done.add(name)

    for name in graph:
        walk(name, ())


@pytest.mark.parametrize(
    ("name", "source", "word"),
    [
        ("scoring.tally", "import random", "may not import"),
        ("scoring.tally", "import numpy", "may not import"),
        ("scoring.tally", "from survey import db", "reaches"),
        ("survey.box.store", "from survey.poll import service", "looks up"),
        ("survey.hall.views", "from survey.poll import models", "hall reaches"),
        ("survey.hall.views", "from survey import journal", "hall reaches"),
        ("survey.poll.service", "from survey.tally import models", "looks right"),
        ("survey.poll.service", "from flask import g", "only in"),
        ("survey.poll.views", "from sqlmodel import select", "sqlmodel only in"),
        ("survey.review.views", "from survey.poll import views", "private"),
        ("survey.poll.models", "from survey.poll import service", "looks up"),
        ("survey.letters.service", "import weasyprint", "only in"),
        ("survey.clock", "from survey import journal", "looks up"),
        ("survey.rectify.service", "import click", "click only in"),
        ("survey.poll.views", "from wtforms import Form", "only in"),
        ("survey.paper.service", "import numpy", "numpy only in"),
        ("survey.poll.service", "from survey.paper import service", "looks right"),
        ("survey.scale.service", "import pyspark", "pyspark only in"),
        ("scoring.tally", "from scoring import scale", "reaches"),
    ],
)
def test_a_breach_laid_on_purpose_is_named(name: str, source: str, word: str):
    assert any(word in sentence for sentence in breaches(name, source))
