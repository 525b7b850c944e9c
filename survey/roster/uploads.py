"""Workbooks kept between the preview and the confirmation, under names that cannot be guessed."""

import datetime as dt
import re
import secrets
from pathlib import Path
from typing import IO

from survey.errors import Gone

TOKEN = re.compile(r"\d{8}-[A-Za-z0-9_-]{22}")


def keep(instance: Path, stream: IO[bytes], *, today: dt.date) -> str:
    """Store an uploaded workbook and return its token; workbooks left over from earlier days go."""
    folder = instance / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.xlsx"):
        if not old.name.startswith(f"{today:%Y%m%d}"):
            old.unlink(missing_ok=True)
    token = f"{today:%Y%m%d}-{secrets.token_urlsafe(16)}"
    path = folder / f"{token}.xlsx"
    path.touch(mode=0o600)
    stream.seek(0)
    path.write_bytes(stream.read())
    return token


def find(instance: Path, token: str) -> Path:
    """Return the workbook behind `token`."""
    path = instance / "uploads" / f"{token}.xlsx"
    if TOKEN.fullmatch(token) and path.is_file():
        return path
    raise Gone("roster.upload_gone", "这份上传的文件已经导入、放弃或过期，请重新上传。")


def drop(instance: Path, token: str) -> None:
    """Remove the workbook behind `token`."""
    find(instance, token).unlink(missing_ok=True)
