"""The shared look: every text colour keeps its contrast on every ground, in light and in dark."""

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parent.parent.parent / "survey" / "static"
GROUNDS = ("ground", "surface", "surface-sunk", "accent-soft")
INKS = ("ink", "ink-soft", "accent", "blank")
MARKS = ("good", "fair", "poor")


def themes() -> dict[str, dict[str, str]]:
    """Return the colours of each theme; the dark one lays its own over the light one."""
    text = (STATIC / "shared" / "tokens.css").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = {}
    for selector, block in re.findall(r"(:root[^{]*)\{([^}]*)\}", text):
        name = "dark" if "dark" in selector else "light"
        colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block))
        found[name] = {**found.get("light", {}), **found.get(name, {}), **colours}
    return found


def brightness(colour: str) -> float:
    """Return the relative luminance that WCAG 2.2 defines."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((brightness(one), brightness(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_keeps_four_and_a_half_to_one_on_every_ground(theme):
    colours = themes()[theme]
    pairs = [(ink, ground) for ink in (*INKS, *MARKS) for ground in GROUNDS]
    pairs += [(mark, f"{mark}-soft") for mark in MARKS] + [("ink-on-accent", "accent"), ("ink", "fair-soft")]
    pairs += [("ink-on-accent", "accent-strong"), ("ink", "poor-soft"), ("ink", "good-soft")]
    faint = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in pairs}
    assert {pair: round(ratio, 2) for pair, ratio in faint.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_focus_ring_and_edges_of_fields_show(theme):
    colours = themes()[theme]
    for line in ("focus", "edge-strong"):
        assert min(contrast(colours[line], colours[ground]) for ground in GROUNDS[:2]) >= 3


def test_the_lock_names_no_registry():
    lock = (STATIC / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    assert '"integrity"' in lock


def test_every_module_of_the_pages_is_small_and_says_its_purpose():
    modules = [path for door in ("hall", "desk") for path in (STATIC / door).glob("*.js")]
    for path in modules:
        text = path.read_text(encoding="utf-8")
        assert text.startswith("//"), path.name
        assert len(text.splitlines()) <= 300, path.name
