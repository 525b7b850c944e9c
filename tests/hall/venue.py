"""One poll of the sample county as its hall sees it: box, cards, notices; and what comes out of the box."""

import hashlib
import io
from collections.abc import Mapping
from functools import cache
from typing import Any

from openpyxl import load_workbook

from survey.box import keys, opening, proof, store, tokens
from survey.box import manifest as manifests
from survey.box.board import Board
from survey.box.manifest import Inspector
from survey.box.opening import Opened
from survey.box.remote import Remote
from survey.config import Config
from survey.demo.county import people_workbook

POLL = "2023Q1-v1"
TITLE = "2023年第一季度企业满意度测评"
HOLDERS = ("纪委监委甲", "工商联乙", "审计局丙")
PASSPHRASE = "会场测试口令-七上八下"
THRESHOLD = 2
RATE = {"key": "not_poor", "name": "非差评率", "num": 31937, "den": 32230, "pct": "99.09"}
LAST_YEAR = {"rounds": ["2022Q3", "2022Q4"], "num": 61798, "den": 64460, "pct": "95.87", "points": "+3.22"}
RESULT = {
    "rates": [
        {**RATE, "definition": "不是差评的评价÷有效评价", "last_quarter": None, "last_year": LAST_YEAR}
    ],
    "overall": {"a": 100, "g": 9, "b": 1, "n": 110, "blank": 0},
    "equation": {"issued": 110, "returned": 110, "valid": 110, "invalid": 0},
    "series": [{"name": "审批服务", "a": 5, "g": 1, "b": 0, "n": 6, "blank": 1}],
    "units": [
        {"id": "U00", "name": "行政审批局", "series": "审批服务", "a": 5, "g": 1, "b": 0, "n": 6, "blank": 1},
        {"id": "U01", "name": "气象局", "series": "公共服务", "withheld": True},
    ],
    "digests": {"tally": "ab" * 32},
}
"""A public result as the county posts it."""


@cache
def slate() -> dict[str, Any]:
    """Return 33 units and 293 persons, from the workbook that a clerk would bring."""
    sheet = load_workbook(io.BytesIO(people_workbook()), read_only=True).active
    units: dict[str, dict[str, str]] = {}
    persons = []
    for unit, name, series, badge, person, post, duties, kind in list(sheet.values)[1:]:
        units[unit] = {"id": unit, "name": name, "series": series}
        persons.append({
            "id": badge, "unit": unit, "name": person, "post": post, "duties": duties,
            "kind": "leader" if kind == "部门领导" else "staff", "series": series,
        })  # fmt: skip
    return {"poll": POLL, "units": list(units.values()), "persons": persons}


@cache
def key_files() -> tuple[dict[str, Any], ...]:
    """Return the inspectors' key files, made once for all tests."""
    return tuple(keys.make(POLL, place, name, PASSPHRASE) for place, name in enumerate(HOLDERS, 1))


class Venue:
    """A hall with a frozen poll; its gate opens and closes as the inspectors say."""

    def __init__(
        self, config: Config, cards: int = 8, poll: str = POLL, remote: Remote | None = None
    ) -> None:
        self.config, self.poll, self.folder = config, poll, config.boxes / poll
        self.codes = [tokens.new_code() for _ in range(cards)]
        self.board = Board(config.board)
        lists = {
            "ballot_keys": sorted(tokens.public_hex(tokens.ballot_key(poll, code)) for code in self.codes),
            "text_keys": sorted(tokens.public_hex(tokens.text_key(poll, code)) for code in self.codes),
        }
        inspectors = [Inspector(one["position"], one["holder"], one["public_key"]) for one in key_files()]
        digest = hashlib.sha256(b"not looked at here").hexdigest()
        self.manifest = manifests.build(
            poll=poll,
            round_="2023Q1",
            title=TITLE,
            county=config.county,
            held_on="2023-03-28",
            slate=slate(),
            slate_sha256=digest,
            rules_sha256=digest,
            threshold=THRESHOLD,
            inspectors=inspectors,
            **lists,
            remote=remote,
        )
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        store.create(self.folder, self.manifest, **lists)
        self.board.post("manifest", poll, self.manifest.raw, "application/json")
        self._say("ready")

    def open(self) -> "Venue":
        store.open_gate(self.folder)
        self._say("open")
        return self

    def close(self) -> None:
        """Close the box and post the board of sealed envelopes."""
        store.close_gate(self.folder)
        sealed = "".join(f"{line}\n" for line in proof.receipts(self.folder))
        self.board.post("sealed", self.poll, sealed.encode(), "text/plain; charset=utf-8")
        self._say("closed")

    def opened(self) -> Opened:
        """Open the closed box with two of the three inspectors' keys."""
        package = opening.package(self.folder)
        sets = [opening.shares(package, key_file, PASSPHRASE) for key_file in key_files()[:THRESHOLD]]
        return opening.combine(package, sets)

    def link(self, code: str, origin: str = "") -> str:
        """Return what the QR of a card says."""
        return f"{origin}/p/{self.poll}/#{tokens.display(code)}~{self.manifest.sha256}"

    def _say(self, state: str) -> None:
        self.board.post("state", self.poll, state.encode(), "text/plain; charset=utf-8")


def only_marks(ballot: Mapping[str, Any]) -> dict[str, str]:
    """Return the marks of an opened ballot by line."""
    overall = {"overall": ballot["overall"]} if ballot.get("overall") else {}
    return {**overall, **ballot["units"], **ballot["persons"]}
