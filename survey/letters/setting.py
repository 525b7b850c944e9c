"""Composed text as HTML: each line set as `compose` broke it, every character known to have a glyph."""

from collections.abc import Callable
from functools import partial

from markupsafe import Markup, escape

from survey.letters.compose import LINE, Row, compose
from survey.letters.faces import FontSet, no_glyph
from survey.letters.gb9704 import TITLE_WIDTH, title_lines

KEPT = (
    2  # rows of the last paragraph that stay with the signature, which never stands alone on a page (7.3.5.5)
)


class Setter:
    """Sets the text blocks of one letter in the fonts of one set; its methods are called from templates."""

    def __init__(self, fonts: FontSet, line: float = LINE) -> None:
        self.fonts, self.line = fonts, line

    def advance(self, style: str, char: str) -> float:
        """Return the advance of `char` in em; refuse a character that no font of the style draws."""
        width = self.fonts.advance(style, char)
        if width is None:
            raise no_glyph(char)
        return width

    def rows(self, text: str, style: str = "FS", indent: float = 2.0) -> list[Row]:
        """Return the lines of a paragraph whose first line is indented by `indent` 字."""
        return compose(plain(text), partial(self.advance, style), first=self.line - indent, rest=self.line)

    def para(self, style: str = "FS", indent: float = 2.0, *, caller: Callable[[], Markup]) -> Markup:
        """Return the paragraph that stands between {% call para() %} and {% endcall %}."""
        return paragraph(self.rows(caller().unescape(), style, indent), style, indent)

    def salutation(self, text: str) -> Markup:
        """Return the 称谓 of a letter, flush left; its class marks the slot of the compiled stamp."""
        return paragraph(self.rows(text, "FS", 0), "FS salutation", 0)

    def text(self, text: str) -> Markup:
        """Return a text that somebody typed: each of its lines is a paragraph."""
        lines = [line for line in text.splitlines() if line.strip()]
        return Markup("").join(paragraph(self.rows(line.strip()), "FS", 2.0) for line in lines)

    def field(self, label: str, text: str) -> Markup:
        """Return a labelled entry such as 出席 (10.3): the label in 黑体, further lines hanging after it."""
        label = f"{label}："
        width = float(len(label))
        rows = compose(
            plain(label + text), partial(self.advance, "FS"), first=self.line - 2, rest=self.line - 2 - width
        )
        lines = Markup("<br>").join(_line(row) for row in rows)
        head = Markup('<span class="HT">{}</span>').format(label)
        return Markup('<p class="FS" style="padding-left:{:g}em;text-indent:-{:g}em">{}</p>').format(
            2 + width, width, lines.replace(label, head, 1)
        )

    def head(self, text: str) -> Markup:
        """Return a heading of the first level (7.3.3: 黑体)."""
        return paragraph(self.rows(text, "HT"), "HT", 2.0, tag="h2")

    def subhead(self, text: str) -> Markup:
        """Return a heading of the second level (7.3.3: 楷体)."""
        return paragraph(self.rows(text, "KT"), "KT", 2.0, tag="h3")

    def closing(self, text: Markup) -> tuple[Markup, Markup]:
        """Return the last paragraph in two parts; the second is kept on one page with the signature."""
        rows = self.rows(text.unescape())
        early, late = rows[:-KEPT], rows[-KEPT:]
        first = paragraph(early, "FS", 2.0) if early else Markup()
        return first, paragraph(late, "FS", 0.0 if early else 2.0)

    def title(self, text: str, columns: int | None = None) -> Markup:
        """Return the title, broken by sense (7.3.1) into lines of at most `columns` characters."""
        self.fonts.require("XBS", text)
        columns = columns or int(TITLE_WIDTH * self.line / LINE)
        lines = Markup("<br>").join(title_lines(plain(text), columns=columns))
        return Markup("<h1>{}</h1>").format(lines)


def plain(text: str) -> str:
    """Return `text` on one line: template indentation and line breaks go, spaces inside lines stay."""
    return "".join(line.strip(" \t") for line in str(text).splitlines())


def paragraph(rows: list[Row], style: str, indent: float, tag: str = "p") -> Markup:
    """Return rows as one HTML paragraph."""
    lines = Markup("<br>").join(_line(row) for row in rows)
    indented = Markup(' style="text-indent:{}em"').format(f"{indent:g}") if indent else Markup()
    return Markup('<{tag} class="{style}"{indented}>{lines}</{tag}>').format(
        tag=tag, style=style, indented=indented, lines=lines
    )


def _line(row: Row) -> Markup:
    return Markup("").join(
        Markup('<span style="letter-spacing:{:.6f}em">{}</span>').format(piece.spacing, piece.text)
        if piece.spacing
        else escape(piece.text)
        for piece in row.pieces
    )
