"""How fair and how fast the scoring is: simulated polls, cold recounts, and a bare count of the same data.

python -m tests.bench.bench_scoring [--polls 500]: fixed seeds, so the table repeats.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import numpy as np

from scoring import rules, scale, tally
from scoring.ballot import Form, Mark, Slate, parse_slate, read_rows
from scoring.recount import recount_rows

RULES = rules.load((files("scoring") / "policies" / "lulong.toml").read_text(encoding="utf-8"))
FIRMS, OFFICIALS, UNITS = 110, 293, 33
# Together 1.4 % of all ratings are poor: 283 ordinary officials at .75 %, 6 at 12 %, 4 at 30 %.
USUAL, MILD, BAD = 0.0075, 0.12, 0.30
# Where ordinary officials alone have as many poor ratings as the whole above: chance lists more of them.
WORSE = 0.014
# Ratings of one official: log-normal, half of them below 15.
MEDIAN, SPREAD = 15, 0.3
BADS, MILDS, ENFORCERS = range(4), range(4, 10), range(200, 293)
VICTIM, OFFICER = 100, 250
SCENARIOS = (
    "honest",
    "honest, 1.4 %",
    "grievance",
    "1 all-poor",
    "3 all-poor",
    "3 harsh",
    "ring v. enforcement",
    "ring v. other",
)


class Poll(NamedTuple):
    """One simulated poll: the slate with firms under penalty, and the ballots."""

    slate: Slate
    ballots: list[bytes]


def a_slate(actions: dict[int, int]) -> Slate:
    """Return a county of 33 units and 293 officials."""
    units = [{"id": f"U{at:02}", "name": f"单位{at}", "series": f"类{at % 4}"} for at in range(UNITS)]
    persons = [
        {
            "id": f"P{at:03}",
            "unit": f"U{at % UNITS:02}",
            "name": f"人员{at}",
            "post": "科员",
            "duties": "综合",
        }
        | {"kind": "staff", "series": f"类{at % UNITS % 4}", "adverse_actions": actions.get(at, 0)}
        for at in range(OFFICIALS)
    ]
    return parse_slate({"poll": "bench", "units": units, "persons": persons})


def a_poll(scenario: str, seed: int) -> Poll:
    """Draw one poll: a median of 15 ratings an official, 4 bad and 6 mildly bad among 293."""
    draw = random.Random(f"{scenario} {seed}")
    usual = WORSE if scenario == "honest, 1.4 %" else USUAL
    rates = [BAD if at in BADS else MILD if at in MILDS else usual for at in range(OFFICIALS)]
    known = [draw.lognormvariate(0, SPREAD) * MEDIAN / FIRMS for _ in range(OFFICIALS)]
    marks = [[_mark(draw, known[at], rates[at]) for at in range(OFFICIALS)] for _ in range(FIRMS)]
    actions = _disturb(scenario, draw, marks)
    head = bytes(1 + UNITS)
    return Poll(a_slate(actions), [head + bytes(ballot) for ballot in marks])


def _mark(draw: random.Random, known: float, rate: float) -> int:
    if draw.random() >= known:
        return Mark.BLANK
    if draw.random() < rate:
        return Mark.POOR
    return Mark.FAIR if draw.random() < 0.2 else Mark.GOOD


def _disturb(scenario: str, draw: random.Random, marks: list[list[int]]) -> dict[int, int]:
    """Add what the scenario adds to honest marks; return the firms under penalty."""
    if scenario == "grievance":
        return _grieve(draw, marks)
    if "all-poor" in scenario:
        for ballot in marks[: int(scenario[0])]:
            ballot[:] = [Mark.POOR] * OFFICIALS
    if scenario == "3 harsh":
        for ballot in marks[:3]:
            ballot[:] = [_mark(draw, 0.5, 0.4) for _ in range(OFFICIALS)]
    if scenario.startswith("ring"):
        target = OFFICER if "enforcement" in scenario else VICTIM
        for ballot in marks[:5]:
            ballot[target] = Mark.POOR
        return {target: 5} if target == OFFICER else {}
    return {}


def _grieve(draw: random.Random, marks: list[list[int]]) -> dict[int, int]:
    actions = {}
    for officer in ENFORCERS:
        firms = draw.sample(range(FIRMS), draw.choice((0, 0, 1, 2, 3)))
        actions[officer] = len(firms)
        for firm in firms:
            if draw.random() < 0.7:
                marks[firm][officer] = Mark.POOR
    return actions


class Listed(NamedTuple):
    """Whom one way of listing names in one poll."""

    way: str
    officials: set[int]


def ways(poll: Poll) -> Iterator[Listed]:
    """Yield whom naive ways and the policy list."""
    result = recount_rows(poll.slate, poll.ballots, RULES)
    counts = [(person["b"], person["n"]) for person in result["persons"]]
    worst = sorted(range(OFFICIALS), key=lambda at: (-counts[at][0], at * 7919 % OFFICIALS))
    yield Listed("bottom 10", set(worst[:10]))
    yield Listed(">=2 poor", {at for at, (b, _) in enumerate(counts) if b >= 2})
    yield Listed("<90 %", {at for at, (b, n) in enumerate(counts) if n >= 10 and b / n > 0.10})
    person = [one for one in result["proposals"] if one["kind"] == "person"]
    direct = {int(one["id"][1:]) for one in person if one["lane"] == "direct"}
    review = {int(one["id"][1:]) for one in person if one["lane"] == "review"}
    yield Listed("rung 1", direct)
    yield Listed("+ review", direct | review)
    second = {int(one["id"][1:]) for one in person if one["lane"] == "direct" and one["rung"] == 2}
    yield Listed("rung 2", second)


def say(line: str) -> None:
    """Print one line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def fairness_table(polls: int) -> None:
    """Print, for each scenario and way: normal officials listed per poll, and the share of bad ones found."""
    say(f"{polls} polls each: normal officials listed a poll / share of the bad (ring: of its target) listed")
    for scenario in SCENARIOS:
        false: dict[str, int] = {}
        hits: dict[str, int] = {}
        sought = {OFFICER if "enforcement" in scenario else VICTIM} if "ring" in scenario else set(BADS)
        for seed in range(polls):
            for way, listed in ways(a_poll(scenario, seed)):
                normal = listed - set(BADS) - set(MILDS) - sought
                false[way] = false.get(way, 0) + len(normal)
                hits[way] = hits.get(way, 0) + len(listed & sought)
        cells = [f"{way} {false[way] / polls:.3f}/{hits[way] / polls / len(sought):.2f}" for way in false]
        say(f"{scenario:20}  " + "  ".join(cells))


def speed_table() -> None:
    """Print cold recounts of dense polls beside a numpy bincount of the same marks."""
    say("voters  wall s  CPU s  peak MB  times a bare numpy bincount: recount, county tally, kernel")
    with tempfile.TemporaryDirectory() as folder:
        for voters in (FIRMS, 10_000):
            _write(Path(folder), voters)
            wall, cpu, memory = _recounted(Path(folder))
            with (Path(folder) / "ballots.jsonl").open() as lines:
                vectors = list(read_rows(lines, a_slate({}), "ballots.jsonl"))
            bare = _seconds(lambda vectors=vectors: _bincount(vectors))
            plain = _seconds(lambda vectors=vectors: tally.count(vectors, a_slate({})))
            kernel = _seconds(lambda vectors=vectors: scale.count(vectors, len(vectors[0])))
            ratios = f"{cpu / bare:5.0f}  {plain / bare:5.2f}  {kernel / bare:5.2f}"
            say(f"{voters:6}  {wall:6.3f}  {cpu:5.3f}  {memory:7}  {ratios}")


def _write(folder: Path, voters: int) -> None:
    slate, draw = a_slate({}), random.Random(voters)
    form, weights, width = Form(slate), (0, 85, 13.6, 1.4), len(slate.lines)
    persons, units = ([entry._asdict() for entry in part] for part in (slate.persons, slate.units))
    (folder / "slate.json").write_text(json.dumps({"poll": "bench", "units": units, "persons": persons}))
    with (folder / "ballots.jsonl").open("w") as lines:
        for _ in range(voters):
            lines.write(json.dumps(form.record(bytes(draw.choices(range(4), weights, k=width)))) + "\n")


def _recounted(folder: Path) -> tuple[float, float, int]:
    """Return wall time, processor time and peak memory (MB) of one cold recount."""
    policy = str(files("scoring") / "policies" / "lulong.toml")
    command = [
        sys.executable,
        "-m",
        "scoring",
        folder / "slate.json",
        folder / "ballots.jsonl",
        "--rules",
        policy,
    ]
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([*command, "--json"], check=True, stdout=subprocess.DEVNULL)
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, after.ru_maxrss // 1024


def _bincount(vectors: list[bytes]) -> None:
    marks = np.frombuffer(b"".join(vectors), dtype=np.uint8).reshape(len(vectors), -1)
    lines = 4 * np.arange(marks.shape[1])
    np.bincount((marks.astype(np.int64) + lines).ravel(), minlength=4 * marks.shape[1])


def _seconds(work: Callable[[], object]) -> float:
    """Return the best of five runs."""
    runs = []
    for _ in range(5):
        started = time.perf_counter()
        work()
        runs.append(time.perf_counter() - started)
    return min(runs)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--polls", type=int, default=60, help="simulated polls for each scenario")
    asked = parser.parse_args()
    speed_table()
    fairness_table(asked.polls)


if __name__ == "__main__":
    main()
