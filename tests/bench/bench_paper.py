"""What paper costs: a print job of 110 ballots, and reading a hall's scans on two processes.

The reference of the same run is rendering the same PDF pages with PDFium at 200 dpi: what looking at them
costs before anything is read. The judging run of the reader is a command of its own, tests.paper.judge.
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
from tests.paper import stacks
from tests.paper.damage import CONDITIONS
from tests.paper.slates import HEADING, sample_slate

BALLOTS, SIDES_A_BALLOT = 110, 14
PRINT_AIM = 10.0  # CPU s
READ_AIM = 105.0  # s of wall clock for all sides on two cores
BALLOT_SAMPLE = 7  # filled in, one side under each condition
SAMPLE = 308  # sides read here; the hall's time is their time in proportion
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
    say(f"aims: print ≤ {PRINT_AIM} CPU s, read ≤ {READ_AIM} s")
    return int(printing_cpu > PRINT_AIM or wall > READ_AIM)


if __name__ == "__main__":
    sys.exit(main())
