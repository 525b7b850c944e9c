"""The door in front of Flask: the ballot page, its files, the manifest and the ballot itself.

No session, no cookie, no log line, nothing of the request is kept (ballot-box.md section 1.7). There is
on purpose no way to ask whether a card was used: its key is on a public list, and whoever could ask would
learn when each card voted.
"""

import json
import logging
import re
import time
from collections.abc import Callable, Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from survey.box.manifest import Kind, Manifest
from survey.errors import Invalid, Refused
from survey.hall.packed import ASK_FIRST, FOREVER, Packed, answer, pack
from survey.hall.polls import Polls

Answer = tuple[str, list[tuple[str, str]], Iterable[bytes]]

PUT_PATH = re.compile(r"/p/([^/]+)/(ballot|text)/([0-9a-f]{66})")
PAGE_PATH = re.compile(r"/p/([^/]+)/(manifest\.json)?")
FILE_PATH = re.compile(r"/static/([^/]+)")
PHRASES = {
    200: "200 OK",
    400: "400 Bad Request",
    403: "403 Forbidden",
    404: "404 Not Found",
    409: "409 Conflict",
    410: "410 Gone",
    411: "411 Length Required",
    413: "413 Content Too Large",
    500: "500 Internal Server Error",
    503: "503 Service Unavailable",
}
KINDS: dict[str, Kind] = {"ballot": "ballot", "text": "text"}
HTML = "text/html; charset=utf-8"
GUARDS = [("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer")]
WORKER = [("Service-Worker-Allowed", "/p/")]
"""The worker that holds a ballot page for a cut line; its file lies elsewhere."""
GATE_SECONDS = 0.3
"""How long the page may still say open; the box itself closes at once."""
log = logging.getLogger("survey.hall")


class Oversized(Invalid):
    """More bytes were announced than a sealed body has; none of them were read."""

    status = 413


class Unmeasured(Invalid):
    """The length was not announced."""

    status = 411


class Door:
    """A WSGI application that answers voters itself and hands everything else to Flask."""

    def __init__(
        self,
        polls: Polls,
        inner: WSGIApplication,
        *,
        files: dict[str, Packed],
        shell: Callable[[str, str, str], bytes],
        policy: str,
    ) -> None:
        self.polls = polls
        self.inner = inner
        self.files = files
        self.shell = shell
        self.page_headers = [
            *GUARDS,
            ("Content-Security-Policy", policy),
            ("Cross-Origin-Opener-Policy", "same-origin"),
        ]
        self._pages: dict[tuple[str, str, str, str], Packed] = {}
        self._open_until: dict[str, float] = {}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a voter's request, or pass it on."""
        answered = self._answer(environ)
        if answered is None:
            return self.inner(environ, start_response)
        status, headers, body = answered
        start_response(status, headers)
        return body

    def _answer(self, environ: WSGIEnvironment) -> Answer | None:
        path, method = environ.get("PATH_INFO", ""), environ["REQUEST_METHOD"]
        if method == "PUT" and (match := PUT_PATH.fullmatch(path)):
            return self._put(environ, match[1], KINDS[match[2]], match[3])
        if method not in ("GET", "HEAD"):
            return None
        if match := FILE_PATH.fullmatch(path):
            return self._file(environ, match[1])
        if match := PAGE_PATH.fullmatch(path):
            return self._page(environ, match[1], whole=bool(match[2]))
        return None

    def _file(self, environ: WSGIEnvironment, name: str) -> Answer | None:
        if (packed := self.files.get(name)) is None:
            return None
        cache = FOREVER if environ.get("QUERY_STRING") == f"v={packed.digest}" else ASK_FIRST
        status, headers, body = answer(packed, environ, cache=cache)
        return status, headers + GUARDS + (WORKER if name == "keep.js" else []), body

    def _page(self, environ: WSGIEnvironment, poll: str, *, whole: bool) -> Answer | None:
        try:
            manifest, gate = self.polls.manifest(poll), self._gate(poll)
        except Refused:
            return None  # Flask shows its page for what is not there
        if not whole:
            packed, cache = self._packed(poll, gate, manifest, lang=_language(environ)), ASK_FIRST
        else:
            # Until the box opens, a freeze that failed half-way may be done again.
            packed = self._packed(poll, "", manifest, lang="")
            cache = ASK_FIRST if gate == "ready" else FOREVER
        status, headers, body = answer(packed, environ, cache=cache)
        return status, headers + self.page_headers, body

    def _packed(self, poll: str, gate: str, manifest: Manifest, *, lang: str) -> Packed:
        """Return the ballot page for a gate and language, or without a gate the manifest; each made once."""
        key = (poll, gate, manifest.sha256, lang)
        if key not in self._pages:
            made = (self.shell(poll, gate, lang), HTML) if gate else (manifest.raw, "application/json")
            self._pages[key] = pack(*made)
        return self._pages[key]

    def _gate(self, poll: str) -> str:
        """Return the gate; an open one is not looked at again for a moment, when the whole hall loads."""
        now = time.monotonic()
        if now < self._open_until.get(poll, 0):
            return "open"
        gate = self.polls.gate(poll)
        if gate == "open":
            self._open_until[poll] = now + GATE_SECONDS
        return gate

    def _put(self, environ: WSGIEnvironment, poll: str, kind: Kind, card: str) -> Answer:
        try:
            stored = self.polls.put(poll, kind, card, self._body(environ, poll, kind))
        except Refused as refusal:
            return _say(refusal.status, {"code": refusal.code, "sentence": refusal.sentence})
        except Exception as fault:
            log.error("%s while storing", type(fault).__name__)  # a trace could carry the request
            return _say(500, {"code": "hall.crash", "sentence": "系统出了差错，选票没有入箱，请再试一次。"})
        return _say(200, {"receipt": stored.receipt, "fresh": stored.fresh})

    def _body(self, environ: WSGIEnvironment, poll: str, kind: Kind) -> bytes:
        """Read exactly one sealed body; what announces another size is refused before it is read."""
        manifest = self.polls.manifest(poll)
        size = manifest.request_size(kind) + manifest.ticket_size
        try:
            announced = int(environ.get("CONTENT_LENGTH") or -1)
        except ValueError:
            announced = -1
        if announced < 0:
            raise Unmeasured("box.bad_length", "请求没有写明长度，请用票卡上的网页重新发送。")
        if announced > size:
            raise Oversized("box.bad_length", "收到的内容比选票大，已拒收，请用票卡上的网页重新发送。")
        body: bytes = environ["wsgi.input"].read(announced)
        return body


def _language(environ: WSGIEnvironment) -> str:
    """Return the language the address asks for; there are two, so nobody can fill the memory with pages."""
    return "en" if "lang=en" in environ.get("QUERY_STRING", "").split("&") else ""


def _say(status: int, content: dict[str, object]) -> Answer:
    body = json.dumps(content, ensure_ascii=False).encode()
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        *GUARDS,
    ]
    if status == 503:
        headers.append(("Retry-After", "2"))
    return PHRASES.get(status, f"{status} Refused"), headers, [body]
