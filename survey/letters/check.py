"""Reading a finished letter: is it the archivable, self-contained PDF that it must be?

Used before a letter is kept; the tests measure positions as well.
"""

from collections.abc import Iterator
from io import BytesIO

import pikepdf

from survey.errors import Refused
from survey.letters.faces import FAMILIES, SLOT_FAMILIES

A4 = (595.2756, 841.8898)
TOLERANCE = 0.3  # pt
FORBIDDEN = ("/OpenAction", "/AA", "/JavaScript")


def faults(content: bytes) -> list[str]:
    """Return, each in one Chinese sentence, what keeps `content` from being a sound PDF/A-3a letter."""
    try:
        with pikepdf.open(BytesIO(content)) as pdf:
            return [*_document(pdf), *_pages(pdf), *_fonts(pdf)]
    except pikepdf.PasswordError:
        return ["文件加了密。"]
    except pikepdf.PdfError:
        return ["文件不是完整的PDF。"]


def require_sound(content: bytes) -> None:
    """Refuse a letter with a structural fault, naming the first one."""
    if found := faults(content):
        raise Refused("letters.unsound", f"排印出的文件不符合存档要求：{found[0]}")


def _document(pdf: pikepdf.Pdf) -> Iterator[str]:
    root = pdf.Root
    if pdf.is_encrypted:
        yield "文件加了密。"
    if any(name in root for name in FORBIDDEN) or not _only_seals(root):
        yield "文件含有脚本、表单或自动动作。"
    if str(root.get("/Lang", "")) != "zh-CN":
        yield "文件没有标明语言为中文。"
    if "/OutputIntents" not in root:
        yield "文件缺少输出意图（颜色）。"
    if "/StructTreeRoot" not in root or not _marked(root):
        yield "文件没有结构标签。"
    if "/ID" not in pdf.trailer:
        yield "文件缺少标识。"
    with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
        if (metadata.get("pdfaid:part"), metadata.get("pdfaid:conformance")) != ("3", "A"):
            yield "文件没有标明PDF/A-3a。"


def _only_seals(root: pikepdf.Object) -> bool:
    """Tell whether the file's form, if it has one, holds nothing but electronic seals."""
    form = root.get("/AcroForm")
    fields = list(form.get("/Fields", [])) if form is not None else []
    return all(field.get("/FT") == "/Sig" for field in fields)


def _marked(root: pikepdf.Object) -> bool:
    return "/MarkInfo" in root and bool(root["/MarkInfo"].get("/Marked", False))


def _pages(pdf: pikepdf.Pdf) -> Iterator[str]:
    for number, page in enumerate(pdf.pages, start=1):
        width, height = (float(value) for value in list(page.mediabox)[2:])
        sides = zip(A4, sorted((width, height)), strict=True)
        if any(abs(wanted - side) > TOLERANCE for wanted, side in sides):
            yield f"第{number}页不是A4。"


def _fonts(pdf: pikepdf.Pdf) -> Iterator[str]:
    for font in pdf.objects:
        if not isinstance(font, pikepdf.Dictionary) or font.get("/Type") != "/Font":
            continue
        name = str(font.get("/BaseFont", "/?"))[1:]
        if font.get("/Subtype") == "/Type0" and "/ToUnicode" not in font:
            yield f"字体 {name} 的文字不能检索。"
        descriptor = font.get("/FontDescriptor")
        if descriptor is not None and not {"/FontFile2", "/FontFile3"} & set(descriptor.keys()):
            yield f"字体 {name} 没有嵌入。"
        family = name.split("+")[-1].split("-")[0]
        if family not in {*FAMILIES.values(), *SLOT_FAMILIES.values()}:
            yield f"字体 {name} 不在公文字库中。"
