"""The compiled stamp: WeasyPrint renders a letter once, its sisters are written as bytes.

For letters that differ in their addressee alone: salutation, verification code and QR code are slots in a
mould (see mould). A letter with anything else different, or that needs another font for its salutation,
does not fit and is printed the plain way.
"""

import hashlib
from dataclasses import fields, replace
from operator import attrgetter
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import uharfbuzz as hb

from survey.letters import qr
from survey.letters.compose import LINE
from survey.letters.faces import SLOT_FAMILIES, FontSet, load
from survey.letters.facts import Document
from survey.letters.imprint import Imprint, grouped, printed
from survey.letters.mould import Mould, take_apart, unfit

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U
SLOT = "enterprise"  # the field that may differ
PLACEHOLDER = "甲乙丙丁"
DROPPED = (b"OS/2", b"name", b"post", b"VORG", b"vhea", b"vmtx")
OBJECTS = 5  # of each letter: salutation, code, QR, font file, ToUnicode
BFCHARS = 100  # the PDF standard's limit of one block


@runtime_checkable
class Addressed(Protocol):
    """A kind whose letters of one batch may differ in the addressee alone, who stands in the salutation."""

    enterprise: str

    @property
    def salutation(self) -> str:
        """Return the line that names the addressee."""


def overlay(fonts: FontSet) -> str:
    """Return the style sheet that sets the slots in fonts of their own."""
    faces = "".join(
        f"@font-face {{ font-family: {family}; src: url({fonts.faces[name].path.resolve().as_uri()}); }}"
        for name, family in SLOT_FAMILIES.items()
    )
    return f"{faces} p.salutation {{ font-family: NM; }} .verify .code {{ font-family: NC; }}"


class Stamp:
    """A mould and all that is constant in its letters, ready to write any of them."""

    def __init__(self, document: Document, imprint: Imprint, *, fonts: Path) -> None:
        if not isinstance(document, Addressed) or not imprint.check_url.endswith(imprint.code):
            raise unfit("这类文书没有固定的称谓和查验码位置")
        self.fonts = load(fonts)
        self.kind = type(document)
        names = [each.name for each in fields(self.kind) if each.name != SLOT]  # type: ignore[arg-type]  # kinds are dataclasses
        self._said = attrgetter(*names)
        self._says = self._said(document)
        self._chars, self._wide = frozenset(ALPHABET), set[str]()
        self.prefix = imprint.check_url.removesuffix(imprint.code)
        self.imprint = imprint
        self._marked = (imprint.number, imprint.dated, imprint.seal)
        self.length = len(imprint.code)
        self.series = qr.series(self.prefix, self.length)
        self.mould = self._compile(document, fonts)
        self._write_static(self.mould)

    def _compile(self, document: Any, fonts: Path) -> Mould:
        zeros = qr.ZERO * self.length
        sample = replace(self.imprint, code=ALPHABET, check_url=self.prefix + zeros)
        content = printed(
            replace(document, enterprise=PLACEHOLDER), sample, fonts=fonts, overlay=overlay(self.fonts)
        )
        self.source = content
        return take_apart(content, qr_path=self.series.path(zeros))

    def _write_static(self, mould: Mould) -> None:
        parts, offset, lines = [mould.header], len(mould.header), [b"0000000000 65535 f \n"]
        for number in range(1, mould.tail):
            if number not in mould.objects:
                lines.append(b"0000000000 65535 f \n")
                continue
            part = b"%d 0 obj\n%s\nendobj\n" % (number, mould.objects[number])
            lines.append(b"%010d 00000 n \n" % offset)
            parts.append(part)
            offset += len(part)
        size = mould.tail + OBJECTS
        self.static, self.xref = b"".join(parts), b"xref\n0 %d\n%s" % (size, b"".join(lines))
        self.trailer = b"trailer\n<< /Size %d /Root %s /Info %s" % (size, mould.root, mould.info)
        self._digest = hashlib.sha256(self.static)

    def fits(self, document: Document, imprint: Imprint) -> bool:
        """Tell whether this letter differs from the others in its slots alone, and the slots can hold it."""
        return (
            type(document) is self.kind
            and imprint.check_url == self.prefix + imprint.code
            and len(imprint.code) == self.length
            and (imprint.number, imprint.dated, imprint.seal) == self._marked
            and self._said(document) == self._says
            and self._chars.issuperset(imprint.code)
            and self._fits_line(self.salutation(document))
        )

    @staticmethod
    def salutation(document: Any) -> str:
        """Return the salutation of a letter that fits."""
        return str(document.salutation)

    def _fits_line(self, salutation: str) -> bool:
        """Tell whether a salutation takes one line of full-width characters of the body's font alone."""
        fresh = set(salutation) - self._wide
        wide = {char for char in fresh if self.fonts.faces["fang"].advance(char) == 1.0}
        self._wide |= wide
        return 0 < len(salutation) <= LINE and wide == fresh

    def print(self, document: Document, imprint: Imprint) -> bytes:
        """Return a letter that fits as PDF/A-3a; equal input gives equal bytes."""
        return self.strike(self.salutation(document), imprint.code)

    def strike(self, salutation: str, code: str) -> bytes:
        """Return the letter with this salutation and code."""
        font, glyphs = subset(self.fonts, salutation)
        ids = "".join([glyphs[char] for char in salutation])
        objects = (
            _stream(b"[<%s>] TJ" % ids.encode()),
            _stream(b"[<%s>] TJ" % code_glyphs(self.fonts, code).encode()),
            _stream(self.series.path(code) + b"\nB"),
            _stream(font, b"/Subtype /OpenType "),
            _stream(to_unicode(glyphs)),
        )
        parts, offset, lines = [self.static], len(self.static), []
        for number, content in enumerate(objects, start=self.mould.tail):
            part = b"%d 0 obj\n%s\nendobj\n" % (number, content)
            lines.append(b"%010d 00000 n \n" % offset)
            parts.append(part)
            offset += len(part)
        digest = self._digest.copy()
        digest.update(f"{salutation}\n{code}".encode())
        name = digest.hexdigest()[:32].encode()
        return b"".join(
            (
                *parts, self.xref, *lines, self.trailer, b" /ID [<%s> <%s>] >>\n" % (name, name),
                b"startxref\n%d\n%%%%EOF\n" % offset,
            )
        )  # fmt: skip


def subset(fonts: FontSet, text: str) -> tuple[bytes, dict[str, str]]:
    """Return the body's font cut down to `text`, and the hex number of each character's glyph in it."""
    face = fonts.faces["fang"]
    cut = hb.SubsetInput()
    cut.unicode_set.set({ord(char) for char in text})
    cut.layout_feature_tag_set.clear()
    cut.drop_table_tag_set.update(int.from_bytes(tag, "big") for tag in DROPPED)
    cut.flags = (
        hb.SubsetFlags.NO_HINTING
        | hb.SubsetFlags.DESUBROUTINIZE
        | hb.SubsetFlags.NOTDEF_OUTLINE
        | hb.SubsetFlags.CFF_IDENTITY_CHARSET
    )
    ordered = sorted(set(text), key=face.glyph)
    glyphs = {char: f"{number:04x}" for number, char in enumerate(ordered, start=1)}
    return bytes(hb.subset(face.prepared, cut).blob.data), glyphs


def code_glyphs(fonts: FontSet, code: str) -> str:
    """Return a verification code in groups of four as glyph numbers of the Latin font."""
    return grouped(code).translate(_code_table(fonts.digest, fonts))


_tables: dict[str, dict[int, str]] = {}


def _code_table(digest: str, fonts: FontSet) -> dict[int, str]:
    if digest not in _tables:
        face = fonts.faces["song"]
        _tables[digest] = {ord(char): f"{face.glyph(char):04x}" for char in f"{ALPHABET} "}
    return _tables[digest]


def to_unicode(glyphs: dict[str, str]) -> bytes:
    """Return the CMap that gives each glyph its character back."""
    entries = [f"<{number}> <{char.encode('utf-16-be').hex()}>" for char, number in glyphs.items()]
    blocks = [entries[at : at + BFCHARS] for at in range(0, len(entries), BFCHARS)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return f"{CMAP_HEAD}\n{body}\n{CMAP_TAIL}".encode()


CMAP_HEAD = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo
<< /Registry (Adobe)
/Ordering (UCS)
/Supplement 0
>> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <ffff>
endcodespacerange"""
CMAP_TAIL = """endcmap
CMapName currentdict /CMap defineresource pop
end
end"""


def _stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<< %s/Length %d >>\nstream\n%s\nendstream" % (entries, len(content), content)
