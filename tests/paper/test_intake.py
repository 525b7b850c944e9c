"""Taking in scans: any office scanner's files in any order; every page that does not count is named."""

import hashlib
import random
from collections import Counter
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image, ImageDraw

from survey.errors import Invalid
from survey.paper import images, intake, qrcode, reading
from survey.paper.images import Page
from survey.paper.reading import Side, State
from tests.paper import stacks
from tests.paper.damage import Condition
from tests.paper.stacks import Scan

DUPLEX = Condition()


def a_page(grey: np.ndarray) -> Page:
    return Page(grey, one_bit=False, sha256=hashlib.sha256(grey.tobytes()).hexdigest())


def the_state(grey: np.ndarray, **changes: object) -> State:
    layout, _ = stacks.printed(2)
    return reading.read(a_page(grey), stacks.press(layout, **changes)).state


def taken(paths: list[Path]) -> list[Side]:
    layout, _ = stacks.printed(2)
    portions = intake.read_files(paths, stacks.press(layout), processes=1)
    return [side for portion in portions for side in portion]


def right(side: Side, scan: Scan) -> bool:
    return all(
        row.doubtful or row.option in truth.lawful for row, truth in zip(side.rows, scan.truths, strict=True)
    )


def test_any_file_kind_any_order_upside_down_gives_the_same_rows(tmp_path: Path):
    scans = stacks.scans(2, change=lambda ballot, page: Condition(upside_down=ballot == 1))
    random.Random(3).shuffle(scans)
    paths = [
        stacks.as_pdf(tmp_path / "duplex.pdf", [scans[0].grey]),
        stacks.as_tiff(tmp_path / "fax.tif", [scans[1].grey]),
        stacks.as_picture(tmp_path / "one.png", scans[2].grey),
        stacks.as_picture(tmp_path / "two.jpg", scans[3].grey),
    ]
    sides = taken(paths)
    assert Counter(side.state for side in sides) == {State.READ: 4}
    assert len({side.identity for side in sides}) == 4
    assert len({side.token for side in sides}) == 2
    for scan in scans:
        assert any(side.page == scan.page and right(side, scan) for side in sides)


def test_sides_come_sorted_by_digest_and_carry_no_name_or_place(tmp_path: Path):
    scans = stacks.scans(2)
    sides = taken([stacks.as_pdf(tmp_path / "a.pdf", [scan.grey for scan in scans])])
    assert [side.sha256 for side in sides] == sorted(side.sha256 for side in sides)
    assert set(vars(sides[0])) == {
        "sha256", "state", "layout", "page", "token", "rows", "pictures", "remark", "holds", "dpi",
    }  # fmt: skip


def test_a_sheet_of_another_poll_layout_or_press_is_named():
    scan = stacks.scans(1)[0].grey
    assert the_state(scan) is State.READ
    assert the_state(scan, poll="2023Q2-v1") is State.OTHER_POLL
    assert the_state(scan, key=qrcode.new_key()) is State.FALSE_MAC
    other = stacks.press(stacks.printed(1, units=(7,))[0])
    assert reading.read(a_page(scan), other).state is State.OTHER_LAYOUT


@pytest.mark.parametrize("seed", range(6))
def test_a_foreign_page_is_named(seed: int):
    rng = np.random.default_rng(seed)
    picture = Image.new("L", (1654, 2339), 250)
    draw = ImageDraw.Draw(picture)
    for _ in range(400):
        x, y = rng.integers(0, 1600), rng.integers(0, 2300)
        draw.rectangle(
            (int(x), int(y), int(x + rng.integers(5, 60)), int(y + rng.integers(5, 60))), outline=0
        )
    assert the_state(np.array(picture)) is State.FOREIGN


def test_a_blank_back_is_foreign_not_a_vote():
    assert the_state(np.full((2339, 1654), 251, np.uint8)) is State.FOREIGN


@pytest.mark.parametrize(
    ("condition", "state"),
    [
        (Condition(dpi=100), State.COARSE),
        (Condition(threshold=True), State.ONE_BIT),
        (Condition(dpi=300, threshold=True), State.ONE_BIT),
        (Condition(threshold=True, jpeg=85), State.ONE_BIT),
        (Condition(threshold=True, turn=2.0), State.ONE_BIT),
    ],
)
def test_coarse_and_one_bit_scans_are_refused(condition: Condition, state: State):
    for scan in stacks.scans(1, condition=condition):
        assert the_state(scan.grey) is state


def test_a_one_bit_tiff_is_refused_by_its_depth_alone(tmp_path: Path):
    path = stacks.as_tiff(tmp_path / "fax.tif", [scan.grey for scan in stacks.scans(1)], mode="1")
    assert {side.state for side in taken([path])} == {State.ONE_BIT}


def test_a_second_scan_of_a_side_is_a_duplicate_and_a_photocopied_sheet_too():
    layout, _ = stacks.printed(2)
    first, again = stacks.scans(1)[0], stacks.scans(1, condition=Condition(noise=4))[0]
    sides = [reading.read(a_page(each.grey), stacks.press(layout)) for each in (first, again)]
    seen: set[tuple[str, int]] = set()
    kept = intake.without_repeats(sides, seen)
    assert [side.state for side in kept] == [State.READ, State.DUPLICATE]
    assert intake.without_repeats(sides[1:], seen)[0].state is State.DUPLICATE


def test_a_missing_back_is_named():
    assert intake.missing([("T1", 1), ("T1", 2), ("T2", 4)]) == [("T2", 3)]
    assert intake.missing([("T1", 1), ("T1", 2)]) == []


def test_the_same_image_is_not_read_twice(tmp_path: Path):
    layout, _ = stacks.printed(2)
    path = stacks.as_pdf(tmp_path / "a.pdf", [scan.grey for scan in stacks.scans(1)])
    known = frozenset(side.sha256 for side in taken([path]))
    again = list(intake.read_files([path], stacks.press(layout), known=known, processes=1))
    assert again == [[]]


def test_two_processes_read_what_one_reads(tmp_path: Path):
    layout, _ = stacks.printed(2)
    path = stacks.as_pdf(tmp_path / "a.pdf", [scan.grey for scan in stacks.scans(1)])
    two = [side for part in intake.read_files([path], stacks.press(layout), processes=2) for side in part]
    assert two == taken([path])


def test_a_damaged_file_stops_only_itself(tmp_path: Path):
    good = stacks.as_pdf(tmp_path / "good.pdf", [stacks.scans(1)[0].grey])
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(good.read_bytes()[:4000])
    half = stacks.as_picture(tmp_path / "half.jpg", stacks.scans(1)[1].grey)
    half.write_bytes(half.read_bytes()[:30_000])
    notes = tmp_path / "notes.png"
    notes.write_text("not a picture")
    states = Counter(side.state for side in taken([broken, good, half, notes]))
    assert states == {State.READ: 1, State.DAMAGED: 3}


def test_a_pdf_that_is_no_scan_is_rendered(tmp_path: Path):
    path = tmp_path / "drawn.pdf"
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        pdf.save(path)
    page = images.page(path, 0)
    assert page is not None
    assert abs(page.grey.shape[0] - 2339) < 3
    assert the_state(page.grey) is State.FOREIGN


def test_other_files_are_refused_by_name(tmp_path: Path):
    path = tmp_path / "票.docx"
    path.write_bytes(b"x")
    with pytest.raises(Invalid) as refusal:
        images.page_count(path)
    assert "票.docx" in refusal.value.sentence
    with pytest.raises(Invalid):
        intake.files_in(tmp_path)


def test_the_root_of_all_images_does_not_depend_on_their_order():
    digests = [hashlib.sha256(bytes([n])).hexdigest() for n in range(7)]
    assert intake.merkle_root(digests) == intake.merkle_root(reversed(digests))
    assert intake.merkle_root(digests[:6]) != intake.merkle_root(digests)
    assert intake.merkle_root(digests[:1]) == hashlib.sha256(b"\0" + bytes.fromhex(digests[0])).hexdigest()


def test_the_pictures_people_decide_by_hold_the_options_alone():
    scan = stacks.scans(1)[0]
    layout, _ = stacks.printed(2)
    side = reading.read(a_page(scan.grey), stacks.press(layout))
    assert len(side.pictures) == len(side.rows) == len(layout.side(scan.page))
    assert all(200 < len(picture) < 20_000 for picture in side.pictures)
