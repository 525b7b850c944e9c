"""Which cards have voted and which slots are free: the writer's memory, rebuilt from the box file."""

import secrets
import sqlite3
from dataclasses import dataclass

from survey.box import admission, boxfile, seal
from survey.box.manifest import PREFIX, Kind


@dataclass(frozen=True)
class Held:
    """Where a card's request lies, which version of it, and its commitment."""

    slot: int
    version: int
    commit: bytes


class Slots:
    """The map of one kind of slots.

    It holds every card in sorted order from the start, because a dict keeps its order of insertion; the key
    of a remote voter is sorted in when its ballot is on disk.
    """

    def __init__(self, kind: Kind, connection: sqlite3.Connection, facts: boxfile.Facts) -> None:
        self.receipts: dict[str, str | None] = dict.fromkeys(sorted(facts.keys[kind]))
        self._held: dict[str, Held | None] = dict.fromkeys(self.receipts)
        self._cards = len(self.receipts)
        self._remote_seats = facts.manifest.capacity - facts.manifest.cards
        self._commits: set[bytes] = set()
        # One byte a slot: a list of free slots would leave the taken ones behind its end, in the order in
        # which they were taken, for whoever reads the memory of this process.
        self._taken = bytearray(2 * facts.manifest.capacity)
        for one in admission.occupied(connection, kind, facts):
            self._taken[one.slot - 1] = True
            self._commits.add(commit(one.body))
            self.settle(one.key, one.body, one.slot)

    def count(self) -> int:
        """Return how many cards have voted."""
        return sum(receipt is not None for receipt in self.receipts.values())

    def settle(self, key: str, body: bytes, slot: int) -> None:
        """Remember a request that is on disk, and forget the one that it replaced."""
        if (before := self._held.get(key)) is not None:
            self._commits.discard(before.commit)
        strange = key not in self.receipts
        self._held[key] = Held(slot, version(body), commit(body))
        self.receipts[key] = seal.receipt(body[PREFIX:])
        if strange:
            self._held = dict(sorted(self._held.items()))
            self.receipts = dict(sorted(self.receipts.items()))

    def full(self, key: str, placed: int) -> bool:
        """Tell whether all remote seats are taken, `placed` of them in the batch that is being written."""
        taken = len(self.receipts) - self._cards
        return key not in self.receipts and taken + placed >= self._remote_seats

    def newer(self, key: str, body: bytes) -> bool:
        """Tell whether a request's version is higher than that of the one in the box."""
        before = self._held.get(key)
        return before is None or version(body) > before.version

    def holds_copy(self, body: bytes) -> bool:
        """Tell whether an envelope with the same commitment came under another card."""
        return commit(body) in self._commits

    def reserve(self, key: str, body: bytes) -> int:
        """Take a random free slot for a request that is about to be written, or the card's own again."""
        if (before := self._held.get(key)) is not None:
            self._commits.add(commit(body))
            return before.slot
        if 0 not in self._taken:
            raise ValueError("more requests than slots")
        self._commits.add(commit(body))
        place = secrets.randbelow(len(self._taken))
        while self._taken[place]:  # half of the slots stay free, so this takes two draws at most on average
            place = secrets.randbelow(len(self._taken))
        self._taken[place] = True
        return place + 1

    def give_back(self, key: str, body: bytes, slot: int) -> None:
        """Return the slot of a request whose transaction failed, unless an earlier version lies there."""
        self._commits.discard(commit(body))
        if self._held.get(key) is None:
            self._taken[slot - 1] = False


def version(body: bytes) -> int:
    """Return which version of its card's request this is."""
    return int.from_bytes(body[:4])


def commit(body: bytes) -> bytes:
    """Return the commitment inside a request's envelope."""
    return body[PREFIX + 33 : PREFIX + 65]
