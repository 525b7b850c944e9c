"""Checks a Qiping report: python3 verify.py [folder], with nothing but Python and the package cryptography.

It recounts the slips, compares them with the signed table and the published result, and checks that the
inspectors named in the manifest signed both boards. The first thing that does not fit is named.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

WITHHELD = "withheld"
COLUMNS = ("a", "g", "b", "blank")


class Report:
    """The files of one report."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = json.loads(self.raw("manifest.json"))
        self.result = json.loads(self.raw("result.json"))
        self.signatures = json.loads(self.raw("signatures.json"))
        self.table = rows(self.raw("table.txt").decode())
        self.slips = rows(self.raw("slips.txt").decode())
        self.heads = headings(self.raw("table.txt").decode())

    def raw(self, name: str) -> bytes:
        """Return a file's bytes."""
        return (self.folder / name).read_bytes()

    def sha256(self, name: str) -> str:
        """Return a file's digest."""
        return hashlib.sha256(self.raw(name)).hexdigest()


def rows(text: str) -> dict[str, list[str]]:
    """Return the cells of each line that is no heading, by the line's id."""
    lines = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return {cells[0]: cells[1:] for cells in lines}


def headings(text: str) -> dict[str, str]:
    """Return the headings by their first word."""
    heads = (line[2:].partition(" ") for line in text.splitlines() if line.startswith("# "))
    return {name: value for name, _, value in heads}


def files(report: Report) -> Iterator[str]:
    """Every file is the one that the index names."""
    for line in report.raw("index.txt").decode().splitlines():
        digest, name = line.split("  ")
        if report.sha256(name) != digest:
            yield f"文件 {name} 与目录 index.txt 中的摘要不符"


def sealed(report: Report) -> Iterator[str]:
    """Board S adds up: its manifest, the roots, each card once."""
    text = report.raw("sealed.txt").decode()
    if f"# 清单 {report.sha256('manifest.json')}" not in text.splitlines():
        yield "sealed.txt 不是按 manifest.json 这份清单收票的"
    listed = parts(text)
    for head, lines in listed.items():
        _, _, count, _, root = head.split(" ")
        if int(count) != len(lines) or hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest() != root:
            yield f"sealed.txt「{head[2:]}」与其下所列不符"
    keys = [line.split(" ")[0] for lines in listed.values() for line in lines]
    if len(set(keys)) != len(keys):
        yield "sealed.txt 中有重复的票卡编号"


def parts(text: str) -> dict[str, list[str]]:
    """Return the lines of board S under their headings: ballots, then remarks."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line.startswith("# 密封"):
            found[line] = []
        elif not line.startswith("#") and found:
            found[[*found][-1]].append(line)
    return found


def account(report: Report) -> Iterator[str]:
    """No more ballots than cards, as many as the table says, and all of them accounted for."""
    ballots = len(next(iter(parts(report.raw("sealed.txt").decode()).values()), []))
    counts = {
        name: int(count)
        for name, _, count in (part.partition("=") for part in report.heads["ballots"].split(" "))
    }
    cards = report.manifest["cards"]["count"]
    if not ballots == counts["sealed"] <= cards:
        yield f"密封选票{ballots}张，计票表写{counts['sealed']}张，票卡{cards}张"
    if counts["sealed"] != counts["valid"] + counts["blank"] + counts["void"]:
        yield "计票表：密封≠有效＋空白＋作废"
    if report.heads["manifest"] != report.sha256("manifest.json"):
        yield "table.txt 不是这份清单的计票表"
    for line, cells in report.table.items():
        ballots = counts["valid"] + carried(report, line)
        if cells != [WITHHELD] and sum(map(int, cells)) != ballots:
            yield f"计票表「{line}」各项之和不等于有效票{ballots}张"


def carried(report: Report, line: str) -> int:
    """Return how many sheets of paper carried a line; the table's heading of paper says it."""
    told = dict(part.split("=") for part in report.heads.get("paper", "carried=0").split(" "))
    return int(told.get(line, told["carried"]))


def signatures(report: Report) -> Iterator[str]:
    """M of the inspectors in the manifest signed each board."""
    names = {"sealed": "sealed.txt", "table": "table.txt"}
    for which, name in names.items():
        message = f"board|{which}|{report.manifest['poll']}|{report.sha256(name)}".encode()
        found = report.signatures.get(which, {})
        holding = 0
        for inspector in report.manifest["inspectors"]:
            signature = found.get(str(inspector["position"]))
            if signature and signed(inspector["public_key"], bytes.fromhex(signature), message):
                holding += 1
            elif signature:
                yield f"{inspector['holder']}（第{inspector['position']}位）在 {name} 上的签名不符"
        if holding < report.manifest["threshold"]:
            yield f"{name} 只有{holding}位监督人的有效签名，须{report.manifest['threshold']}位"


def signed(public_key: str, signature: bytes, message: bytes) -> bool:
    """Tell whether a P-256 key signed a message (r and s of 32 bytes each)."""
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes.fromhex(public_key))
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    try:
        key.verify(utils.encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def slips(report: Report) -> Iterator[str]:
    """The slips, counted anew, give the table."""
    expected = ["overall", *(unit["id"] for unit in report.manifest["slate"]["units"])]
    if [*report.table] != expected or [*report.slips] != expected:
        yield "table.txt 或 slips.txt 的行与清单中的总体和单位不同"
    for line in (line for line in expected if line in report.table and line in report.slips):
        marks = "".join(report.slips[line])
        counted = [str(marks.count(mark)) for mark in "ABC-"] if marks != WITHHELD else [WITHHELD]
        if counted != report.table[line] or marks.strip("ABC-") not in ("", WITHHELD):
            told = f"票条 {'/'.join(counted)}，计票表 {'/'.join(report.table[line])}"
            yield f"「{line}」的票条与计票表不符：{told}"


def result(report: Report) -> Iterator[str]:
    """The published result gives the counts of the table, and the rates that follow from them."""
    published: dict[str, dict[str, Any]] = {"overall": report.result["overall"]}
    published |= {unit["id"]: unit for unit in report.result["units"]}
    for line, cells in report.table.items():
        shown = published.get(line, {})
        counts = [WITHHELD] if shown.get("withheld") else [str(shown.get(column)) for column in COLUMNS]
        if counts != cells:
            yield f"公布结果中「{line}」为 {'/'.join(counts)}，计票表为 {'/'.join(cells)}"
    rates = {rate["key"]: rate for rate in report.result["rates"]}
    if report.table["overall"] == [WITHHELD]:
        if "firm" in rates:
            yield "总体评价的票数没有公布，却公布了总体满意率"
        return
    good, fair, poor = map(int, report.table["overall"][:3])
    if [rates["firm"]["num"], rates["firm"]["den"]] != [good + fair, good + fair + poor]:
        yield "公布的总体满意率与总体评价的票数不符"


CHECKS = (files, sealed, account, signatures, slips, result)


def faults(folder: Path) -> list[str]:
    """Return a sentence for everything in the report that does not fit."""
    report = Report(folder)
    return [fault for check in CHECKS for fault in check(report)]


def main(arguments: list[str]) -> int:
    """Check the report in a folder and say what was found."""
    folder = Path(arguments[0]) if arguments else Path(__file__).resolve().parent
    try:
        found = faults(folder)
    except (OSError, ValueError, KeyError, IndexError, TypeError) as fault:
        found = [f"报告不完整或格式不对：{type(fault).__name__} {fault}"]
    for sentence in found:
        sys.stdout.write(f"不符：{sentence}\n")
    if not found:
        sys.stdout.write("通过：票条重新计数与计票表、公布结果一致，两块公示栏均有足够监督人签名。\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
