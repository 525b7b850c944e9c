"""Asks the browser's modules through Node, several questions at once."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

PAGES = Path(__file__).parent.parent.parent / "survey" / "static"
DRIVER = Path(__file__).with_name("twin.mjs")


def ask(*commands: dict[str, Any], driver: Path = DRIVER) -> list[Any]:
    """Return the answers; a refusal comes as {"code", "sentence"}, anything else as its value."""
    beside = Path(sys.executable).with_name("node")
    node = str(beside) if beside.exists() else shutil.which("node")
    assert node, "Node is missing: run make test, which sets it up"
    assert (PAGES / "node_modules" / "@noble").is_dir(), "page libraries are missing: run make test"
    done = subprocess.run(
        [node, str(driver)],
        input=json.dumps(commands),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [each.get("answer", each) for each in json.loads(done.stdout)]


def ask_one(act: str, **rest: Any) -> Any:
    """Return the answer to one question."""
    return ask({"act": act, **rest})[0]
