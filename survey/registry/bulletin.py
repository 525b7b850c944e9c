"""测评结果通报 from a count: rates, series, themes, review, measures, and the same charts as the pages."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session

from scoring.rates import percent
from survey.clock import Quarter
from survey.config import Config
from survey.letters.facts import Chart, MeasureCount, Rate, ReviewNote, SeriesResult, UnitResult
from survey.letters.facts import Theme as ThemeCount
from survey.letters.kinds import Bulletin
from survey.poll.models import Poll
from survey.rectify.ledger import open_tasks
from survey.rectify.notices import MEASURE_WORDS
from survey.review.cases import cases, count_measures
from survey.review.comments import count_themes
from survey.review.models import CaseState, Theme
from survey.tally import charts, counts, figures

DEFINITION = (
    "非差评率为非常满意和服务一般的票数占有效评价票数的比例，非常满意率为非常满意的票数占有效评价票数的比例，"
    "未作评价的不计入；总体满意率按企业计算。"
)
FEW = "评价数过少的单位不列。"
ENDS = "条末数字为非差评率，只在同类单位之间比较，不排名次。"
COPIES = ("委办公室", "人大常委会办公室", "政协办公室", "纪委监委")
Row = Mapping[str, Any]


def bulletin(session: Session, poll: Poll, *, config: Config) -> Bulletin:
    """Return the bulletin of a counted poll; what no page shows it does not print either."""
    result = counts.result(session, poll)
    equation, few = result["equation"], any(unit["persons"]["withheld"] for unit in result["units"])
    return Bulletin(
        organ=config.office,
        addressees="各乡镇人民政府，县直各部门",
        county=config.county,
        round_name=Quarter.parse(poll.round).chinese,
        held_on=poll.held_on,
        seats=poll.seats,
        attended=equation.get("attended") or equation["issued"],
        returned=equation["returned"],
        valid=equation["valid"],
        rates=rates(result),
        definition=DEFINITION + (FEW if few else ""),
        change=_change(result["rates"]),
        strengths=(),
        themes=themes(session, poll),
        review_notes=_notes(session, poll),
        measures=tuple(
            MeasureCount(name=MEASURE_WORDS[kind][0], count=count, measure_word=MEASURE_WORDS[kind][1])
            for kind, count in count_measures(session, poll).items()
        ),
        open_matters=len(open_tasks(session, poll)),
        series=series(result),
        publicity="此件主动公开",
        copies=tuple(f"{config.county}{name}" for name in COPIES),
        charts=tuple(_charts(session, poll, result)),
    )


def _change(rates: Sequence[Row]) -> str | None:
    """Say how the first rate moved against the quarter before, with the interval of the change."""
    change = rates[0]["last_quarter"] if rates else None
    if not change:
        return None
    low, high = (f"{end:+.2f}" for end in change["interval"])
    open_ = "，含0，不能断定有变化" if change["interval"][0] <= 0 <= change["interval"][1] else ""
    return (
        f"{rates[0]['name']}比上一季度的{change['pct']}%（{change['num']}/{change['den']}）"
        f"变化{change['points']}个百分点（95%区间{low}至{high}{open_}）。"
    )


def rates(result: Row) -> tuple[Rate, ...]:
    """Return the rates of the whole county that have a denominator."""
    return tuple(
        Rate(name=rate["name"], numerator=rate["num"], denominator=rate["den"], percent=rate["pct"])
        for rate in result["rates"]
        if rate["den"]
    )


def themes(session: Session, poll: Poll) -> tuple[ThemeCount, ...]:
    """Return the themes; a clue for the inspectors is not told apart from 其他."""
    found = dict(count_themes(session, poll))
    if clues := found.pop(Theme.BRIBERY, 0):
        found[Theme.OTHER] = found.get(Theme.OTHER, 0) + clues
    return tuple(ThemeCount(name=theme.chinese, count=count) for theme, count in found.items())


def _notes(session: Session, poll: Poll) -> tuple[ReviewNote, ...]:
    closed = Counter(case.closed_reason for case in cases(session, poll) if case.state is CaseState.EXCLUDED)
    return tuple(ReviewNote(reason=reason or "其他", count=count) for reason, count in closed.items())


def series(result: Row) -> tuple[SeriesResult, ...]:
    """Return each series' units as the sums of their officials' lines, in the order of the roster."""
    people = Counter(person["unit"] for person in result["persons"])
    valid = result["ballots"]["valid"]
    return tuple(
        SeriesResult(
            name=name,
            median=figures.median_percent(rows),
            units=tuple(_unit(row, valid * people[row["id"]] - row["n"]) for row in rows),
        )
        for name, rows in figures.by_series(figures.units(result)).items()
        if rows
    )


def _unit(row: Row, blank: int) -> UnitResult:
    rate = percent(row["a"] + row["g"], row["n"])
    return UnitResult(name=row["name"], good=row["a"], fair=row["g"], poor=row["b"], blank=blank, rate=rate)


def _charts(session: Session, poll: Poll, result: Row) -> list[Chart]:
    """Return the charts of the pages: rates over the quarters, bars of series and units, funnels."""
    polls = [each for each in counts.counted_polls(session) if each.round <= poll.round]
    rounds = [{"round": each.round, "rates": counts.figures(session, each)["rates"]} for each in polls]
    found = []
    if len(rounds) > 1:
        found.append(_chart("各季度走势", charts.trend(rounds), "竖线为95%区间。"))
    drawn = figures.overview(result)
    if drawn["series"]:
        found.append(_chart("各类单位人员评价的分布", drawn["series"], "条末数字为非差评率。"))
    for each in drawn["each"]:
        if each["bars"]:
            found.append(_chart(f"{each['name']}类各单位", each["bars"], ENDS))
        if each["funnel"]:
            average = each["funnel"]["average"]
            note = f"横线为同类平均差评率{average}%，虚线为99.8%控制限，限内的差别不足以说明问题。"
            found.append(_chart(f"{each['name']}类各单位差评率的漏斗图", each["funnel"]["chart"], note))
    return found


def _chart(title: str, specification: Row, note: str) -> Chart:
    text = json.dumps(specification, ensure_ascii=False, sort_keys=True)
    return Chart(title=title, told=f"{title}，数值见附表", note=note, specification=text)
