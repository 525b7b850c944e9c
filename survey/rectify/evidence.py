"""Evidence files: kept once under their digest, checked for size and kind by their first bytes."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from survey.config import Config
from survey.errors import Gone, Invalid

LARGEST = 10 * 1024 * 1024
# An Office file is a ZIP: its suffix tells the rest.
OPENINGS = {
    ".pdf": b"%PDF-",
    ".png": b"\x89PNG\r\n\x1a\n",
    ".jpg": b"\xff\xd8\xff",
    ".jpeg": b"\xff\xd8\xff",
    ".docx": b"PK\x03\x04",
    ".xlsx": b"PK\x03\x04",
}


@dataclass(frozen=True)
class Upload:
    """A file as it came: its name on the sender's machine and its bytes."""

    filename: str
    content: bytes


def check(upload: Upload) -> str:
    """Return the bare file name, or refuse a file that is empty, too large or not of its kind."""
    name = Path(upload.filename.replace("\\", "/")).name.strip()[-120:]
    if not upload.content:
        raise Invalid("rectify.empty_file", f"文件「{name}」是空的，请重新选择。")
    if len(upload.content) > LARGEST:
        raise Invalid("rectify.large_file", f"文件「{name}」超过10MB，请压缩后再上传。")
    opening = OPENINGS.get(Path(name).suffix.lower())
    if opening is None or not upload.content.startswith(opening):
        raise Invalid(
            "rectify.file_kind", f"文件「{name}」不是可接受的格式，请上传PDF、PNG、JPG、DOCX或XLSX文件。"
        )
    return name


def keep(config: Config, upload: Upload) -> tuple[str, str]:
    """Store the bytes under their SHA-256; return the file name and the digest."""
    name = check(upload)
    digest = hashlib.sha256(upload.content).hexdigest()
    path = _path(config, digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        part = path.with_suffix(".part")
        part.write_bytes(upload.content)
        part.replace(path)
    return name, digest


def fetch(config: Config, digest: str) -> bytes:
    """Return the stored bytes; refuse when they are gone or were changed."""
    path = _path(config, digest)
    content = path.read_bytes() if path.exists() else b""
    if hashlib.sha256(content).hexdigest() != digest:
        raise Gone("rectify.evidence_gone", "这份佐证材料已经不在或被改动过，请联系办公室。")
    return content


def _path(config: Config, digest: str) -> Path:
    return config.instance / "evidence" / digest[:2] / digest
