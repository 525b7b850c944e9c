"""What paper costs: a print job of 110 ballots, and reading a hall's scans on two processes.

The references of the same run are rendering the same PDF pages with PDFium at 200 dpi, what looking at them
costs before anything is read, and Auto Multiple Choice on its own form with the same pens and scanner,
where it is installed. The judging run of the reader is a command of its own, tests.paper.judge.
"""

import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import pypdfium2

from survey.config import Config
from survey.paper import intake, printing, sheet
from survey.paper.reading import Press, State
from tests.bench import peer
from tests.paper import stacks
from tests.paper.damage import CONDITIONS, Condition
from tests.paper.slates import HEADING, sample_slate

BALLOTS, SIDES_A_BALLOT = 110, 14
PRINT_AIM = 10.0  # CPU s
READ_AIM = 105.0  # s of wall clock for all sides on two cores
BALLOT_SAMPLE = 7  # filled in, one side under each condition
SAMPLE = 308  # sides read here; the hall's time is their time in proportion
PEER_COPIES = 10
INSTANCE = Path(__file__).parents[2] / "instance"


def cpu() -> float:
    """Return CPU seconds of this process and its ended children."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def print_job() -> float:
    config = Config(instance=INSTANCE, mode="demo", secret_key="x" * 32)
    before = cpu()
    layout = sheet.compose(sample_slate())
    blank = printing.rendered(layout, HEADING, config=config)
    pdf = printing.print_job(blank, layout, key=b"k" * 32, copies=BALLOTS)
    spent = cpu() - before
    sides = BALLOTS * layout.pages
    say(f"print job: {BALLOTS} ballots, {sides} sides, {len(pdf) / 1e6:.1f} MB, {spent:.1f} CPU s")
    return spent


def read(folder: Path) -> tuple[float, float]:
    """Return the wall seconds for the whole hall and the ratio to rendering the same pages."""
    conditions = list(CONDITIONS.values())
    scans = stacks.scans(BALLOT_SAMPLE, change=lambda ballot, page: conditions[2 * ballot + page - 1])
    greys = [scans[at % len(scans)].grey for at in range(SAMPLE)]
    path = stacks.as_pdf(folder / "stack.pdf", greys)
    layout, _ = stacks.printed(BALLOT_SAMPLE)
    press = Press(layout.poll, stacks.KEY, {layout.digest: layout})
    before, start = cpu(), time.perf_counter()
    states = Counter(side.state for part in intake.read_files([path], press) for side in part)
    wall, spent = time.perf_counter() - start, cpu() - before
    rendering = render(path)
    hall = BALLOTS * SIDES_A_BALLOT / SAMPLE
    say(
        f"read {SAMPLE} sides: {1000 * spent / SAMPLE:.0f} CPU ms each, "
        f"{SAMPLE / wall:.1f} a second on 2 processes"
    )
    say(f"a hall of {BALLOTS * SIDES_A_BALLOT} sides: {wall * hall:.0f} s, {spent * hall:.0f} CPU s")
    say(f"reading / rendering alone: {spent / rendering:.2f}; states: {dict(states)}")
    if set(states) - {State.READ, State.UNREADABLE, State.STREAK}:
        raise SystemExit("a side of this poll was not taken for one")
    return wall * hall, spent / rendering


def against_peer(folder: Path) -> None:
    """Tell pages and marks per CPU second as ratio to the peer, on one process each, with the same pens."""
    if not peer.there():
        say("no peer: apt-get install auto-multiple-choice to see the ratio")
        return
    peer.form(folder, PEER_COPIES)
    paths, ticks = peer.fill(folder, Condition(), seed=1)
    theirs, captured = peer.read(folder, paths)
    scans, layout = stacks.scans(PEER_COPIES), stacks.printed(PEER_COPIES)[0]
    files = [folder / f"{at:04}.jpg" for at in range(len(scans))]
    for path, scan in zip(files, scans, strict=True):
        path.write_bytes(stacks.jpeg(scan.grey))
    press = Press(layout.poll, stacks.KEY, {layout.digest: layout})
    before = cpu()
    sides = [intake.read_place((path, 0), press=press, known=frozenset()) for path in files]
    ours, marks = cpu() - before, sum(len(side.rows) for side in sides if side)
    say(
        f"peer: {len(paths)} pages, {ticks} marks, {1000 * theirs / len(paths):.0f} CPU ms a page, "
        f"{captured} captured; ours: {len(sides)} sides, {marks} marks, {1000 * ours / len(sides):.0f} CPU ms"
    )
    pages = (len(sides) / ours) / (len(paths) / theirs)
    say(f"pages a CPU second, ours / peer: {pages:.1f}; marks: {marks / ours / (ticks / theirs):.1f}")


def render(path: Path) -> float:
    before = cpu()
    document = pypdfium2.PdfDocument(path)
    for page in document:
        page.render(scale=200 / 72, grayscale=True)
    document.close()
    return cpu() - before


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def main() -> int:
    printing_cpu = print_job()
    with tempfile.TemporaryDirectory() as folder:
        wall, _ = read(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        against_peer(Path(folder))
    say(f"aims: print ≤ {PRINT_AIM} CPU s, read ≤ {READ_AIM} s")
    return int(printing_cpu > PRINT_AIM or wall > READ_AIM)


if __name__ == "__main__":
    sys.exit(main())
