"""Taking a faultless sheet in: the roster becomes what the sheet says, and the history of posts is kept."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from survey import journal
from survey.errors import Refused
from survey.roster.changes import ChangeKind, Changes, enterprise_words, post_words
from survey.roster.models import Enterprise, Official, Tenure, Unit
from survey.roster.sheets import EnterpriseLine, EnterpriseSheet, PeopleSheet, PersonLine, UnitLine
from survey.staff.models import Account


def load_people(session: Session, sheet: PeopleSheet, *, by: Account, today: dt.date) -> Changes:
    """Make the roster equal to `sheet` as of `today`; whoever is missing from the sheet leaves the roster."""
    load = _Load(session, today, Changes(), _load_units(session, sheet.units))
    load.changes.each += load.units.changes.each
    officials = {official.badge: official for official in session.exec(select(Official))}
    held = {t.official_id: t for t in session.exec(select(Tenure).where(col(Tenure.until).is_(None)))}
    for line in sheet.people:
        official = officials.get(line.badge) or _new_official(session, line)
        _take_name(official, line, load.changes)
        _take_post(load, official, held.pop(official.id or 0, None), line)
    for tenure in held.values():
        _leave(load, session.get_one(Official, tenure.official_id), tenure)
    session.flush()
    journal.record(session, by=by.login, act="roster.load_people", detail=load.changes.counts())
    return load.changes


@dataclass(frozen=True)
class _Units:
    by_code: dict[str, Unit]
    names: dict[int | None, str]
    changes: Changes


@dataclass(frozen=True)
class _Load:
    session: Session
    today: dt.date
    changes: Changes
    units: _Units


def _load_units(session: Session, lines: Sequence[UnitLine]) -> _Units:
    units = {unit.code: unit for unit in session.exec(select(Unit))}
    names_before = {unit.id: unit.name for unit in units.values()}
    changes = Changes()
    _free_names(session, units, lines)
    for line in lines:
        unit = units.get(line.code)
        before = f"{names_before[unit.id]}　{unit.series}" if unit else ""
        after = f"{line.name}　{line.series}"
        if unit is None:
            unit = units[line.code] = Unit(code=line.code, name=line.name, series=line.series)
            changes.note(ChangeKind.NEW_UNIT, line.code, line.name, after=after)
        elif before != after:
            changes.note(ChangeKind.CHANGED_UNIT, line.code, line.name, before=before, after=after)
        unit.name, unit.series, unit.position = line.name, line.series, line.position
        session.add(unit)
    session.flush()
    names = {unit.id: names_before.get(unit.id, unit.name) for unit in units.values()}
    return _Units(units, names, changes)


def _free_names(session: Session, units: dict[str, Unit], lines: Sequence[UnitLine]) -> None:
    """Let units swap names; refuse a name that a unit outside the sheet already bears."""
    owners = {unit.name: unit.code for unit in units.values()}
    codes = {line.code for line in lines}
    for line in lines:
        owner = owners.get(line.name, line.code)
        if owner != line.code and owner not in codes:
            raise Refused(
                "roster.unit_known",
                f"「{line.name}」在系统中的单位编码是{owner}，名册里写的是{line.code}，请改用原来的编码。",
            )
        if owner != line.code:
            units[owner].name = f"{owner}（更名中）"
    session.flush()


def _new_official(session: Session, line: PersonLine) -> Official:
    official = Official(badge=line.badge, name=line.name)
    session.add(official)
    session.flush()
    return official


def _take_name(official: Official, line: PersonLine, changes: Changes) -> None:
    if official.name != line.name:
        changes.note(ChangeKind.RENAMED, line.badge, line.name, before=official.name, after=line.name)
        official.name = line.name


def _take_post(load: _Load, official: Official, tenure: Tenure | None, line: PersonLine) -> None:
    unit = load.units.by_code[line.unit]
    after = post_words(unit.name, line.post, line.duties, line.kind)
    if tenure is None:
        _begin(load, official, line)
        known = load.session.exec(select(Tenure).where(Tenure.official_id == official.id)).all()
        kind = ChangeKind.RETURNED if len(known) > 1 else ChangeKind.NEW_PERSON
        load.changes.note(kind, line.badge, line.name, after=after)
        return
    tenure.position = line.position
    same_unit = tenure.unit_id == unit.id
    if same_unit and (tenure.post, tenure.duties, tenure.kind) == (line.post, line.duties, line.kind):
        load.changes.unchanged += 1
        return
    before = post_words(load.units.names[tenure.unit_id], tenure.post, tenure.duties, tenure.kind)
    end(load.session, tenure, load.today)
    _begin(load, official, line)
    load.changes.note(ChangeKind.NEW_POST, line.badge, line.name, before=before, after=after)


def _begin(load: _Load, official: Official, line: PersonLine) -> None:
    unit = load.units.by_code[line.unit]
    tenure = Tenure(
        official_id=official.id or 0,
        unit_id=unit.id or 0,
        post=line.post,
        duties=line.duties,
        kind=line.kind,
        position=line.position,
        since=load.today,
    )
    load.session.add(tenure)
    load.session.flush()


def end(session: Session, tenure: Tenure, day: dt.date) -> None:
    """Close a post the day before `day`; one that had not begun by then was never held and goes."""
    if tenure.since < day:
        tenure.until = day
        session.add(tenure)
    else:
        session.delete(tenure)
    session.flush()


def _leave(load: _Load, official: Official, tenure: Tenure) -> None:
    before = post_words(load.units.names[tenure.unit_id], tenure.post, tenure.duties, tenure.kind)
    end(load.session, tenure, load.today)
    load.changes.note(ChangeKind.LEFT, official.badge, official.name, before=before)


def load_enterprises(session: Session, sheet: EnterpriseSheet, *, by: Account, today: dt.date) -> Changes:
    """Make the list of enterprises equal to `sheet`; those missing from it are kept but no longer invited."""
    changes = Changes()
    known = {firm.uscc: firm for firm in session.exec(select(Enterprise))}
    for line in sheet.enterprises:
        _take_enterprise(session, known.pop(line.uscc, None), line, changes)
    for firm in known.values():
        if firm.active:
            changes.note(ChangeKind.DROPPED, firm.uscc, firm.name, before=enterprise_words(firm))
            firm.active = False
    session.flush()
    detail = {**changes.counts(), "as of": today}
    journal.record(session, by=by.login, act="roster.load_enterprises", detail=detail)
    return changes


def _take_enterprise(
    session: Session, firm: Enterprise | None, line: EnterpriseLine, changes: Changes
) -> None:
    after, before = enterprise_words(line), enterprise_words(firm) if firm else ""
    if firm is None:
        firm = Enterprise(uscc=line.uscc, name=line.name, contact=line.contact, phone=line.phone)
        changes.note(ChangeKind.NEW_ENTERPRISE, line.uscc, line.name, after=after)
    elif not firm.active:
        changes.note(ChangeKind.REJOINED, line.uscc, line.name, before=before, after=after)
    elif before != after:
        changes.note(ChangeKind.CHANGED_ENTERPRISE, line.uscc, line.name, before=before, after=after)
    else:
        changes.unchanged += 1
    firm.name, firm.contact, firm.phone, firm.active = line.name, line.contact, line.phone, True
    firm.tags = [tag.value for tag in line.tags]
    session.add(firm)
