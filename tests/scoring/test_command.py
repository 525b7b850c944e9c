"""The stand-alone recount: same figures, clear refusals, nothing loaded beyond the standard library."""

import json
import subprocess
import sys

import pytest

from tests.conftest import REPOSITORY
from tests.scoring.polls import EXAMPLE, example

POLICY = REPOSITORY / "scoring" / "policies" / "lulong.toml"
FILES = ["slate.json", "ballots.jsonl"]


def recounted(*options, slate=EXAMPLE / "slate.json", ballots=EXAMPLE / "ballots.jsonl", policy=POLICY):
    command = [sys.executable, "-m", "scoring", slate, ballots, "--rules", policy, *options]
    return subprocess.run(
        command, cwd=REPOSITORY, capture_output=True, text=True, encoding="utf-8", check=False
    )


def test_the_command_prints_the_result_as_json():
    run = recounted("--json")
    assert (run.returncode, run.stderr) == (0, "")
    assert json.loads(run.stdout) == example()


def test_without_json_it_prints_tables_and_sentences():
    lines = recounted().stdout.splitlines()
    assert "非差评率                728/810  89.88  84.57–93.50" in lines
    assert "若全体人员都处于全县平均水平，按偶然预计误列 2.64 人。" in lines
    assert any(line.startswith("  [转审查小组] 测试04：40家作出有效评价") for line in lines)
    assert "处理建议 8 项（仅为建议，须经审查、核实后由人决定）" in lines


def test_columns_of_chinese_text_stand_under_each_other():
    lines = recounted().stdout.splitlines()
    table = lines[lines.index(next(line for line in lines if line.startswith("工号"))) :][:25]
    widths = {sum(2 if ord(sign) > 0x2E80 else 1 for sign in line) for line in table}
    assert len(widths) == 1


def test_explain_shows_each_gate_with_its_number():
    told = recounted("--explain", "P13").stdout
    assert "按平时只应有3.0张，机会7.15%，须不超过1%：未通过" in told
    gates = json.loads(recounted("--explain", "U1", "--json").stdout)["rungs"]
    assert [rung["lane"] for rung in gates] == ["direct", "review", None]


def test_explain_refuses_a_stranger():
    run = recounted("--explain", "P99")
    assert (run.returncode, run.stderr) == (2, "编号“P99”不在名单中\n")


def test_earlier_results_make_the_history(tmp_path):
    earlier = tmp_path / "earlier.json"
    earlier.write_text(recounted("--json").stdout, encoding="utf-8")
    run = recounted("--json", "--history", earlier)
    assert ("P02", "person.rung[1].or_consecutive") in [
        (one["id"], one["rule"]) for one in json.loads(run.stdout)["proposals"]
    ]


@pytest.mark.parametrize(
    ("name", "was", "becomes", "sentence"),
    [
        ("ballots.jsonl", '"P01":"A"', '"P99":"A"', "ballots.jsonl 第1行：“persons”中的编号“P99”不在名单中"),
        ("ballots.jsonl", '"P01":"A"', '"P01":"X"', "ballots.jsonl 第1行：“P01”的选项“X”不在 A、B、C 之中"),
        ("ballots.jsonl", '"P02":"A"', '"P01":"A"', "ballots.jsonl 第1行：编号“P01”重复"),
        ("slate.json", '"id": "P02"', '"id": "P01"', "slate.json 第37行：编号“P01”为空或重复"),
    ],
)
def test_a_fault_ends_with_two_and_names_file_and_line(tmp_path, name, was, becomes, sentence):
    for file in FILES:
        text = (EXAMPLE / file).read_text(encoding="utf-8")
        changed = text.replace(was, becomes, 1) if file == name else text
        (tmp_path / file).write_text(changed, encoding="utf-8")
    run = recounted("--json", slate=tmp_path / "slate.json", ballots=tmp_path / "ballots.jsonl")
    assert (run.returncode, run.stdout, run.stderr) == (2, "", f"{sentence}\n")


def test_a_missing_file_or_a_bad_policy_ends_with_one_sentence(tmp_path):
    missing = recounted(slate=tmp_path / "none.json")
    assert missing.returncode == 2
    assert missing.stderr.startswith("none.json：读不出文件")
    policy = tmp_path / "bad.toml"
    policy.write_text(
        POLICY.read_text(encoding="utf-8").replace("min_n = 10 ", "min_m = 10 "), encoding="utf-8"
    )
    refused = recounted(policy=policy)
    assert (refused.returncode, refused.stderr) == (2, "bad.toml：规则缺少“person.min_n”\n")
    binary = tmp_path / "ballots.jsonl"
    binary.write_bytes(b"\xff\xfe\x00")
    assert recounted(ballots=binary).stderr == "ballots.jsonl：不是 UTF-8 文本文件\n"


def test_the_recount_runs_on_the_standard_library_alone():
    program = (
        "import sys; sys.path.insert(0, sys.argv.pop(1)); before = set(sys.modules)\n"
        "from scoring.__main__ import main\n"
        "import scoring.disclose, scoring.trend, scoring.funnel, scoring.preview\n"
        "status = main(sys.argv[1:])\n"
        "loaded = {name.split('.')[0] for name in set(sys.modules) - before} - {'scoring'}\n"
        "sys.stderr.write(' '.join(sorted(loaded - sys.stdlib_module_names)) + '|')\n"
        "banned = {'random', 'secrets', 'socket', 'subprocess', 'sqlite3'}\n"
        "sys.stderr.write(' '.join(sorted(loaded & banned)))\n"
        "sys.exit(status)\n"
    )
    command = [sys.executable, "-I", "-S", "-c", program, REPOSITORY, *(EXAMPLE / file for file in FILES)]
    run = subprocess.run(
        [*command, "--rules", POLICY], capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert (run.returncode, run.stderr) == (0, "|")
