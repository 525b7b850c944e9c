"""The one writer of a box: requests queue, a shuffled batch is committed once, then all are answered.

An answer means on disk. The same request may come any number of times and always gets the same answer.
"""

import logging
import queue
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import SystemRandom
from types import TracebackType
from typing import Self

from survey import clock
from survey.box import admission, boxfile, seal
from survey.box.manifest import KINDS, PREFIX, Kind
from survey.box.slots import Slots
from survey.box.store import REFUSALS
from survey.errors import Busy, Refused

BATCH = 512
QUEUE = 4096
ANSWER_SECONDS = 10.0
LONGEST_PAUSE = 0.01
LOOK_SECONDS = 5.0
"""How often an idle writer looks whether its box was destroyed."""
USED = ("box.used_card", "这张票卡已经投过票，一张票卡只能投一次。")
TWICE = ("box.busy", "同一张票卡的另一张选票正在入箱，请稍候再试。")
FULL = ("box.remote_full", "远程选票已达领证企业数，不能再收，请立即报告监督人并查明原因。")
STOPPED = ("box.stopped", "票箱程序正在停止，请稍候再试。")


@dataclass(frozen=True)
class Stored:
    """The answer to a cast: the envelope's digest, and whether this request was the one that stored it."""

    receipt: str
    fresh: bool


@dataclass(frozen=True)
class Order:
    """One request on its way through the writer; `token` is the ticket of a remote voter."""

    kind: Kind
    key: str
    body: bytes
    receipt: str
    token: bytes = b""
    answer: Future[Stored] = field(default_factory=Future)


class Writer:
    """Takes sealed ballots and remarks into the box in `folder`; one process, one thread writes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with ExitStack() as held:
            held.enter_context(boxfile.claimed(folder))
            self._connection = held.enter_context(closing(boxfile.connect(folder)))
            self._identity = boxfile.identity(folder)
            with boxfile.speaking():
                self._facts = boxfile.read_facts(self._connection)
                boxfile.refresh(self._connection, self._facts.manifest.capacity)
                self._slots = {kind: Slots(kind, self._connection, self._facts) for kind in KINDS}
            self._held = held.pop_all()
        boxfile.still(folder)
        self._latch: Refused | None = None
        self._closing = False
        self._pause = 0.0
        self._queue: queue.Queue[Order | None] = queue.Queue(QUEUE)
        self._thread = threading.Thread(target=self._run, name="box-writer", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def count(self) -> int:
        """Return how many ballots are in the box."""
        ballots = self._slots.get("ballot")
        return ballots.count() if ballots else 0

    def put(self, kind: Kind, key: str, body: bytes, token: bytes = b"") -> Stored:
        """Store one sealed request and return its receipt once it is on disk.

        A remote voter shows the issuer's ticket instead of a listed card.
        """
        if self._closing:
            raise Busy(*STOPPED)
        self._refuse_stopped()
        self._check(kind, key, body, token)
        order = Order(kind, key, body, seal.receipt(body[PREFIX:]), token)
        if (stored := self._known(order)) is not None:
            return stored
        try:
            self._queue.put_nowait(order)
            return order.answer.result(ANSWER_SECONDS)
        except (queue.Full, FutureTimeout) as fault:
            raise Busy("box.busy", "票箱正忙，请稍候再试；同一张选票可以重复提交，只计一次。") from fault

    def close(self) -> None:
        """Finish what is queued, then let go of the file."""
        self._closing = True
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()
        with suppress(queue.Empty):
            while True:
                if (late := self._queue.get_nowait()) is not None:
                    _reply(late, Busy(*STOPPED))
        self._held.close()

    def _refuse_stopped(self) -> None:
        """Refuse after a fault, and for a file that no longer stands in its place."""
        if self._latch is None and boxfile.identity(self._folder) != self._identity:
            self._latch = Busy("box.replaced", "票箱文件被换过，已停止收票，请立即报告监督人并查明原因。")
        if self._latch is not None:
            raise type(self._latch)(self._latch.code, self._latch.sentence)

    def _is_gone(self) -> bool:
        """Tell whether the box was destroyed; whoever still asks is told so."""
        try:
            self._refuse_stopped()
        except Refused as refusal:
            self._latch = self._latch or refusal
            return refusal.code == "box.gone"
        return False

    def _check(self, kind: Kind, key: str, body: bytes, token: bytes = b"") -> None:
        listed = key in self._facts.cards[kind]
        admission.check(self._facts.manifest, kind, key, body=body, token=token, listed=listed)

    def _known(self, order: Order) -> Stored | None:
        """Answer a repeated request without writing; refuse another ballot of a used card.

        Where the poll allows a revote, a higher version is a new request, a lower one comes too late.
        """
        slots = self._slots[order.kind]
        receipt = slots.receipts.get(order.key)
        if receipt is None:
            return None
        if receipt == order.receipt:
            return Stored(receipt, fresh=False)
        if not admission.may_change(self._facts.manifest, order.token):
            raise Refused(*USED)
        if not slots.newer(order.key, order.body):
            raise Refused("box.older_vote", "您后来改过的选票已在票箱中，较早的这一张不再收下。")
        return None

    def _run(self) -> None:
        """Write until told to end, or until the box is destroyed; then nothing of it stays in memory."""
        while batch := self._collect():
            orders = [order for order in batch if order is not None]
            begun = time.perf_counter()
            SystemRandom().shuffle(orders)
            try:
                self._commit(orders)
            except Exception as fault:  # the thread must outlive any fault, or requests would hang
                logging.getLogger("survey").error("%s in the writer", type(fault).__name__)
                self._stop(orders, boxfile.told(sqlite3.Error()))
            if None in batch:
                return
            # In a crowd, those just answered are about to send again: a short wait fills the next batch.
            spent = time.perf_counter() - begun
            self._pause = min(spent / 4, LONGEST_PAUSE) if len(orders) > 1 else 0.0
        self._slots.clear()
        self._held.close()

    def _collect(self) -> list[Order | None]:
        while True:
            try:
                batch = [self._queue.get(timeout=LOOK_SECONDS)]
                break
            except queue.Empty:
                if self._is_gone():
                    return []
        if self._pause:
            time.sleep(self._pause)
        with suppress(queue.Empty):
            while batch[-1] is not None and len(batch) < BATCH:
                batch.append(self._queue.get_nowait())
        return batch

    def _commit(self, orders: list[Order]) -> None:
        """Write a batch in one transaction and answer it; after a fault nothing of it is stored."""
        placed: dict[tuple[Kind, str], tuple[int, Order]] = {}
        answers: list[Stored | Refused] = []
        try:
            self._refuse_stopped()
            self._connection.execute("BEGIN IMMEDIATE")
            gate = boxfile.read_gates(self._connection)
            answers = [self._place(order, gate, placed) for order in orders]
            self._connection.execute("COMMIT")
        except (sqlite3.Error, Refused) as fault:
            self._roll_back(placed)
            self._give_up(orders, fault)
            return
        boxfile.still(self._folder)
        for (kind, key), (slot, order) in placed.items():
            self._slots[kind].settle(key, order.body, slot)
        for order, answer in zip(orders, answers, strict=True):
            _reply(order, answer)

    def _place(
        self, order: Order, gate: str, placed: dict[tuple[Kind, str], tuple[int, Order]]
    ) -> Stored | Refused:
        """Put one request into a random free slot, inside the batch's transaction."""
        slots = self._slots[order.kind]
        try:
            if (stored := self._known(order)) is not None:
                return stored
            if (twin := placed.get((order.kind, order.key))) is not None:
                return self._same(twin[1], order)
            self._refuse_shut(order, gate, self._newcomers(order.kind, placed))
            if slots.holds_copy(order.body):
                raise Refused("box.copied_envelope", "这张选票与票箱中另一张完全相同，请刷新页面后重新填写。")
        except Refused as refusal:
            return refusal
        slot = slots.reserve(order.key, order.body)
        placed[order.kind, order.key] = (slot, order)
        spare = order.token or secrets.token_bytes(self._facts.manifest.ticket_size)
        content = bytes.fromhex(order.key) + order.body + spare
        self._connection.execute(boxfile.UPDATE[order.kind], (content, slot))
        return Stored(order.receipt, fresh=True)

    def _newcomers(self, kind: Kind, placed: Iterable[tuple[Kind, str]]) -> int:
        """Return how many remote voters of this batch had nothing of this kind in the box before it."""
        known = self._slots[kind].receipts
        return sum(other == kind and key not in known for other, key in placed)

    def _refuse_shut(self, order: Order, gate: str, placed: int) -> None:
        """Refuse a card while the hall waits, a ticket outside its window or beyond the seats."""
        if not (boxfile.takes_tickets(gate) if order.token else gate.startswith("open")):
            raise Refused(*REFUSALS.get(gate, REFUSALS["ready"]))
        if order.token:
            admission.refuse_outside(self._facts.manifest, clock.now())
            if self._slots[order.kind].full(order.key, placed):
                raise Refused(*FULL)

    def _same(self, first: Order, second: Order) -> Stored | Refused:
        """Answer a request whose card stands in the same batch already."""
        if first.receipt == second.receipt:
            return Stored(first.receipt, fresh=False)
        # Two versions at once: the second may come again when the first is on disk.
        return Busy(*TWICE) if admission.may_change(self._facts.manifest, second.token) else Refused(*USED)

    def _roll_back(self, placed: dict[tuple[Kind, str], tuple[int, Order]]) -> None:
        for (kind, key), (slot, order) in placed.items():
            self._slots[kind].give_back(key, order.body, slot)
        if self._connection.in_transaction:
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")

    def _give_up(self, orders: list[Order], fault: sqlite3.Error | Refused) -> None:
        """Answer a failed batch; a fault of the disk itself stops the writer until it is started anew."""
        refusal = fault if isinstance(fault, Refused) else boxfile.told(fault)
        lasting = isinstance(fault, sqlite3.Error) and boxfile.primary(fault) not in boxfile.PASSING
        if lasting or self._connection.in_transaction:
            self._stop(orders, refusal)
        for order in orders:
            _reply(order, refusal)

    def _stop(self, orders: list[Order], refusal: Refused) -> None:
        # After a failed sync the kernel may show bytes that never reached the disk: nothing that is read
        # from here on may be acknowledged (scale.md section 5).
        self._latch = self._latch or refusal
        for order in orders:
            _reply(order, refusal)


def _reply(order: Order, answer: Stored | Refused) -> None:
    if order.answer.done():
        return
    if isinstance(answer, Refused):
        order.answer.set_exception(type(answer)(answer.code, answer.sentence))
    else:
        order.answer.set_result(answer)
