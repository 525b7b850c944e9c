"""A quarter of comments through the pages: nothing is typed twice, and every step is counted.

Of 300 comments about 24 matters a clerk saves 325 times and types 28 texts; the test runs a fifth of it.
"""

from collections import Counter

import pytest
from flask import Flask
from sqlmodel import select

from survey.db import unit_of_work
from survey.poll.models import Poll, Stage
from survey.rectify import service
from survey.review.comments import take_in_comments
from survey.review.models import Comment
from survey.staff.models import Account, Role
from tests.desk.review_rooms import Room, a_counted_poll
from tests.desk.visitors import Visitor, hire, work

COMMENTS, MATTERS = 60, 6
UNITS_WITH_WORDS = ("U1", "U2")


class Clerk(Visitor):
    """A clerk who counts the saves and every sign typed by hand."""

    def __init__(self, app: Flask, account: Account) -> None:
        super().__init__(app, account)
        self.steps: Counter[str] = Counter()
        self.typed: list[str] = []

    def saves(self, step: str, path: str, *, typing: tuple[str, ...] = (), **fields: object) -> str:
        self.steps[step] += 1
        self.typed += typing
        answer = self.client.post(path, data=fields)
        assert answer.status_code == 303, (path, answer.text[-1500:])
        return answer.location


@pytest.fixture
def desk_with_words(desk: Flask) -> Flask:
    desk.config["WTF_CSRF_ENABLED"] = False
    with unit_of_work(desk.extensions["desk_engine"]) as session:
        poll = a_counted_poll(session, stage=Stage.RECTIFYING)
        remarks = [
            {"line": UNITS_WITH_WORDS[number % 2], "text": f"企业原话之{number}，事关{number % MATTERS}"}
            for number in range(COMMENTS)
        ]
        take_in_comments(session, poll, remarks, by=Room(session).office)
    return desk


def test_a_clerk_settles_every_comment_and_types_nothing_twice(desk_with_words: Flask) -> None:
    office = Clerk(desk_with_words, hire(desk_with_words, Role.OFFICE))
    reviewer = Clerk(desk_with_words, hire(desk_with_words, Role.REVIEWER))
    with work(desk_with_words) as session:
        found = session.exec(select(Comment).order_by(Comment.id)).all()
    written: set[tuple[str, str]] = set()
    for comment in found:
        matter = f"第{comment.text.rpartition('关')[2]}类问题"
        known = (comment.unit_code, matter) in written
        fields = {"again": matter} if known else {"text": matter}
        typing = () if known else (f"{comment.unit_code}{matter}",)
        written.add((comment.unit_code, matter))
        path = f"/review/comment/{comment.id}"
        office.saves("转述", path, typing=typing, theme="SLOW", **fields)
    reviewer.saves("核对", "/review/1/paraphrases", comment=[comment.id for comment in found])
    owners: set[str] = set()
    for comment in found:
        page = office.visit(f"/rectify/comment/{comment.id}")
        if "相同，一并办理" in page.text:
            continue
        given = {one["name"]: one.get("value", "") for one in page.every("input") if "name" in one}
        typing = ()
        if comment.unit_code not in owners:
            owners.add(comment.unit_code)
            given |= {"task-owner": "王守信", "task-phone": "0335-7201234"}
            typing = (f"{comment.unit_code}王守信", f"{comment.unit_code}0335-7201234")
        assert given["task-owner"], "the owner of the unit's earlier task is filled in"
        fields = {
            "task-unit": comment.unit_code, "task-theme": "慢", "task-owner": given["task-owner"],
            "task-title": next(one.paraphrase for one in fresh(desk_with_words) if one.id == comment.id),
            "task-phone": given["task-phone"], "task-deadline": given["task-deadline"],
            "task-source": "测评会场",
        }  # fmt: skip
        office.saves("列入台账", f"/rectify/comment/{comment.id}/task", typing=typing, **fields)
    office.saves("重复", "/rectify/1/comments/repetitions")
    with work(desk_with_words) as session:
        assert service.equation(session, session.get(Poll, 1)) == (COMMENTS, COMMENTS)
    different = len(written)
    assert office.steps == {"转述": COMMENTS, "列入台账": different, "重复": 1}
    assert reviewer.steps == {"核对": 1}
    assert Counter(office.typed).most_common(1)[0][1] == 1, "no text is typed twice"
    assert len(office.typed) == different + 2 * len(UNITS_WITH_WORDS)


def fresh(app: Flask) -> list[Comment]:
    with work(app) as session:
        return list(session.exec(select(Comment)).all())
