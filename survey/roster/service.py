"""The rosters: load, rehearse a load, correct, move, retire; who is rated and who rates as of a day."""

import datetime as dt
from typing import Any

from sqlmodel import Session, col, select

from survey import journal
from survey.errors import Forbidden, Invalid, Refused
from survey.roster import books, checksheets, loading, queries
from survey.roster.models import Kind, Official, Tenure, Unit
from survey.staff.models import Account, Role

load_people, load_enterprises = loading.load_people, loading.load_enterprises
read_book, load_book, rehearse_book, export_book = books.read, books.load, books.rehearse, books.export
slate, units, unit_lines, posts = queries.slate, queries.units, queries.unit_lines, queries.posts
check_sheet, check_sheets = checksheets.for_unit, checksheets.for_all
unit, official, history = queries.unit, queries.official, queries.history
enterprises, enterprise_rows, people_rows = (
    queries.enterprises,
    queries.enterprise_rows,
    queries.people_rows,
)

LONGEST = 240


def may_see_unit(unit: Unit, *, by: Account) -> None:
    """Refuse a unit clerk who looks at another unit."""
    if by.role is Role.UNIT_CLERK and by.unit_id != unit.id:
        raise Forbidden("roster.other_unit", "单位联络员只能查看本单位，请从首页进入本单位的页面。")


def correct(session: Session, person: Official, *, name: str, post: str, duties: str, by: Account) -> None:
    """Mend a slip in the current line: no new post begins. A change of post is `move`."""
    tenure = _held(session, person)
    name, post, duties = _text("姓名", name), _text("职务", post), _text("负责事项", duties)
    before = {"name": person.name, "post": tenure.post, "duties": tenure.duties}
    person.name, tenure.post, tenure.duties = name, post, duties
    session.add_all([person, tenure])
    detail = {"before": before, "after": {"name": name, "post": post, "duties": duties}}
    journal.record(session, by=by.login, act="roster.correct", subject=person.badge, detail=detail)


def move(
    session: Session,
    person: Official,
    *,
    unit: Unit,
    post: str,
    duties: str,
    kind: Kind,
    since: dt.date,
    by: Account,
) -> Tenure:
    """Begin a new post on `since`; the former one ends the day before."""
    now = _current(session, person)
    _not_before(now, since)
    if now:
        loading.end(session, now, since)
    tenure = Tenure(
        official_id=person.id or 0,
        unit_id=unit.id or 0,
        post=_text("职务", post),
        duties=_text("负责事项", duties),
        kind=kind,
        position=now.position if now else 0,
        since=since,
    )
    session.add(tenure)
    session.flush()
    detail = {"unit": unit.code, "post": tenure.post, "duties": tenure.duties, "since": since}
    journal.record(session, by=by.login, act="roster.move", subject=person.badge, detail=detail)
    return tenure


def retire(session: Session, person: Official, *, until: dt.date, by: Account) -> None:
    """Take a person off the roster from `until` on; the history of posts stays."""
    tenure = _held(session, person)
    _not_before(tenure, until)
    loading.end(session, tenure, until)
    detail = {"until": until}
    journal.record(session, by=by.login, act="roster.retire", subject=person.badge, detail=detail)


def _current(session: Session, person: Official) -> Tenure | None:
    return session.exec(
        select(Tenure).where(Tenure.official_id == person.id, col(Tenure.until).is_(None))
    ).first()


def _held(session: Session, person: Official) -> Tenure:
    if tenure := _current(session, person):
        return tenure
    raise Refused("roster.left", f"{person.name}（{person.badge}）已不在名册上，请先用「任职变更」重新列入。")


def _not_before(tenure: Tenure | None, day: dt.date) -> None:
    if tenure and day < tenure.since:
        raise Invalid("roster.too_early", f"日期不能早于现任职务的开始日期{tenure.since}，请改正。")


def _text(what: str, text: str) -> str:
    text = text.strip()
    if not text:
        raise Invalid("roster.blank", f"{what}不能为空，请填写。")
    if len(text) > LONGEST:
        raise Invalid("roster.too_long", f"{what}有{len(text)}个字，最多{LONGEST}个字，请精简。")
    return text


def current_post(session: Session, person: Official) -> queries.Post:
    """Return the post that a person holds now."""
    tenure = _held(session, person)
    return queries.Post(person, unit(session, tenure.unit_id), tenure)


def numbers(session: Session, *, on: dt.date) -> dict[str, Any]:
    """Return how many units, people, leaders and enterprises the rosters hold on the day `on`."""
    held = posts(session, on=on)
    return {
        "单位": len({post.unit.id for post in held}),
        "人员": len(held),
        "部门领导": sum(post.tenure.kind is Kind.LEADER for post in held),
        "企业": len(enterprises(session)),
    }
