"""Rehearsals on this installation's own disk, with the intruder let loose on them, and what came out."""

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory

from survey.attack import linkage, rehearsal, timing
from survey.attack.linkage import Linkage, Scores
from survey.attack.schemas import SCHEMAS
from survey.attack.timing import Timing

BAD_RUNS = 4
PREFIX = "rehearsal-"
MERGED, TWO_WINDOWS = "领证与投票合并", "两个窗口（先领证，后投票）"


@dataclass(frozen=True)
class Served:
    """What the poll through the real doors left: files read, marks of phones found, the best way's share."""

    files: int
    traces: int
    linked: float


@dataclass(frozen=True)
class Findings:
    """All that the intruder achieved; `bad` are the shares linked on the three bad boxes."""

    voters: int
    store: Linkage
    worst: Sequence[tuple[str, float]]
    ways: int
    served: Served | None
    bad: dict[str, float]
    timings: Sequence[Timing]

    @property
    def lawful(self) -> bool:
        """Tell whether our box gave no more than chance and the bad ones gave everything."""
        quiet = self.served is None or not self.served.traces
        return self.store.lawful and quiet and min(self.bad.values()) == 1 and self._timed

    @property
    def _timed(self) -> bool:
        of = {one.name: one for one in self.timings}
        return of[TWO_WINDOWS].of_chance <= 1.2 and of[MERGED].linked > 0.9


def small(instance: Path, *, runs: int, voters: int) -> Findings:
    """Rehearse on the store alone, one after the other, as an inspector does before a poll."""
    return findings(instance, [_once(instance, voters) for _ in range(runs)], voters)


def findings(
    instance: Path, scores: Sequence[Scores], voters: int, through: Served | None = None
) -> Findings:
    """Put the scores of our box, of the bad ones and of timing side by side."""
    ways = linkage.by_way(scores)
    means = sorted(((way, fmean(each)) for way, each in ways.items()), key=lambda pair: -pair[1])
    store = linkage.measured(linkage.best(scores), voters)
    bad = {name: _bad(instance, name, voters) for name in SCHEMAS}
    return Findings(voters, store, means[:3], len(ways), through, bad, timing.simulate())


def rehearse(instance: Path, runs: int, voters: int) -> list[Scores]:
    """Return the scores of every run; two run side by side, each in a folder on the instance's own disk."""
    workers = min(2, os.cpu_count() or 1, runs)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        return list(pool.map(_once, [instance] * runs, [voters] * runs))


def _once(instance: Path, voters: int) -> dict[str, float]:
    with folder(instance) as root:
        # Everything is made anew, or lists sorted by the same keys would score the same in every run.
        scene = rehearsal.hold(rehearsal.prepare(voters), root)
        return linkage.attack(root, scene)


@contextmanager
def folder(instance: Path) -> Iterator[Path]:
    """Lend a folder on the instance's own disk and leave nothing of it."""
    instance.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=PREFIX, dir=instance) as name:
        yield Path(name)


def _bad(instance: Path, name: str, voters: int) -> float:
    scores = []
    for _ in range(BAD_RUNS):
        with folder(instance) as root:
            scene = SCHEMAS[name](root, voters)
            scores.append(linkage.attack(root, scene))
    return fmean(linkage.best(scores))


def report(found: Findings) -> list[str]:
    """Return the findings as lines of Chinese, the verdict last."""
    store, chance = found.store, found.store.chance
    lines = [
        f"本机票箱：{found.ways} 种对接方式中最有效的一种（一半演练选定、另一半检验）"
        f"关联 {store.mean:.2%} ± {store.error:.2%}，随机猜测 1/{found.voters} = {chance:.2%}，"
        f"偏离 {store.off:+.1f} 个标准误（{store.runs} 次演练）",
        *(f"　　{way}：{mean:.2%}" for way, mean in found.worst),
    ]
    if found.served:
        lines.append(
            f"真实会场服务器：读遍 {found.served.files} 个文件（含台账数据库、日志、进程输出、临时文件），"
            f"手机地址、机型痕迹 {found.served.traces} 处；关联 {found.served.linked:.2%}"
        )
    lines += [f"反面样本　{name}：关联 {share:.0%}" for name, share in found.bad.items()]
    lines += [
        f"仅凭时刻（计算）　{one.name}：关联 {one.linked:.1%}，为随机猜测的 {one.of_chance:.2f} 倍"
        for one in found.timings
    ]
    verdict = "通过：拿到全部文件的人，也不比随机猜测知道得更多。"
    return [*lines, verdict if found.lawful else "未通过：请不要用本机开展测评，先查明原因。"]
