"""Uploaded scans on their way through the reader: kept under random names, gone when read."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from survey.errors import Invalid
from survey.paper import images


class Upload(Protocol):
    """A file of a form, as werkzeug gives it."""

    filename: str | None

    def save(self, dst: str) -> None:
        """Write the file to `dst`."""


@contextmanager
def kept(instance: Path, files: Sequence[Upload]) -> Iterator[list[Path]]:
    """Yield the uploaded files under random names; they are deleted when the block ends."""
    folder = instance / "scans"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    paths: list[Path] = []
    try:
        for file in files:
            suffix = Path(file.filename or "").suffix.lower()
            if suffix not in images.SUFFIXES:
                raise Invalid(
                    "paper.file_kind",
                    f"「{file.filename}」不是 PDF、TIFF、JPEG 或 PNG 文件，请重新选择扫描件。",
                )
            paths.append(folder / f"{secrets.token_hex(16)}{suffix}")
            file.save(str(paths[-1]))
        if not paths:
            raise Invalid("paper.no_scans", "请先选择扫描件。")
        yield paths
    finally:
        for path in paths:
            path.unlink(missing_ok=True)
