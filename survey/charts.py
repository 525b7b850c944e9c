"""A chart specification (Vega-Lite) to SVG, in the one theme of all charts."""

import base64
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import vl_convert

GOOD, FAIR, POOR, INK, EDGE = "#176b3f", "#8a6d00", "#a3231f", "#14232b", "#b9c6cc"
FACE = "Source Han Sans SC, Noto Sans CJK SC, Microsoft YaHei, PingFang SC, sans-serif"
LETTER_FACE = "HT"
THEME: dict[str, Any] = {
    "background": "#ffffff",
    "font": FACE,
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 14,
        "labelLimit": 360,
        "titleFontSize": 14,
        "titleFontWeight": "normal",
        "labelColor": INK,
        "titleColor": INK,
        "gridColor": EDGE,
        "gridOpacity": 0.5,
    },
    "axisX": {"labelAngle": 0, "grid": False},
    "legend": {"labelFontSize": 14, "titleFontSize": 14, "orient": "bottom", "labelLimit": 320},
    "range": {"category": ["#0b5563", "#a86400", "#5b3a8c"], "ordinal": [GOOD, FAIR, POOR]},
    "bar": {"stroke": "#ffffff", "strokeWidth": 1},
    "text": {"color": INK, "fontSize": 14},
    "rule": {"color": INK},
    "line": {"strokeWidth": 2.5},
    "point": {"size": 70, "filled": True},
}


def register_fonts(folder: Path) -> None:
    """Let charts use the built fonts of the letters; a missing face would be replaced in silence."""
    vl_convert.register_font_directory(str(folder))


def svg(spec: Mapping[str, Any]) -> str:
    """Return the chart as SVG text; equal specifications are drawn once."""
    return _draw(json.dumps(spec, ensure_ascii=False, sort_keys=True), FACE)


def image(specification: str) -> str:
    """Return the chart of a letter as an image that needs no request, in the letters' own black face."""
    drawn = _draw(specification, LETTER_FACE)
    return f"data:image/svg+xml;base64,{base64.b64encode(drawn.encode()).decode()}"


@lru_cache(maxsize=64)
def _draw(spec: str, face: str) -> str:
    # No address is allowed: a chart carries its data.
    theme = THEME | {"font": face}
    return str(vl_convert.vegalite_to_svg(json.loads(spec), config=theme, allowed_base_urls=[]))
