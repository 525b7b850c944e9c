"""The test seal: a red ring, a star, the name on an arc, the word 样章; real seals are the county's images.

国务院关于国家行政机关和企业事业单位社会团体印章管理的规定 (1999) 九、十三、十七: round, at most 45 mm,
the name in an arc from left to right.
"""

import math
from urllib.parse import quote

from markupsafe import escape

DIAMETER = 45.0
RING, STROKE = 21.9, 1.2
STAR = 7.0
ARC = 17.1
GLYPH = 6.2
STEP, SPREAD = 24.0, 250.0
RED = "#e60012"


def seal(name: str) -> str:
    """Return the test seal of `name` as an SVG drawing 45 mm wide."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{DIAMETER}mm" height="{DIAMETER}mm" '
        f'viewBox="-22.5 -22.5 45 45"><g fill="{RED}" font-family="XBS" text-anchor="middle">'
        f'<circle r="{RING}" fill="none" stroke="{RED}" stroke-width="{STROKE}"/>'
        f'<path d="{_star(STAR)}"/>{_arc(name)}'
        f'<text y="18.6" font-size="4.4" letter-spacing="1">样章</text></g></svg>'
    )


def seal_uri(name: str) -> str:
    """Return the test seal as a data: address for a template's image."""
    return "data:image/svg+xml," + quote(seal(name))


def _star(radius: float) -> str:
    inner = radius * math.sin(math.radians(18)) / math.sin(math.radians(54))
    points = [
        (distance * math.sin(math.radians(36 * at)), -distance * math.cos(math.radians(36 * at)))
        for at in range(10)
        for distance in [radius if at % 2 == 0 else inner]
    ]
    return "M" + "L".join(f"{x:.3f} {y:.3f}" for x, y in points) + "Z"


def _arc(name: str) -> str:
    step = min(STEP, SPREAD / max(1, len(name) - 1))
    size = min(GLYPH, 2 * math.pi * ARC * step / 360 * 0.96)
    start = -step * (len(name) - 1) / 2
    return "".join(
        f'<text transform="rotate({start + step * at:.3f}) translate(0 {-ARC + size * 0.38:.3f})" '
        f'font-size="{size:.3f}">{escape(char)}</text>'
        for at, char in enumerate(name)
    )
