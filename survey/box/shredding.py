"""The end of a box: every file of it is overwritten where it lies, then removed; nothing is left to read.

Flash storage may keep old blocks; only full-disk encryption helps against that.
"""

import hashlib
import os
import secrets
from pathlib import Path

from survey.box import boxfile, store
from survey.errors import Refused

CHUNK = 1 << 20
DOOMED = ".doomed"


def inventory(folder: Path) -> list[str]:
    """Return one line for each file of a box: name, size and digest."""
    return [
        f"{path.relative_to(folder)}\t{path.stat().st_size}\t{hashlib.sha256(path.read_bytes()).hexdigest()}"
        for path in _files(folder)
    ]


def shred(folder: Path) -> int:
    """Destroy a closed box and all that was opened from it; return the number of files.

    A destruction that was interrupted goes on when it is asked for again.
    """
    box = folder / boxfile.NAME
    if box.exists():
        if store.gate(folder) != "closed":
            raise Refused("box.not_closed", "票箱还没有封箱，不能销毁，请先封箱。")
        box.rename(folder / f"{boxfile.NAME}{DOOMED}")
        boxfile.sync_folder(folder)
    paths = _files(folder)
    for path in paths:
        _overwrite(path)
        path.unlink()
    for inner in sorted((path for path in folder.rglob("*") if path.is_dir()), reverse=True):
        inner.rmdir()
    if folder.exists():
        folder.rmdir()
        boxfile.sync_folder(folder.parent)
    return len(paths)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() or path.is_symlink())


def _overwrite(path: Path) -> None:
    if path.is_symlink():
        return
    with path.open("r+b") as file:
        left = path.stat().st_size
        while left > 0:
            left -= file.write(secrets.token_bytes(min(CHUNK, left)))
        file.flush()
        os.fsync(file.fileno())
