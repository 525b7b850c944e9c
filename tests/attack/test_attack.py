"""The intruder links everybody on a bad box and nobody on ours; what the figures say is what was counted."""

from pathlib import Path

import pytest

from survey.attack import linkage, rehearsal, timing, trial
from survey.attack.schemas import SCHEMAS
from survey.attack.targets import Scene, Target

VOTERS, RUNS = 30, 8


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_attack_links_every_voter_of_a_bad_box(tmp_path, name: str):
    assert trial._bad(tmp_path, name, 110) == 1
    assert not list(tmp_path.iterdir())


def test_the_attack_links_no_more_voters_of_our_box_than_guessing_does(tmp_path):
    scores = [trial._once(tmp_path, VOTERS) for _ in range(RUNS)]
    found = linkage.measured(linkage.best(scores), VOTERS)
    assert (found.runs, round(found.chance * VOTERS)) == (RUNS, 1)
    # Hits are Poisson with mean 1 a run; a lucky day of one in ten million is allowed.
    assert found.off < 5.5
    assert len(linkage.by_way(scores)) > 50


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return rehearsal.hold(rehearsal.prepare(6), tmp_path)


def test_every_form_of_every_ballot_lies_where_the_intruder_looks(tmp_path, scene):
    contents = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    missing = {kind for one in scene.targets for kind, form in one.marks.items() if form not in contents}
    assert missing == set()


def test_a_log_laid_beside_our_box_is_found_and_joined(tmp_path, scene):
    known = [Target(one.marks, {"地址": f"10.9.8.{n:03}".encode()}) for n, one in enumerate(scene.targets)]
    lines = [known[number].traces["地址"] + b" PUT\n" for number in scene.came]
    (tmp_path / "access.log").write_bytes(b"".join(lines))
    ways = linkage.attack(tmp_path, Scene(known, scene.came, watched=False))
    assert any(way.startswith("access.log") for way in ways)


def test_a_file_of_its_own_for_each_ballot_is_betrayed_by_its_time(tmp_path):
    targets = [Target({"选票": f"ballot-{n:03}-of-somebody".encode()}) for n in range(20)]
    came = [*range(10, 20), *range(10)]
    for place, number in enumerate(came):
        path = tmp_path / f"{number:03}"
        path.write_bytes(targets[number].marks["选票"])
        trial.os.utime(path, (place, place))
    assert linkage.attack(tmp_path, Scene(targets, came))["现场旁观 × 文件 选票 mtime"] == 1


def test_a_leak_in_one_way_among_many_is_chosen_and_a_lucky_run_is_not():
    leaking = [{"a": 0.01, "b": 1.0, "c": 0.02} for _ in range(6)]
    lucky = [{"a": 0.5, "b": 0.0}, {"a": 0.0, "b": 0.0}, {"a": 0.0, "b": 0.0}, {"a": 0.0, "b": 0.0}]
    assert linkage.best(leaking) == [1.0] * 6
    assert sum(linkage.best(lucky)) <= 0.5


def test_moments_alone_link_almost_all_in_one_visit_and_chance_alone_in_two_windows():
    told = {one.name: one for one in timing.simulate()}
    assert told[trial.MERGED].linked > 0.9
    assert told[trial.TWO_WINDOWS].of_chance <= 1.2


def test_the_report_prints_every_figure_and_its_verdict(tmp_path):
    found = trial.small(tmp_path, runs=2, voters=6)
    lines = trial.report(found)
    assert lines[-1].startswith(("通过", "未通过"))
    assert sum("关联 100%" in line for line in lines) == len(SCHEMAS)
    assert any("1/6" in line for line in lines)
