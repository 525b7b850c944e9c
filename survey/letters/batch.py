"""Printing a batch: letters that differ in their addressee alone are stamped, all others set one by one.

A stamp is trusted only after the oracle: some letters of the batch, drawn anew each time, are printed both
ways and must be equal in every pixel. Any doubt, and the batch goes the plain way.
"""

import logging
import secrets
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from survey.errors import Refused
from survey.letters.check import require_sound
from survey.letters.facts import Document
from survey.letters.imprint import Imprint, printed
from survey.letters.oracle import difference
from survey.letters.stamp import Addressed, Stamp

LEAST = 20  # letters; a stamp costs as much as about three
ORACLE = 3
Job = tuple[Document, Imprint]
Printer = Callable[[Document, Imprint], bytes]
log = logging.getLogger(__name__)


def plain(fonts: Path) -> Printer:
    """Return the printer that sets each letter by itself and checks it."""

    def _print(document: Document, imprint: Imprint) -> bytes:
        content = printed(document, imprint, fonts=fonts)
        require_sound(content)
        return content

    return _print


def printer(jobs: Sequence[Job], *, fonts: Path) -> Printer:
    """Return the printer for these letters: stamps where enough are alike and proved, else the plain way."""
    stamps = [stamp for group in _alike(jobs) if (stamp := _proved(group, fonts)) is not None]
    set_one = plain(fonts)

    def _print(document: Document, imprint: Imprint) -> bytes:
        stamp = next((each for each in stamps if each.fits(document, imprint)), None)
        return stamp.print(document, imprint) if stamp else set_one(document, imprint)

    return _print


def again(document: Document, imprint: Imprint, *, fonts: Path) -> list[bytes]:
    """Return the letter printed each way that there is: the plain one, then the stamped one if it fits."""
    ways = [printed(document, imprint, fonts=fonts)]
    try:
        stamp = Stamp(document, imprint, fonts=fonts)
    except Refused:
        return ways
    return [*ways, stamp.print(document, imprint)] if stamp.fits(document, imprint) else ways


def _alike(jobs: Sequence[Job]) -> list[list[Job]]:
    groups: defaultdict[Hashable, list[Job]] = defaultdict(list)
    for document, imprint in jobs:
        if isinstance(document, Addressed):
            same: Any = replace(document, enterprise="")  # type: ignore[type-var]  # kinds are dataclasses
            groups[same, imprint.number, imprint.dated].append((document, imprint))
    return [group for group in groups.values() if len(group) >= LEAST]


def _proved(group: list[Job], fonts: Path) -> Stamp | None:
    try:
        stamp = Stamp(*group[0], fonts=fonts)
    except Refused as refusal:
        log.warning("No stamp for this batch: %s", refusal.sentence)
        return None
    return stamp if holds(stamp, group, fonts=fonts) else None


def holds(stamp: Stamp, jobs: Sequence[Job], *, fonts: Path) -> bool:
    """Ask the oracle about some of the letters that the stamp would print, drawn at random."""
    fitting = [job for job in jobs if stamp.fits(*job)]
    for document, imprint in secrets.SystemRandom().sample(fitting, min(ORACLE, len(fitting))):
        found = difference(stamp.print(document, imprint), printed(document, imprint, fonts=fonts))
        if found:
            log.warning("A stamped letter differs from the plain one (%s); the batch is set plainly.", found)
            return False
    return True
