"""A real Chromium of a phone's size against a real hall; the page may fetch nothing from elsewhere."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from survey import serving
from survey.config import Config
from tests.browser.voter import Entrepreneur
from tests.hall.venue import Venue

PHONE = {"width": 360, "height": 740}
HANDSET = {
    "viewport": PHONE,
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    "locale": "zh-CN",
}


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def serve(door: str, config: Config, origin: str):
    """Start a door and return its process once it answers."""
    process = serving.start(door, config)
    answers(process, origin)
    return process


def answers(process: subprocess.Popen[bytes], origin: str) -> None:
    """Wait until a door answers."""
    for _ in range(400):
        try:
            with urlopen(f"{origin}/healthz", timeout=2):
                return
        except (URLError, OSError):
            assert process.poll() is None, "the door ended"
            time.sleep(0.05)
    process.kill()
    raise AssertionError("the door does not answer")


def launch(playwright: Playwright) -> Browser:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    # The letters' own font configuration must not reach the browser, which shows the system's fonts.
    environ = {name: value for name, value in os.environ.items() if name != "FONTCONFIG_FILE"}
    return playwright.chromium.launch(executable_path=path, args=["--no-sandbox"], env=environ)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Drive the system's Chromium, or the one that CHROMIUM names."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


class Halls:
    """Served halls of empty instances: while a test runs, the one for the next test starts."""

    def __init__(self, folders: Callable[[], Path]) -> None:
        self.folders = folders
        self.spare = self._started()

    def take(self) -> tuple[Config, subprocess.Popen[bytes]]:
        """Return a hall that answers, and let the next one start."""
        config, process = self.spare
        answers(process, config.hall_origin)
        self.spare = self._started()
        return config, process

    def _started(self) -> tuple[Config, subprocess.Popen[bytes]]:
        port = free_port()
        config = Config(
            instance=self.folders(),
            mode="demo",
            secret_key="for-tests-only-" + "x" * 32,
            hall_port=port,
            hall_origin=f"http://127.0.0.1:{port}",
        )
        return config, serving.start("hall", config)


@pytest.fixture(scope="session")
def halls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Halls]:
    halls = Halls(lambda: tmp_path_factory.mktemp("hall"))
    yield halls
    # A door that is still starting would not hear that it should end.
    answers(halls.spare[1], halls.spare[0].hall_origin)
    halls.spare[1].terminate()
    halls.spare[1].wait(timeout=20)


@pytest.fixture
def venue(halls: Halls) -> Iterator[Venue]:
    """Serve one poll of the sample county, not yet open, by a process that this test alone has."""
    config, process = halls.take()
    yield Venue(config)
    process.terminate()
    assert process.wait(timeout=20) == 0


@pytest.fixture
def origin(venue: Venue) -> str:
    return venue.config.hall_origin


@pytest.fixture
def context(chromium: Browser, origin: str) -> Iterator[BrowserContext]:
    """Open a phone's browser; a fault, a refused script or style, or a foreign request fails the test."""
    # A worker would answer past the routes of a test; tests/browser/test_offline.py lets it.
    context = chromium.new_context(**HANDSET, service_workers="block")
    asked, faults = [], []
    context.on("request", lambda request: asked.append(request.url))
    context.on("weberror", lambda error: faults.append(str(error.error)))
    context.on("console", lambda said: faults.append(said.text) if _grave(said.text, said.type) else None)
    yield context
    assert not context.cookies()
    context.close()
    foreign = [url for url in asked if not url.startswith((origin, "blob:", "data:"))]
    assert foreign == []
    assert faults == []


def _grave(text: str, kind: str) -> bool:
    # Chromium logs every refused or interrupted request as an error; those are what some tests are about.
    return kind == "error" and "Failed to load resource" not in text


@pytest.fixture
def phone(context: BrowserContext) -> Page:
    page = context.new_page()
    page.set_default_timeout(10_000)
    return page


@pytest.fixture
def voter(phone: Page) -> Entrepreneur:
    return Entrepreneur(phone)


@pytest.fixture
def shot(artefacts: Path, phone: Page):
    """Return a taker of screenshots: `shot("name")`, kept to be looked at."""

    def take(name: str, page: Page | None = None, *, full_page: bool = False) -> None:
        (page or phone).screenshot(path=artefacts / f"{name}.png", full_page=full_page)

    return take
