"""The two workbooks: what a clean one gives, and that every fault is told by row and column."""

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from survey.demo import county
from survey.errors import Faulty
from survey.roster import blanks, sheets
from survey.roster.models import Kind, Series, Tag

HEADS = list(blanks.PEOPLE_HEADS)
LEADER = ["U1", "行政审批局", "审批服务", "P1", "张三", "局长", "主持全面工作", "部门领导"]
STAFF = ["U1", "行政审批局", "审批服务", "P2", "李四", "科员", "企业开办", "工作人员"]
FIRM_HEADS = list(blanks.ENTERPRISE_HEADS)
FIRM = ["甲公司", "91110000600037341L", "四上、省市重点项目", "王五", "0335-1234567"]
OTHER_FIRM = ["乙公司", "91130324000000000Y", "其他", "赵六", "13900000000"]


def a_book(
    *rows: list[Any], title: str = "单位与人员", change: Callable[[Any], None] | None = None
) -> io.BytesIO:
    book = Workbook()
    sheet: Any = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    if change:
        change(sheet)
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    return stream


def with_column(row: list[str], column: str, value: Any, heads: list[str] = HEADS) -> list[Any]:
    return [value if head == column else text for head, text in zip(heads, row, strict=True)]


def told(stream: io.BytesIO, read: Any = sheets.read_people) -> list[tuple[int | None, str | None, str]]:
    with pytest.raises(Faulty) as faulty:
        read(stream)
    return [(fault.row, fault.column, fault.sentence) for fault in faulty.value.faults]


def refused(raw: bytes) -> str:
    with pytest.raises(Faulty) as faulty:
        sheets.read_people(io.BytesIO(raw))
    return faulty.value.sentence


def test_a_clean_sheet_gives_units_and_people_in_its_order() -> None:
    sheet = sheets.read_people(a_book(HEADS, LEADER, STAFF))
    [unit] = sheet.units
    assert (unit.code, unit.name, unit.series) == ("U1", "行政审批局", Series.APPROVAL)
    assert [(p.badge, p.kind, p.position) for p in sheet.people] == [
        ("P1", Kind.LEADER, 0),
        ("P2", Kind.STAFF, 1),
    ]


def test_the_sample_county_is_clean() -> None:
    people = sheets.read_people(io.BytesIO(county.people_workbook()))
    firms = sheets.read_enterprises(io.BytesIO(county.enterprises_workbook()))
    assert (len(people.units), len(people.people), len(firms.enterprises)) == (33, 293, 110)


@pytest.mark.parametrize("column", HEADS)
def test_every_cell_of_a_person_must_be_filled(column: str) -> None:
    assert (3, column, f"没有填写{column}，请补上。") in told(
        a_book(HEADS, LEADER, with_column(STAFF, column, None))
    )


@pytest.mark.parametrize("blank", ["", "  ", "\u3000", "\u200b", "\n"])
def test_a_cell_of_invisible_signs_is_blank(blank: str) -> None:
    assert told(a_book(HEADS, LEADER, with_column(STAFF, "职务", blank)))[0][1] == "职务"


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("单位类别", "执法", "只能填审批服务、执法监管、公共服务、镇街之一"),
        ("单位类别", "执法监管", "在前面是审批服务，这里是执法监管"),
        ("单位", "审批局", "编码U1在前面是「行政审批局」"),
        ("单位编码", "U2", "在前面的编码是U1"),
        ("单位编码", "一局", "只能是1至30位字母、数字或短横线"),
        ("工号", "P1", "与第2行重复"),
        ("工号", "Ｐ１", "与第2行重复"),
        ("工号", "overall", "不能用"),
        ("工号", "U1", "与一个单位编码相同"),
        ("人员类别", "领导", "只能填部门领导或工作人员"),
        ("负责事项", "事" * 241, "最多240个字"),
        ("姓名", "=1/0", "公式没有算出结果"),
        ("工号", dt.date(2023, 1, 5), "当成了日期"),
        ("工号", 1.5, "不应是小数"),
    ],
)
def test_a_wrong_cell_is_told_where_it_stands_and_how_to_mend_it(column: str, value: Any, words: str) -> None:
    faults = told(a_book(HEADS, LEADER, with_column(STAFF, column, value)))
    assert [(row, where) for row, where, sentence in faults if words in sentence] == [(3, column)], faults


def test_all_faults_are_told_at_once_in_the_order_of_rows() -> None:
    rows = [
        LEADER,
        with_column(STAFF, "职务", ""),
        with_column(with_column(STAFF, "工号", "P3"), "负责事项", ""),
    ]
    assert [row for row, *_ in told(a_book(HEADS, *rows))] == [3, 4]


def test_240_signs_are_not_too_many() -> None:
    assert sheets.read_people(a_book(HEADS, LEADER, with_column(STAFF, "负责事项", "事" * 240)))


def test_a_line_given_twice_is_refused() -> None:
    [fault] = told(a_book(HEADS, LEADER, STAFF, with_column(STAFF, "工号", "P3")))
    assert fault[:2] == (4, "姓名")
    assert "与第3行重复" in fault[2]


def test_namesakes_in_different_posts_are_two_people() -> None:
    other = with_column(with_column(STAFF, "工号", "P3"), "职务", "副局长")
    assert len(sheets.read_people(a_book(HEADS, LEADER, STAFF, other)).people) == 3


def test_a_unit_needs_a_leader() -> None:
    [fault] = told(a_book(HEADS, STAFF))
    assert (fault[0], "没有部门领导" in fault[2]) == (2, True)


def test_party_secretary_and_head_may_both_lead_but_nobody_else() -> None:
    def leader(number: int) -> list[Any]:
        return with_column(with_column(LEADER, "工号", f"P{number}"), "姓名", f"领导{number}")

    assert sheets.read_people(a_book(HEADS, leader(1), leader(2)))
    [fault] = told(a_book(HEADS, leader(1), leader(2), leader(3)))
    assert (fault[0], "有3名部门领导" in fault[2]) == (4, True)


def test_merged_cells_are_told_and_their_blanks_are_not() -> None:
    stream = a_book(HEADS, LEADER, STAFF, change=lambda sheet: sheet.merge_cells("A2:A3"))
    assert [fault[2] for fault in told(stream)] == ["A2:A3 是合并单元格，请取消合并，并在每一行填写。"]


def test_hidden_rows_are_told() -> None:
    def hide(sheet: Any) -> None:
        sheet.row_dimensions[3].hidden = True

    [fault] = told(a_book(HEADS, LEADER, STAFF, change=hide))
    assert (fault[0], "被隐藏" in fault[2]) == (3, True)


def test_numbers_are_read_as_the_digits_that_are_shown() -> None:
    def show(sheet: Any) -> None:
        sheet["D3"] = 12
        sheet["D3"].number_format = "0000"

    people = sheets.read_people(a_book(HEADS, with_column(LEADER, "工号", 7.0), STAFF, change=show)).people
    assert [person.badge for person in people] == ["7", "0012"]


def test_spaces_that_align_names_are_taken_out() -> None:
    row = with_column(with_column(STAFF, "姓名", " 李　四 "), "负责事项", "企业开办\n 注销 ")
    person = sheets.read_people(a_book(HEADS, LEADER, row)).people[1]
    assert (person.name, person.duties) == ("李四", "企业开办 注销")


def test_a_title_above_the_heads_other_columns_and_another_sheet_name_do_no_harm() -> None:
    rows = [["卢龙县名册"], ["序号", *HEADS], ["1", *LEADER], [None] * 9, ["2", *STAFF]]
    assert len(sheets.read_people(a_book(*rows, title="Sheet1")).people) == 2


def test_a_missing_column_is_told_by_name() -> None:
    [fault] = told(a_book(HEADS[:-1], LEADER[:-1]))
    assert fault == (1, None, "缺少「人员类别」列，请下载模板，按模板的表头填写。")


def test_a_sheet_without_rows_is_refused() -> None:
    assert "没有内容" in told(a_book(HEADS))[0][2]


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04 torn", b"name,post\n", "工号".encode()])
def test_a_damaged_file_is_refused_in_one_sentence(raw: bytes) -> None:
    assert (
        refused(raw)
        == "文件打不开：不是 .xlsx 工作簿，或已经损坏。请在 Excel 或 WPS 中另存为 .xlsx 后再上传。"
    )


def test_a_torn_workbook_is_refused() -> None:
    whole = a_book(HEADS, LEADER).getvalue()
    for length in range(0, len(whole), 97):
        assert refused(whole[:length])


def test_an_old_or_locked_workbook_is_told_what_to_do() -> None:
    assert "另存为 .xlsx" in refused(b"\xd0\xcf\x11\xe0" + bytes(600))


def test_a_workbook_of_something_else_is_refused() -> None:
    assert "没有找到工作表「单位与人员」" in refused(a_book(["日期", "金额"], [1, 2], title="账").getvalue())


def test_the_other_roster_is_not_taken_for_this_one() -> None:
    assert refused(a_book(FIRM_HEADS, FIRM, title="企业").getvalue())


def test_a_clean_list_of_enterprises_gives_tags_and_contacts() -> None:
    [firm, _] = sheets.read_enterprises(a_book(FIRM_HEADS, FIRM, OTHER_FIRM, title="企业")).enterprises
    assert (firm.uscc, firm.tags) == ("91110000600037341L", (Tag.ABOVE_SCALE, Tag.KEY_PROJECT))


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("统一社会信用代码", "9111000060003734", "有16位，应为18位"),
        ("统一社会信用代码", "91110000600037341M", "校验位不符"),
        ("统一社会信用代码", "91110000O00037341L", "含有不该出现的字符"),
        ("统一社会信用代码", 911100006000373410, "第15位以后已被 Excel 改成0"),
        ("统一社会信用代码", " 91110000600037341l", "与第2行重复"),
        ("企业名称", "甲公司", "与第2行重复"),
        ("企业类别", "四上、大企业", "「大企业」不是企业类别"),
        ("企业类别", "", "没有填写企业类别"),
        ("联系电话", "无", "不像电话号码"),
        ("联系人", None, "没有填写联系人"),
    ],
)
def test_a_wrong_cell_of_an_enterprise_is_told_with_its_reason(column: str, value: Any, words: str) -> None:
    row = with_column(OTHER_FIRM, column, value, FIRM_HEADS)
    faults = told(a_book(FIRM_HEADS, FIRM, row, title="企业"), sheets.read_enterprises)
    assert [(row, where) for row, where, sentence in faults if words in sentence] == [(3, column)], faults


@pytest.mark.parametrize("written", ["四上、准规上", "四上，准规上", "四上 准规上", "准规上；四上；四上"])
def test_tags_may_be_separated_in_any_usual_way(written: str) -> None:
    row = with_column(FIRM, "企业类别", written, FIRM_HEADS)
    [firm] = sheets.read_enterprises(a_book(FIRM_HEADS, row, title="企业")).enterprises
    assert firm.tags == (Tag.ABOVE_SCALE, Tag.NEAR_SCALE)


@pytest.mark.parametrize(
    ("make", "read"),
    [
        (sheets.people_template, sheets.read_people),
        (sheets.enterprise_template, sheets.read_enterprises),
    ],
)
def test_the_example_of_a_template_is_never_imported(make: Any, read: Any) -> None:
    assert [fault[2] for fault in told(io.BytesIO(make()), read)] == ["表头下面没有内容，请填写后再上传。"]


def test_the_template_explains_every_column_and_limits_the_choices() -> None:
    book = load_workbook(io.BytesIO(sheets.people_template()))
    sheet = book["单位与人员"]
    assert [cell.value for cell in sheet[1]] == HEADS
    assert all(cell.comment for cell in sheet[1])
    lists = {rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list"}
    assert lists == {'"审批服务,执法监管,公共服务,镇街"', '"部门领导,工作人员"'}
    assert [row[0].value for row in book["填写说明"].iter_rows(min_row=2, max_row=9)] == HEADS


def test_a_filled_template_is_read() -> None:
    book = load_workbook(io.BytesIO(sheets.people_template()))
    book["单位与人员"].append(LEADER)
    stream = io.BytesIO()
    book.save(stream)
    assert [p.name for p in sheets.read_people(io.BytesIO(stream.getvalue())).people] == ["张三"]


def test_a_text_that_looks_like_a_formula_leaves_as_text() -> None:
    raw = blanks.people_workbook([with_column(LEADER, "负责事项", "=HYPERLINK(1)")])
    cell = load_workbook(io.BytesIO(raw))["单位与人员"]["G2"]
    assert (cell.value, cell.data_type) == ("=HYPERLINK(1)", "s")
