"""What leaves the desk: one page a month, every table as shown, slips that join nothing."""

import csv
import datetime as dt
import io
from collections import Counter

import openpyxl
import pikepdf
import pyreadstat
import pytest
from flask import Flask

from survey.app import create_hall
from survey.db import unit_of_work
from survey.errors import Forbidden, Invalid, Missing, Refused
from survey.poll.models import Stage
from survey.rectify import service as rectify
from survey.rectify.models import OutcomeKind
from survey.reports import monthly, service, slips, tables
from survey.review.comments import take_in_comments
from survey.review.ladders import proposed_measure
from survey.review.models import Theme
from survey.roster.models import Unit
from survey.staff.models import Role
from survey.tally import audit
from survey.tally import service as tally
from tests.desk.poll_rooms import County, ballots
from tests.desk.review_rooms import REMIND, TALK, TODAY, Room, a_counted_poll, units
from tests.desk.visitors import Visitor, hire

MAY = dt.date(2023, 5, 10)


@pytest.fixture
def county(session, config) -> County:
    return County(session, config)


def a_published_poll(county: County):
    poll = county.counted(ballots(U2=3, U3_1=2))
    poll.stage = Stage.REPORTED
    county.session.flush()
    return poll


def test_slips_say_what_the_public_table_says_and_join_nothing(session, county, config):
    poll = a_published_poll(county)
    rows = list(slips.rows(config, poll))
    assert rows == sorted(
        rows, key=lambda row: (list(dict.fromkeys(r[1] for r in rows)).index(row[1]), row[4])
    )
    counted = Counter((line, mark) for _, line, _, _, mark in rows)
    for text in audit.public_table(config, poll).decode().splitlines():
        line, *cells = text.split("\t")
        if not text.startswith("#"):
            assert [counted[line, mark] for mark in slips.CODES] == [int(cell) for cell in cells]
    assert not {line for _, line, *_ in rows} & {f"U1-{n}" for n in range(1, 5)}
    assert set(slips.LABELS) == {"poll", "line", "name", "series", "mark"}
    table = slips.as_csv(config, poll)
    assert table.startswith(b"\xef\xbb\xbf"), "Excel would not see that it is UTF-8"
    head, *written = csv.reader(io.StringIO(table.decode("utf-8-sig")))
    assert head == ["poll", "line", "name", "series", "mark", "mark_text"]
    assert [tuple(row[:4]) for row in written] == [row[:4] for row in rows]


def test_an_spss_file_carries_labels_and_marks_unrated_as_missing(session, county, config, tmp_path):
    poll = a_published_poll(county)
    path = tmp_path / "slips.sav"
    path.write_bytes(slips.as_sav(config, poll))
    frame, meta = pyreadstat.read_sav(str(path))
    assert len(frame) == len(list(slips.rows(config, poll)))
    assert meta.variable_value_labels["mark"] == slips.CODES
    assert meta.column_names_to_labels["mark"] == "评价"
    kept, _ = pyreadstat.read_sav(str(path), user_missing=True)
    assert (kept["mark"] == 9).sum() == frame["mark"].isna().sum()
    poor = frame[(frame["line"] == "U2") & (frame["mark"] == 3)]
    assert len(poor) == 3


def test_no_slips_before_publication(session, county, config):
    poll = county.counted()
    with pytest.raises(Missing, match="还没有公布"):
        slips.as_csv(config, poll)
    assert service.published(session) == []


@pytest.fixture
def room(session) -> Room:
    return Room(session)


def opens(room, poll, n, deadline, **more):
    return rectify.open_task(
        room.session, poll=poll, unit=units(room.session)["U1"], title=f"{n}号事项：" + "很长的说明" * 12,
        owner="李致远", phone="0335-7201234", deadline=deadline, theme="收费", by=room.office, today=TODAY,
        **more,
    )  # fmt: skip


def test_the_monthly_note_counts_what_came_what_is_done_and_what_is_red(session, room, config):
    poll = a_counted_poll(session, stage=Stage.REVIEWED)
    done, late = (opens(room, poll, n, TODAY) for n in range(2))
    opens(room, None, 3, dt.date(2023, 4, 20), source="恳谈会")
    opens(room, poll, 4, dt.date(2023, 6, 1))
    clerk = room.clerk_of("U1")
    rectify.report_step(session, done, text="已办", by=clerk, today=TODAY)
    rectify.verify(session, done, text="属实", by=room.office, today=TODAY)
    rectify.report_step(session, late, text="已办", by=clerk, today=dt.date(2023, 4, 9))
    note = monthly.note(session, monthly.month_of("2023-04"), config=config, today=MAY)
    assert (note.opened, note.closed, note.lights["red"], note.lights["green"]) == (4, 1, 1, 2)
    assert note.sources == (("测评会场", 3), ("恳谈会", 1))
    line = next(line for line in note.series if line.name == "公共服务")
    assert (line.due, line.in_time, line.late, line.overdue) == (3, 1, 1, 1)
    assert (note.stale, note.as_of) == (0, dt.date(2023, 4, 30))


def test_the_secretary_is_told_of_cases_that_wait_and_not_of_those_decided(session, room, config):
    poll = a_counted_poll(session, REMIND, TALK)
    month = monthly.month_of("2023-04")
    waiting, decided = room.raises(poll)
    for case in (waiting, decided):
        room.upholds(case)
    assert monthly.note(session, month, config=config, today=MAY).undecided == 2
    room.orders(decided, proposed_measure(decided))
    assert monthly.note(session, month, config=config, today=MAY).undecided == 1


def test_the_monthly_note_is_one_page_however_much_is_red(session, room, config):
    poll = a_counted_poll(session, stage=Stage.REVIEWED)
    for n in range(40):
        opens(room, poll, n, TODAY, source=f"来源{n % 8}")
    content = service.monthly_note(session, "2023-05", config=config, today=MAY)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert len(pdf.pages) == 1
        assert [round(float(edge) / 72 * 25.4) for edge in pdf.pages[0].mediabox[2:]] == [210, 297]


def test_the_monthly_note_prints_each_rate_with_its_parts(session, county, config):
    a_published_poll(county)
    note = monthly.note(session, monthly.month_of("2023-04"), config=config, today=MAY)
    assert note.poll == "2023年第一季度"
    assert {rate["name"] for rate in note.rates} >= {"非差评率", "非常满意率"}
    assert all(rate["num"] <= rate["den"] and rate["definition"] for rate in note.rates)
    with pikepdf.open(io.BytesIO(monthly.pdf(note, fonts=config.fonts))) as pdf:
        assert len(pdf.pages) == 1


@pytest.mark.parametrize(
    ("month", "words"), [("2023-13", "不是月份"), ("五月", "不是月份"), ("2023-06", "还没有开始")]
)
def test_a_month_that_is_none_or_has_not_begun_has_no_note(session, config, month, words):
    with pytest.raises((Invalid, Refused), match=words):
        service.monthly_note(session, month, config=config, today=MAY)


@pytest.mark.parametrize("what", list(tables.EXPORTS))
def test_every_table_is_a_workbook_for_its_readers_and_for_nobody_else(session, room, what):
    chosen = tables.EXPORTS[what]
    for account in (
        room.office,
        room.inspector,
        room.leader,
        room.auditor,
        room.reviewer,
        room.clerk_of("U1"),
    ):
        if account.role in chosen.roles:
            book = openpyxl.load_workbook(io.BytesIO(service.workbook(session, what, by=account, today=MAY)))
            assert book.sheetnames == [chosen.title]
        else:
            with pytest.raises(Forbidden):
                service.workbook(session, what, by=account, today=MAY)


def test_the_table_of_remarks_tells_paraphrases_and_never_the_words_or_an_accusation(session, room):
    poll = a_counted_poll(session)
    words = [{"line": "U1", "text": "两次报价不一样"}, {"line": "P2", "text": "暗示送礼"}]
    first, second = take_in_comments(session, poll, words, by=room.office)
    for comment, theme in ((first, Theme.BRIBERY), (second, Theme.FEES)):
        comment.theme, comment.paraphrase = theme, "" if theme is Theme.BRIBERY else "收费不一"
    session.flush()
    told = repr(list(tables.EXPORTS["comments"].rows(session, room.office, MAY)))
    assert "收费不一" in told
    assert "移交纪委监委" in told
    for secret in ("两次报价", "暗示送礼", "吃拿卡要", "李致远"):
        assert secret not in told


def test_a_formula_in_a_table_stays_a_text(session, room):
    poll = a_counted_poll(session, stage=Stage.REVIEWED)
    opens(room, poll, 1, TODAY)
    book = openpyxl.load_workbook(io.BytesIO(service.tables.tables.workbook({"x": [("a",), ("=1+1",)]})))
    assert book["x"]["A2"].data_type == "s"


def test_the_reports_are_reached_from_their_page(desk: Flask) -> None:
    with unit_of_work(desk.extensions["desk_engine"]) as session:
        a_counted_poll(session, stage=Stage.REVIEWED)
    auditor = Visitor(desk, hire(desk, Role.AUDITOR))
    page = auditor.visit("/reports").text
    assert "工作日志" in page
    assert auditor.client.get("/reports/tables/journal.xlsx").data.startswith(b"PK")
    assert auditor.client.get("/reports/tables/nothing.xlsx").status_code == 404
    assert auditor.client.get("/reports/month.pdf?month=2023-04").data.startswith(b"%PDF-")
    assert auditor.client.get("/reports/month.pdf?month=x").status_code == 400
    office = Visitor(desk, hire(desk, Role.OFFICE))
    assert "工作日志" not in office.visit("/reports").text
    assert office.client.get("/reports/tables/journal.xlsx").status_code == 403


def test_the_public_page_tells_by_theme_what_was_raised_and_what_became_of_it(session, county, config):
    poll = county.counted()
    poll.stage = Stage.REVIEWED
    tally.report(session, poll, config=config, by=county.office)
    texts = [{"line": "U1", "text": f"第{n}条"} for n in range(6)]
    made = take_in_comments(session, poll, texts, by=county.office)
    themes = (Theme.FEES, Theme.FEES, Theme.FEES, Theme.SLOW, Theme.BRIBERY, Theme.FEES)
    for comment, theme in zip(made, themes, strict=True):
        comment.theme, comment.paraphrase = theme, "" if theme is Theme.BRIBERY else "转述"
        comment.written_by, comment.checked_by = county.office.id, county.leaders[0].id
    session.flush()
    todo = {
        "poll": poll, "unit": session.get(Unit, 1), "title": "收费", "owner": "李致远", "theme": "收费",
        "phone": "0335-7201234", "deadline": MAY, "by": county.office, "today": TODAY,
    }  # fmt: skip
    done, _open = (rectify.open_task(session, comment=comment, **todo) for comment in made[:2])
    clerk = county.hire(Role.UNIT_CLERK, unit_id=1)
    rectify.report_step(session, done, text="已办", by=clerk, today=TODAY)
    rectify.verify(session, done, text="属实", by=county.office, today=TODAY)
    for comment, kind in ((made[2], OutcomeKind.DECLINED), (made[3], OutcomeKind.ADOPTED)):
        rectify.settle_comment(session, comment, kind=kind, reason="理由", by=county.office, today=TODAY)
    told = service.changes(session, poll, today=MAY)
    assert told["themes"] == [
        {"theme": "涉企收费", "raised": 4, "done": 1, "pending": 1, "cannot": 1, "other": 1},
        {"theme": "其他", "raised": 1, "done": 0, "pending": 0, "cannot": 0, "other": 1},
        {"theme": "办事慢", "raised": 1, "done": 1, "pending": 0, "cannot": 0, "other": 0},
    ]
    service.publish_changes(session, poll, config=config, by=county.office, today=MAY)
    hall = create_hall(config)
    page = hall.test_client().get(f"/results/{poll.key}").text
    assert "反映了什么，改了什么" in page
    assert "涉企收费" in page
    assert "What was raised" in hall.test_client().get(f"/results/{poll.key}?lang=en").text
    for secret in ("吃拿卡要", "转述", "第1条", "李致远"):
        assert secret not in page
    hall.extensions["polls"].close()


def test_changes_are_published_by_the_office_after_the_result(session, county, config):
    poll = county.draft()
    with pytest.raises(Refused, match="先公布结果"):
        service.publish_changes(session, poll, config=config, by=county.office, today=MAY)
    with pytest.raises(Forbidden):
        service.publish_changes(session, poll, config=config, by=county.leaders[0], today=MAY)
