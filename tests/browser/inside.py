"""A browser page answered by an app of this process: every route as a reader sees it, without a port."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page, Route
from werkzeug.routing import Rule

ORIGIN = "http://inside.test"
AXE = Path(__file__).parents[2] / "survey" / "static" / "node_modules" / "axe-core" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
STAND_INS: dict[str, tuple[Any, ...]] = {"IntegerConverter": (1, 2, 3)}


def answer_from(page: Page, client: FlaskClient) -> None:
    """Let `client` answer whatever `page` asks for."""

    def answer(route: Route) -> None:
        asked = route.request
        said = client.open(
            asked.url.removeprefix(ORIGIN),
            method=asked.method,
            data=asked.post_data_buffer,
            headers={"Accept-Encoding": "identity"},
            content_type=asked.headers.get("content-type"),
            # What a browser asks for after a redirect no longer passes the route.
            follow_redirects=asked.method == "POST",
        )
        headers = {name: value for name, value in said.headers.items() if name != "Set-Cookie"}
        body = said.data
        said.close()
        route.fulfill(status=said.status_code, headers=headers, body=body)

    page.route(f"{ORIGIN}/**", answer)


def addresses(app: Flask, rule: Rule, words: dict[str, tuple[str, ...]]) -> Iterator[str]:
    """Return addresses that a route may have in the sample data, by the names of its arguments."""
    found: list[dict[str, Any]] = [{}]
    for name, kind in rule._converters.items():
        choices = (
            words.get(name) or getattr(kind, "items", None) or STAND_INS.get(type(kind).__name__, ("x",))
        )
        found = [chosen | {name: each} for chosen in found for each in choices]
    for chosen in found:
        with app.test_request_context(base_url=ORIGIN):
            yield str(app.url_for(rule.endpoint, **chosen))


def faults(page: Page, *rules: str) -> list[str]:
    """Return what axe-core finds on the page as it is, by its WCAG 2.2 AA rules or by the rules named."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    which = {"type": "rule", "values": list(rules)} if rules else {"type": "tag", "values": WCAG}
    found = page.evaluate(
        """async (which) => (await axe.run({ runOnly: which, resultTypes: ["violations"] })).violations
        .map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ target, html }) => [target, html])])""",
        which,
    )
    return [f"{rule}: {json.dumps(nodes, ensure_ascii=False)}" for rule, nodes in found]
