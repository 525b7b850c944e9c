"""Chart specifications of results: one serves page and PDF, so it names no colour and no face.

Whoever sees no chart has its numbers in the table beside it.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import ceil, floor
from typing import Any

import altair

Spec = dict[str, Any]
Row = Mapping[str, Any]
WIDTH, HEIGHT, STEP = 620, 260, 30
MARKS = {"a": "非常满意", "g": "服务一般", "b": "服务较差"}
SHARE = ".2%"


def _spec(chart: Any) -> Spec:
    # The shape is checked once by the tests that draw every chart; checking each costs more than making it.
    found: Spec = chart.to_dict(validate=False)
    return found


def marks(rows: Iterable[Row]) -> Spec:
    """Return stacked bars of the three options; rows have `name`, `a`, `g`, `b`, unrated ones left out."""
    rated = [row for row in rows if row["a"] + row["g"] + row["b"]]
    names = [row["name"] for row in rated]
    across = altair.Y("name:N", sort=names, title=None, axis=altair.Axis(ticks=False, domain=False))
    bars = (
        altair.Chart({"values": [part for row in rated for part in _parts(row)]})
        .mark_bar()
        .encode(
            y=across,
            x=altair.X(
                "count:Q",
                stack="normalize",
                title="占有效评价的比例",
                axis=altair.Axis(format="%", tickCount=5),
            ),
            color=altair.Color("mark:O", sort=[*MARKS.values()], title=None),
            order=altair.Order("place:Q"),
            tooltip=[
                altair.Tooltip("name:N", title="对象"),
                altair.Tooltip("mark:N", title="选项"),
                altair.Tooltip("count:Q", title="票数"),
                altair.Tooltip("n:Q", title="有效评价"),
                altair.Tooltip("share:Q", title="占比", format=SHARE),
            ],
        )
    )
    ends = (
        altair.Chart({"values": [{"name": row["name"], "end": _not_poor(row)} for row in rated]})
        .mark_text(align="left", dx=8)
        .encode(y=across, x=altair.value("width"), text=altair.Text("end:Q", format=SHARE))
    )
    return _spec(altair.layer(bars, ends).properties(width=WIDTH, height=altair.Step(STEP)))


def _parts(row: Row) -> list[Spec]:
    n = row["a"] + row["g"] + row["b"]
    return [
        {
            "name": row["name"],
            "mark": mark,
            "place": place,
            "count": row[key],
            "n": n,
            "share": row[key] / n,
        }
        for place, (key, mark) in enumerate(MARKS.items())
    ]


def _not_poor(row: Row) -> float:
    return float((row["a"] + row["g"]) / (row["a"] + row["g"] + row["b"]))


def trend(rounds: Sequence[Row]) -> Spec:
    """Return the named rates over the rounds, the oldest first, with their intervals.

    Each entry has `round` and `rates` with name, num, den and interval.
    """
    values = [
        {
            "round": entry["round"],
            "name": rate["name"],
            "num": rate["num"],
            "den": rate["den"],
            "rate": rate["num"] / rate["den"],
            "low": rate["interval"][0],
            "high": rate["interval"][1],
        }
        for entry in rounds
        for rate in entry["rates"]
        if rate["den"] and rate["interval"]
    ]
    return _over_time(values)


def _over_time(values: Sequence[Row]) -> Spec:
    """Return named lines with their points and, where there are any, intervals."""
    names = altair.Scale(domain=[*dict.fromkeys(value["name"] for value in values)])
    along = altair.X("round:O", title=None)
    scale = altair.Scale(domain=_about(values), nice=False)
    up = altair.Y("rate:Q", title=None, axis=altair.Axis(format="%"), scale=scale)
    colour = altair.Color("name:N", title=None, scale=names)
    shape = altair.Shape("name:N", title=None, scale=names)
    dash = altair.StrokeDash("name:N", title=None, scale=names)
    base = altair.Chart({"values": [*values]})
    spans = base.mark_rule().encode(
        x=along, y=altair.Y("low:Q", title=None, scale=scale), y2="high:Q", color=colour
    )
    lines = base.mark_line().encode(x=along, y=up, color=colour, strokeDash=dash)
    points = base.mark_point().encode(x=along, y=up, color=colour, shape=shape, tooltip=_rate_tips())
    return _spec(altair.layer(spans, lines, points).properties(width=WIDTH, height=HEIGHT))


def _about(values: Sequence[Row]) -> tuple[float, float]:
    """Return the twentieths of the whole around all rates and their intervals; none lies beyond 0 or 1."""
    ends = [value[key] for value in values for key in ("rate", "low", "high") if key in value]
    low, high = floor(20 * min(ends, default=0)), ceil(20 * max(ends, default=1))
    return max(0, low) / 20, min(20, max(high, low + 1)) / 20


def _rate_tips() -> list[Any]:
    return [
        altair.Tooltip("round:N", title="时间"),
        altair.Tooltip("name:N", title="比率"),
        altair.Tooltip("rate:Q", title="数值", format=SHARE),
        altair.Tooltip("num:Q", title="分子"),
        altair.Tooltip("den:Q", title="分母"),
        altair.Tooltip("low:Q", title="95%区间低端", format=SHARE),
        altair.Tooltip("high:Q", title="95%区间高端", format=SHARE),
    ]


def burn_down(days: Sequence[Row]) -> Spec:
    """Return open tasks day by day beside what deadlines leave; days have `day`, `open`, `overdue`, `due`."""
    kinds = {"open": "未完成", "overdue": "其中已逾期", "due": "按时限应余"}
    values = [
        {"day": day["day"], "kind": name, "count": day[key]} for day in days for key, name in kinds.items()
    ]
    names = altair.Scale(domain=[*kinds.values()])
    chart = (
        altair.Chart({"values": values})
        .mark_line(interpolate="step-after")
        .encode(
            x=altair.X("day:T", title=None, axis=altair.Axis(format="%Y-%m-%d", tickCount=6)),
            y=altair.Y("count:Q", title="件", axis=altair.Axis(tickMinStep=1)),
            color=altair.Color("kind:N", title=None, scale=names),
            strokeDash=altair.StrokeDash("kind:N", title=None, scale=names),
            tooltip=[
                altair.Tooltip("day:T", title="日期", format="%Y-%m-%d"),
                altair.Tooltip("kind:N", title="项目"),
                altair.Tooltip("count:Q", title="件数"),
            ],
        )
    )
    return _spec(chart.properties(width=WIDTH, height=HEIGHT))


def funnel(points: Sequence[Row], limits: Sequence[Row], average: float) -> Spec:
    """Return poor rates over the numbers of ratings, with the limits that chance keeps to.

    Points have name, unit, n, b, rate, shrunken, place; limits have n, low, high.
    """
    ends = altair.Scale(domain=(limits[0]["n"], limits[-1]["n"]), nice=False)
    along = altair.X("n:Q", title="有效评价（份）", scale=ends, axis=altair.Axis(format="d"))
    up = altair.Y("rate:Q", title="差评率", axis=altair.Axis(format="%"))
    bounds = [
        altair.Chart({"values": [*limits]})
        .mark_line(strokeDash=[6, 4], strokeWidth=1.5)
        .encode(x=along, y=altair.Y(f"{end}:Q", title="差评率"))
        for end in ("low", "high")
    ]
    middle = altair.Chart({"values": [{"rate": average}]}).mark_rule().encode(y=up)
    dots = (
        altair.Chart({"values": [*points]})
        .mark_point(opacity=0.85)
        .encode(
            x=along,
            y=up,
            shape=altair.Shape("place:N", title=None, scale=altair.Scale(domain=[*PLACES.values()])),
            color=altair.Color("place:N", title=None, scale=altair.Scale(domain=[*PLACES.values()])),
            tooltip=[
                altair.Tooltip("name:N", title="对象"),
                altair.Tooltip("unit:N", title="单位"),
                altair.Tooltip("n:Q", title="有效评价"),
                altair.Tooltip("b:Q", title="差评"),
                altair.Tooltip("rate:Q", title="差评率", format=SHARE),
                altair.Tooltip("shrunken:Q", title="收缩后差评率", format=SHARE),
                altair.Tooltip("place:N", title="位置"),
            ],
        )
    )
    return _spec(altair.layer(*bounds, middle, dots).properties(width=WIDTH, height=HEIGHT))


PLACES = {"inside": "在控制限内", "above": "差评率高于上限", "below": "差评率低于下限"}


def history(rounds: Sequence[Row]) -> Spec:
    """Return one subject's 非差评率 over the rounds with intervals, the series' median and the shrunken rate.

    Each entry has round, num, den, rate, low, high, and where known median and shrunken.
    """

    def line(key: str, name: str) -> list[Spec]:
        return [
            {"round": entry["round"], "name": name, "rate": entry[key], "num": "", "den": ""}
            | ({part: entry[part] for part in ("num", "den", "low", "high")} if key == "rate" else {})
            for entry in rounds
            if entry.get(key) is not None
        ]

    values = [
        *line("rate", "非差评率"),
        *line("median", "同类中位数"),
        *line("shrunken", "收缩后（仅供看图）"),
    ]
    return _over_time(values)
