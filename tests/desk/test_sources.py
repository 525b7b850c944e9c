"""Meetings and channels: every point is an item, every item has unit, owner, phone and deadline."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from survey.errors import Faulty, Forbidden, Invalid, Refused
from survey.rectify import ledger
from survey.rectify.ledger import Filters
from survey.sources import service, sheets
from survey.sources.models import SourceKind
from survey.sources.service import Person
from tests.desk.books import a_book
from tests.desk.review_rooms import TODAY, Room, units

DUE = dt.date(2023, 5, 3)


@pytest.fixture
def room(session):
    units(session)
    return Room(session)


def holds(room, **more):
    about = {
        "kind": SourceKind.TALK, "title": "一季度企业家恳谈会", "held_on": TODAY, "by": room.office,
        "today": TODAY, "people": [Person(f"代表{n}", f"企业{n}", "总经理") for n in range(1, 12)],
    }  # fmt: skip
    return service.hold(room.session, **about | more)


def raises(room, occasion, title="厂区外道路没有路灯", **more):
    about = {
        "title": title, "theme": "难", "unit": units(room.session)["U1"], "owner": "李致远",
        "phone": "0335-7201234", "deadline": DUE, "by": room.office, "today": TODAY,
    }  # fmt: skip
    return service.add_point(room.session, occasion, **about | more)


def row(number: int, **more: object) -> dict[str, object]:
    return {
        "会议或批次": "三月批次", "来源": "12345涉企", "日期": "2023-03-29", "反映主体": f"工单{number}",
        "事项": f"第{number}件：材料反复补正", "问题类别": "繁", "责任单位": "水务局", "盯办人": "李致远",
        "联系电话": "0335-7201234", "完成时限": "2023-05-03",
    } | more  # fmt: skip


def reads(session, rows):
    return sheets.read(session, a_book(sheets.TITLE, sheets.COLUMNS, rows), today=TODAY)


def brings(room, rows):
    return service.load(room.session, reads(room.session, rows), by=room.office, today=TODAY)


def test_a_meeting_of_eleven_lists_all_eleven_and_every_point_becomes_an_item(session, room):
    occasion = holds(room)
    assert len(service.attendees(session, occasion)) == 11
    for title in ("路灯", "停车", "用电"):
        raises(room, occasion, title)
    (line,) = service.lines(session)
    assert (line.people, line.points, line.open) == (11, 3, 3)
    wall = ledger.ledger(session, today=TODAY, filters=Filters(source="恳谈会"))
    assert [row.task.title for row in wall] == ["路灯", "停车", "用电"]
    assert all(row.round == "" for row in wall)


def test_attendees_are_typed_one_a_line():
    assert service.people_of("张一　企业甲　总经理\n\n李二 水务局 副局长 兼总工") == [
        Person("张一", "企业甲", "总经理"),
        Person("李二", "水务局", "副局长 兼总工"),
    ]


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        ({"people": ()}, "须登记参加人"),
        ({"title": " "}, "名称"),
        ({"held_on": TODAY + dt.timedelta(days=1)}, "今天之后"),
    ],
)
def test_a_meeting_without_people_name_or_day_is_refused(room, gap, words):
    with pytest.raises(Invalid, match=words):
        holds(room, **gap)


def test_the_same_meeting_is_entered_once(room):
    holds(room)
    with pytest.raises(Refused, match="已经登记"):
        holds(room)


def test_a_point_without_unit_owner_phone_or_deadline_is_no_item(session, room):
    occasion = holds(room)
    for gap in ({"unit": None}, {"owner": ""}, {"phone": ""}, {"deadline": None}):
        with pytest.raises(Invalid, match="整改事项缺少"):
            raises(room, occasion, **gap)
    assert service.points(session, occasion) == []


def test_only_the_office_enters_meetings(room):
    for other in (room.inspector, room.leader, room.clerk_of("U1")):
        with pytest.raises(Forbidden):
            holds(room, by=other)


def test_fifty_four_and_thirty_one_are_eighty_five_by_source_and_never_one_rate(session, room):
    brings(room, [row(n) for n in range(54)])
    brings(room, [row(n, 来源="恳谈会", 会议或批次="恳谈会", 反映主体=f"企业{n}") for n in range(31)])
    totals = {kind: items for kind, items, _ in service.by_source(session)}
    assert totals == {SourceKind.CALLS: 54, SourceKind.TALK: 31}
    assert sum(totals.values()) == 85 == len(ledger.rows(session, today=TODAY))
    assert ledger.by_source(ledger.rows(session, today=TODAY)) == {"12345涉企": 54, "恳谈会": 31}


def test_forty_two_items_come_from_thirty_four_projects(session, room):
    taken = brings(
        room,
        [row(n, 来源="周六调度", 会议或批次="第12次周六调度", 反映主体=f"项目{n % 34}") for n in range(42)],
    )
    assert taken.counts == {"周六调度": 42}
    (line,) = service.lines(session)
    assert (line.points, line.voices) == (42, 34)


def test_two_hundred_and_nine_rows_come_in_with_no_gap(session, room):
    assert brings(room, [row(n) for n in range(209)]).counts == {"12345涉企": 209}
    tasks = [each.task for each in service.points(session)]
    assert len(tasks) == 209
    assert all(task.owner and task.phone and task.unit_id and task.deadline for task in tasks)


@pytest.mark.parametrize("head", [h for h in sheets.HEADS if h not in sheets.MAY_BE_BLANK])
def test_one_gap_among_two_hundred_and_nine_is_named_by_sheet_row_and_column_and_nothing_comes_in(
    session, room, head
):
    rows = [row(n) for n in range(209)]
    rows[100][head] = ""
    with pytest.raises(Faulty) as caught:
        reads(session, rows)
    assert [(f.sheet, f.row, f.column) for f in caught.value.faults] == [("问题清单", 102, head)]
    assert service.lines(session) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"责任单位": "不存在的局"}, "名册中没有"),
        ({"来源": "听说"}, "不在可选范围"),
        ({"问题类别": "吃拿卡要"}, "不在可选范围"),
        ({"联系电话": "找小李"}, "不像电话号码"),
        ({"完成时限": "下周"}, "不是日期"),
        ({"完成时限": "2023-04-02"}, "早于今天"),
        ({"日期": "2023-02-30"}, "不是日期"),
        ({"日期": "2023-04-04"}, "今天之后"),
    ],
)
def test_a_wrong_cell_says_how_to_mend_it(session, room, change, words):
    with pytest.raises(Faulty) as caught:
        reads(session, [row(1, **change)])
    (fault,) = caught.value.faults
    assert words in fault.sentence
    assert (fault.row, fault.column) == (2, next(iter(change)))


@pytest.mark.parametrize("day", ["2023-05-03", "2023/5/3", "2023年5月3日", "2023.5.3", dt.date(2023, 5, 3)])
def test_a_date_may_be_written_in_any_usual_way(session, room, day):
    assert reads(session, [row(1, 完成时限=day)])[0].deadline == DUE


def test_the_same_row_twice_and_the_same_list_twice_are_refused(session, room):
    with pytest.raises(Faulty) as caught:
        reads(session, [row(1), row(1)])
    assert "与第2行重复" in caught.value.faults[0].sentence
    brings(room, [row(1)])
    with pytest.raises(Refused, match="不能再导入一次"):
        brings(room, [row(2)])


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(gaps=st.sets(st.tuples(st.integers(0, 9), st.sampled_from(sheets.HEADS)), max_size=8))
def test_every_gap_is_named_once_and_only_gaps(session, room, gaps):
    rows = [row(n) for n in range(10)]
    for at, head in gaps:
        rows[at][head] = ""
    wanted = {(at + 2, head) for at, head in gaps if head not in sheets.MAY_BE_BLANK}
    if not wanted:
        assert len(reads(session, rows)) == 10
        return
    with pytest.raises(Faulty) as caught:
        reads(session, rows)
    assert sorted((f.row, f.column) for f in caught.value.faults) == sorted(wanted)
