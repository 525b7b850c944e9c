"""Every chart is a valid Vega-Lite specification, carries its data, fetches nothing, and draws its words."""

import json

import altair
import pytest

from survey import charts as draw
from survey.tally import charts

UNITS = [
    {"name": "行政审批局", "a": 30, "g": 8, "b": 2},
    {"name": "税务局", "a": 9, "g": 0, "b": 1},
    {"name": "城关镇", "a": 0, "g": 0, "b": 0},
]
RATES = [
    {"round": round_, "rates": [{"name": "非差评率", "num": num, "den": 100, "interval": (low, high)}]}
    for round_, num, low, high in (("2022Q4", 90, 0.83, 0.95), ("2023Q1", 96, 0.9, 0.99))
]
POINTS = [
    {"name": f"人{n}", "unit": "税务局", "n": n, "b": b, "rate": b / n, "shrunken": 0.05, "place": place}
    for n, b, place in ((10, 0, "在控制限内"), (40, 12, "差评率高于上限"), (90, 3, "在控制限内"))
]
LIMITS = [{"n": n, "low": 0.0, "high": 0.05 + 1 / n} for n in (8, 40, 99)]
ROUNDS = [
    {
        "round": "2022Q4",
        "num": 8,
        "den": 10,
        "rate": 0.8,
        "low": 0.5,
        "high": 0.94,
        "median": 0.9,
        "shrunken": 0.85,
    },
    {
        "round": "2023Q1",
        "num": 9,
        "den": 10,
        "rate": 0.9,
        "low": 0.6,
        "high": 0.98,
        "median": None,
        "shrunken": 0.91,
    },
]
CHARTS = {
    "marks": (charts.marks(UNITS), ("行政审批局", "非常满意", "服务较差", "95.00%")),
    "trend": (charts.trend(RATES), ("2022Q4", "非差评率")),
    "funnel": (charts.funnel(POINTS, LIMITS, 0.05), ("有效评价（份）", "差评率高于上限")),
    "history": (charts.history(ROUNDS), ("非差评率", "同类中位数", "收缩后（仅供看图）")),
}


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_valid_and_draws_its_words(name: str):
    spec, words = CHARTS[name]
    altair.Chart.from_dict(spec)  # raises on anything the schema does not know
    drawn = draw.svg(spec)
    assert drawn.startswith("<svg")
    assert [word for word in words if word not in drawn] == []


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_carries_its_data_and_names_no_colour_or_face(name: str):
    text = json.dumps(CHARTS[name][0])
    assert '"url"' not in text
    assert "#" not in text.replace(CHARTS[name][0]["$schema"], "")
    assert "font" not in text


def test_nobody_unrated_gets_a_bar():
    assert "城关镇" not in json.dumps(CHARTS["marks"][0], ensure_ascii=False)


def test_an_axis_shows_no_rate_beyond_the_whole():
    (low, high) = CHARTS["trend"][0]["layer"][0]["encoding"]["y"]["scale"]["domain"]
    assert (low, high) == (0.8, 1)
