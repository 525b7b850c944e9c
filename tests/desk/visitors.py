"""People in front of the desk: they fetch pages, which are inspected, and send forms as a browser would."""

from html.parser import HTMLParser
from typing import Any

from flask import Flask
from sqlmodel import Session
from werkzeug.test import TestResponse

from survey.db import unit_of_work
from survey.staff import service
from survey.staff.models import Account, Role

PASSWORD = "correct horse battery"
DIGEST = service.HASHER.hash(PASSWORD)
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Page(HTMLParser):
    """What one page shows: title, heading, labels, fields, scripts, addresses."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.open: list[str] = []
        self.title = self.heading = ""
        self.found: dict[str, list[dict[str, str]]] = {}
        self.misplaced: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        about = {name: value or "" for name, value in attributes}
        self.found.setdefault(tag, []).append(about | {"inside-label": "yes" * ("label" in self.open)})
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open and self.open.pop() != tag:
                pass
        elif tag not in VOID and tag not in ("rect", "path"):
            self.misplaced.append(tag)

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "title":
            self.title += data
        if "h1" in self.open:
            self.heading += data

    def every(self, tag: str) -> list[dict[str, str]]:
        return self.found.get(tag, [])

    @property
    def csrf(self) -> str:
        return next(one["value"] for one in self.every("input") if one.get("name") == "csrf_token")

    def faults(self) -> list[str]:
        """Return what no page of the desk may show."""
        found = [f"closes <{tag}> that is not open" for tag in self.misplaced]
        if not self.title.replace("· 企评", "").strip():
            found.append("no title")
        if len(self.every("h1")) != 1 or not self.heading.strip():
            found.append(f"{len(self.every('h1'))} h1")
        found += ["inline script" for one in self.every("script") if "src" not in one]
        found += ["inline style" for one in self.every("style")]
        for tag, ones in self.found.items():
            found += [
                f"<{tag}> has {name}" for one in ones for name in one if name == "style" or name[:2] == "on"
            ]
        for one in self.every("link") + self.every("script") + self.every("img") + self.every("form"):
            address = one.get("href") or one.get("src") or one.get("action") or "/"
            if not address.startswith(("/", "data:", "?")):
                found.append(f"reaches {address}")
        return found + self._unlabelled() + self._unguarded()

    def _unlabelled(self) -> list[str]:
        labels = {one.get("for") for one in self.every("label")}
        fields = self.every("select") + self.every("textarea")
        fields += [one for one in self.every("input") if one.get("type") not in ("hidden", "submit")]
        named = ("aria-label", "aria-labelledby")
        return [
            f"field {one.get('name')} has no label"
            for one in fields
            if one.get("id") not in labels
            and not one["inside-label"]
            and not any(name in one for name in named)
        ]

    def _unguarded(self) -> list[str]:
        posts = [one for one in self.every("form") if one.get("method", "get").lower() == "post"]
        tokens = [one for one in self.every("input") if one.get("name") == "csrf_token"]
        return ["a form without CSRF token"] if len(tokens) < len(posts) else []


class Visitor:
    """One browser at the desk; `visit` inspects every page it sees."""

    def __init__(self, app: Flask, account: Account | None = None) -> None:
        self.client = app.test_client()
        self.account = account
        if account:
            with self.client.session_transaction() as cookie:
                cookie.update(account=account.id, seal=service.seal_of(account))

    def visit(self, path: str, *, status: int = 200) -> Page:
        response = self.client.get(path)
        assert response.status_code == status, (path, response.status_code, response.text[:2000])
        page = Page(response.text)
        assert page.faults() == [], path
        return page

    def posts(self, path: str, form: str = "", **fields: Any) -> TestResponse:
        """Send `fields` to `path` with the CSRF token of the page `form` (default: the same address)."""
        data = {"csrf_token": self.visit(form or path).csrf, **fields}
        return self.client.post(path, data=data, content_type="multipart/form-data")


def hire(
    app: Flask, role: Role, *, login: str = "", unit_id: int | None = None, badge: str | None = None
) -> Account:
    """Return a new account that `PASSWORD` opens."""
    with unit_of_work(app.extensions["desk_engine"]) as session:
        account = Account(
            login=login or f"{role.value.replace('_', '-')}-1",
            name=f"{role.chinese}甲",
            role=role,
            password_hash=DIGEST,
            unit_id=unit_id,
            badge=(badge or f"badge-of-{login}") if role is Role.OFFICIAL else None,
        )
        session.add(account)
        session.flush()
        return account


def work(app: Flask) -> Session:
    """Return a session on the desk's database, to look behind the pages."""
    return Session(app.extensions["desk_engine"], expire_on_commit=False)
