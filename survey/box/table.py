"""The canonical tally table (board T): how often each line was marked; two openers must reach its digest.

One row a line in slate order, tab-separated: id, 非常满意, 服务一般, 服务较差, 未评价.
Headings begin with `#`.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from survey.box.batch import CHANNEL, Batch
from survey.box.manifest import Manifest
from survey.errors import Refused

FORMAT = "qiping-table-1"
WITHHELD, PAPER = "withheld", "# paper "
Row = tuple[str, int, int, int, int]


@dataclass(frozen=True)
class Table:
    """The counts of one opened box; `account` says what became of the sealed ballots.

    `paper` says in a heading how many sheets of paper carried the lines.
    """

    poll: str
    manifest: str
    account: Mapping[str, int]
    rows: Sequence[Row]
    paper: str = ""

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read a full table back."""
        heads = [line for line in raw.decode().splitlines() if line.startswith("#")]
        cells = (line.split("\t") for line in raw.decode().splitlines() if not line.startswith("#"))
        account = dict(part.split("=") for part in heads[2].split(" ")[2:])
        rows = [(line, int(a), int(g), int(b), int(blank)) for line, a, g, b, blank in cells]
        poll, manifest = heads[0].split(" ")[2], heads[1].split(" ")[2]
        paper = next((head.removeprefix(PAPER) for head in heads if head.startswith(PAPER)), "")
        return cls(poll, manifest, {name: int(count) for name, count in account.items()}, rows, paper)

    @property
    def raw(self) -> bytes:
        """Return the one form whose bytes are hashed."""
        return self.shown([*map(_plain, self.rows)])

    @property
    def sha256(self) -> str:
        """Return the digest that both openers must reach."""
        return hashlib.sha256(self.raw).hexdigest()

    def public(self, small: Iterable[str], persons: Iterable[str]) -> bytes:
        """Return the table without person lines; the counts of `small` lines are withheld."""
        hidden, left_out = set(small), set(persons)
        rows = [row for row in self.rows if row[0] not in left_out]
        shown = [f"{row[0]}\t{WITHHELD}" if row[0] in hidden else _plain(row) for row in rows]
        return self.shown([f"# full {self.sha256}", *shown])

    def of(self, ids: Iterable[str]) -> bytes:
        """Return the rows of some lines alone, for those entitled to them."""
        wanted = set(ids)
        return self.shown([_plain(row) for row in self.rows if row[0] in wanted])

    def shown(self, lines: Sequence[str]) -> bytes:
        """Return headings and `lines` as text."""
        account = " ".join(f"{name}={self.account[name]}" for name in ("sealed", "valid", "blank", "void"))
        headings = [f"# {FORMAT} {self.poll}", f"# manifest {self.manifest}", f"# ballots {account}"]
        headings += [PAPER + self.paper] if self.paper else []
        return ("\n".join([*headings, *lines]) + "\n").encode()


def _plain(row: Row) -> str:
    return "\t".join(map(str, row))


def tabulate(
    manifest: Manifest,
    ballots: Sequence[Mapping[str, Any]],
    *,
    sealed: int,
    void: int,
    paper: Batch | None = None,
) -> Table:
    """Count the opened ballots line by line; a line's ballots are the phones' and the sheets carrying it."""
    counts = {line: dict.fromkeys("ABC", 0) for line in manifest.lines}
    for ballot in ballots:
        marks = {**ballot["units"], **ballot["persons"]}
        if ballot["overall"]:
            marks["overall"] = ballot["overall"]
        for line, mark in marks.items():
            counts[line][mark] += 1
    valid = sum(ballot.get("channel") != CHANNEL for ballot in ballots)
    carried = paper.carried if paper else {}
    rows = [
        (line, own["A"], own["B"], own["C"], valid + carried.get(line, 0) - sum(own.values()))
        for line, own in counts.items()
    ]
    if odd := next((row[0] for row in rows if row[4] < 0), None):
        raise Refused(
            "opening.more_marks", f"「{odd}」一行的评价多于有效票，请停止开箱并查明纸质票批次的来源。"
        )
    account = {"sealed": sealed, "valid": valid, "blank": sealed - void - valid, "void": void}
    told = sheets_told(manifest, carried, records=len(paper.records)) if paper else ""
    return Table(manifest.poll, manifest.sha256, account, rows, told)


def sheets_told(manifest: Manifest, carried: Mapping[str, int], *, records: int) -> str:
    """Return the heading of paper: records, the sheets that carried most lines, and each line with others."""
    counts = [carried.get(line, 0) for line in manifest.lines]
    usual = Counter(counts).most_common(1)[0][0]
    other = [f"{line}={count}" for line, count in zip(manifest.lines, counts, strict=True) if count != usual]
    return " ".join([f"records={records}", f"carried={usual}", *other])


def refuse_difference(first: bytes, second: bytes) -> None:
    """Refuse two openings that differ and name the first line of the table where they do."""
    if first == second:
        return
    ours, theirs = first.decode().splitlines(), second.decode().splitlines()
    pairs = zip(ours, theirs, strict=False)
    place = next((one for one, other in pairs if one != other), "行数")
    name = place.split("\t")[0].removeprefix("# ")
    raise Refused(
        "opening.openers_differ",
        f"两套独立开箱程序在「{name}」一行得出的票数不同，结果不予保存，请保护现场并联系技术人员查明原因。",
    )
