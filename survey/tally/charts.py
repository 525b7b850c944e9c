"""Chart specifications of results and trends; one specification serves pages and PDFs."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair

WIDTH, HEIGHT = 620, 260


def trend(rounds: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the three rates over the quarters, the oldest first; each entry has `round` and `rates`."""
    values = [
        {"round": entry["round"], "name": rate["name"], "rate": 100 * rate["num"] / rate["den"]}
        for entry in rounds
        for rate in entry["rates"]
        if rate["den"]
    ]
    chart = (
        altair.Chart({"values": values})
        .mark_line(point=True)
        .encode(
            x=altair.X("round:O", title="季度"),
            y=altair.Y("rate:Q", title="%", scale=altair.Scale(zero=False, nice=True)),
            color=altair.Color("name:N", title=None, sort=None),
            strokeDash=altair.StrokeDash("name:N", title=None, sort=None),
        )
        .properties(width=WIDTH, height=HEIGHT)
    )
    specification: dict[str, Any] = chart.to_dict()
    return specification
