"""What a letter refuses to print, and what it must draw."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pdfplumber
import pikepdf
import pytest

from survey.config import Config
from survey.errors import Invalid, Refused
from survey.letters import check, chop, gb9704, kinds, render
from survey.letters.cards import address, cards_pdf
from survey.letters.dispatch import seal_of
from survey.letters.faces import FontSet
from survey.letters.imprint import Pressed
from survey.letters.setting import Setter
from tests.conftest import FONTS
from tests.letters.conftest import pdf_of, sample_pages, sample_pdf, sixty_problems, text_of
from tests.letters.geometry import measure
from tests.letters.samples import (
    DATED,
    SAMPLES,
    a_check_sheet,
    a_reminder,
    a_reply,
    an_imprint,
    many_problems,
)

RARE = "㛃䶮喆镕堃翀赟燊犇"


@pytest.mark.parametrize("name", SAMPLES)
def test_equal_input_gives_equal_bytes(name: str) -> None:
    assert pdf_of(SAMPLES[name]()) == sample_pdf(name)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_kind_is_a_sound_archive_file(name: str) -> None:
    assert check.faults(sample_pdf(name)) == []


@pytest.mark.parametrize("make", SAMPLES.values(), ids=SAMPLES)
def test_a_document_survives_its_storage(make) -> None:
    document = make()
    assert kinds.read(document.KIND, kinds.write(document)) == document


def test_another_date_gives_another_file() -> None:
    assert sample_pdf("reply") != pdf_of(a_reply(), an_imprint(dated=DATED.replace(day=21)))


def test_rare_name_characters_are_drawn_in_every_style(fonts: FontSet) -> None:
    for style in ("FS", "KT", "HT", "XBS"):
        assert fonts.missing(style, RARE) == []
    assert RARE in text_of(pdf_of(a_reminder(contact=RARE)))


def test_a_year_in_characters_has_its_zero_in_every_style(fonts: FontSet) -> None:
    for style in ("FS", "KT", "HT", "XBS"):
        assert fonts.advance(style, "〇") == 1.0
    assert "二〇二三年" in text_of(pdf_of(a_reminder(finding="二〇二三年第一季度达到标准。")))


@pytest.mark.parametrize("char", ["😀", "𰻝", "\x07"])
def test_a_character_without_glyph_is_refused_by_name(char: str) -> None:
    with pytest.raises(Refused, match=f"U\\+{ord(char):04X}"):
        pdf_of(a_reminder(contact=f"王{char}"))


def test_a_character_missing_from_a_table_is_refused_too() -> None:
    line = a_check_sheet().lines[0]
    with pytest.raises(Refused, match="😀"):
        pdf_of(a_check_sheet(lines=(kinds.dataclasses.replace(line, name="王😀"),)))


def test_html_in_a_name_is_text() -> None:
    name = "<b>甲</b>&<script>alert(1)</script>公司"
    assert name in text_of(pdf_of(a_reply(enterprise=name)))


def test_no_problems_no_annex() -> None:
    text = text_of(pdf_of(a_reminder(problems=())))
    assert "附件" not in text
    assert "没有收到" in text or "未收到" in text


def test_a_few_problems_stand_in_the_letter_itself() -> None:
    text = text_of(pdf_of(a_reminder(problems=many_problems(2))))
    assert "附件" not in text
    assert text.count("（办事繁）") == 2


def test_sixty_problems_are_all_listed() -> None:
    text = text_of(sixty_problems())
    assert all(f"{number}.（办事繁）" in text for number in range(1, 61))


def test_a_reminder_states_the_right_to_object_with_term_and_place() -> None:
    text = text_of(sample_pdf("reminder"))
    assert "5个工作日内" in text
    assert "向县测评结果审查小组（设在县纪委监委）提出" in text


def test_a_letter_to_enterprises_names_no_person_and_counts_measures() -> None:
    text = text_of(sample_pdf("reply"))
    assert "发出整改工作提示函15份、约谈部门主要负责人6人次、谈心谈话30人次" in text
    assert "王堃" not in text


def test_a_missing_seal_image_fails_the_letter(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="印章"):
        pdf_of(a_reminder(), an_imprint(seal=tmp_path / "no-such-seal.svg"))


def test_the_county_s_own_seal_stands_where_the_test_seal_stood(tmp_path: Path) -> None:
    image = tmp_path / "seal.svg"
    image.write_text(chop.seal("卢龙县").replace("样章", ""), encoding="utf-8")
    page = next(p for p in measure(pdf_of(a_reminder(), an_imprint(seal=image))) if p.ring)
    assert page.ring == pytest.approx(next(p for p in sample_pages("reminder") if p.ring).ring, abs=0.05)
    bare = measure(pdf_of(a_reminder(), an_imprint(seal=Pressed.BY_HAND)))
    assert not any(page.ring for page in bare), "room is left for the seal that is pressed by hand"
    date = next(page for page in bare if "2023年4月20日" in page.text).row("2023年4月20日")
    assert date.right == pytest.approx(184 - 4 * 156 / 28, abs=0.05)


def test_the_seal_is_the_organ_s_image_and_in_earnest_never_a_specimen(config: Config) -> None:
    earnest = replace(config, mode="production")
    assert seal_of("某局", config) is Pressed.SPECIMEN
    assert seal_of("某局", earnest) is Pressed.BY_HAND
    folder = config.instance / "seals"
    folder.mkdir()
    (folder / "某局.png").write_bytes(b"")
    assert seal_of("某局", earnest) == folder / "某局.png"
    assert seal_of("../seals/某局", config) is Pressed.SPECIMEN


def test_a_letter_fetches_nothing_from_the_net() -> None:
    html = '<html lang="zh-CN"><body><img src="https://seal.example/a.png" alt="印章"></body></html>'
    with pytest.raises(Refused, match="印章"):
        render.press(FONTS).print(html, "letters/gb9704.css", DATED)


def test_only_the_built_fonts_enter_a_letter() -> None:
    with pikepdf.open(BytesIO(sample_pdf("reminder"))) as pdf:
        names = {
            str(font.BaseFont)[8:]
            for font in pdf.objects
            if isinstance(font, pikepdf.Dictionary) and font.get("/Type") == "/Font"
        }
    assert {name.split("-")[0] for name in names} <= {"FS", "KT", "HT", "XBS", "ST", "RARE"}


def test_a_damaged_or_foreign_file_is_found_out() -> None:
    assert check.faults(b"%PDF-1.7 nothing") == ["文件不是完整的PDF。"]
    bare = pikepdf.new()
    bare.add_blank_page(page_size=(300, 300))
    target = BytesIO()
    bare.save(target)
    found = check.faults(target.getvalue())
    assert "第1页不是A4。" in found
    assert "文件没有标明PDF/A-3a。" in found


def test_titles_break_by_sense(fonts: FontSet) -> None:
    title = "关于2023年第一季度企业满意度测评情况的整改工作提示函"
    lines = gb9704.title_lines(title)
    assert "".join(lines) == title
    assert len(lines) == 2
    assert len(lines[0]) != len(lines[1])
    assert all("2023" in line or "202" not in line for line in lines)
    assert Setter(fonts).title("致企业家的一封信") == "<h1>致企业家的一封信</h1>"


def test_a_name_longer_than_the_date_stays_on_the_type_area() -> None:
    sign = gb9704.sealed(
        ["卢龙县" + "优" * 20 + "委员会"], DATED, lambda char: 0.5 if char.isascii() else 1.0
    )
    assert sign.names[0][1] == 0
    assert sign.date_right == pytest.approx(13 - 6.5 / 2)


def test_without_seal_a_long_date_sets_the_place() -> None:
    sign = gb9704.unsealed(["县局"], DATED, lambda char: 0.5 if char.isascii() else 1.0)
    assert (sign.names[0][1], sign.date_right) == (8.5, 2.0)


def test_numbers_and_dates_are_written_as_the_standard_says() -> None:
    assert gb9704.document_number("卢营商函", 2026, 7) == "卢营商函〔2026〕7号"
    assert gb9704.chinese_date(DATED) == "2023年4月20日"
    assert gb9704.copies(["县纪委监委", "县委组织部"]) == "抄送：县纪委监委，县委组织部。"


CODES = [f"{number:04d}ABCDEFGHJKMN" for number in range(9)]


def cards(config: Config, codes: list[str]) -> bytes:
    return cards_pdf(
        origin="https://ping.lulong.example",
        poll="2023Q1-v1",
        title="卢龙县2023年第一季度企业满意度测评",
        manifest_sha256="ab" * 32,
        codes=codes,
        config=config,
    )


def test_cards_carry_their_code_and_neither_number_nor_name(config: Config) -> None:
    with pdfplumber.open(BytesIO(cards(config, CODES))) as pdf:
        pages = [page.extract_text() for page in pdf.pages]
    assert len(pages) == 2
    for code in CODES:
        assert any(
            f"{code[:4]}-{code[4:8]}" in page and f"{code[8:12]}-{code[12:]}" in page for page in pages
        )
    assert "第1" not in "".join(pages).replace("第一季度", "")


def test_a_card_sheet_tells_no_day(config: Config) -> None:
    with pikepdf.open(BytesIO(cards(config, CODES))) as pdf:
        assert not [key for key in pdf.docinfo if "Date" in key]


def test_what_follows_the_hash_of_a_card_never_reaches_the_server() -> None:
    assert address("https://x.example", "2023Q1-v1", "A" * 16, "ab" * 32) == (
        "https://x.example/p/2023Q1-v1/#" + "A" * 16 + "~" + "ab" * 32
    )


def test_damaged_codes_and_empty_batches_print_no_cards(config: Config) -> None:
    for codes in ([], ["SHORT"], ["<b>0000ABCDEFGH"]):
        with pytest.raises(Invalid):
            cards(config, codes)


def test_fonts_already_built_are_left_alone() -> None:
    before = {path.name: path.stat().st_mtime_ns for path in FONTS.iterdir()}
    done = subprocess.run(
        [sys.executable, "-m", "survey.letters.fonts", str(FONTS.parent)], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr.strip()) == (0, "公文字库已经建好。")
    assert {path.name: path.stat().st_mtime_ns for path in FONTS.iterdir()} == before


def built(folder: Path, *, path: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "survey.letters.fonts", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, env={"PATH": path})


def test_without_debian_packages_the_build_makes_do_and_says_so(tmp_path: Path) -> None:
    done = built(tmp_path, path="")
    assert done.returncode == 0, done.stderr
    assert "公文字库已建好" in done.stderr
    assert check.faults(pdf_of(a_reply(), fonts=tmp_path / "fonts")) == []
    manifest = json.loads((tmp_path / "fonts" / "manifest.json").read_text())
    makeshift = [name for name, face in manifest["faces"].items() if face["makeshift"]]
    assert all(any("代替" in note for note in manifest["notes"]) for _name in makeshift)


def test_the_county_s_own_font_goes_first(tmp_path: Path) -> None:
    override = tmp_path / "fonts" / "override"
    override.mkdir(parents=True)
    shutil.copy(FONTS / "kai.otf", override / "仿宋_GB2312.otf")
    done = built(tmp_path, path="")
    assert "仿宋使用本单位字体 仿宋_GB2312.otf（嵌入许可 fsType=" in done.stderr
    manifest = json.loads((tmp_path / "fonts" / "manifest.json").read_text())
    assert manifest["faces"]["fang"]["source"] == "仿宋_GB2312.otf"


def test_a_changed_font_file_is_noticed(tmp_path: Path, fonts: FontSet) -> None:
    for name in ("manifest.json", *(face.path.name for face in fonts.faces.values())):
        (tmp_path / name).write_bytes((FONTS / name).read_bytes())
    (tmp_path / "song.otf").write_bytes(b"OTTO")
    with pytest.raises(Refused, match=r"song\.otf .*make fonts"):
        pdf_of(a_reply(), fonts=tmp_path)
