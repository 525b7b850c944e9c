"""Fixtures of the letter tests: the built fonts, one printed copy of each sample."""

from functools import cache
from pathlib import Path

import pypdfium2
import pytest

from survey.letters.faces import FontSet, load
from survey.letters.imprint import Imprint, printed
from survey.letters.kinds import Document
from tests.conftest import FONTS
from tests.letters.geometry import Page, measure
from tests.letters.samples import SAMPLES, a_reminder, an_imprint, many_problems


@pytest.fixture(scope="session")
def fonts() -> FontSet:
    return load(FONTS)


@cache
def sample_pdf(name: str) -> bytes:
    """Return the sample of that name, printed once for all tests."""
    return pdf_of(SAMPLES[name]())


@cache
def sample_pages(name: str) -> tuple[Page, ...]:
    """Return the sample of that name as measured, once for all tests."""
    return tuple(measure(sample_pdf(name)))


@cache
def sixty_problems() -> bytes:
    """Return a reminder with a list of sixty problems, printed once for all tests."""
    return pdf_of(a_reminder(problems=many_problems(60)))


def pdf_of(document: Document, imprint: Imprint | None = None, *, fonts: Path = FONTS) -> bytes:
    """Print a document with the built fonts."""
    return printed(document, imprint or an_imprint(), fonts=fonts)


def text_of(content: bytes) -> str:
    """Return all text of a PDF without its line breaks."""
    with pypdfium2.PdfDocument(content) as pdf:
        text = "".join(page.get_textpage().get_text_range() for page in pdf)
    return "".join(text.splitlines())
