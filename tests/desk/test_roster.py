"""The roster over time: loads, posts and their history, the slate as of a day."""

import datetime as dt
import io
from collections.abc import Callable, Iterable

import pytest
from sqlmodel import Session, select

from survey import journal
from survey.demo import county
from survey.errors import Forbidden, Invalid, Missing, Refused
from survey.journal import JournalEntry
from survey.roster import service, sheets
from survey.roster.books import ENTERPRISES, PEOPLE
from survey.roster.changes import Changes
from survey.roster.models import Enterprise, Kind, Official, Series, Tag, Tenure, Unit
from survey.roster.sheets import EnterpriseLine, EnterpriseSheet, PeopleSheet, PersonLine, UnitLine
from survey.staff.models import Account, Role
from survey.staff.service import SYSTEM

MARCH, JUNE, JULY = dt.date(2023, 3, 1), dt.date(2023, 6, 1), dt.date(2023, 7, 1)
BUREAU = UnitLine("U1", "行政审批局", Series.APPROVAL, 0)
TOWN = UnitLine("U2", "城关镇", Series.TOWN, 1)
ZHANG = ("P1", "张三", "U1", "局长", "主持全面工作", Kind.LEADER)
LI = ("P2", "李四", "U1", "科员", "企业开办", Kind.STAFF)
WANG = ("P3", "王五", "U2", "镇长", "镇政府工作", Kind.LEADER)
FIRM = EnterpriseLine("91110000600037341L", "甲公司", (Tag.ABOVE_SCALE,), "王五", "0335-1234567")


def a_sheet(
    *people: tuple[str, str, str, str, str, Kind], units: Iterable[UnitLine] = (BUREAU, TOWN)
) -> PeopleSheet:
    lines = (PersonLine(*person, position=position) for position, person in enumerate(people))
    return PeopleSheet(tuple(units), tuple(lines))


def load(session: Session, *people: tuple[str, str, str, str, str, Kind], on: dt.date = MARCH) -> Changes:
    return service.load_people(session, a_sheet(*people), by=SYSTEM, today=on)


def on_the_slate(session: Session, day: dt.date) -> list[tuple[str, str, str]]:
    slate = service.slate(session, poll="2023Q1-v1", on=day)
    return [(person["id"], person["unit"], person["post"]) for person in slate["persons"]]


def person(session: Session, badge: str) -> Official:
    return service.official(session, badge)


def test_a_first_load_makes_units_people_and_posts(session: Session) -> None:
    changes = load(session, ZHANG, LI, WANG)
    assert changes.counts() == {"新增单位": 2, "新增人员": 3}
    assert on_the_slate(session, MARCH) == [("P1", "U1", "局长"), ("P2", "U1", "科员"), ("P3", "U2", "镇长")]


def test_the_same_sheet_again_changes_nothing(session: Session) -> None:
    load(session, ZHANG, LI, WANG)
    changes = load(session, ZHANG, LI, WANG, on=JUNE)
    assert (changes.counts(), changes.unchanged) == ({}, 3)
    assert len(session.exec(select(Tenure)).all()) == 3


def test_the_slate_has_the_form_of_a_recount_file(session: Session) -> None:
    load(session, ZHANG)
    assert service.slate(session, poll="2023Q1-v1", on=MARCH) == {
        "poll": "2023Q1-v1",
        "units": [{"id": "U1", "name": "行政审批局", "series": "审批服务"}],
        "persons": [
            {
                "id": "P1",
                "unit": "U1",
                "name": "张三",
                "post": "局长",
                "duties": "主持全面工作",
                "kind": "leader",
                "series": "审批服务",
                "adverse_actions": 0,
            }
        ],
    }


@pytest.mark.parametrize(
    "new",
    [
        ("P2", "李四", "U1", "副局长", "企业开办", Kind.STAFF),
        ("P2", "李四", "U1", "科员", "企业注销", Kind.STAFF),
        ("P2", "李四", "U2", "科员", "企业开办", Kind.STAFF),
        ("P2", "李四", "U1", "科员", "企业开办", Kind.LEADER),
    ],
)
def test_a_changed_post_ends_the_old_one_and_begins_a_new_one(
    session: Session, new: tuple[str, str, str, str, str, Kind]
) -> None:
    load(session, ZHANG, LI, WANG)
    changes = load(session, ZHANG, new, WANG, on=JUNE)
    assert changes.counts() == {"任职变更": 1}
    now, before = service.history(session, person(session, "P2"))
    assert (before.tenure.since, before.tenure.until, now.tenure.since, now.tenure.until) == (
        MARCH,
        JUNE,
        JUNE,
        None,
    )
    assert before.tenure.post == "科员"


def test_who_is_missing_from_the_sheet_leaves_and_may_return(session: Session) -> None:
    load(session, ZHANG, LI)
    assert load(session, ZHANG, on=JUNE).counts() == {"退出名册": 1}
    assert [badge for badge, *_ in on_the_slate(session, JUNE)] == ["P1"]
    assert [badge for badge, *_ in on_the_slate(session, JUNE - dt.timedelta(days=1))] == ["P1", "P2"]
    assert load(session, ZHANG, LI, on=JULY).counts() == {"重新任职": 1}
    assert len(service.history(session, person(session, "P2"))) == 2


def test_a_second_load_on_the_same_day_leaves_no_post_that_was_never_held(session: Session) -> None:
    load(session, ZHANG, LI)
    load(session, ZHANG, (*LI[:3], "副局长", *LI[4:]))
    [only] = service.history(session, person(session, "P2"))
    assert (only.tenure.post, only.tenure.since) == ("副局长", MARCH)


def test_one_badge_with_another_name_is_worth_a_look(session: Session) -> None:
    load(session, ZHANG, LI)
    changes = load(session, ZHANG, ("P2", "赵六", *LI[2:]), on=JUNE)
    assert [(change.before, change.after) for change in changes.worth_a_look()] == [("李四", "赵六")]


def test_units_may_swap_their_names(session: Session) -> None:
    load(session, ZHANG, WANG)
    swapped = (UnitLine("U1", "城关镇", Series.TOWN, 0), UnitLine("U2", "行政审批局", Series.APPROVAL, 1))
    sheet = a_sheet(ZHANG, WANG, units=swapped)
    assert service.load_people(session, sheet, by=SYSTEM, today=JUNE).counts() == {"单位信息变更": 2}
    assert [unit.name for unit in service.units(session)] == ["城关镇", "行政审批局"]


def test_a_known_unit_under_another_code_is_refused(session: Session) -> None:
    load(session, ZHANG, WANG)
    sheet = a_sheet(
        ("P1", "张三", "U9", *ZHANG[3:]), units=[UnitLine("U9", "行政审批局", Series.APPROVAL, 0)]
    )
    with pytest.raises(Refused, match="单位编码是U1"):
        service.load_people(session, sheet, by=SYSTEM, today=JUNE)


def test_units_and_people_stand_in_the_order_of_the_sheet(session: Session) -> None:
    service.load_people(session, a_sheet(WANG, LI, ZHANG, units=(TOWN, BUREAU)), by=SYSTEM, today=MARCH)
    later = (UnitLine("U2", "城关镇", Series.TOWN, 0), UnitLine("U1", "行政审批局", Series.APPROVAL, 1))
    service.load_people(session, a_sheet(WANG, LI, ZHANG, units=later), by=SYSTEM, today=MARCH)
    assert [badge for badge, *_ in on_the_slate(session, MARCH)] == ["P3", "P2", "P1"]


def test_enterprises_that_are_missing_are_no_longer_invited_but_kept(session: Session) -> None:
    service.load_enterprises(session, EnterpriseSheet((FIRM,)), by=SYSTEM, today=MARCH)
    other = EnterpriseLine("91130324000000000Y", "乙公司", (Tag.OTHER,), "赵六", "13900000000")
    changes = service.load_enterprises(session, EnterpriseSheet((other,)), by=SYSTEM, today=JUNE)
    assert changes.counts() == {"新增企业": 1, "企业移出名册": 1}
    assert [firm.name for firm in service.enterprises(session)] == ["乙公司"]
    assert len(session.exec(select(Enterprise)).all()) == 2
    again = service.load_enterprises(session, EnterpriseSheet((FIRM, other)), by=SYSTEM, today=JULY)
    assert (again.counts(), again.unchanged) == ({"企业重新列入": 1}, 1)


def test_a_changed_enterprise_is_told_before_and_after(session: Session) -> None:
    service.load_enterprises(session, EnterpriseSheet((FIRM,)), by=SYSTEM, today=MARCH)
    moved = EnterpriseLine(FIRM.uscc, "甲公司", (Tag.ABOVE_SCALE, Tag.KEY_PROJECT), "王五", FIRM.phone)
    [change] = service.load_enterprises(session, EnterpriseSheet((moved,)), by=SYSTEM, today=JUNE).each
    assert (change.before, change.after) == (
        "甲公司　四上　王五 0335-1234567",
        "甲公司　四上、省市重点项目　王五 0335-1234567",
    )


def test_a_correction_begins_no_new_post_and_is_journaled_with_before_and_after(session: Session) -> None:
    load(session, ZHANG, LI)
    service.correct(session, person(session, "P2"), name="李思", post="科员", duties="企业开办", by=SYSTEM)
    [only] = service.history(session, person(session, "P2"))
    assert (only.official.name, only.tenure.since) == ("李思", MARCH)
    entry = session.exec(select(JournalEntry).where(JournalEntry.act == "roster.correct")).one()
    assert '"before": {"duties": "企业开办", "name": "李四"' in entry.detail
    assert journal.first_break(session) is None


@pytest.mark.parametrize(
    ("post", "duties"), [("", "企业开办"), ("  ", "企业开办"), ("科员", ""), ("科" * 241, "x")]
)
def test_a_correction_leaves_neither_post_nor_duties_blank_or_too_long(
    session: Session, post: str, duties: str
) -> None:
    load(session, LI)
    with pytest.raises(Invalid):
        service.correct(session, person(session, "P2"), name="李四", post=post, duties=duties, by=SYSTEM)
    assert service.history(session, person(session, "P2"))[0].tenure.post == "科员"


def test_a_move_ends_the_former_post_the_day_before(session: Session) -> None:
    load(session, ZHANG, LI, WANG)
    town = session.exec(select(Unit).where(Unit.code == "U2")).one()
    who = person(session, "P2")
    service.move(
        session, who, unit=town, post="副镇长", duties="项目建设", kind=Kind.STAFF, since=JUNE, by=SYSTEM
    )
    assert ("P2", "U1", "科员") in on_the_slate(session, JUNE - dt.timedelta(days=1))
    assert ("P2", "U2", "副镇长") in on_the_slate(session, JUNE)


def test_no_move_and_no_retirement_before_the_present_post_began(session: Session) -> None:
    load(session, LI, on=JUNE)
    who, bureau = person(session, "P2"), session.exec(select(Unit).where(Unit.code == "U1")).one()
    with pytest.raises(Invalid, match="不能早于"):
        service.retire(session, who, until=MARCH, by=SYSTEM)
    with pytest.raises(Invalid, match="不能早于"):
        service.move(
            session, who, unit=bureau, post="副局长", duties="x", kind=Kind.STAFF, since=MARCH, by=SYSTEM
        )


def test_who_retired_is_off_the_slate_from_that_day_and_cannot_retire_twice(session: Session) -> None:
    load(session, ZHANG, LI)
    service.retire(session, person(session, "P2"), until=JUNE, by=SYSTEM)
    assert len(on_the_slate(session, JUNE - dt.timedelta(days=1))) == 2
    assert len(on_the_slate(session, JUNE)) == 1
    with pytest.raises(Refused, match="已不在名册上"):
        service.retire(session, person(session, "P2"), until=JULY, by=SYSTEM)


def test_a_post_that_was_to_begin_later_goes_when_its_holder_retires_first(session: Session) -> None:
    load(session, LI, on=JUNE)
    service.retire(session, person(session, "P2"), until=JUNE, by=SYSTEM)
    assert service.history(session, person(session, "P2")) == []


def test_a_unit_clerk_sees_only_the_own_unit(session: Session, account: Callable[..., Account]) -> None:
    load(session, ZHANG, WANG)
    bureau, town = service.units(session)
    clerk = account(Role.UNIT_CLERK, bureau.id)
    service.may_see_unit(bureau, by=clerk)
    with pytest.raises(Forbidden):
        service.may_see_unit(town, by=clerk)


def test_an_unknown_person_or_unit_is_missing(session: Session) -> None:
    with pytest.raises(Missing):
        service.official(session, "P9")
    with pytest.raises(Missing):
        service.unit(session, 9)


def test_what_is_exported_loads_again_without_a_change(session: Session) -> None:
    people = sheets.read_people(io.BytesIO(county.people_workbook()))
    firms = sheets.read_enterprises(io.BytesIO(county.enterprises_workbook()))
    service.load_people(session, people, by=SYSTEM, today=MARCH)
    service.load_enterprises(session, firms, by=SYSTEM, today=MARCH)
    out = io.BytesIO(service.export_book(session, PEOPLE, on=MARCH))
    back = service.load_people(session, sheets.read_people(out), by=SYSTEM, today=JUNE)
    assert (back.counts(), back.unchanged) == ({}, 293)
    out = io.BytesIO(service.export_book(session, ENTERPRISES, on=MARCH))
    again = service.load_enterprises(session, sheets.read_enterprises(out), by=SYSTEM, today=JUNE)
    assert (again.counts(), again.unchanged) == ({}, 110)
    assert service.numbers(session, on=JUNE) == {"单位": 33, "人员": 293, "部门领导": 33, "企业": 110}
