"""The oracle of the stamp: WeasyPrint's own letter, against which stamped ones are held pixel by pixel."""

from io import BytesIO

import pikepdf
import pypdfium2

from survey.letters.check import faults

DPI = 100


def difference(stamped: bytes, plain: bytes) -> str | None:
    """Return in what a stamped letter differs from the plain one, None when it is as good in every point."""
    if found := faults(stamped):
        return found[0]
    with pikepdf.open(BytesIO(stamped)) as pdf:
        if problems := pdf.check_pdf_syntax():
            return str(problems[0])
    with pypdfium2.PdfDocument(stamped) as one, pypdfium2.PdfDocument(plain) as other:
        if len(one) != len(other):
            return "页数不同。"
        for number in range(len(one)):
            if found_on := _on_page(one[number], other[number]):
                return f"第{number + 1}页{found_on}"
    return None


def _on_page(one: pypdfium2.PdfPage, other: pypdfium2.PdfPage) -> str | None:
    if _text(one) != _text(other):
        return "文字不同。"
    if pixels(one) != pixels(other):
        return "图像不同。"
    return None


def _text(page: pypdfium2.PdfPage) -> str:
    return "".join(page.get_textpage().get_text_range().split())


def pixels(page: pypdfium2.PdfPage) -> bytes:
    """Return the page's pixels at the oracle's resolution."""
    return bytes(page.render(scale=DPI / 72).buffer)
