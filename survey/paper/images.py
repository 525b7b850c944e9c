"""Files from any office scanner to grey images, page by page; a damaged one stops only itself."""

import hashlib
import io
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
from PIL import Image, ImageFile, ImageSequence, UnidentifiedImageError

from survey.errors import Invalid
from survey.paper.tags import Grey

SUFFIXES = frozenset({".pdf", ".tif", ".tiff", ".jpg", ".jpeg", ".png"})
MOST_PIXELS = 80_000_000  # A3 at 600 dpi
MOST_PAGES = 5_000
RENDER_DPI = 200
BROKEN = (
    OSError, ValueError, TypeError, KeyError, SyntaxError, MemoryError, EOFError, UnidentifiedImageError,
    Image.DecompressionBombError, pikepdf.PdfError, pikepdf.UnsupportedImageTypeError, pypdfium2.PdfiumError,
    NotImplementedError, AssertionError, RuntimeError,
)  # fmt: skip


@dataclass(frozen=True)
class Page:
    """One scanned side: its pixels, whether the file held black and white only, and its digest."""

    grey: Grey
    one_bit: bool
    sha256: str


def page_count(path: Path) -> int:
    """Return how many pages a file holds; refuse one of another kind or one that cannot be opened."""
    if path.suffix.lower() not in SUFFIXES:
        raise Invalid("paper.file_kind", f"「{path.name}」不是 PDF、TIFF、JPEG 或 PNG 文件，请重新扫描。")
    try:
        count = len(_opened(path).pages) if _is_pdf(path) else _frames(path)
    except BROKEN as fault:
        raise Invalid("paper.damaged_file", f"「{path.name}」已损坏，打不开，请重新扫描这一份。") from fault
    if count > MOST_PAGES:
        raise Invalid("paper.too_many_pages", f"「{path.name}」超过{MOST_PAGES}页，请分成几个文件再放入。")
    return count


def _is_pdf(path: Path) -> bool:
    return path.suffix.lower() == ".pdf"


def _frames(path: Path) -> int:
    with Image.open(path) as image:
        return int(getattr(image, "n_frames", 1))


@lru_cache(maxsize=1)
def _opened(path: Path) -> pikepdf.Pdf:
    """Return a PDF, kept open while its pages are read one after another.

    A cut-off file is damaged as a whole: what could be recovered of it might lack pages.
    """
    return pikepdf.open(path, attempt_recovery=False)


def page(path: Path, at: int) -> Page | None:
    """Return one page of a file, or None when it cannot be read whole."""
    lenient = ImageFile.LOAD_TRUNCATED_IMAGES  # WeasyPrint allows half images; a half ballot is none
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        return _pdf_page(path, at) if _is_pdf(path) else _frame(path, at)
    except BROKEN:
        return None
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = lenient


def _frame(path: Path, at: int) -> Page:
    with Image.open(path) as image:
        return _page(ImageSequence.Iterator(image)[at])


def _pdf_page(path: Path, at: int) -> Page:
    """Return a page's one scanned image as it is, else the page rendered."""
    page = _opened(path).pages[at]
    found = [each for each in page.get_images().values() if isinstance(each, pikepdf.Stream)]
    if len(found) == 1 and (image := _raw(found[0])) is not None:
        return image
    document = pypdfium2.PdfDocument(path)
    try:
        sheet = document[at]
        _refuse_huge(*(round(side / 72 * RENDER_DPI) for side in sheet.get_size()))
        return _page(sheet.render(scale=RENDER_DPI / 72, grayscale=True).to_pil())
    finally:
        document.close()


def _raw(stream: pikepdf.Stream) -> Page | None:
    """Return a PDF's image without rendering, or None where only rendering shows it right."""
    image = pikepdf.PdfImage(stream)
    if image.image_mask or "/SMask" in stream or "/Decode" in stream:
        return None
    _refuse_huge(image.width, image.height)
    kinds = set(image.filters)
    if kinds == {"/DCTDecode"}:
        return _page(Image.open(io.BytesIO(stream.read_raw_bytes())))
    if kinds <= {"/FlateDecode", "/CCITTFaxDecode"} and kinds:
        return _page(image.as_pil_image())
    return None


def _page(image: Image.Image) -> Page:
    _refuse_huge(image.width, image.height)
    one_bit = image.mode == "1"
    grey = np.array(image.convert("L"), np.uint8)
    return Page(grey, one_bit or _two_levels(grey), hashlib.sha256(grey.tobytes()).hexdigest())


def _two_levels(grey: Grey) -> bool:
    """Tell whether an image, whatever its depth says, holds only black and white."""
    return bool(np.count_nonzero(np.bincount(grey[::3, ::3].ravel(), minlength=256)) <= 2 < grey.size)


def _refuse_huge(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise ValueError("more pixels than any scanned sheet")
