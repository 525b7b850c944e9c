"""Papers around the letters: one kind, one template; no hole is printed; what each must say."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Annotated

import pytest

from survey.errors import Invalid
from survey.letters import kinds
from survey.letters.custodial import Signed
from survey.letters.fields import Filled, labelled, parse
from survey.letters.hearings import Commitment, InterviewMinutes
from survey.letters.render import template_folder
from tests.letters.conftest import pdf_of, sample_pages, sample_pdf, text_of
from tests.letters.geometry import measure
from tests.letters.papers import (
    PAPERS,
    ballot_approval,
    interview_minutes,
    rectify_report,
    seal_strips,
)
from tests.letters.samples import SAMPLES

FRAMES = {"gb9704.html", "parts.html"}


def test_every_kind_has_one_template_and_every_template_one_kind() -> None:
    named = [kind.TEMPLATE for kind in kinds.ALL]
    there = {path.name for path in (template_folder() / "letters").glob("*.html")} - FRAMES
    assert sorted(named) == sorted(there)
    assert len(kinds.KINDS) == len(kinds.ALL)


def test_every_kind_has_a_sample_that_the_other_tests_print() -> None:
    assert {type(make()) for make in SAMPLES.values()} == set(kinds.ALL)


@pytest.mark.parametrize("make", PAPERS.values(), ids=PAPERS)
def test_no_paper_is_made_with_an_empty_field(make) -> None:
    document = make()
    for field in labelled(type(document)):
        if field.hint is str:
            with pytest.raises(Invalid, match=f"缺少“{field.label}”"):
                replace(document, **{field.name: " "})


def test_a_list_that_would_print_nothing_after_its_label_is_refused() -> None:
    for change in ({"hosts": ()}, {"attendees": ()}):
        with pytest.raises(Invalid, match="约谈纪要缺少“"):
            interview_minutes(**change)
    assert interview_minutes(participants=(), commitments=(), demands=()).demands == ()


def test_every_field_of_a_paper_has_a_chinese_label() -> None:
    for make in PAPERS.values():
        for field in labelled(type(make())):
            assert not field.label.isascii() or field.label == "SHA-256"


def test_a_row_with_an_empty_cell_is_refused_too() -> None:
    with pytest.raises(Invalid, match="时间"):
        Signed(name="王堃", at="")


def test_what_a_person_types_becomes_the_field() -> None:
    hints = {field.name: field.hint for field in labelled(InterviewMinutes)}
    assert parse(hints["hosts"], "县委书记\n\n 县长 ") == ("县委书记", "县长")
    assert parse(hints["on"], "2023-05-12") == dt.date(2023, 5, 12)
    assert parse(hints["commitments"], "一窗受理｜刘翀|2023-05-31") == (
        Commitment(text="一窗受理", owner="刘翀", by=dt.date(2023, 5, 31)),
    )
    assert parse(str | None, "  ") is None
    assert parse(int, "12") == 12


@pytest.mark.parametrize(
    ("hint", "typed", "word"),
    [
        (dt.date, "昨天", "不是日期"),
        (int, "十二", "不是整数"),
        (tuple[Commitment, ...], "一窗受理｜刘翀", "事项｜责任人｜时限"),
        (tuple[Commitment, ...], "一窗受理｜｜2023-05-31", "缺少“责任人”"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_way_out(hint: object, typed: str, word: str) -> None:
    with pytest.raises(Invalid, match=word):
        parse(hint, typed)


def test_an_unlabelled_field_goes_by_its_name() -> None:
    @dataclass(frozen=True)
    class Slip(Filled):
        plain: str
        named: Annotated[int | None, "数"] = None

    assert [(field.label, field.optional) for field in labelled(Slip)] == [("plain", False), ("数", True)]


def test_typed_lines_become_paragraphs_and_names_hang_after_their_label() -> None:
    pages = sample_pages("interview minutes")
    second = next(row for page in pages for row in page.rows if row.text.startswith("其中两条"))
    assert second.left == pytest.approx(28 + 2 * 156 / 28, abs=0.05)
    first, hanging = pages[0].row("参加人："), pages[0].row("建设办公室有关负责人")
    assert hanging.left == pytest.approx(first.left + 4 * 156 / 28, abs=0.05)


def test_the_decision_on_an_objection_tells_its_finding_and_never_makes_it_worse() -> None:
    text = text_of(sample_pdf("objection decision"))
    assert "经3名未参与审查的人员复核" in text
    assert "不会因此受到更重的处理" in text


def test_an_objection_form_names_its_term() -> None:
    assert "异议期限2023年4月28日" in text_of(sample_pdf("objection form")).replace(" ", "")


def test_a_review_sheet_counts_the_votes_and_names_who_stood_aside() -> None:
    text = text_of(sample_pdf("review opinion"))
    assert "成立1人，成立并加注1人" in text
    assert "周犇（与审查对象同一单位）" in text


def test_a_clue_goes_sealed_and_to_the_inspectors() -> None:
    text = text_of(sample_pdf("clue transfer"))
    assert "密封移交" in text
    assert "卢龙县纪委监委" in text


def test_a_chaser_says_how_late_and_by_when() -> None:
    text = text_of(sample_pdf("supervision"))
    assert "已逾期12天" in text
    assert "2023年7月19日前书面报送" in text


def test_a_unit_puts_its_own_seal_on_its_report() -> None:
    pages = sample_pages("rectify report")
    assert all(page.ring is None for page in pages)
    date = next(page for page in pages if "2023年4月20日" in page.text).row("2023年4月20日")
    assert date.right == pytest.approx(184 - 4 * 156 / 28, abs=0.05)


def test_a_report_without_problems_has_no_annex() -> None:
    text = text_of(pdf_of(rectify_report(problems=(), unfinished=())))
    assert "附件" not in text
    assert "没有尚未完成的事项" in text


def test_a_ballot_that_is_not_frozen_says_so() -> None:
    assert "冻结以后生成" in text_of(pdf_of(ballot_approval(manifest_sha256=None)))


def test_each_seal_has_its_strip_and_none_is_cut_by_a_page() -> None:
    numbers = tuple(f"F2023-{at:03d}" for at in range(1, 8))
    pages = measure(pdf_of(seal_strips(seals=numbers)))
    assert [page.text.count("总监票人") for page in pages] == [3, 3, 1]
    assert all(any(number in page.text for page in pages) for number in numbers)


def test_the_paper_for_the_standing_meeting_is_one_page_and_an_annex() -> None:
    pages = sample_pages("meeting paper")
    assert "附件：各类单位测评情况" in pages[0].text
    assert pages[1].text.startswith("附件")
