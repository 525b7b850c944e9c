"""Template and data to PDF/A-3a: strict names, local files only, equal input gives equal bytes.

The only module of the letters that imports WeasyPrint.
"""

import calendar
import datetime as dt
import logging
import os
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from survey import charts
from survey.errors import Refused
from survey.letters import chop, gb9704, qr
from survey.letters.faces import FontSet, load, no_glyph
from survey.letters.setting import Setter

with warnings.catch_warnings():
    # It warns that fontconfig knows no fonts, which is what letters need: theirs come by @font-face.
    warnings.filterwarnings("ignore", message="No fonts configured")
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError, URLFetcher

PACKAGE = Path(__file__).parent.parent
MISSING_GLYPH = ".notdef glyph"
OPTIONS = {"pdf_variant": "pdf/a-3a"}


def template_folder() -> Path:
    """Return the folder of templates: inside the installed package, else beside it in a checkout."""
    inside = PACKAGE / "templates"
    return inside if inside.is_dir() else PACKAGE.parent / "templates"


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Return the template environment: an undefined name fails the letter."""
    env = Environment(
        loader=FileSystemLoader(template_folder()),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals.update(m=gb9704.STANDARD, qr=qr.svg_uri, seal_of=chop.seal_uri, drawn=charts.image)
    return env


class Press:
    """Fonts and style sheets read once and shared by all letters; one letter is printed at a time."""

    def __init__(self, fonts: FontSet) -> None:
        self.fonts = fonts
        self.configuration = FontConfiguration()
        self.fetcher = URLFetcher(fail_on_errors=True, allowed_protocols={"file", "data"})
        self.faces = self._css(fonts.css())
        self.sheets: dict[tuple[str, gb9704.Grid], weasyprint.CSS] = {}
        self.overlays: dict[str, weasyprint.CSS] = {}
        self.lock = threading.Lock()

    def _css(self, text: str) -> weasyprint.CSS:
        return weasyprint.CSS(string=text, font_config=self.configuration, url_fetcher=self.fetcher)

    def sheet(self, name: str, grid: gb9704.Grid = gb9704.STANDARD) -> weasyprint.CSS:
        """Return the style sheet of that template name for pages of that grid."""
        if (name, grid) not in self.sheets:
            self.sheets[name, grid] = self._css(environment().get_template(name).render(m=grid))
        return self.sheets[name, grid]

    def overlay(self, css: str) -> list[weasyprint.CSS]:
        """Return the style sheet that goes over the template's own, parsed once."""
        if css and css not in self.overlays:
            self.overlays[css] = self._css(css)
        return [self.overlays[css]] if css else []

    def print(self, html: str, style: str, dated: dt.date, overlay: str = "") -> bytes:
        """Return `html` as PDF/A-3a dated `dated`; a missing glyph or image fails it."""
        return self.print_best(lambda _grid: html, style, dated, overlay=overlay)

    def print_best(
        self,
        html: Callable[[gb9704.Grid], str],
        style: str,
        dated: dt.date,
        *,
        overlay: str = "",
        first: gb9704.Grid = gb9704.STANDARD,
    ) -> bytes:
        """Return what `html` gives for the first grid that keeps the signature with the body (7.3.5.5).

        If no grid does, the first it is: the last rows of the body go with the signature.
        """
        target = BytesIO()
        with self.lock, _epoch(dated), _watched() as faults, warnings.catch_warnings():
            # WeasyPrint 70 leaves the closing of its colour profile to the garbage collector.
            warnings.filterwarnings("ignore", r"unclosed file .*sRGB2014\.icc", ResourceWarning)
            chosen = self._lay(html, style, overlay, first)
            if stranded(chosen):
                closer = (self._lay(html, style, overlay, grid) for grid in first.closer())
                chosen = next((each for each in closer if not stranded(each)), chosen)
            chosen.write_pdf(target, **OPTIONS)
        if faults:
            raise no_glyph(faults[0])
        return target.getvalue()

    def _lay(
        self, html: Callable[[gb9704.Grid], str], style: str, overlay: str, grid: gb9704.Grid
    ) -> weasyprint.Document:
        base, sheets = template_folder().as_uri() + "/", [self.faces, self.sheet(style, grid)]
        try:
            return weasyprint.HTML(string=html(grid), base_url=base, url_fetcher=self.fetcher).render(
                font_config=self.configuration, stylesheets=[*sheets, *self.overlay(overlay)], **OPTIONS
            )
        except FatalURLFetchingError as fault:
            raise Refused(
                "letters.image",
                "文书所用的图片（如印章）取不到，没有印出；请检查印章图片是否在指定位置。",
            ) from fault


def stranded(document: weasyprint.Document) -> bool:
    """Tell whether the signature had to leave the page of the body that it was set to follow."""
    for number, page in enumerate(document.pages):
        body = next(iter(page._page_box.children[0].children), None)
        first = next((box for box in body.children if box.is_in_normal_flow()), None) if body else None
        if (
            number
            and first is not None
            and first.element is not None
            and first.element.get("class") == "keep"
        ):
            return True
    return False


@contextmanager
def _epoch(dated: dt.date) -> Iterator[None]:
    """Date everything that WeasyPrint writes by the letter, not by the clock."""
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = str(calendar.timegm(dated.timetuple()))
    try:
        yield
    finally:
        os.environ.pop("SOURCE_DATE_EPOCH")
        if before is not None:
            os.environ["SOURCE_DATE_EPOCH"] = before


@contextmanager
def _watched() -> Iterator[list[str]]:
    """Collect the characters that WeasyPrint reports as having no glyph."""
    lost: list[str] = []

    class Watch(logging.Handler):
        """Keeps the missing characters of one letter."""

        def emit(self, record: logging.LogRecord) -> None:
            """Keep the character of a missing-glyph report."""
            if record.getMessage().startswith(MISSING_GLYPH) and isinstance(record.args, tuple):
                lost.append(str(record.args[0]))

    watch, logger = Watch(), logging.getLogger("weasyprint")
    logger.addHandler(watch)
    try:
        yield lost
    finally:
        logger.removeHandler(watch)


_presses: dict[str, Press] = {}


def press(folder: Path) -> Press:
    """Return the shared press for the fonts in `folder`; refuse when they have not been built."""
    fonts = load(folder)
    if fonts.digest not in _presses:
        _presses[fonts.digest] = Press(fonts)
    return _presses[fonts.digest]


def pdf(
    template: str,
    context: Mapping[str, object],
    *,
    fonts: Path,
    dated: dt.date,
    style: str,
    overlay: str = "",
    grid: gb9704.Grid = gb9704.STANDARD,
) -> bytes:
    """Return the template filled with `context` as PDF/A-3a; equal input gives equal bytes."""
    machine = press(fonts)
    page, setter = environment().get_template(template), Setter(machine.fonts, line=grid.columns)

    def html(closer: gb9704.Grid) -> str:
        return page.render({**context, "m": closer, "grid": grid, "set": setter})

    return machine.print_best(html, style, dated, overlay=overlay, first=grid)
