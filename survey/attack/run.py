"""`survey attack`: rehearsals through the store and through the real doors, the intruder, the figures."""

from collections.abc import Callable, Sequence
from statistics import fmean

from survey.attack import linkage, reading, served, trial
from survey.attack.linkage import Scores
from survey.attack.trial import Findings, Served
from survey.config import Config

VOTERS = 110
Echo = Callable[[str], None]


def attack(config: Config, *, runs: int, echo: Echo, voters: int = VOTERS) -> Findings:
    """Rehearse `runs` times through the store and once through the doors, and attack all of them."""
    echo(f"演练 {runs} 次，每次 {voters} 位模拟企业家……")
    scores = trial.rehearse(config.instance, runs, voters)
    echo("经真实会场服务器演练一次……")
    through = _through_the_doors(config, scores)
    return trial.findings(config.instance, scores, voters, through)


def _through_the_doors(config: Config, scores: Sequence[Scores]) -> Served:
    with trial.folder(config.instance) as root:
        scene = served.hold_through_the_doors(config, root)
        found = linkage.attack(root, scene)
        contents = [path.read_bytes() for path in reading.files(root)]
    needles = [trace for target in scene.targets for trace in target.traces.values()]
    hits = sum(needle in content for content in contents for needle in needles)
    ways = linkage.by_way(scores)
    mine = [way for way in ways if way in found]
    chosen = max(mine, key=lambda way: fmean(ways[way])) if mine else ""
    return Served(len(contents), hits, found.get(chosen, fmean(found.values())))
