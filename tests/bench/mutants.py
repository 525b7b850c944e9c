"""Mutation check of scoring/: turn round one comparison at a time; at least one test must fail.

python -m tests.bench.mutants [FILE ...]: every <, <=, >, >=, ==, !=, in, is is moved by one
(< to <=) and turned round (< to >=), every `and` becomes `or` and the reverse, every `not` is left out. Each
mutant is written to a copy of the code, and a fork of a process that has loaded the libraries runs
tests/scoring on it. Prints the share caught by file, and each mutant that no test noticed.
"""

import argparse
import ast
import contextlib
import importlib
import io
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
TURNED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
LIBRARIES = (
    "hypothesis",
    "numpy",
    "pytest",
    "pytest_socket",
    "scipy.optimize",
    "scipy.stats",
    "survey.desk_models",
)
LIBRARIES += ("statsmodels.stats.multitest", "statsmodels.stats.proportion", "sqlmodel")
# A mutant that has not ended by then runs in a circle: it is noticed.
PATIENCE = 60
# Tests that notice most stand first, those that start processes last.
FIRST, LAST = ("test_edges.py", "test_worked_example.py", "test_ladders.py"), ("test_command.py",)


class Mutant(NamedTuple):
    """One changed copy of one file."""

    file: str
    line: int
    was: str
    becomes: str
    source: str


def mutants(path: Path) -> Iterator[Mutant]:
    """Yield every mutant of one file."""
    text = path.read_text(encoding="utf-8")
    for at, node in enumerate(ast.walk(ast.parse(text))):
        for way in range(_ways(node)):
            tree = ast.parse(text)
            own = next(found for number, found in enumerate(ast.walk(tree)) if number == at)
            was = ast.unparse(own)
            own = _changed(own, way, tree)
            yield Mutant(path.name, node.lineno, was, ast.unparse(own), ast.unparse(tree))


def _ways(node: ast.AST) -> int:
    if isinstance(node, ast.Compare):
        return sum(len(TURNED[type(op)]) for op in node.ops)
    return int(
        isinstance(node, ast.BoolOp) or (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not))
    )


def _changed(node: ast.AST, way: int, tree: ast.AST) -> ast.AST:
    """Change a node of a tree in place; return what stands there now."""
    if isinstance(node, ast.Compare):
        choices = [(at, kind) for at, op in enumerate(node.ops) for kind in TURNED[type(op)]]
        at, kind = choices[way]
        node.ops[at] = kind()
        return node
    if isinstance(node, ast.BoolOp):
        node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        return node
    assert isinstance(node, ast.UnaryOp)
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if value is node:
                setattr(parent, field, node.operand)
            elif isinstance(value, list) and any(item is node for item in value):
                value[next(at for at, item in enumerate(value) if item is node)] = node.operand
    return node.operand


def a_copy(folder: Path) -> Path:
    """Copy what the tests of scoring need; the application itself is only pointed to."""
    # A compiled file is told from its source by size and second only: none may lie there.
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    sys.dont_write_bytecode = True
    no_compiled = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "scoring", folder / "scoring", ignore=no_compiled)
    for part in ("scoring", "golden/counts"):
        shutil.copytree(ROOT / "tests" / part, folder / "tests" / part, ignore=no_compiled)
    for name in ("pyproject.toml", "tests/__init__.py", "tests/conftest.py", "tests/people.py"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "survey").symlink_to(ROOT / "survey")
    return folder


def run(folder: Path) -> int:
    """Run the tests of scoring in a fork, on the copy; return pytest's status, or 1 after a long wait."""
    if child := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    signal.signal(signal.SIGALRM, lambda *_: os._exit(1))
    signal.alarm(PATIENCE)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    for name in [name for name in sys.modules if name.split(".")[0] in ("scoring", "tests")]:
        del sys.modules[name]
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    os._exit(_tested())


def _tested() -> int:
    import hypothesis
    import pytest

    quick = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile("mutants", phases=quick, database=None, derandomize=True)
    hypothesis.settings.load_profile("mutants")
    with contextlib.redirect_stdout(io.StringIO()):
        return int(pytest.main([*tests(), "-x", "-q", "-p", "no:cacheprovider", "--assert=plain"]))


def tests() -> list[str]:
    """Return the test files of scoring in the order in which they are run."""
    names = sorted(path.name for path in Path("tests/scoring").glob("test_*.py"))
    others = [name for name in names if name not in FIRST + LAST]
    return [f"tests/scoring/{name}" for name in (*FIRST, *others, *LAST)]


def survivors(work: list[Mutant]) -> list[Mutant]:
    """Return the mutants that no test noticed."""
    found = []
    with tempfile.TemporaryDirectory(prefix="mutants") as name:
        folder = a_copy(Path(name))
        assert run(folder) == 0, "the tests fail before anything is changed"
        for mutant in work:
            path = folder / "scoring" / mutant.file
            kept = path.read_text(encoding="utf-8")
            path.write_text(mutant.source, encoding="utf-8")
            if run(folder) == 0:
                found.append(mutant)
                say(f"  not noticed: {mutant.file}:{mutant.line}  {mutant.was}  ->  {mutant.becomes}")
            path.write_text(kept, encoding="utf-8")
    return found


def say(line: str) -> None:
    """Print one line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Check the asked files, or all of scoring/, and print the share of mutants that were noticed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", help="such as escalation.py; all without")
    asked = parser.parse_args()
    for library in LIBRARIES:
        importlib.import_module(library)
    paths = [ROOT / "scoring" / name for name in asked.files] or sorted((ROOT / "scoring").glob("*.py"))
    started, whole, lost = time.monotonic(), 0, 0
    for path in paths:
        work = list(mutants(path))
        missed = len(survivors(work)) if work else 0
        whole, lost = whole + len(work), lost + missed
        if work:
            say(f"{path.name:16} {len(work) - missed:4} of {len(work):4} noticed")
    share, took = 100 * (whole - lost) / max(1, whole), time.monotonic() - started
    say(f"{'together':16} {whole - lost:4} of {whole:4} noticed, {share:.1f} %, {took:.0f} s")


if __name__ == "__main__":
    main()
