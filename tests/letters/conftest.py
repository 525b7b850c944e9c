"""Fixtures of the letter tests: the built fonts, one printed copy of each sample."""

from pathlib import Path

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
