"""The command line: every command is documented, every refusal is one sentence and a status."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from survey import cli

REPOSITORY = Path(__file__).parent.parent.parent
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def commands(group: click.Group, trail: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*trail, name))
        else:
            yield (*trail, name)


@pytest.mark.parametrize("trail", sorted(commands(cli.cli)), ids=" ".join)
def test_every_command_stands_in_the_readme_and_explains_itself(trail: tuple[str, ...]):
    *group, name = trail
    pattern = rf"survey {group[0]} [a-z|]*\b{name}\b" if group else rf"survey {name}\b"
    assert re.search(pattern, README), trail
    shown = CliRunner().invoke(cli.cli, [*trail, "--help"])
    assert shown.exit_code == 0
    assert shown.output.count("\n") > 3


Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Return what runs the command line as a shell does and gives its status and what it said."""

    def run(*arguments: str, instance: Path) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["survey", "--instance", str(instance), *arguments])
        status = 0
        try:
            cli.main()
        except SystemExit as ended:
            status = int(ended.code or 0)
        said = capfd.readouterr()
        return status, said.out + said.err

    return run


def test_the_command_line_starts_as_a_module_and_refuses_in_a_sentence(tmp_path: Path):
    command = [sys.executable, "-m", "survey", "--instance", str(tmp_path), "serve", "hall"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, "密钥" in done.stderr) == (1, "", True)
    assert "Traceback" not in done.stderr


def test_a_new_county_is_set_up_with_a_fresh_secret(tmp_path: Path, run: Run):
    status, words = run("init", instance=tmp_path / "county")
    assert status == 0, words
    secret = (tmp_path / "county" / "config.toml").read_text(encoding="utf-8")
    assert len(secret) > 60
    status, words = run("init", instance=tmp_path / "county")
    assert status == 1
    assert "已存在" in words
    status, words = run("journal", "check", instance=tmp_path / "county")
    assert (status, "完整" in words) == (0, True)
    status, words = run("journal", "verify", instance=tmp_path / "county")
    assert (status, "都与当时一致" in words) == (0, True)


def test_a_damaged_workbook_is_refused_with_a_sentence(tmp_path: Path, run: Run):
    run("init", instance=tmp_path / "county")
    damaged = tmp_path / "名册.xlsx"
    damaged.write_bytes(b"PK\x03\x04 not a workbook")
    status, words = run("roster", "load", str(damaged), str(damaged), instance=tmp_path / "county")
    assert status == 1
    assert "。" in words


def test_the_demonstration_never_overwrites_a_real_county(tmp_path: Path, run: Run):
    run("init", instance=tmp_path / "county")
    status, words = run("demo", instance=tmp_path / "county")
    assert status == 1
    assert "不是演示目录" in words
    assert (tmp_path / "county" / "desk.db").exists()


def test_a_policy_with_an_unknown_key_is_refused(tmp_path: Path, run: Run):
    policy = tmp_path / "rules.toml"
    shipped = REPOSITORY / "scoring" / "policies" / "replay.toml"
    policy.write_text("surprise = 2\n" + shipped.read_text(encoding="utf-8"), encoding="utf-8")
    status, words = run("policy", "check", str(policy), instance=tmp_path)
    assert status == 1
    assert "surprise" in words
