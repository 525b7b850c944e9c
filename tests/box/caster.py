"""Casts requests from many threads and prints each receipt once it is acknowledged; tests kill it."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock

from survey.box.writer import Writer


def main(folder: Path, requests: Path) -> None:
    """Cast every request of the file."""
    told = Lock()

    def tell(line: str) -> None:
        with told:
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()

    def cast(request: list[str]) -> None:
        kind, key, body, _receipt = request
        tell(writer.put(kind, key, bytes.fromhex(body)).receipt)

    with Writer(folder) as writer:
        tell("ready")

        with ThreadPoolExecutor(16) as crowd:
            list(crowd.map(cast, json.loads(requests.read_text())))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
