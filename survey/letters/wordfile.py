"""A letter's text as a Word file (docx) to be edited: fonts, grid and margins of the standard.

Neither seal nor verification code goes along: what is edited is no longer the letter that was issued.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from io import BytesIO

from docx import Document as new_document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from survey.config import Config
from survey.letters import gb9704, kinds, render
from survey.letters.dispatch import imprint
from survey.letters.faces import load
from survey.letters.models import Letter
from survey.letters.setting import Setter

TWIPS = 1440 / 25.4
FONTS = {"FS": "仿宋_GB2312", "HT": "黑体", "KT": "楷体_GB2312", "XBS": "方正小标宋简体"}
BLOCKS = frozenset({"p", "h1", "h2", "h3", "caption", "tr", "th", "td"})
MARKED = frozenset({"mark", "number", "secret", "meta", "signers"})
LEFT_OUT = frozenset({"verify", "head"})
VOID = frozenset({"br", "img", "meta", "col", "link"})
UNBROKEN = 1e6  # 字: a paragraph is one row, Word breaks it


@dataclass
class Block:
    """One paragraph or cell as the template set it."""

    tag: str
    style: str
    text: str = ""


@dataclass
class _Open:
    """An element that is open: the block it began, if any, and whether it is left out."""

    tag: str
    block: Block | None = None
    left_out: bool = False


class _Reader(HTMLParser):
    """Takes paragraphs, marks and table cells out of a letter's HTML, in their order."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[Block] = []
        self.open: list[_Open] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a block, or leave out what is no text of the letter."""
        classes = (dict(attrs).get("class") or "").split()
        if tag in VOID:
            return
        left_out = bool(LEFT_OUT & {tag, *classes}) or any(each.left_out for each in self.open)
        marked = tag == "div" and bool(MARKED & set(classes))
        block = Block(tag, " ".join(classes)) if tag in BLOCKS or marked else None
        if block and not left_out:
            self.blocks.append(block)
        self.open.append(_Open(tag, block, left_out))

    def handle_endtag(self, tag: str) -> None:
        """End what is open."""
        while self.open and self.open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Add text to the innermost block."""
        if not self.open or self.open[-1].left_out:
            return
        block = next((each.block for each in reversed(self.open) if each.block), None)
        if block is not None and block.tag != "tr":
            block.text += "".join(line.strip(" \t") for line in data.splitlines())


def export(letter: Letter, *, config: Config) -> bytes:
    """Return the letter's text as a docx file."""
    target = BytesIO()
    word = _page()
    for group in _groups(_blocks(letter, config)):
        if isinstance(group, Block):
            _paragraph(word, group)
        else:
            _table(word, group)
    word.core_properties.title = f"{letter.kind} {letter.number}".strip()
    word.core_properties.author = kinds.read(letter.kind, letter.content).organ
    word.save(target)
    return target.getvalue()


def _blocks(letter: Letter, config: Config) -> list[Block]:
    document, marks = kinds.read(letter.kind, letter.content), imprint(letter, config)
    setter = Setter(load(config.fonts), line=UNBROKEN)
    context = {
        "doc": document,
        "imprint": marks,
        "sign": _Plain(document.names, gb9704.chinese_date(marks.dated)),
        "seal": None,
        "qr_image": "",
        "set": setter,
        "grid": gb9704.STANDARD,
    }
    html = render.environment().get_template(f"letters/{document.TEMPLATE}").render(context)
    reader = _Reader()
    reader.feed(html)
    return [block for block in reader.blocks if block.text or block.tag in ("tr", "td")]


class _Plain:
    """A signature block as the template reads it, without places: the office moves it."""

    seal_right = None

    def __init__(self, names: tuple[str, ...], date: str) -> None:
        self.names = [(name, 2.0) for name in names]
        self.date, self.date_right = date, 2.0


def _groups(blocks: list[Block]) -> Iterator[Block | list[list[Block]]]:
    """Yield paragraphs, and each table as its rows of cells."""
    rows: list[list[Block]] = []
    for block in blocks:
        if block.tag == "tr":
            rows.append([])
        elif block.tag in ("td", "th") and rows:
            rows[-1].append(block)
        else:
            if rows:
                yield rows
            rows = []
            yield block
    if rows:
        yield rows


def _page() -> WordDocument:
    word = new_document()
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(gb9704.TOP), Mm(gb9704.BOTTOM)
    section.left_margin, section.right_margin = Mm(gb9704.LEFT), Mm(gb9704.RIGHT)
    grid = OxmlElement("w:docGrid")
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(round(gb9704.PITCH * TWIPS)))
    section._sectPr.append(grid)  # python-docx has no public way to the grid
    return word


def _paragraph(word: WordDocument, block: Block) -> None:
    paragraph = word.add_paragraph()
    classes = block.style.split()
    title, mark = block.tag == "h1", "mark" in classes
    if title or mark:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    elif "number" in classes:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    elif classes[:1] in (["FS"], ["HT"], ["KT"]) and not block.text.endswith("："):
        paragraph.paragraph_format.first_line_indent = Mm(2 * gb9704.ZI)
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    paragraph.paragraph_format.line_spacing = Mm(gb9704.PITCH * (1.4 if mark else 1))
    family = "XBS" if title or mark else {"h2": "HT", "h3": "KT"}.get(block.tag, (classes or ["FS"])[0])
    size = Pt(30) if mark else Pt(22) if title else Mm(gb9704.ZI)
    _run(paragraph, block.text, FONTS.get(family, FONTS["FS"]), size)
    if mark:
        paragraph.runs[0].font.color.rgb = RGBColor.from_string(gb9704.RED[1:].upper())


def _table(word: WordDocument, rows: list[list[Block]]) -> None:
    width = max(len(row) for row in rows)
    table = word.add_table(rows=len(rows), cols=width, style="Table Grid")
    for cells, row in zip(rows, table.rows, strict=True):
        for block, cell in zip(cells, row.cells, strict=False):
            family = "HT" if block.tag == "th" else "FS"
            _run(cell.paragraphs[0], block.text, FONTS[family], Pt(12))


def _run(paragraph: Paragraph, text: str, font: str, size: int) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.font.name = size, font
    run._element.get_or_add_rPr().get_or_add_rFonts().set(
        qn("w:eastAsia"), font
    )  # python-docx knows no other way
