"""The opened folder of a box: what the count reads, held against the digests frozen before."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from survey.config import Config
from survey.errors import Missing, Refused
from survey.poll import boxes
from survey.poll.models import Poll

SLATE, BALLOTS, REMARKS, RULES, RECORD, TABLE, PAPER = (
    "slate.json",
    "ballots.jsonl",
    "remarks.jsonl",
    "rules.toml",
    "opening.json",
    "table.txt",
    "paper.json",
)


@dataclass(frozen=True)
class OpenedFiles:
    """The files of one opening; `ballots_sha256` is the digest of the ballots as they lie there."""

    slate: dict[str, Any]
    ballots: list[dict[str, Any]]
    record: dict[str, Any]
    slate_sha256: str
    rules_sha256: str
    ballots_sha256: str
    table: bytes
    paper: dict[str, Any] | None = None

    @property
    def phones(self) -> int:
        """Return how many of the ballots came from phones; the others are sheets of paper."""
        return len(self.ballots) - (int(self.paper["records"]) if self.paper else 0)


def folder(config: Config, poll: Poll) -> Path:
    """Return the folder that the opening wrote."""
    return boxes.folder(config, poll) / "opened"


def read(config: Config, poll: Poll) -> OpenedFiles:
    """Read the opened files; refuse them when slate or rules are not the frozen ones."""
    path = folder(config, poll)
    if not path.is_dir():
        raise Missing("tally.not_opened", f"{poll.key} 的票箱尚未开箱。")
    slate, ballots, rules = ((path / name).read_bytes() for name in (SLATE, BALLOTS, RULES))
    for name, raw, frozen in ((SLATE, slate, poll.slate_sha256), (RULES, rules, poll.rules_sha256)):
        if digest(raw) != frozen:
            raise Refused(
                "tally.altered", f"开箱文件夹中的 {name} 与冻结时不一致，不能计票，请核对后重新开箱。"
            )
    return OpenedFiles(
        slate=json.loads(slate),
        ballots=lines(ballots),
        record=json.loads((path / RECORD).read_bytes()),
        slate_sha256=digest(slate),
        rules_sha256=digest(rules),
        ballots_sha256=digest(ballots),
        table=(path / TABLE).read_bytes(),
        paper=json.loads((path / PAPER).read_bytes()) if (path / PAPER).exists() else None,
    )


def remarks(config: Config, poll: Poll) -> list[dict[str, Any]]:
    """Return the opened remarks, for the review group alone."""
    path = folder(config, poll) / REMARKS
    return lines(path.read_bytes()) if path.exists() else []


def lines(raw: bytes) -> list[dict[str, Any]]:
    """Read one JSON object a line."""
    return [json.loads(line) for line in raw.decode().splitlines() if line]


def digest(raw: bytes) -> str:
    """Return the SHA-256 of `raw`."""
    return hashlib.sha256(raw).hexdigest()
