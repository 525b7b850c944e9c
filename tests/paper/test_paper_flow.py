"""The way of paper: printed, taken in, decided by two, checked, sealed; what is kept, what is forgotten."""

import json
from base64 import b64decode
from collections import Counter
from dataclasses import replace

import pytest
from sqlmodel import Session, select

from survey import journal
from survey.box import batch as batches
from survey.box.batch import Batch
from survey.box.board import Board
from survey.config import Config
from survey.errors import Forbidden, Invalid, Missing, Refused
from survey.paper import prints, service
from survey.paper.models import (
    Choice,
    DoubtKind,
    PaperDecision,
    PaperDoubt,
    PaperGallery,
    PaperLink,
    PaperPicture,
    PaperRemark,
    PaperSide,
)
from survey.paper.reading import Side, State
from survey.roster.models import Enterprise
from survey.staff.models import Role
from tests.paper.halls import RIGHT, Hall, private_key
from tests.people import Staff


@pytest.fixture
def hall(session: Session, config: Config) -> Hall:
    """Return a closed poll whose three ballots are printed, filled in and scanned."""
    hall = Hall(session, config)
    hall.has_scans()
    return hall


@pytest.fixture
def deciding(hall: Hall) -> Hall:
    """Return the same hall with everything taken in."""
    hall.takes_in()
    hall.closes_the_intake()
    return hall


def unsealed(hall: Hall, raw: bytes) -> bytes:
    shares = {
        position: batches.share(hall.manifest, raw, private_key(position), position=position)
        for position in (1, 3)
    }
    return batches.unseal(hall.manifest, raw, shares)


def opened(hall: Hall, raw: bytes) -> Batch:
    return Batch.parse(unsealed(hall, raw), hall.manifest)


def test_three_ballots_on_paper_come_out_as_they_were_filled_in(session: Session, config: Config):
    hall = Hall(session, config)
    pdf = hall.prints()
    hall.closes()
    hall.scans(pdf)
    hall.takes_in()
    hall.closes_the_intake()
    assert hall.decides(hall.people[0]) == hall.decides(hall.people[1]) > 0
    hall.checks_blanks(hall.people[0])
    hall.writes_comments_down()
    hall.settles()
    assert service.ready(hall.session, hall.poll) == ""
    batch = opened(hall, hall.seals())
    header, found = batch.header, batch.records
    counted: Counter[tuple[str, str]] = Counter()
    for ballot in found:
        assert ballot["channel"] == "paper"
        marks = {**ballot["units"], **ballot["persons"], "overall": ballot["overall"]}
        counted.update((line, mark) for line, mark in marks.items() if mark)
    assert counted == truth_counts(hall)
    assert header["records"] == len(found) == 3
    assert header["carried"]["overall"] == 3
    assert header["sheets"] == [
        {"layout": hall.layout.digest, "sheet": 1, "returned": 3, "valid": 3, "blank": 0, "void": 0}
    ]


def truth_counts(hall: Hall) -> Counter[tuple[str, str]]:
    counted: Counter[tuple[str, str]] = Counter()
    for side in hall.sides:
        for line, truth in zip(hall.layout.side(side.page), hall.truths[side.sha256], strict=True):
            lawful = next(iter(truth.lawful), "")
            counted.update([(line.id, lawful)] if lawful else [])
    return counted


def test_a_token_a_picture_and_the_key_are_gone_after_sealing(deciding: Hall):
    hall, session = deciding, deciding.session
    hall.decides(hall.people[0])
    hall.decides(hall.people[1])
    hall.checks_blanks(hall.people[0])
    hall.writes_comments_down()
    hall.settles()
    hall.seals()
    assert session.exec(select(PaperPicture)).all() == []
    assert {side.token for side in session.exec(select(PaperSide))} == {None}
    assert not prints.key_path(hall.config, hall.poll).exists()
    assert service.first_break(session, hall.poll) is None
    notice = Board(hall.config.board).fetch("paper", hall.poll.key)
    batch = service.batch(session, hall.poll)
    assert notice
    assert batch
    assert json.loads(notice.content) == {"poll": hall.poll.key, "root": batch.root, "sealed": batch.digest}
    with pytest.raises(Refused):
        hall.takes_in()


def test_the_sealed_batch_opens_with_two_of_three_keys_only(deciding: Hall):
    hall = deciding
    hall.decides(hall.people[0])
    hall.decides(hall.people[1])
    hall.checks_blanks(hall.people[0])
    hall.writes_comments_down()
    hall.settles()
    raw = hall.seals()
    one = {1: batches.share(hall.manifest, raw, private_key(1), position=1)}
    with pytest.raises(Refused):
        batches.unseal(hall.manifest, raw, one)
    with pytest.raises(Invalid):
        batches.share(hall.manifest, raw, private_key(2), position=1)


def test_ids_and_digests_tell_nothing_of_the_order_of_the_stack(hall: Hall):
    hall.takes_in()
    order = [side.sha256 for side in service.sides(hall.session, hall.poll)]
    ids = [side.id for side in service.sides(hall.session, hall.poll)]
    assert ids == sorted(ids)
    assert max(ids) > 1_000_000  # drawn at random, not counted up
    assert set(order) == {side.sha256 for side in hall.sides}


def test_an_interrupted_intake_goes_on_where_it_stopped(hall: Hall):
    hall.takes_in(hall.sides[:2])
    hall.takes_in()
    assert service.states(hall.session, hall.poll) == {State.READ: 6}
    assert service.known(hall.session, hall.poll) == {side.sha256 for side in hall.sides}


def test_a_second_scan_counts_once_and_is_named(hall: Hall):
    hall.takes_in()
    again = replace(hall.sides[0], sha256="ab" * 32)
    hall.takes_in([again])
    assert service.states(hall.session, hall.poll) == {State.READ: 6, State.DUPLICATE: 1}


def test_a_missing_side_stops_the_closing_until_it_is_scanned_or_given_up(hall: Hall):
    hall.takes_in(hall.sides[:-1])
    page = hall.sides[-1].page
    assert service.missing_sides(hall.session, hall.poll) == [page]
    with pytest.raises(Refused) as refusal:
        hall.closes_the_intake()
    assert f"第{page}页" in refusal.value.sentence
    with pytest.raises(Invalid):
        service.forgo_missing(hall.session, hall.poll, reason=" ", by=hall.teller)
    assert service.forgo_missing(hall.session, hall.poll, reason="纸已撕破", by=hall.teller) == 1
    hall.closes_the_intake()
    assert service.states(hall.session, hall.poll)[State.MISSING_SIDE] == 1


def test_foreign_and_damaged_images_are_counted_and_vote_nothing(hall: Hall):
    strange = [Side("ef" * 32, State.FOREIGN), Side("cd" * 32, State.ONE_BIT), Side("", State.DAMAGED)]
    hall.takes_in([*hall.sides, *strange])
    counts = service.states(hall.session, hall.poll)
    assert counts == {State.READ: 6, State.FOREIGN: 1, State.ONE_BIT: 1, State.DAMAGED: 1}
    hall.closes_the_intake()


def test_the_root_of_the_images_is_published_before_anyone_decides(hall: Hall):
    hall.takes_in()
    doubt = hall.doubts()[0]
    with pytest.raises(Refused):
        service.decide(hall.session, hall.poll, doubt.id, choice=Choice.BLANK, by=hall.teller)
    assert Board(hall.config.board).fetch("paper", hall.poll.key) is None
    hall.closes_the_intake()
    notice = Board(hall.config.board).fetch("paper", hall.poll.key)
    assert notice
    assert json.loads(notice.content)["images"] == 6
    with pytest.raises(Refused):
        hall.takes_in()


def a_doubt(hall: Hall) -> PaperDoubt:
    return next(doubt for doubt in hall.doubts() if doubt.kind is DoubtKind.DOUBT)


def test_two_equal_decisions_settle_a_row_and_one_person_decides_once(deciding: Hall):
    hall, doubt = deciding, a_doubt(deciding)
    first, second, third = hall.people[:3]
    service.decide(hall.session, hall.poll, doubt.id, choice=Choice.POOR, by=first)
    assert doubt.outcome is None
    with pytest.raises(Forbidden):
        service.decide(hall.session, hall.poll, doubt.id, choice=Choice.POOR, by=first)
    service.decide(hall.session, hall.poll, doubt.id, choice=Choice.POOR, by=second)
    assert doubt.outcome is Choice.POOR
    with pytest.raises(Refused):
        service.decide(hall.session, hall.poll, doubt.id, choice=Choice.GOOD, by=third)


def test_differing_decisions_go_to_a_third_person_with_a_witness(deciding: Hall):
    hall, doubt = deciding, a_doubt(deciding)
    first, second, third, witness = hall.people[:4]
    service.decide(hall.session, hall.poll, doubt.id, choice=Choice.POOR, by=first)
    service.decide(hall.session, hall.poll, doubt.id, choice=Choice.GOOD, by=second)
    assert doubt.outcome is None
    assert service.progress(hall.session, hall.poll).thirds == 1
    assert service.task_of(hall.session, hall.poll, doubt.id).third
    for lacking in (None, third):
        with pytest.raises(Refused):
            service.decide(hall.session, hall.poll, doubt.id, choice=Choice.FAIR, by=third, witness=lacking)
    service.decide(hall.session, hall.poll, doubt.id, choice=Choice.FAIR, by=third, witness=witness)
    assert doubt.outcome is Choice.FAIR
    kept = hall.session.exec(select(PaperDecision).where(PaperDecision.doubt_id == doubt.id)).all()
    assert [(each.place, each.choice, each.witness_id) for each in sorted(kept, key=lambda d: d.place)] == [
        (1, Choice.POOR, None),
        (2, Choice.GOOD, None),
        (3, Choice.FAIR, witness.id),
    ]


def test_the_task_shows_a_row_number_and_cells_never_a_name(deciding: Hall):
    task = service.next_task(deciding.session, deciding.poll, by=deciding.teller)
    assert task
    assert set(vars(task)) == {"doubt", "page", "row", "pictured", "third"}
    doubt = deciding.session.get_one(PaperDoubt, task.doubt)
    picture = service.picture(deciding.session, deciding.poll, doubt.side_id, doubt.row)
    assert picture[:2] == b"\xff\xd8"


def test_hidden_controls_lie_among_the_doubts_and_show_a_misread_row(deciding: Hall):
    hall = deciding
    controls = [each for each in hall.doubts() if each.kind is DoubtKind.CONTROL]
    reasons = {each.reason for each in hall.doubts() if each.kind is DoubtKind.DOUBT}
    assert controls
    assert {each.reason for each in controls} <= reasons
    hall.decides(hall.people[0])
    hall.decides(hall.people[1])
    assert service.wrong_controls(hall.session, hall.poll) == (len(controls), 0)
    controls[0].outcome = next(choice for choice in Choice if choice is not RIGHT[controls[0].machine])
    hall.session.flush()
    hall.checks_blanks(hall.people[0])
    assert service.wrong_controls(hall.session, hall.poll)[1] == 1
    assert "超过1%" in service.ready(hall.session, hall.poll)
    assert service.recheck_all(hall.session, hall.poll, by=hall.teller) > 0
    assert "等待人工认定" in service.ready(hall.session, hall.poll)


def test_who_overlooks_a_hidden_mark_hands_the_gallery_page_to_another(deciding: Hall):
    hall = deciding
    first, second = hall.people[:2]
    page = service.next_gallery(hall.session, hall.poll, by=first)
    assert page
    assert sum(hidden for *_, hidden in page.cells) == 3
    assert not service.check_gallery(hall.session, hall.poll, page.id or 0, seen=set(), by=first)
    assert service.next_gallery(hall.session, hall.poll, by=first) is None
    with pytest.raises(Refused):
        service.check_gallery(hall.session, hall.poll, page.id or 0, seen=set(), by=first)
    blank = next(place for place, (*_, hidden) in enumerate(page.cells) if not hidden)
    seen = {place for place, (*_, hidden) in enumerate(page.cells) if hidden} | {blank}
    assert service.check_gallery(hall.session, hall.poll, page.id or 0, seen=seen, by=second)
    found = [each for each in hall.doubts() if each.kind is DoubtKind.GALLERY]
    assert [(each.side_id, each.row) for each in found] == [tuple(page.cells[blank][:2])]


def test_every_row_of_a_held_page_is_keyed_by_two_people(hall: Hall):
    held = replace(hall.sides[0], state=State.STREAK)
    hall.takes_in([held, *hall.sides[1:]])
    hall.closes_the_intake()
    side = hall.session.exec(select(PaperSide).where(PaperSide.sha256 == held.sha256)).one()
    rows = [each for each in hall.doubts() if each.side_id == side.id]
    assert {each.kind for each in rows} == {DoubtKind.KEYED}
    assert len(rows) == len(held.rows)


def test_a_sheet_that_no_scanner_saw_is_keyed_by_two_people(hall: Hall):
    hall.takes_in(hall.sides[:4])
    service.key_sheet(hall.session, hall.poll, sheet=1, layout=hall.layout.digest, by=hall.teller)
    hall.closes_the_intake()
    tasks = [service.task_of(hall.session, hall.poll, each.id) for each in hall.doubts()]
    assert sum(not task.pictured for task in tasks) == sum(len(side) for side in hall.layout.sides)
    with pytest.raises(Missing):
        service.picture(hall.session, hall.poll, hall.doubts()[0].side_id + 1, 0)


def test_nothing_is_sealed_before_all_is_decided_checked_and_counted(deciding: Hall):
    hall = deciding
    hall.decides(hall.people[0])
    with pytest.raises(Refused, match="等待人工认定"):
        hall.seals()
    hall.decides(hall.people[1])
    with pytest.raises(Refused, match="空白核对"):
        hall.seals()
    hall.checks_blanks(hall.people[0])
    with pytest.raises(Refused, match="纸面意见"):
        hall.seals()
    hall.writes_comments_down()
    with pytest.raises(Refused, match="清点并登记"):
        hall.seals()
    with pytest.raises(Invalid, match="对不上"):
        service.settle(hall.session, hall.poll, sheet=1, returned=3, spoiled=1, unused=0, by=hall.teller)
    service.settle(hall.session, hall.poll, sheet=1, returned=2, spoiled=1, unused=0, by=hall.teller)
    with pytest.raises(Refused, match="对不上"):
        hall.seals()
    hall.settles()
    with pytest.raises(Refused):
        service.seal(hall.session, hall.poll, config=hall.config, by=hall.teller, witness=hall.teller)
    hall.seals()


def test_a_changed_reading_or_decision_breaks_the_chain(deciding: Hall):
    hall = deciding
    hall.decides(hall.people[0])
    assert service.first_break(hall.session, hall.poll) is None
    link = hall.session.exec(select(PaperLink).where(PaperLink.place == 2)).one()
    link.content = link.content.replace('"A"', '"C"', 1)
    hall.session.add(link)
    hall.session.flush()
    assert service.first_break(hall.session, hall.poll) == "纸质票认定记录第2条被改动过。"


def commented(hall: Hall) -> int:
    return sum(bool(side.remark) for side in hall.sides)


def test_a_comment_is_written_down_by_one_and_found_right_by_another(deciding: Hall):
    hall, kept = deciding, service.remarks
    first, second = hall.people[:2]
    assert len(kept.every(hall.session, hall.poll)) == commented(hall) > 0
    remark = kept.next_remark(hall.session, hall.poll, by=first)
    assert remark
    line = hall.layout.side(remark.page)[3].id
    with pytest.raises(Invalid):
        kept.write(hall.session, hall.poll, remark.id, text="窗口排队太久", line="P99", by=first)
    with pytest.raises(Refused):
        kept.check(hall.session, hall.poll, remark.id, by=second)
    kept.write(hall.session, hall.poll, remark.id, text="窗口排队太久", line=line, by=first)
    with pytest.raises(Forbidden):
        kept.check(hall.session, hall.poll, remark.id, by=first)
    kept.send_back(hall.session, hall.poll, remark.id, by=second)
    kept.write(hall.session, hall.poll, remark.id, text="窗口排队太久", line=line, by=second)
    kept.check(hall.session, hall.poll, remark.id, by=first)
    assert kept.open_(hall.session, hall.poll) == commented(hall) - 1


def the_firm(hall: Hall) -> None:
    firm = Enterprise(
        uscc="911303007000000001", name="青禾县宏达机械有限公司", tags=[], contact="李守业", phone=""
    )
    hall.session.add(firm)
    hall.session.flush()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("我们青禾县宏达机械有限公司跑了三趟", "宏达机械"),
        ("宏达 机械的环评拖了很久", "宏达机械"),
        ("找李守业了解情况", "李守业"),
        ("请打13900001234", "13900001234"),
        ("代码911303007000000001", "911303007000000001"),
        ("3月28日去办的", "3月28日"),
        ("罚了我们2.5万元", "2.5万元"),
    ],
)
def test_an_entry_that_names_the_firm_is_sent_back(deciding: Hall, text: str, named: str):
    hall, kept = deciding, service.remarks
    the_firm(hall)
    remark = kept.next_remark(hall.session, hall.poll, by=hall.teller)
    assert remark
    with pytest.raises(Refused, match=named):
        kept.write(hall.session, hall.poll, remark.id, text=text, line="", by=hall.teller)
    assert (remark.text, remark.written_by) == ("", None)
    kept.write(hall.session, hall.poll, remark.id, text="机械类企业办环评来回跑", line="", by=hall.teller)


def test_a_comment_knows_its_page_never_its_sheet(deciding: Hall):
    columns = set(PaperRemark.model_fields)
    assert columns == {
        "id", "poll_id", "layout", "page", "jpeg", "line", "text", "written_by", "checked_by",
    }  # fmt: skip


def test_an_empty_box_that_looked_written_on_goes_on_as_nothing(deciding: Hall):
    hall = deciding
    hall.decides(hall.people[0])
    hall.decides(hall.people[1])
    hall.checks_blanks(hall.people[0])
    hall.writes_comments_down(" ")
    hall.settles()
    assert opened(hall, hall.seals()).remarks == []


def test_paper_that_nobody_returned_is_accounted_for_before_the_box_is_opened(hall: Hall):
    with pytest.raises(Refused, match="先清点"):
        service.refuse_unsealed(hall.session, hall.poll)
    service.settle(hall.session, hall.poll, sheet=1, returned=0, spoiled=1, unused=2, by=hall.teller)
    hall.closes_the_intake()
    batch = opened(hall, hall.seals())
    assert (batch.records, batch.header["carried"]) == ([], {})
    service.refuse_unsealed(hall.session, hall.poll)


def test_readings_pictures_comments_and_decisions_go_with_the_box(deciding: Hall):
    hall = deciding
    hall.decides(hall.people[0])
    lines = service.inventory(hall.session, hall.poll)
    assert lines[0].split("\t")[:2] == ["paper-readings", "6"]
    gone = service.destroy(hall.session, hall.poll, config=hall.config)
    assert gone > 100
    for table in (PaperSide, PaperPicture, PaperRemark, PaperDoubt, PaperDecision, PaperGallery, PaperLink):
        assert hall.session.exec(select(table)).all() == []
    assert not prints.key_path(hall.config, hall.poll).parent.exists()
    assert service.batch(hall.session, hall.poll)
    assert service.inventory(hall.session, hall.poll) == []


def test_every_printed_sheet_is_settled_even_one_that_never_came_back(hall: Hall):
    hall.takes_in()
    hall.closes_the_intake()
    hall.decides(hall.people[0])
    hall.decides(hall.people[1])
    hall.checks_blanks(hall.people[0])
    hall.writes_comments_down()
    with pytest.raises(Refused, match="第1张"):
        hall.seals()


def test_comments_go_on_as_text_and_their_pictures_only_under_seal(deciding: Hall):
    hall = deciding
    hall.decides(hall.people[0])
    hall.decides(hall.people[1])
    hall.checks_blanks(hall.people[0])
    hall.writes_comments_down("办事材料反复补正")
    hall.settles()
    raw = hall.seals()
    batch = opened(hall, raw)
    assert batch.remarks == [{"line": "overall", "text": "办事材料反复补正"}] * commented(hall)
    pictures = json.loads(unsealed(hall, (hall.box.folder / batches.PICTURES).read_bytes()))
    assert sorted(map(b64decode, pictures)) == sorted(side.remark for side in hall.sides if side.remark)
    assert all(picture not in raw for picture in map(b64decode, pictures))
    assert service.remarks.every(hall.session, hall.poll) == []


def test_a_comment_that_no_scan_shows_is_noted_from_the_paper(hall: Hall):
    layout = hall.layout.digest
    remark = service.remarks.note(hall.session, hall.poll, layout=layout, page=2, by=hall.teller)
    assert remark.jpeg == b""
    with pytest.raises(Missing):
        service.remarks.note(hall.session, hall.poll, layout=layout, page=9, by=hall.teller)


def test_only_office_and_inspectors_touch_paper(hall: Hall):
    outsider = Staff(hall.session).hire(Role.REVIEWER)
    with pytest.raises(Forbidden):
        service.take_in(hall.session, hall.poll, hall.sides, by=outsider)
    with pytest.raises(Forbidden):
        service.print_ballots(hall.session, hall.poll, copies=1, config=hall.config, by=outsider)


def test_printing_is_recorded_and_so_is_the_files_end(session: Session, config: Config):
    hall = Hall(session, config, copies=1)
    hall.prints()
    assert prints.key_path(hall.config, hall.poll).stat().st_mode & 0o777 == 0o600
    run = service.prints(hall.session, hall.poll)[0]
    service.confirm_deleted(hall.session, hall.poll, run.id or 0, by=hall.teller)
    with pytest.raises(Refused):
        service.confirm_deleted(hall.session, hall.poll, run.id or 0, by=hall.teller)
    acts = [entry.act for entry in hall.session.exec(select(journal.JournalEntry))]
    assert acts == ["paper.print", "paper.file_deleted"]


def test_no_paper_is_read_for_a_poll_that_printed_none(session: Session, config: Config):
    hall = Hall(session, config)
    with pytest.raises(Missing):
        service.press(session, hall.poll, config=config)


def test_gallery_pages_hold_blank_rows_of_all_sheets_mixed(deciding: Hall):
    cells = [cell for page in deciding.session.exec(select(PaperGallery)) for cell in page.cells]
    by_id = {side.id: side for side in service.sides(deciding.session, deciding.poll)}
    for side, row, hidden in cells:
        assert (by_id[side].rows[row] in ("A", "B", "C")) == bool(hidden)
