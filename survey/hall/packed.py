"""Answers made once and given many times: bytes with their gzip and brotli forms and strong ETags."""

import gzip
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import brotli

TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
}
LARGE = 256 * 1024
"""No file of the hall is as large as this; to pack the desk's chart library costs seconds at every start."""
KEPT = 64
"""How many packed contents a process remembers: making them again is what takes time."""
FOREVER = "public, max-age=31536000, immutable"
ASK_FIRST = "no-cache"


@dataclass(frozen=True)
class Form:
    """One way the same content goes over the wire."""

    coding: str
    body: bytes
    etag: str


@dataclass(frozen=True)
class Packed:
    """One content in all its forms, the smallest first."""

    kind: str
    digest: str
    forms: tuple[Form, ...]

    def form(self, accepted: str) -> Form:
        """Return the smallest form that an Accept-Encoding header allows."""
        parts = [part.replace(" ", "").split(";") for part in accepted.split(",")]
        codings = {part[0] for part in parts if part[-1] not in ("q=0", "q=0.0")}
        return next(form for form in self.forms if form.coding in codings or form.coding == "identity")


@lru_cache(KEPT)
def pack(content: bytes, kind: str) -> Packed:
    """Compress `content` as far as it goes; the same content gives the same bytes and tags."""
    digest = hashlib.sha256(content).hexdigest()[:32]
    bodies = {
        "br": brotli.compress(content, quality=11),
        "gzip": gzip.compress(content, 9, mtime=0),
        "identity": content,
    }
    ordered = sorted(bodies.items(), key=lambda item: len(item[1]))
    forms = tuple(Form(coding, body, f'"{digest}-{coding}"') for coding, body in ordered)
    return Packed(kind, digest, forms)


def pack_folder(folder: Path) -> dict[str, Packed]:
    """Pack the built files of `folder` by name, without large ones; a folder not built yet is empty."""
    return {
        path.name: pack(path.read_bytes(), TYPES[path.suffix])
        for path in sorted(folder.glob("*"))
        if path.suffix in TYPES and path.stat().st_size < LARGE
    }


def answer(
    packed: Packed, environ: Mapping[str, Any], *, cache: str
) -> tuple[str, list[tuple[str, str]], Iterable[bytes]]:
    """Return status, headers and body for a GET or HEAD of `packed`: 304 when the reader has it already."""
    form = packed.form(environ.get("HTTP_ACCEPT_ENCODING", ""))
    headers = [("ETag", form.etag), ("Cache-Control", cache), ("Vary", "Accept-Encoding")]
    known = {tag.strip().removeprefix("W/") for tag in environ.get("HTTP_IF_NONE_MATCH", "").split(",")}
    if form.etag in known:
        return "304 Not Modified", headers, []
    headers += [("Content-Type", packed.kind), ("Content-Length", str(len(form.body)))]
    if form.coding != "identity":
        headers.append(("Content-Encoding", form.coding))
    return "200 OK", headers, [] if environ["REQUEST_METHOD"] == "HEAD" else [form.body]
