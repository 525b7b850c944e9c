"""Fixtures of the letter tests: the built fonts, one printed copy of each sample."""

from io import BytesIO
from pathlib import Path

import pdfplumber
import pytest

from survey.letters.faces import FontSet, load
from survey.letters.imprint import Imprint, printed
from survey.letters.kinds import Document
from tests.conftest import FONTS
from tests.letters.samples import an_imprint


@pytest.fixture(scope="session")
def fonts() -> FontSet:
    return load(FONTS)


def pdf_of(document: Document, imprint: Imprint | None = None, *, fonts: Path = FONTS) -> bytes:
    """Print a document with the built fonts."""
    return printed(document, imprint or an_imprint(), fonts=fonts)


def text_of(content: bytes) -> str:
    """Return all text of a PDF without its line breaks."""
    with pdfplumber.open(BytesIO(content)) as pdf:
        return "".join(page.extract_text() for page in pdf.pages).replace("\n", "")
