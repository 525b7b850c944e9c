"""Stacks of filled-in ballots as scanners deliver them: one PDF of JPEGs, a TIFF, single pictures."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pikepdf
from PIL import Image

from survey.config import Config
from survey.paper import printing, sheet
from survey.paper.reading import Press
from survey.paper.sheet import Layout
from tests.paper.damage import Condition, scanned
from tests.paper.filling import Truth, Voter
from tests.paper.pages import FONTS, images
from tests.paper.slates import HEADING, a_slate

KEY = b"k" * 32
POLL = "2023Q1-v1"
UNITS = (20, 22)


@dataclass(frozen=True)
class Scan:
    """One scanned side: its pixels, whose ballot and page it is, and what it truly says."""

    grey: np.ndarray
    ballot: int
    page: int
    truths: tuple[Truth, ...]


@lru_cache(maxsize=4)
def printed(
    copies: int, units: tuple[int, ...] = UNITS, poll: str = POLL, key: bytes = KEY
) -> tuple[Layout, tuple[np.ndarray, ...]]:
    """Return a layout and every printed side, in order of ballots and pages, as grey images."""
    layout = sheet.compose(a_slate(units, poll))
    config = Config(instance=FONTS, mode="demo", secret_key="x" * 32)
    blank = printing.rendered(layout, HEADING, config=config)
    return layout, tuple(images(printing.print_job(blank, layout, key=key, copies=copies)))


def press(*layouts: Layout, key: bytes = KEY, poll: str = POLL) -> Press:
    return Press(poll, key, {layout.digest: layout for layout in layouts})


def scans(
    copies: int,
    *,
    seed: int = 1,
    condition: Condition | None = None,
    units: tuple[int, ...] = UNITS,
    clean: float = 1.0,
    change: Callable[[int, int], Condition] | None = None,
) -> list[Scan]:
    """Return every side of `copies` ballots, filled in and scanned."""
    layout, sides = printed(copies, units)
    found = []
    for at, side in enumerate(sides):
        ballot, page = divmod(at, layout.pages)
        rng = np.random.default_rng((seed, at))
        drawn = side.astype(np.float32)
        truths = Voter(drawn, layout.form, rng, clean=clean).fill(len(layout.side(page + 1)))
        how = change(ballot, page + 1) if change else condition or Condition()
        found.append(Scan(scanned(drawn, how, rng), ballot, page + 1, tuple(truths)))
    return found


def jpeg(grey: np.ndarray, quality: int = 85) -> bytes:
    out = io.BytesIO()
    Image.fromarray(grey).save(out, "JPEG", quality=quality, dpi=(200, 200))
    return out.getvalue()


def as_pdf(path: Path, greys: Sequence[np.ndarray], *, quality: int = 85) -> Path:
    """Write scans as an office scanner does: one JPEG a page."""
    with pikepdf.new() as pdf:
        for grey in greys:
            image = pikepdf.Stream(pdf, jpeg(grey, quality))
            image.stream_dict.update(_about(grey))
            height, width = grey.shape
            page = pdf.add_blank_page(page_size=(width * 0.36, height * 0.36))
            page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=image))
            page.Contents = pdf.make_stream(f"q {width * 0.36} 0 0 {height * 0.36} 0 0 cm /Im0 Do Q".encode())
        pdf.save(path)
    return path


def _about(grey: np.ndarray) -> dict[str, object]:
    return {
        "/Type": pikepdf.Name.XObject, "/Subtype": pikepdf.Name.Image, "/Width": grey.shape[1],
        "/Height": grey.shape[0], "/ColorSpace": pikepdf.Name.DeviceGray, "/BitsPerComponent": 8,
        "/Filter": pikepdf.Name.DCTDecode,
    }  # fmt: skip


def as_tiff(path: Path, greys: Sequence[np.ndarray], *, mode: str = "L") -> Path:
    pictures = [Image.fromarray(grey).convert(mode) for grey in greys]
    pictures[0].save(
        path, save_all=True, append_images=pictures[1:], compression="tiff_lzw" if mode == "L" else "group4"
    )
    return path


def as_picture(path: Path, grey: np.ndarray) -> Path:
    Image.fromarray(grey).save(path)
    return path
