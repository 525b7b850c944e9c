"""Casts three ballots, the third while no sync succeeds, and tells what became of each request."""

import json
import os
import sys
from pathlib import Path

from survey.box.writer import Writer
from survey.errors import Refused


def main(folder: Path, requests: Path) -> None:
    """Print the answers: two casts, two while syncing fails, two after it works again."""
    flag = Path(os.environ["FAIL_SYNC"])
    first, second, third = json.loads(requests.read_text())
    with Writer(folder) as writer:

        def cast(request: list[str]) -> str:
            kind, key, body, _receipt = request
            try:
                return writer.put(kind, key, bytes.fromhex(body)).receipt
            except Refused as refusal:
                return refusal.code

        answers = [cast(first), cast(second)]
        flag.touch()
        answers += [cast(third), cast(third)]
        flag.unlink()
        answers += [cast(third), cast(first)]
    sys.stdout.write(json.dumps(answers))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
