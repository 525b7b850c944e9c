"""The print file: all letters of a batch as one PDF for the printing house, the body as a shared form.

A spool, not the record: the record is each letter's own file. Letters that the stamp cannot write stand in
their place as whole pages.
"""

from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pikepdf
from pikepdf import Array, Dictionary, Name

from survey.letters.batch import Job
from survey.letters.imprint import printed
from survey.letters.mould import Slot, resource, slot_font, widen
from survey.letters.stamp import Addressed, Stamp, code_glyphs, subset, to_unicode

A4 = (0, 0, 595.275591, 841.889764)
STEP = 100
SHARED = "/QipingShared"  # a private key of the catalogue, so that the fonts and forms are found again
Writer = Callable[[str, str], bytes]
Progress = Callable[[int, int], None]


def write(
    jobs: Sequence[Job], target: BinaryIO, *, fonts: Path, progress: Progress = lambda _done, _total: None
) -> int:
    """Write the letters in their order as one PDF into `target`; return the number of pages."""
    stamp = Stamp(*next(job for job in jobs if isinstance(job[0], Addressed)), fonts=fonts)
    fitting = [stamp.fits(*job) for job in jobs]
    salutations = [
        stamp.salutation(document) if fits else "" for (document, _), fits in zip(jobs, fitting, strict=True)
    ]
    letters = "".join(set("".join(salutations)))
    font, glyphs = subset(stamp.fonts, letters or "　")
    plain = [printed(*job, fonts=fonts) for job, fits in zip(jobs, fitting, strict=True) if not fits]
    base = _Base(stamp, font, to_unicode(glyphs), plain)
    target.write(base.content)
    table = str.maketrans(glyphs)
    spool = _Spool(base, stamp, target, at=len(base.content))
    apart = iter(base.apart)
    for done, (job, salutation, fits) in enumerate(zip(jobs, salutations, fitting, strict=True), start=1):
        if fits:
            spool.letter(salutation.translate(table), job[1].code)
        else:
            spool.kids += next(apart)
        if done % STEP == 0 or done == len(jobs):
            progress(done, len(jobs))
    spool.close()
    return len(spool.kids)


class _Base:
    """The constant part as a PDF of its own: forms, fonts, and the letters that go in as whole pages."""

    def __init__(self, stamp: Stamp, font: bytes, cmap: bytes, plain: Sequence[bytes]) -> None:
        self.blanks = stamp.mould.contents
        with pikepdf.open(BytesIO(stamp.source)) as pdf:
            name_font = slot_font(pdf, "NM")
            widen(name_font)
            descriptor = name_font.DescendantFonts[0].FontDescriptor
            descriptor.FontFile3 = pikepdf.Stream(pdf, font, Subtype=Name.OpenType)
            name_font.ToUnicode = pdf.make_stream(cmap)
            forms = [self._form(pdf, page, stamp.mould.slots) for page in range(len(pdf.pages))]
            shown = {resource(each).decode(): each for each in (name_font, slot_font(pdf, "NC"))}
            pdf.Root[SHARED] = pdf.make_indirect(
                Dictionary(
                    Font=Dictionary({f"/{key}": value for key, value in shown.items()}),
                    XObject=Dictionary({f"/B{number}": form for number, form in enumerate(forms)}),
                )
            )
            del pdf.pages[:]
            for key in ("/StructTreeRoot", "/MarkInfo", "/Metadata"):
                if key in pdf.Root:
                    del pdf.Root[key]
            counts = [self._append(pdf, each) for each in plain]
            self._save(pdf, counts)

    def _form(self, pdf: pikepdf.Pdf, page: int, slots: Sequence[Slot]) -> pikepdf.Object:
        text = self.blanks[page]
        for slot in sorted((s for s in slots if s.page == page), key=lambda s: -s.start):
            text = text[: slot.start] + text[slot.end :]
        return pikepdf.Stream(
            pdf,
            text,
            Type=Name.XObject,
            Subtype=Name.Form,
            BBox=Array(A4),
            Resources=pdf.pages[page].obj.Resources,
        )

    @staticmethod
    def _append(pdf: pikepdf.Pdf, content: bytes) -> int:
        with pikepdf.open(BytesIO(content)) as other:
            for page in other.pages:
                del page.obj["/StructParents"]
            pdf.pages.extend(other.pages)
            return len(other.pages)

    def _save(self, pdf: pikepdf.Pdf, counts: Sequence[int]) -> None:
        target = BytesIO()
        pdf.save(
            target,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            compress_streams=True,
            deterministic_id=True,
            force_version="1.7",
        )
        self.content = target.getvalue()
        with pikepdf.open(BytesIO(self.content)) as saved:
            self.size = int(saved.trailer.Size)
            self.root, self.info = saved.trailer.Root.unparse(), saved.trailer.Info.unparse()
            self.id = saved.trailer.ID.unparse()
            self.tree = saved.Root.Pages.objgen[0]
            self.shared = saved.Root[SHARED].unparse()
            numbers = iter(page.obj.objgen[0] for page in saved.pages)
            self.apart = [[next(numbers) for _ in range(count)] for count in counts]
        self.startxref = int(self.content.rsplit(b"startxref", 1)[1].split()[0])


class _Spool:
    """Appends letters to the constant part as one incremental update."""

    def __init__(self, base: _Base, stamp: Stamp, target: BinaryIO, *, at: int) -> None:
        self.base, self.stamp, self.target, self.at = base, stamp, target, at
        self.number = base.size
        self.kids: list[int] = []
        self.xref: list[bytes] = []
        count = len(stamp.mould.contents)
        self.pages = [_Page(page, stamp) for page in range(count)]

    def letter(self, ids: str, code: str) -> None:
        """Append one letter, its salutation given as glyph numbers."""
        parts = []
        for page in self.pages:
            number = self.number
            content = page.content(ids, code)
            stream = b"%d 0 obj\n<< /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (
                number, len(content), content,
            )  # fmt: skip
            leaf = b"%d 0 obj\n<< /Type /Page /Parent %d 0 R /Contents %d 0 R >>\nendobj\n" % (
                number + 1, self.base.tree, number,
            )  # fmt: skip
            self.xref.append(b"%010d 00000 n \n%010d 00000 n \n" % (self.at, self.at + len(stream)))
            self.at += len(stream) + len(leaf)
            parts += [stream, leaf]
            self.kids.append(number + 1)
            self.number = number + 2
        self.target.write(b"".join(parts))

    def close(self) -> None:
        """Write the page tree, the cross-reference table and the trailer."""
        base = self.base
        kids = b" ".join(b"%d 0 R" % kid for kid in self.kids)
        box = b"%g %g %f %f" % A4
        entries = b"/Type /Pages /Count %d /MediaBox [ %s ] /Resources %s" % (
            len(self.kids),
            box,
            base.shared,
        )
        tree = b"%d 0 obj\n<< %s /Kids [ %s ] >>\nendobj\n" % (base.tree, entries, kids)
        self.target.write(tree)
        start = self.at + len(tree)
        self.target.write(b"xref\n%d 1\n%010d 00000 n \n" % (base.tree, self.at))
        if self.xref:
            self.target.write(b"%d %d\n%s" % (base.size, self.number - base.size, b"".join(self.xref)))
        self.target.write(
            b"trailer\n<< /Size %d /Prev %d /Root %s /Info %s /ID %s >>\nstartxref\n%d\n%%%%EOF\n"
            % (self.number, base.startxref, base.root, base.info, base.id, start)
        )


class _Page:
    """One page of every letter: the form, then what its slots hold."""

    def __init__(self, page: int, stamp: Stamp) -> None:
        self.stamp = stamp
        self.head = b"/B%d Do" % page
        self.writers = [(slot.name, *_frame(slot, stamp)) for slot in stamp.mould.slots if slot.page == page]

    def content(self, ids: str, code: str) -> bytes:
        """Return the page's operators for one letter."""
        return b"".join((self.head, *self._slots(ids, code)))

    def _slots(self, ids: str, code: str) -> Iterator[bytes]:
        for name, before, after in self.writers:
            yield before
            if name == "name":
                yield ids.encode()
            elif name == "code":
                yield code_glyphs(self.stamp.fonts, code).encode()
            else:
                yield self.stamp.series.image(code).hex().encode()
            yield after


def _frame(slot: Slot, stamp: Stamp) -> tuple[bytes, bytes]:
    """Return the operators before and after what a slot holds."""
    place = b"\nq 0 0 0 rg " + b" ".join(f"{each:.6f}".encode() for each in slot.matrix) + b" cm\n"
    if slot.name != "qr":
        return place + b"BT\n" + slot.lead + b"[<", b">] TJ\nET Q"
    side = stamp.series.side
    image = b"BI /W %d /H %d /BPC 1 /IM true /D [1 0] /F /AHx ID\n" % (side, side)
    return place + b"%d 0 0 -%d 0 %d cm\n" % (side, side, side) + image, b">\nEI Q"
