"""Labels for envelopes: 24 to a sheet, no name cut off."""

from dataclasses import replace

import pytest

from survey.config import Config
from survey.errors import Refused
from survey.letters.labels import labels_pdf
from survey.letters.models import Letter
from tests.letters.conftest import text_of
from tests.letters.geometry import measure
from tests.letters.samples import DATED, a_reply


def a_letter(name: str) -> Letter:
    return Letter(
        kind=a_reply().KIND, round="2023Q1", addressee=name, dated=DATED, content="{}", code="7KQ2M9XWTB4R"
    )


def test_a_sheet_holds_twenty_four_labels_inside_their_borders(config: Config) -> None:
    pages = measure(labels_pdf([a_letter(f"第{at}号企业有限公司") for at in range(25)], config=config))
    assert len(pages) == 2
    names = [row for row in pages[0].rows if "号企业" in row.text]
    assert len(names) == 8, "three labels stand side by side in a row"
    assert names[1].top - names[0].top == pytest.approx(37, abs=0.05)


def test_a_name_of_two_hundred_characters_stands_on_its_label(config: Config) -> None:
    name = "秦皇岛" + "宏远科技发展" * 32 + "有限责任公司"
    content = labels_pdf([a_letter(name), a_letter("<b>甲</b>公司")], config=config)
    assert len(name) > 200
    text = text_of(content)
    assert name in text
    assert "<b>甲</b>公司" in text
    first = [row for row in measure(content)[0].rows if "宏远" in row.text]
    assert max(row.top for row in first) < 37


def test_without_letters_or_with_a_character_that_no_font_has_there_is_no_sheet(config: Config) -> None:
    with pytest.raises(Refused, match="没有可以打印"):
        labels_pdf([], config=config)
    with pytest.raises(Refused, match="😀"):
        labels_pdf([a_letter("😀公司")], config=replace(config))
