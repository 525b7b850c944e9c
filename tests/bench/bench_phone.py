"""How soon an old phone in a bad network can vote: CPU four times slower, 400 kbit/s with 400 ms, two loads.

The reference is the same phone on the line of this machine.
"""

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from survey.config import Config
from tests.browser.conftest import HANDSET, free_port, launch, serve
from tests.browser.test_weak import line, slowed
from tests.hall.venue import Venue

AIM = 3.0
READY = "#mark:not([hidden]) #list details"


def loads(browser: Browser, address: str, *, slow: str) -> list[float]:
    """Return the seconds until the ballot can be marked, at the first load and the second."""
    context = browser.new_context(**HANDSET)
    page = context.new_page()
    if slow:
        line(slowed(context, page), cut=False)
    found = []
    for _ in range(2):
        started = time.perf_counter()
        page.goto("about:blank")
        page.goto(address, wait_until="commit")
        page.wait_for_selector(READY, timeout=60_000)
        found.append(time.perf_counter() - started)
    context.close()
    return found


def main() -> None:
    """Print the seconds of both loads on both lines."""
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        config = replace(Config(instance=Path(folder), mode="demo"), hall_port=port, hall_origin=origin)
        venue = Venue(config).open()
        process = serve("hall", config, origin)
        browser = launch(playwright)
        for name, slow in (("this machine's line", ""), ("slow 3G, CPU / 4", "slow")):
            first, second = loads(browser, venue.link(venue.codes[0], origin), slow=slow)
            sys.stdout.write(
                f"ballot usable, {name}: {first:.2f} s first, {second:.2f} s second (aim {AIM:.0f} s)\n"
            )
        browser.close()
        process.terminate()
        process.wait(timeout=20)


if __name__ == "__main__":
    main()
