"""Judge the reader: python -m tests.paper.judge [pages a condition] [--only NAME…] [--stress] [--large].

With --store FILE every finished page is kept there, so that a run that was stopped goes on where it was and
several runs add up; the report is over all that lies in the file. The exit code is 1 after a silent error.
"""

import argparse
import json
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from survey.paper.sheet import LARGE, NORMAL, Form
from tests.paper import damage, filling, pages

ORDER = {name: at for at, name in enumerate([*damage.CONDITIONS, "worst", "streak", *damage.ONE_BIT])}
EVERY = {**damage.CONDITIONS, "worst": damage.WORST, "streak": damage.STREAK, **damage.ONE_BIT}


@dataclass
class Tally:
    """What happened under one condition."""

    pages: int = 0
    lost: int = 0
    held: Counter = field(default_factory=Counter)
    one_bit: int = 0
    codes: int = 0
    rows: Counter = field(default_factory=Counter)
    doubts: Counter = field(default_factory=Counter)
    reasons: Counter = field(default_factory=Counter)
    silent: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, other: "Tally") -> None:
        for name in ("pages", "lost", "one_bit", "codes", "silent", "seconds"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("held", "rows", "doubts", "reasons"):
            getattr(self, name).update(getattr(other, name))

    def share(self, kinds: frozenset[str]) -> float:
        rows = sum(count for kind, count in self.rows.items() if kind in kinds)
        return 100 * sum(count for kind, count in self.doubts.items() if kind in kinds) / max(1, rows)


def judged(name: str, form: Form, seed: tuple[int, ...], clean: float) -> Tally:
    """Fill, scan and read one side; compare with what it truly says."""
    tally = Tally(pages=1)
    seed = (*seed, ORDER[name])
    page = pages.filled(form, seed, clean=clean)
    image = pages.scan_of(page, EVERY[name], seed)
    start = time.process_time()
    outcome = pages.read(image, form, len(page.truths))
    tally.seconds = time.process_time() - start
    tally.lost, tally.one_bit = int(outcome.frame is None), int(outcome.one_bit)
    tally.codes = int(outcome.code is not None)
    tally.held.update(outcome.holds)
    if not outcome.readable:
        return tally
    for at, (row, truth) in enumerate(zip(outcome.rows, page.truths, strict=True)):
        tally.rows[truth.kind] += 1
        if row.doubtful:
            tally.doubts[truth.kind] += 1
            if truth.kind in filling.ORDINARY:
                tally.reasons.update(row.reasons)
        elif row.option not in truth.lawful:
            tally.silent.append(
                f"{name} seed {seed} row {at}: {truth.kind} {set(truth.lawful)} read {row.option!r}"
            )
    return tally


Task = tuple[str, str, int, int, float]  # condition, form, base of the seeds, number of the page, clean share


def work(task: Task) -> tuple[Task, Tally]:
    name, form, base, number, clean = task
    return task, judged(name, {"normal": NORMAL, "large": LARGE}[form], (base, number), clean)


def run(tasks: Sequence[Task], processes: int) -> Iterator[tuple[Task, Tally]]:
    if processes == 1:
        yield from map(work, tasks)
        return
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(work, tasks, chunksize=2)


def kept(store: Path | None) -> dict[Task, Tally]:
    """Return the pages that earlier runs judged; a line cut off by a stop is left out."""
    found: dict[Task, Tally] = {}
    for line in store.read_text().splitlines() if store and store.exists() else ():
        try:
            task, tally = json.loads(line)
        except ValueError:
            continue
        counters = {name: Counter(tally[name]) for name in ("held", "rows", "doubts", "reasons")}
        found[tuple(task)] = Tally(**{**tally, **counters})
    return found


def judge(tasks: Sequence[Task], *, processes: int, store: Path | None) -> dict[str, Tally]:
    """Judge the pages that no earlier run has judged and return what happened under each condition."""
    found = kept(store)
    for task, tally in run([task for task in tasks if task not in found], processes):
        found[task] = tally
        if store:
            with store.open("a") as file:
                file.write(json.dumps([task, vars(tally)]) + "\n")
    tallies: dict[str, Tally] = {}
    for task in tasks:
        tallies.setdefault(task[0], Tally()).add(found[task])
    return tallies


def report(tallies: dict[str, Tally]) -> None:
    say = sys.stdout.write
    say(
        f"{'condition':14}{'pages':>6}{'rows':>7}{'silent':>7}{'ordin.%':>8}{'ticks%':>7}{'blank%':>7}{'lost':>5}{'held':>5}{'1bit':>5}{'QR':>5}{'ms':>6}\n"
    )
    whole = Tally()
    for name, tally in tallies.items():
        whole.add(tally)
        line(name, tally)
    line("all", whole)
    for kind in sorted(whole.rows):
        say(f"  {kind:26}{whole.rows[kind]:7}{100 * whole.doubts[kind] / whole.rows[kind]:8.1f}% doubts\n")
    say(f"  reasons (ordinary): {dict(whole.reasons.most_common())}\n  held: {dict(whole.held)}\n")
    say("".join(f"  SILENT {each}\n" for each in whole.silent))


def line(name: str, t: Tally) -> None:
    sys.stdout.write(
        f"{name:14}{t.pages:6}{sum(t.rows.values()):7}{len(t.silent):7}{t.share(filling.ORDINARY):8.1f}"
        f"{t.share(frozenset({'tick'})):7.1f}{t.share(frozenset({'blank'})):7.1f}{t.lost:5}{sum(t.held.values()):5}"
        f"{t.one_bit:5}{t.codes:5}{1000 * t.seconds / max(1, t.pages):6.0f}\n"
    )


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("count", nargs="?", type=int, default=90)
    parser.add_argument("--tuning", action="store_true")
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--stress", action="store_true")
    parser.add_argument("--only", nargs="*", default=list(damage.CONDITIONS))
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--store", type=Path)
    chosen = parser.parse_args()
    base = (pages.TUNING if chosen.tuning else pages.JUDGING) + (500_000 if chosen.stress else 0)
    form, clean = "large" if chosen.large else "normal", 0.5 if chosen.stress else 0.95
    # Page by page over all conditions, so that a run stopped early has seen a little of each.
    tasks = [(name, form, base, number, clean) for number in range(chosen.count) for name in chosen.only]
    tallies = judge(tasks, processes=chosen.processes, store=chosen.store)
    report(tallies)
    return int(any(tally.silent for tally in tallies.values()))


if __name__ == "__main__":
    sys.exit(main())
