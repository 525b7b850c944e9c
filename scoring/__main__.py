"""Recount without the server: python -m scoring SLATE.json BALLOTS.jsonl --rules RULES.toml."""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scoring.ballot import BallotFault, Slate, read_rows, read_slate
from scoring.explain import as_text, explain_one
from scoring.recount import recount_rows
from scoring.report import report
from scoring.rules import Rules, load
from scoring.schema import RulesFault

FAULTY = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the three files, print the result; 2 means that one of them was refused."""
    asked = _parser().parse_args(arguments)
    try:
        text = answer(asked)
    except (BallotFault, RulesFault) as fault:
        sys.stderr.write(f"{fault.sentence}\n")
        return FAULTY
    sys.stdout.write(f"{text}\n")
    return 0


def answer(asked: argparse.Namespace) -> str:
    """Return what was asked for: the result as JSON or as tables, or the gates of one official or unit."""
    rules = _rules(asked.rules)
    slate = read_slate(_read(asked.slate), asked.slate.name)
    ballots = _ballots(asked.ballots, slate)
    if asked.explain:
        found = explain_one(ballots, slate, rules, about=asked.explain)
        return _json(found) if asked.json else as_text(found)
    paper = _history([asked.paper])[0] if asked.paper else None
    history = _history(asked.history)
    result = recount_rows(slate, ballots, rules, history=history, spares=asked.spares, paper=paper)
    return _json(result) if asked.json else report(result, slate)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m scoring", description="不经服务器，独立复核一次测评的计票。"
    )
    parser.add_argument("slate", type=Path, help="票面名单 SLATE.json")
    parser.add_argument("ballots", type=Path, help="选票 BALLOTS.jsonl，每行一张")
    parser.add_argument("--rules", type=Path, required=True, help="测评规则 RULES.toml")
    parser.add_argument("--history", type=Path, nargs="*", default=[], help="以前各季的 JSON 结果，由早到晚")
    parser.add_argument("--spares", type=int, default=0, help="补发票卡张数")
    parser.add_argument("--paper", type=Path, help="纸质票批次的 paper.json，有纸质票时须给出")
    parser.add_argument("--json", action="store_true", help="输出 JSON")
    parser.add_argument("--explain", metavar="PERSON", help="逐项说明某人或某单位为何列入或未列入")
    return parser


def _read(path: Path) -> str:
    with _readable(path):
        return path.read_text(encoding="utf-8")


def _ballots(path: Path, slate: Slate) -> list[bytes]:
    with _readable(path), path.open(encoding="utf-8") as lines:
        return list(read_rows(lines, slate, path.name))


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Turn a file that cannot be read into one sentence."""
    try:
        yield
    except OSError as error:
        raise BallotFault(f"读不出文件（{error.strerror}）", place=path.name) from None
    except UnicodeDecodeError:
        raise BallotFault("不是 UTF-8 文本文件", place=path.name) from None


def _rules(path: Path) -> Rules:
    try:
        return load(_read(path))
    except RulesFault as fault:
        raise RulesFault(f"{path.name}：{fault.sentence}") from None


def _history(paths: Sequence[Path]) -> list[dict[str, Any]]:
    results = []
    for path in paths:
        try:
            results.append(json.loads(_read(path)))
        except json.JSONDecodeError as error:
            raise BallotFault("不是正确的 JSON", place=f"{path.name} 第{error.lineno}行") from None
    return results


def _json(found: Mapping[str, Any]) -> str:
    return json.dumps(found, ensure_ascii=False, indent=1)


if __name__ == "__main__":
    sys.exit(main())
