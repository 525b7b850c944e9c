"""One official or one unit: counts, rates, history beside its series' median, proposals, every gate."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session

from scoring import history, reasons, rules
from scoring.ballot import parse_slate, rows
from scoring.rates import percent, wilson
from survey.config import Config
from survey.errors import Forbidden, Missing
from survey.poll.models import Poll, Stage
from survey.roster.models import Unit
from survey.staff.models import Account, Role
from survey.tally import charts, compare, counts, figures, opened
from survey.tally.overview import added

Row = Mapping[str, Any]
SEES_ALL = (Role.INSPECTOR, Role.LEADER, Role.REVIEWER)
PUBLISHED = (Stage.REPORTED, Stage.RECTIFYING, Stage.CONCLUDED)
SHARES = (
    ("非差评率", ("a", "g"), "（非常满意＋服务一般）÷有效评价"),
    ("非常满意率", ("a",), "非常满意÷有效评价"),
    ("差评率", ("b",), "服务较差÷有效评价"),
)
FEW = "评价不足5家，或者公布后可推出别处不足5家的数：票数不显示，也不逐项列出检验。"
DESTROYED = "开箱文件已按规定销毁，不能再逐项重算；列入名单时的说明见上。"


def refuse_stranger(session: Session, poll: Poll, subject: str, *, by: Account) -> None:
    """Refuse who is no inspector, leader or reviewer and whom the published result does not concern."""
    if by.role in SEES_ALL:
        return
    if poll.stage not in PUBLISHED:
        raise Forbidden("tally.not_yet", f"{poll.key} 的结果还没有公布，公布后才能查看。")
    if subject not in _own(session, poll, by):
        raise Forbidden("tally.not_entitled", f"{by.name}只能查看与本人或本单位有关的结果。")


def _own(session: Session, poll: Poll, by: Account) -> set[str]:
    """Return the official or the unit with its officials that an account belongs to."""
    if by.role is Role.OFFICIAL:
        return {by.badge or ""}
    unit = session.get(Unit, by.unit_id) if by.unit_id else None
    if unit is None:
        return set()
    persons = json.loads(poll.slate)["persons"]
    return {unit.code, *(person["id"] for person in persons if person["unit"] == unit.code)}


def own_subject(session: Session, by: Account) -> tuple[str, str]:
    """Return the id and the words of what a concerned account may read about."""
    if by.role is Role.OFFICIAL and by.badge:
        return by.badge, "本人"
    unit = session.get(Unit, by.unit_id) if by.unit_id else None
    if unit is None:
        raise Forbidden("tally.not_entitled", f"{by.name}的账号没有对应的单位或工号，没有可看的结果。")
    return unit.code, unit.name


def own_polls(session: Session, subject: str) -> list[Poll]:
    """Return the published polls whose slate names somebody or some unit, the newest first."""
    polls = [poll for poll in counts.counted_polls(session) if poll.stage in PUBLISHED]
    return [poll for poll in reversed(polls) if subject in _named(poll)]


def _named(poll: Poll) -> set[str]:
    slate = json.loads(poll.slate)
    return {entry["id"] for entry in (*slate["units"], *slate["persons"])}


def about(session: Session, poll: Poll, subject: str, *, by: Account) -> dict[str, Any]:
    """Return everything the page of one official or unit shows to a reader."""
    result = counts.figures(session, poll)
    kind, row = _find(result, subject, poll)
    seen = _rounds(session, poll, kind, subject, by)
    peers = figures.by_series(_rows(result, kind))[row["series"]]
    return {
        "kind": kind,
        "id": subject,
        "name": row["name"],
        "unit_name": row.get("unit_name", ""),
        "post": row.get("post", ""),
        "series": row["series"],
        "row": row,
        "rates": [] if row["withheld"] else _rates(row),
        "median": figures.median_percent(peers),
        "q": row.get("q"),
        "set_aside": row["n"] - row["evidence"]["n"] if kind == "person" and not row["withheld"] else 0,
        "own_line": next((unit for unit in result["units"] if unit["id"] == subject), None),
        "people": [person for person in result["persons"] if person["unit"] == subject],
        "proposals": _proposals(result, subject),
        "not_tested": next((one["text"] for one in result["not_tested"] if one["id"] == subject), ""),
        "rounds": seen,
        "years": _years(seen),
        "change": _change(seen),
        "chart": charts.history(drawn) if (drawn := _drawn(seen)) else None,
    }


def _rows(result: Row, kind: str) -> Sequence[Row]:
    return figures.units(result) if kind == "unit" else list(result["persons"])


def _find(result: Row, subject: str, poll: Poll) -> tuple[str, Row]:
    for kind in ("person", "unit"):
        for row in _rows(result, kind):
            if row["id"] == subject:
                return kind, row
    raise Missing("tally.no_subject", f"{poll.key} 的名单里没有编号为{subject}的人员或单位。")


def _rates(row: Row) -> list[dict[str, Any]]:
    found = []
    for name, options, meaning in SHARES:
        num, den = sum(row[option] for option in options), row["n"]
        told = (
            {"pct": percent(num, den), "interval": wilson(num, den)}
            if den
            else {"pct": "—", "interval": None}
        )
        found.append({"name": name, "num": num, "den": den, "definition": meaning, **told})
    return found


def _proposals(result: Row, subject: str) -> list[dict[str, Any]]:
    both = zip(result["proposals"], result["robustness"], strict=True)
    return [{**proposal, "robust": robust["text"]} for proposal, robust in both if proposal["id"] == subject]


def _rounds(session: Session, poll: Poll, kind: str, subject: str, by: Account) -> list[dict[str, Any]]:
    """Return the rounds up to this one in which somebody stood, as far as the reader may see them."""
    found = []
    for each in counts.counted_polls(session):
        if each.round > poll.round or (by.role not in SEES_ALL and each.stage not in PUBLISHED):
            continue
        result = counts.figures(session, each)
        row = next((row for row in _rows(result, kind) if row["id"] == subject), None)
        if row is None or (by.role not in SEES_ALL and subject not in _own(session, each, by)):
            continue
        peers = figures.by_series(_rows(result, kind))[row["series"]]
        drawn = {} if row["withheld"] else figures.shrunken(peers)
        found.append(
            {
                "unit_name": "",
                **row,
                "round": each.round,
                "median": figures.median_percent(peers),
                "middle": figures.median(peers),
                "shrunken": drawn.get(subject),
            }
        )
    return found


def _drawn(seen: Sequence[Row]) -> list[dict[str, Any]]:
    """Return what the chart shows: rounds whose counts may be shown, from two on."""
    found = [
        {
            "round": row["round"],
            "num": row["a"] + row["g"],
            "den": row["n"],
            "rate": (row["a"] + row["g"]) / row["n"],
            "low": row["interval"][0],
            "high": row["interval"][1],
            "median": row["middle"],
            "shrunken": None if row["shrunken"] is None else 1 - row["shrunken"],
        }
        for row in seen
        if not row["withheld"] and row["n"]
    ]
    return found if len(found) > 1 else []


def _years(seen: Sequence[Row]) -> list[dict[str, Any]]:
    years = sorted({row["round"][:4] for row in seen})
    return [
        {**row, "year": year}
        for year in years
        for row in added([row] for row in seen if row["round"].startswith(year))
    ]


def _change(seen: Sequence[Row]) -> dict[str, Any] | None:
    """Return the change on the poll before, in the same unit."""
    if len(seen) < 2 or any(row["withheld"] or not row["n"] for row in seen[-2:]):
        return None
    if seen[-1]["unit_name"] != seen[-2]["unit_name"]:
        return None
    now, before = ({"rates": [_as_rate(row)]} for row in (seen[-1], seen[-2]))
    return compare.change(now["rates"][0], [before])


def _as_rate(row: Row) -> dict[str, Any]:
    return {"key": "not_poor", "num": row["a"] + row["g"], "den": row["n"], "deff": 1.0}


def gates(session: Session, poll: Poll, subject: str, *, config: Config) -> dict[str, Any] | None:
    """Return every gate of one subject, worked out anew from the opened ballots; None without them."""
    if not opened.folder(config, poll).is_dir():
        return None
    files, policy = opened.read(config, poll), rules.load(poll.rules)
    form = parse_slate(files.slate)
    past = history.remember(counts.previous_counts(session, poll), policy)
    found = reasons.sheet(rows(files.ballots, form), form, policy, past=past, about=subject)
    return reasons.as_data(found)
