"""A voter's phone without the screen: fetches the manifest, seals, sends, tries again until it is taken."""

import http.client
import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from survey.box.manifest import Manifest
from survey.box.seal import Sealed, seal_ballot, seal_text
from survey.demo.quarter import Voter
from survey.errors import Refused

ATTEMPTS = 20
PAUSE = 0.25
MAKE = "QipingSamplePhone"


def address(number: int) -> str:
    """Return the loopback address of phone `number` (0 to 249)."""
    return f"127.77.88.{number + 1}"


class Phone:
    """One phone in the hall, holding one card; it has an own loopback address and says what make it is.

    Address and make are marks: whoever searches the instance for them afterwards must find nothing.
    """

    def __init__(self, origin: str, poll: str, number: int = 0) -> None:
        parts = urlsplit(origin)
        self.line = http.client.HTTPConnection(
            parts.hostname or "127.0.0.1", parts.port or 80, timeout=10, source_address=(address(number), 0)
        )
        self.poll = poll
        self.make = f"{MAKE}/{number}"

    def manifest(self, expected: str) -> Manifest:
        """Fetch the poll's manifest; refuse one whose digest is not what the card says."""
        status, body = self._ask("GET", f"/p/{self.poll}/manifest.json")
        manifest = Manifest.from_bytes(body)
        if status != 200 or manifest.sha256 != expected:
            raise Refused("client.manifest", "票卡上的清单摘要与服务器给出的不一致，已停止填写。")
        return manifest

    def cast(self, manifest: Manifest, code: str, voter: Voter) -> str:
        """Seal and send one voter's ballot and remarks; return the receipt of the ballot."""
        receipt = self.put("ballot", seal_ballot(manifest, code, voter.marks))
        self.put("text", seal_text(manifest, code, voter.remarks))
        return receipt

    def put(self, kind: str, sealed: Sealed) -> str:
        """Send one sealed body until it is taken; return its receipt."""
        status, body = self._ask("PUT", f"/p/{self.poll}/{kind}/{sealed.key}", sealed.body)
        answer = json.loads(body)
        if status != 200:
            raise Refused(answer["code"], answer["sentence"])
        if answer["receipt"] != sealed.receipt:
            raise Refused("client.receipt", "服务器的回执与选票摘要不符。")
        return sealed.receipt

    def _ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        for attempt in range(ATTEMPTS):
            try:
                self.line.request(method, path, body, {"User-Agent": self.make})
                answer = self.line.getresponse()
                content = answer.read()
            except (OSError, http.client.HTTPException):
                self.line.close()
            else:
                if answer.status != 503:
                    return answer.status, content
            time.sleep(PAUSE * (attempt + 1))
        raise Refused("client.unreachable", "多次尝试仍无法连接会场服务器，选票尚未发出。")


def cast_all(origin: str, poll: str, digest: str, codes: Sequence[str], voters: Sequence[Voter]) -> list[str]:
    """Let every voter draw one card and cast from eight phones at once; return the receipts."""

    def vote(number: int) -> str:
        return Phone(origin, poll, number).cast(manifest, codes[number], voters[number])

    manifest = Phone(origin, poll).manifest(digest)
    with ThreadPoolExecutor(8) as hall:
        return list(hall.map(vote, range(len(voters))))
