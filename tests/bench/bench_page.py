"""What a page load costs the hall: CPU of its process, against a static file and a page rendered each time.

A phone loads page, style, script and manifest, then asks once more (304). The reference is as many loads of
one static file from the same server, and Jinja with gzip for every request.
"""

import gzip
import http.client
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from survey.app import create_hall
from survey.config import Config
from tests.browser.conftest import free_port, serve
from tests.hall.venue import Venue

LOADS = 1500
AIM = 1.3
TICK = os.sysconf("SC_CLK_TCK")
PHONE = {"Accept-Encoding": "gzip, deflate, br"}


def cpu_seconds(parent: int) -> float:
    """Return the CPU time of a process and its children so far."""
    total = 0.0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            name, rest = (folder / "stat").read_text().rsplit(")", 1)
        except OSError:
            continue
        fields = rest.split()
        if parent in (int(name.split(" ", 1)[0]), int(fields[1])):
            total += (int(fields[11]) + int(fields[12])) / TICK
    return total


def cost(process: int, port: int, path: str, tag: str = "") -> float:
    """Return CPU microseconds of the server for one request of `path`."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = PHONE | ({"If-None-Match": tag} if tag else {})
    before = cpu_seconds(process)
    for _ in range(LOADS):
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
    spent = cpu_seconds(process) - before
    connection.close()
    return spent / LOADS * 1e6


def tag_of(port: int, path: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", path, headers=PHONE)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return str(answer.headers["ETag"])


def rendered(act: Callable[[], bytes], times: int = 60) -> float:
    """Return CPU microseconds of one page that is rendered and compressed anew."""
    start = time.process_time()
    for _ in range(times):
        gzip.compress(act(), 6)
    return (time.process_time() - start) / times * 1e6


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        config = Config(instance=Path(folder), mode="demo", secret_key="x" * 48)
        config = replace(config, hall_port=port, hall_origin=f"http://127.0.0.1:{port}")
        venue = Venue(config).open()
        page = f"/p/{venue.poll}/"
        process = serve("hall", config, config.hall_origin)
        try:
            for path in (page, "/static/hall.css"):
                cost(process.pid, port, path)
            static = cost(process.pid, port, "/static/hall.css")
            whole = cost(process.pid, port, page)
            again = cost(process.pid, port, page, tag_of(port, page))
        finally:
            process.terminate()
            process.wait()
        app = create_hall(config)
        with app.test_request_context():
            fresh = rendered(lambda: app.view_functions["hall.ballot"](poll=venue.poll))
        app.extensions["polls"].close()
    say(f"ballot page       {whole:7.0f} µs CPU, {whole / static:.2f} × a static file (aim ≤ {AIM})")
    say(f"asked again (304) {again:7.0f} µs, {again / static:.2f} × a static file")
    say(f"static file       {static:7.0f} µs")
    say(f"rendered anew     {fresh:7.0f} µs for pinyin, template and gzip, {fresh / whole:.0f} × the page")


if __name__ == "__main__":
    main()
