"""Kills a casting process time and again (`python -m tests.box.kills --kills 200`); mutants are caught."""

import argparse
import contextlib
import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random, SystemRandom
from tempfile import TemporaryDirectory

from survey.box import boxfile, seal, tokens
from survey.box.manifest import KINDS
from survey.box.seal import Sealed
from survey.box.writer import Order, Stored, Writer
from survey.errors import Refused
from tests.box.polls import Poll, a_poll, sealed_as

CASTERS, CARDS, PER_BOX = 32, 120, 20


class AcknowledgesEarly(Writer):
    """A mutant: answers as soon as the request is queued."""

    def put(self, kind, key, body):
        self._check(kind, key, body)
        order = Order(kind, key, body, seal.receipt(body[68:]))
        self._queue.put_nowait(order)
        return Stored(order.receipt, fresh=True)


class ForgetsRepeats(Writer):
    """A mutant: takes every request for a new one."""

    def _known(self, order):
        return None

    def _place(self, order, gate, placed):
        slots = self._slots[order.kind]
        slots._commits.discard(order.body[68 + 33 : 68 + 65])
        slots._held[order.key] = None
        return super()._place(order, gate, {})


class ChecksNoCard(Writer):
    """A mutant: takes whatever is signed by anybody."""

    def _check(self, kind, key, body, token=b""):
        self._slots[kind].receipts.setdefault(key, None)
        self._slots[kind]._held.setdefault(key, None)


class NeverSyncs(Writer):
    """A mutant: leaves the bytes to the system."""

    def __init__(self, folder):
        boxfile.SETTINGS = tuple(one.replace("FULL", "OFF") for one in boxfile.SETTINGS)
        super().__init__(folder)


MUTANTS = {kind.__name__: kind for kind in (AcknowledgesEarly, ForgetsRepeats, ChecksNoCard)}


@dataclass
class Outcome:
    """What was acknowledged and what lies in the boxes afterwards."""

    acknowledged: set[str] = field(default_factory=set)
    stored: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    cards: Counter[str] = field(default_factory=Counter)
    strangers: set[str] = field(default_factory=set)
    kills: int = 0

    @property
    def missing(self) -> set[str]:
        """Return what was acknowledged and was not there."""
        return self.lost - self.strangers

    @property
    def twice(self) -> list[str]:
        """Return the cards that lie in a box more than once."""
        return [card for card, number in self.cards.items() if number > 1]

    @property
    def sound(self) -> bool:
        """Tell whether acknowledged means counted, once, and for listed cards only."""
        return not self.missing and not self.twice and not self.acknowledged & self.strangers

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {len(self.acknowledged)} acknowledged, {len(self.stored)} stored, "
            f"{len(self.missing)} missing, {len(self.twice)} twice, "
            f"{len(self.acknowledged & self.strangers)} of strangers"
        )


def requests_for(poll: Poll) -> list[Sealed]:
    """Return every card's ballot twice, as a phone without an answer repeats it, and some of strangers."""
    own = [seal.seal_ballot(poll.manifest, code, {}) for code in poll.codes]
    return own * 2 + strangers(poll)


def strangers(poll: Poll) -> list[Sealed]:
    """Return well-signed ballots of cards that nobody printed."""
    donor = seal.seal_ballot(poll.manifest, poll.codes[0], {}).body[68:]
    return [sealed_as(poll, "ballot", tokens.new_code(), donor) for _ in range(3)]


def cast_until(folder: Path, requests: Sequence[Sealed], kind: type[Writer], stop: Callable[[int], None]):
    """Cast from 32 threads of a child process; `stop` ends it; return the receipts it acknowledged."""
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        os.close(reading)
        with contextlib.suppress(BaseException):
            _cast(folder, requests, kind, writing)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as lines:
        assert lines.readline() == "ready\n"
        stop(child)
        said = [line.strip() for line in lines]
    os.waitpid(child, 0)
    return {line for line in said if len(line) == 64}


def _cast(folder: Path, requests: Sequence[Sealed], kind: type[Writer], writing: int) -> None:
    writer = kind(folder)
    order = list(requests)
    SystemRandom().shuffle(order)
    os.write(writing, b"ready\n")
    lock = threading.Lock()

    def cast() -> None:
        while True:
            with lock:
                if not order:
                    return
                one = order.pop()
            with contextlib.suppress(Refused):
                receipt = writer.put("ballot", one.key, one.body).receipt
                mark = "" if one.key in writer._facts.keys["ballot"] else one.key[:64]
                os.write(writing, f"{mark or receipt}\n".encode())

    threads = [threading.Thread(target=cast) for _ in range(CASTERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def look(folder: Path, outcome: Outcome) -> None:
    """Note all that lies in a box: every slot whose signature fits, without leaving any out."""
    cards: Counter[str] = Counter()
    with boxfile.opened(folder) as connection:
        facts = boxfile.read_facts(connection)
        for slot_kind in KINDS:
            for _slot, content in connection.execute(boxfile.SELECT[slot_kind]):
                key, body = content[:33].hex(), content[33:]
                if seal.signature_fits(slot_kind, facts.manifest.poll, key, body):
                    outcome.stored.add(seal.receipt(body[68:]))
                    cards[key] += 1
    outcome.lost |= outcome.acknowledged - outcome.stored
    outcome.cards |= cards


def torture(root: Path, kills: int, kind: type[Writer] = Writer, seed: int = 1) -> Outcome:
    """Kill a casting process `kills` times, on a fresh box every few kills; the last cast runs to its end."""
    outcome, chance = Outcome(), Random(seed)
    for box in range(-(-kills // PER_BOX)):
        poll = a_poll(root / f"box{box}", cards=CARDS)
        requests = requests_for(poll)
        outcome.strangers |= {one.key[:64] for one in requests[-3:]}
        for _ in range(min(PER_BOX, kills - outcome.kills)):
            outcome.acknowledged |= cast_until(poll.folder, requests, kind, killer(chance.uniform(0, 0.1)))
            outcome.kills += 1
        look(poll.folder, outcome)
        # What a killed process did only by halves shows when the same requests come once more.
        outcome.acknowledged |= cast_until(poll.folder, requests, kind, leave)
        look(poll.folder, outcome)
    return outcome


def leave(_child: int) -> None:
    """Let a process come to its end."""


def killer(seconds: float) -> Callable[[int], None]:
    """Return what kills a process after `seconds`."""

    def stop(child: int) -> None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)

    return stop


def main() -> None:
    """Print what became of the ballots, for the writer and for each mutant."""
    options = argparse.ArgumentParser()
    options.add_argument("--kills", type=int, default=200)
    kills = options.parse_args().kills
    with TemporaryDirectory(dir=Path(__file__).parents[2] / "instance") as root:
        told = torture(Path(root) / "own", kills)
        sys.stdout.write(f"writer: {told}: {'sound' if told.sound else 'NOT SOUND'}\n")
        caught = {name: torture(Path(root) / name, 10, kind) for name, kind in MUTANTS.items()}
    for name, outcome in caught.items():
        sys.stdout.write(f"{name}: {outcome}: {'NOT CAUGHT' if outcome.sound else 'caught'}\n")
    sys.exit(not told.sound or any(outcome.sound for outcome in caught.values()))


if __name__ == "__main__":
    main()
