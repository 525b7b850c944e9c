"""A finished letter taken apart: constant objects, and the slots that differ from letter to letter.

The letter is rendered once with placeholders in fonts of their own (families NM and NC). The pages' content
is then cut around each slot; a PDF page may have many content streams, so all but the slots stay as they are.
"""

import re
import zlib
from dataclasses import dataclass
from io import BytesIO

import pikepdf
from pikepdf import Array, Name

from survey.errors import Refused

NUMBER = rb"-?[\d.]+"
Matrix = tuple[float, float, float, float, float, float]
UPRIGHT: Matrix = (1, 0, 0, 1, 0, 0)
TEXT = rb"BT\n(?P<tm>[^\n]+) Tm\n(?P<tf>/%s [\d.]+ Tf)\n(?P<slot>\[<[0-9a-f]+>\S* TJ|\[[^\]]*\] TJ)"


@dataclass(frozen=True)
class Slot:
    """One place in a page's content: what stands there now, the text operators before it, its coordinates."""

    name: str
    page: int
    start: int
    end: int
    matrix: Matrix
    lead: bytes = b""


@dataclass(frozen=True)
class Mould:
    """A letter in parts: objects by number (None: free), page content with its slots, fonts of the slots."""

    header: bytes
    objects: dict[int, bytes]
    slots: tuple[Slot, ...]
    contents: tuple[bytes, ...]
    pages: tuple[int, ...]
    resources: tuple[bytes, ...]
    tail: int
    root: bytes
    info: bytes


def unfit(reason: str) -> Refused:
    """Return the refusal of a letter that cannot be compiled and is printed the plain way."""
    return Refused("letters.unfit", f"这种信函不能用快速排印，改用逐份排印：{reason}。")


def take_apart(content: bytes, *, qr_path: bytes) -> Mould:
    """Cut a rendered letter around its three slots: salutation (NM), code (NC) and QR path.

    The five objects of one letter (salutation, code, QR, NM's font file and ToUnicode) get the numbers from
    `tail` on, in this order.
    """
    with pikepdf.open(BytesIO(content)) as pdf:
        name_font, code_font = slot_font(pdf, "NM"), slot_font(pdf, "NC")
        contents = tuple(page.Contents.read_bytes() for page in pdf.pages)
        slots = (
            _text_slot("name", contents, resource(name_font)),
            _text_slot("code", contents, resource(code_font)),
            _path_slot(contents, qr_path),
        )
        dropped = {page.Contents.objgen[0] for page in pdf.pages}
        dropped |= widen(name_font)
        variable = _lay(pdf, contents, slots, name_font)
        pages = tuple(page.obj.objgen[0] for page in pdf.pages)
        objects = {
            each.objgen[0]: _written(each)
            for each in pdf.objects
            if each.objgen[0] < variable and each.objgen[0] not in dropped and not _packing(each)
        }
        return Mould(
            header=content[: content.index(b"\n", content.index(b"\n") + 1) + 1],
            objects=objects,
            slots=slots,
            contents=contents,
            pages=pages,
            resources=tuple(page.obj.Resources.unparse() for page in pdf.pages),
            tail=variable,
            root=pdf.trailer.Root.unparse(),
            info=pdf.trailer.Info.unparse(),
        )


def slot_font(pdf: pikepdf.Pdf, family: str) -> pikepdf.Object:
    """Return the font of a slot family."""
    for each in pdf.objects:
        composite = isinstance(each, pikepdf.Dictionary) and each.get("/Subtype") == "/Type0"
        if composite and str(each.BaseFont).endswith(f"+{family}"):
            return each
    raise unfit(f"没有{family}字体")


def resource(font: pikepdf.Object) -> bytes:
    """Return the name by which pages know a font."""
    # WeasyPrint names a font resource by the tag before the + of its BaseFont.
    return str(font.BaseFont)[1:].split("+")[0].encode()


def _text_slot(name: str, contents: tuple[bytes, ...], font: bytes) -> Slot:
    pattern = re.compile(TEXT % font)
    found = [(page, match) for page, text in enumerate(contents) for match in pattern.finditer(text)]
    used = sum(text.count(b"/%s " % font) for text in contents)
    if len(found) != 1 or used != 1:
        raise unfit("称谓或查验码不止一处")
    page, match = found[0]
    matrix = _matrix(contents[page][: match.start()])
    lead = b"%s Tm\n%s\n" % (match["tm"], match["tf"])
    return Slot(name, page, match.start("slot"), match.end("slot"), matrix, lead)


def _path_slot(contents: tuple[bytes, ...], path: bytes) -> Slot:
    path += b"\nB"
    places = [(page, text.find(path)) for page, text in enumerate(contents) if text.count(path) == 1]
    if len(places) != 1:
        raise unfit("二维码不是一处")
    page, start = places[0]
    return Slot("qr", page, start, start + len(path), _matrix(contents[page][:start]))


def _matrix(before: bytes) -> Matrix:
    """Return the coordinates in force after these operators."""
    stack, now = [], UPRIGHT
    for line in before.split(b"\n"):
        if line == b"q":
            stack.append(now)
        elif line == b"Q":
            now = stack.pop()
        elif line.endswith(b" cm"):
            now = _times(tuple(float(each) for each in line.split()[:6]), now)
    return now


def _times(one: tuple[float, ...], two: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    g, h, i, j, k, m = two
    return (
        a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m,
    )  # fmt: skip


def widen(font: pikepdf.Object) -> set[int]:
    """Let a font hold any full-width glyph; return the numbers of the objects that each letter replaces."""
    descendant = font.DescendantFonts[0]
    descendant.W, descendant.DW = Array([]), 1000
    descriptor = descendant.FontDescriptor
    if "/FontFile3" not in descriptor:
        raise unfit("仿宋不是CFF字体")
    if "/CIDSet" in descriptor:
        del descriptor["/CIDSet"]
    return {descriptor.FontFile3.objgen[0], font.ToUnicode.objgen[0]}


def _lay(pdf: pikepdf.Pdf, contents: tuple[bytes, ...], slots: tuple[Slot, ...], font: pikepdf.Object) -> int:
    """Give the pages their cut content; return the number of the first of the five objects of a letter."""
    pieces = {page: _pieces(pdf, text, page, slots) for page, text in enumerate(contents)}
    fresh = {slot.name: pdf.make_stream(b"") for slot in slots}
    for number, page in enumerate(pdf.pages):
        on_page = [slot for slot in sorted(slots, key=lambda slot: slot.start) if slot.page == number]
        streams = [pieces[number][0]]
        for slot, after in zip(on_page, pieces[number][1:], strict=True):
            streams += [fresh[slot.name], after]
        page.obj.Contents = Array(streams)
    font.DescendantFonts[0].FontDescriptor.FontFile3 = pdf.make_stream(b"")
    font.ToUnicode = pdf.make_stream(b"")
    return int(fresh["name"].objgen[0])


def _pieces(pdf: pikepdf.Pdf, text: bytes, page: int, slots: tuple[Slot, ...]) -> list[pikepdf.Object]:
    cuts = sorted((slot.start, slot.end) for slot in slots if slot.page == page)
    starts = [0, *(end for _, end in cuts)]
    ends = [*(start for start, _ in cuts), len(text)]
    return [
        pikepdf.Stream(pdf, zlib.compress(text[start:end], 9), Filter=Name.FlateDecode)
        for start, end in zip(starts, ends, strict=True)
    ]


def _packing(each: pikepdf.Object) -> bool:
    return isinstance(each, pikepdf.Stream) and each.get("/Type") in ("/ObjStm", "/XRef")


def _written(each: pikepdf.Object) -> bytes:
    if isinstance(each, pikepdf.Stream):
        raw = each.read_raw_bytes()
        entries = pikepdf.Dictionary(dict(each.stream_dict.items()))
        entries.Length = len(raw)
        return bytes(entries.unparse()) + b"\nstream\n" + raw + b"\nendstream"
    return bytes(each.unparse(resolved=True))
