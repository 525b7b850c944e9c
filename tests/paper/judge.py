"""Judge the reader: python -m tests.paper.judge [pages a condition] [--tuning] [--large] [--stress]."""

import argparse
import multiprocessing
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

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


def work(task: tuple[str, str, int, int, float]) -> tuple[str, Tally]:
    name, form, base, number, clean = task
    return name, judged(name, {"normal": NORMAL, "large": LARGE}[form], (base, number), clean)


def run(
    names: list[str], *, form: str, base: int, count: int, clean: float, processes: int
) -> dict[str, Tally]:
    tasks = [(name, form, base, number, clean) for name in names for number in range(count)]
    tallies: dict[str, Tally] = {name: Tally() for name in names}
    if processes == 1:
        results = map(work, tasks)
        for name, tally in results:
            tallies[name].add(tally)
        return tallies
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
        for name, tally in pool.map(work, tasks, chunksize=8):
            tallies[name].add(tally)
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
    chosen = parser.parse_args()
    base = (pages.TUNING if chosen.tuning else pages.JUDGING) + (500_000 if chosen.stress else 0)
    tallies = run(
        chosen.only, form="large" if chosen.large else "normal", base=base, count=chosen.count,
        clean=0.5 if chosen.stress else 0.95, processes=chosen.processes,
    )  # fmt: skip
    report(tallies)
    return int(any(tally.silent for tally in tallies.values()))


if __name__ == "__main__":
    sys.exit(main())
