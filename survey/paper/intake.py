"""A stack of scans to read sides: files page by page on several processes, resumable, in no kept order.

Only digests, states and rows leave here. Of each portion the sides are sorted by digest, so that nothing
tells how the stack lay (paper.md section 3).
"""

import hashlib
import multiprocessing
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import cv2

from survey.errors import Invalid
from survey.paper import images, reading
from survey.paper.reading import Press, Side, State
from survey.paper.sheet import SIDES

PORTION = 48  # images read between two savings
PROCESSES = 2

Place = tuple[Path, int]


def files_in(folder: Path) -> list[Path]:
    """Return the scans in a folder, sorted by name; other files are left alone."""
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in images.SUFFIXES)
    if not found:
        raise Invalid("paper.no_scans", "文件夹里没有 PDF、TIFF、JPEG 或 PNG 扫描件，请核对后再试。")
    return found


def places(files: Iterable[Path]) -> tuple[list[Place], list[Path]]:
    """Return every page of the files as (file, page), and the files that cannot be opened at all."""
    found: list[Place] = []
    damaged: list[Path] = []
    for path in files:
        try:
            found += [(path, at) for at in range(images.page_count(path))]
        except Invalid:
            damaged.append(path)
    return found, damaged


def read_place(place: Place, *, press: Press, known: frozenset[str]) -> Side | None:
    """Read one page of a file; an image taken in before is None and costs only its decoding."""
    page = images.page(*place)
    if page is not None and page.sha256 in known:
        return None
    return reading.read(page, press)


def read_files(
    files: Sequence[Path], press: Press, *, known: frozenset[str] = frozenset(), processes: int = PROCESSES
) -> Iterator[list[Side]]:
    """Yield portions of newly read sides; a damaged file or page stops nothing but itself."""
    found, damaged = places(files)
    if damaged:
        yield [Side(hashlib.sha256(path.read_bytes()).hexdigest(), State.DAMAGED) for path in damaged]
    work = partial(read_place, press=press, known=known)
    if processes == 1:
        yield from (_portion(map(work, part)) for part in _portions(found))
        return
    with _pool(processes) as pool:
        for part in _portions(found):
            yield _portion(pool.map(work, part, chunksize=4))


def _pool(processes: int) -> ProcessPoolExecutor:
    """Return fresh processes: one forked while OpenCV's threads hold a lock would wait for ever.

    Each reads on one thread, for more would only wait for one another.
    """
    fresh = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(processes, fresh, initializer=cv2.setNumThreads, initargs=(1,))


def _portions(found: Sequence[Place]) -> Iterator[Sequence[Place]]:
    return (found[start : start + PORTION] for start in range(0, len(found), PORTION))


def _portion(sides: Iterable[Side | None]) -> list[Side]:
    return sorted((side for side in sides if side is not None), key=lambda side: side.sha256)


def without_repeats(sides: Iterable[Side], taken: set[tuple[str, int]]) -> list[Side]:
    """Return sides with every second scan of the same side marked; `taken` grows by the sides kept."""
    found = []
    for side in sides:
        if side.state.ours and side.token:
            if side.identity in taken:
                found.append(replace(side, state=State.DUPLICATE, rows=(), pictures=(), remark=b""))
                continue
            taken.add(side.identity)
        found.append(side)
    return found


def missing(taken: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return the token and page of every side that was not scanned though its other side was."""
    there = set(taken)
    partners = ((token, page - 1 if page % SIDES == 0 else page + 1) for token, page in there)
    return sorted(each for each in partners if each not in there)


def merkle_root(digests: Iterable[str]) -> str:
    """Return the root over the sorted digests of all images; leaves and nodes are hashed apart."""
    level = [hashlib.sha256(b"\x00" + bytes.fromhex(each)).digest() for each in sorted(set(digests))]
    while len(level) > 1:
        paired = [
            hashlib.sha256(b"\x01" + left + right).digest()
            for left, right in zip(level[::2], level[1::2], strict=False)
        ]
        level = paired + level[len(paired) * 2 :]
    return level[0].hex() if level else hashlib.sha256(b"").hexdigest()
