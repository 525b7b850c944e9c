"""Ratings and remarks survive packing; whatever no honest page makes is unreadable."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.box import packing
from survey.box.packing import Remark, Unreadable
from survey.errors import Invalid
from tests.box.polls import a_manifest, a_slate
from tests.box.twin import ask

LINES = tuple(f"L{number}" for number in range(11))
MARKS = st.dictionaries(st.sampled_from(LINES), st.sampled_from("ABC"))


@given(MARKS)
def test_marks_survive_packing(marks: dict[str, str]):
    packed = packing.pack(LINES, marks)
    assert len(packed) == 3
    assert packing.unpack(LINES, packed) == marks


def test_the_first_line_stands_in_the_lowest_bits():
    assert packing.pack(LINES, {"L0": "A", "L1": "B", "L2": "C", "L4": "C"}) == bytes([0b00111001, 0b11, 0])


def test_a_mark_or_line_that_the_ballot_has_not_is_refused():
    for marks, code in (
        ({"L99": "A"}, "unknown_line"),
        ({"L1": "D"}, "unknown_mark"),
        ({"L1": ""}, "unknown_mark"),
    ):
        with pytest.raises(Invalid) as refusal:
            packing.pack(LINES, marks)
        assert refusal.value.code == f"box.{code}"


@given(st.binary(max_size=8))
def test_packed_bytes_are_read_or_unreadable(packed: bytes):
    try:
        assert packing.pack(LINES, packing.unpack(LINES, packed)) == packed
    except Unreadable:
        assert len(packed) != 3 or packed[2] >> 6


@given(st.binary(max_size=60))
def test_padding_comes_off_again(content: bytes):
    body = packing.pad(content, 64)
    assert len(body) == 64
    assert packing.unpad(body) == content


@pytest.mark.parametrize(
    "body", [b"\xff\xff\xff\xff" + bytes(60), bytes(63) + b"\1", b"\0\0\0\x3d" + bytes(60)]
)
def test_a_wrong_length_or_marked_padding_is_unreadable(body: bytes):
    with pytest.raises(Unreadable):
        packing.unpad(body)


@given(st.lists(st.builds(Remark, st.sampled_from(LINES), st.text(max_size=20)), max_size=6))
def test_remarks_come_back_clean_and_in_slate_order(remarks: list[Remark]):
    read = packing.decode_remarks(LINES, packing.encode_remarks(LINES, remarks))
    kept = [Remark(each.line, packing.clean(each.text)) for each in remarks if packing.clean(each.text)]
    assert read == sorted(kept, key=lambda remark: LINES.index(remark.line))


def test_control_and_direction_signs_leave_a_remark():
    assert packing.clean("\0办理\r\n缓慢\t吗\u202e？\ud800 ") == "办理\n缓慢 吗？"


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\xff", b"{}", b"7", b"null", b'["x"]', b'[{"line":"L1"}]', b'[{"line":"L1","text":1}]',
        b'[{"line":"L99","text":"x"}]',
        b'[{"line":"L1","text":"x","more":1}]', b'[{"line":["L1"],"text":"x"}]',
        b"[" * 4000, b'{"line":"L1","text":"x"}', b"[" + b"9" * 4000 + b"]",
    ],
)  # fmt: skip
def test_remarks_that_no_page_writes_are_unreadable(content: bytes):
    with pytest.raises(Unreadable):
        packing.decode_remarks(LINES, content)


@given(st.binary(max_size=80))
def test_no_bytes_upset_the_reader_of_remarks(content: bytes):
    try:
        packing.decode_remarks(LINES, content)
    except Unreadable:
        return


def test_browser_and_server_pack_alike():
    manifest = a_manifest(slate=a_slate(33, 293))
    lines = manifest.lines
    ballots = [
        {},
        dict.fromkeys(lines, "C"),
        {line: "ABC"[place % 3] for place, line in enumerate(lines) if place % 5},
    ]
    remarks = [
        {"line": "P001", "text": " 慢\t“了”\r\n\u202e\u0007\u2028 \\ "},
        {"line": "U1", "text": " "},
        {"line": "overall", "text": "好😀"},
    ]
    text = manifest.raw.decode()
    answers = ask(
        *({"act": "pack", "manifest": text, "marks": marks} for marks in ballots),
        {"act": "remarks", "manifest": text, "remarks": remarks},
        {"act": "pack", "manifest": text, "marks": {"P999": "A"}},
        {"act": "pack", "manifest": text, "marks": {"P001": "AB"}},
        {"act": "remarks", "manifest": text, "remarks": [{"line": "U1", "text": "长" * 1500}]},
    )
    assert answers[:3] == [packing.pack(lines, marks).hex() for marks in ballots]
    assert bytes.fromhex(answers[3]) == packing.encode_remarks(lines, [Remark(**each) for each in remarks])
    assert [each["line"] for each in json.loads(bytes.fromhex(answers[3]))] == ["overall", "P001"]
    assert [each["code"] for each in answers[4:]] == [
        "box.unknown_line",
        "box.unknown_mark",
        "box.too_much_text",
    ]
