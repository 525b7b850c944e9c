"""The polls this hall serves: their manifests, gates and boxes; one writer a box, in this process only."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from survey import clock
from survey.box import mailbox, store
from survey.box.board import Board, Notice
from survey.box.manifest import Kind, Manifest
from survey.box.remote import Remote
from survey.box.writer import Stored, Writer
from survey.config import Config
from survey.errors import Missing, Refused

KEY = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,39}")
TURNOUT_STEP = 10
PLAIN_STEPS = ("说明，被测评人员离场", "开始填写", "封箱")
"""What the screen shows of a poll whose desk has not posted its steps."""
PLAIN_STEPS_DONE = {"ready": 0, "open": 1}
GATES = ("open", "remote", "ready", "closed", "void")


@dataclass(frozen=True)
class Shown:
    """One poll as the public sees it; `remote` tells of a channel beside the hall."""

    key: str
    title: str
    held_on: str
    gate: str
    fingerprint: str
    sealed: bool
    counted: bool
    remote: bool = False
    answered: bool = False


class Polls:
    """Finds polls on the board, reads their gates, and keeps the writers of open boxes."""

    def __init__(self, config: Config) -> None:
        self.boxes = config.boxes
        self.mail = config.mail
        self.board = Board(config.board)
        self._manifests: dict[str, Manifest] = {}
        self._writers: dict[str, Writer] = {}
        self._final: dict[str, int] = {}
        self._lock = Lock()

    def notice(self, kind: str, key: str) -> Notice | None:
        """Return a public notice of poll `key`; a key that cannot be one has none."""
        return self.board.fetch(kind, key) if KEY.fullmatch(key) else None

    def manifest(self, key: str) -> Manifest:
        """Return the manifest of poll `key`; only once its box was opened can it never change again."""
        if key in self._manifests:
            return self._manifests[key]
        notice = self.notice("manifest", key)
        if notice is None:
            raise Missing("hall.no_poll", "没有找到这一场测评，请核对网址或重新扫描票卡上的二维码。")
        manifest = Manifest.from_bytes(notice.content)
        if self.gate(key) != "ready":
            self._manifests[key] = manifest
        return manifest

    def gate(self, key: str) -> str:
        """Return ready, remote, open, closed or void; a box that was taken away is closed."""
        folder = self._folder(key)
        gate = store.gate(folder) if folder.is_dir() else "closed"
        if gate != "closed":
            return gate
        state = self.notice("state", key)
        return "void" if state is not None and state.content == b"void" else gate

    def shown(self, key: str) -> Shown:
        """Return what the public pages say about poll `key`."""
        manifest = self.manifest(key)
        return Shown(
            key=key,
            title=str(manifest.content["title"]),
            held_on=str(manifest.content["held_on"]),
            gate=self.gate(key),
            fingerprint=fingerprint(manifest),
            sealed=self.notice("sealed", key) is not None,
            counted=self.notice("result", key) is not None,
            remote=manifest.remote is not None,
            answered=self.notice("answers", key) is not None,
        )

    def listed(self) -> list[Shown]:
        """Return the polls of the board that are not void: open ones first, then the newest round first."""
        keys = [key for key in self.board.polls() if self.notice("manifest", key)]
        polls = [self.shown(key) for key in sorted(keys, reverse=True)]
        return sorted(
            (poll for poll in polls if poll.gate != "void"), key=lambda poll: GATES.index(poll.gate)
        )

    def turnout(self, key: str) -> int:
        """Return how many ballots are in the box, in steps of ten so that nobody's moment shows."""
        gate = self.gate(key)
        if gate in ("open", "remote"):
            return self._writer(key).count() // TURNOUT_STEP * TURNOUT_STEP
        folder = self._folder(key)
        if gate != "closed" or not folder.is_dir():
            return 0
        if key not in self._final:
            self._final[key] = store.count(folder)
        return self._final[key] // TURNOUT_STEP * TURNOUT_STEP

    def channel(self, key: str) -> tuple[Remote, str]:
        """Return the remote channel of poll `key` and how its page stands: ready, open, closed or void."""
        channel, gate, now = self.manifest(key).remote, self.gate(key), clock.now()
        if channel is None:
            raise Missing("hall.no_remote", "这一场测评没有远程渠道，请到会场投票。")
        if gate in ("open", "remote"):
            open_ = store.takes_tickets(self._folder(key))
            gate = "open" if open_ and now >= channel.votes.begins else "ready"
        return channel, "closed" if gate in ("open", "ready") and now >= channel.votes.ends else gate

    def steps(self, key: str) -> list[tuple[str, bool]]:
        """Return the steps of the hall and whether each was signed, as the desk posted them."""
        notice = self.notice("steps", key)
        if notice is not None:
            return [(str(step["name"]), bool(step["signed"])) for step in json.loads(notice.content)]
        place = PLAIN_STEPS_DONE.get(self.gate(key), len(PLAIN_STEPS))
        return [(name, number < place) for number, name in enumerate(PLAIN_STEPS)]

    def put(self, poll: str, kind: Kind, card: str, sent: bytes) -> Stored:
        """Put one sealed body into the box, the ticket behind it if there is one; return when on disk."""
        if poll not in self._writers and self.gate(poll) == "ready":
            # A box that was not opened yet may still be replaced by a new freeze.
            raise Refused(*store.REFUSALS["ready"])
        size = self.manifest(poll).request_size(kind)
        return self._writer(poll).put(kind, card, sent[:size], sent[size:])

    def speak(self, key: str, writer: str, sent: bytes) -> bool:
        """Keep a remark writer's word on the answer to it; tell whether it is new."""
        notice = self.notice("answers", key)
        answers = mailbox.answers_of(notice.content) if notice else {}
        return mailbox.put(self.mail / key, poll=key, answers=answers, key=writer, sent=sent)

    def _folder(self, key: str) -> Path:
        """Return the folder of a box; what cannot be a poll's key never becomes a path."""
        if not KEY.fullmatch(key):
            raise Missing("hall.no_poll", "没有找到这一场测评，请核对网址或重新扫描票卡上的二维码。")
        return self.boxes / key

    def _writer(self, key: str) -> Writer:
        with self._lock:
            if key not in self._writers:
                self._writers[key] = Writer(self._folder(key))
            return self._writers[key]

    def close(self) -> None:
        """Close every writer; what was acknowledged is on disk already."""
        with self._lock:
            for writer in self._writers.values():
                writer.close()
            self._writers.clear()


def fingerprint(manifest: Manifest) -> str:
    """Return the first 16 digits of the manifest's digest in groups of four, for eyes to compare."""
    head = manifest.sha256[:16]
    return " ".join(head[start : start + 4] for start in range(0, 16, 4))
