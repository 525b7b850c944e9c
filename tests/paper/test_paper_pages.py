"""The pages of paper: print and delete, scans in, a row by one key, blanks, accounts, sealed by two."""

import dataclasses
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlmodel import Session, SQLModel, select

from survey.app import create_desk
from survey.config import Config
from survey.db import unit_of_work
from survey.paper import service
from survey.paper.models import PaperDoubt, PaperGallery
from survey.poll.models import Poll
from survey.staff.models import Role
from tests.desk.visitors import Page, Visitor, hire
from tests.paper import stacks
from tests.paper.halls import Hall
from tests.paper.pages import images


@pytest.fixture
def desk(config: Config) -> Iterator[Flask]:
    """Return the desk app with an empty database."""
    app = create_desk(dataclasses.replace(config, desk_database="sqlite://"))
    engine = app.extensions["desk_engine"]
    SQLModel.metadata.create_all(engine)
    yield app
    engine.dispose()


def in_session(desk: Flask) -> Session:
    return unit_of_work(desk.extensions["desk_engine"])


def posted(visitor: Visitor, path: str, page: str = "/paper/1", **data: object) -> Page:
    """Send a form as its page gives it and return the page that follows."""
    token = Page(visitor.client.get(page).text).csrf
    reply = visitor.client.post(path, data={"csrf_token": token, **data}, follow_redirects=True)
    return Page(reply.text)


def a_hall(desk: Flask, config: Config, *, taken: bool) -> None:
    with in_session(desk) as session:
        hall = Hall(session, config, copies=1)
        if taken:
            hall.has_scans()
            hall.takes_in()
            hall.closes_the_intake()


def test_ballots_are_handed_out_once_and_their_deletion_is_noted(desk: Flask, config: Config):
    a_hall(desk, config, taken=False)
    office = Visitor(desk, hire(desk, Role.OFFICE))
    token = Page(office.client.get("/paper/1").text).csrf
    reply = office.client.post("/paper/1/print", data={"csrf_token": token, "copies": 1, "form": "normal"})
    assert (reply.mimetype, reply.data[:5], reply.headers["Cache-Control"]) == (
        "application/pdf",
        b"%PDF-",
        "no-store",
    )
    assert len(images(reply.data)) == 2
    assert "登记已删除" in office.client.get("/paper/1").text
    assert "已登记删除" in posted(office, "/paper/1/prints/1/deleted").text


def test_uploaded_scans_are_read_named_and_leave_no_file(desk: Flask, config: Config, tmp_path: Path):
    a_hall(desk, config, taken=False)
    office = Visitor(desk, hire(desk, Role.OFFICE))
    token = Page(office.client.get("/paper/1").text).csrf
    data = {"csrf_token": token, "copies": 1, "form": "normal"}
    pdf = office.client.post("/paper/1/print", data=data).data
    with in_session(desk) as session:
        session.exec(select(Poll)).one().stage = "closed"
    greys = images(pdf, dpi=200)
    path = stacks.as_pdf(tmp_path / "张三的票.pdf", greys[:1])
    page = posted(office, "/paper/1/scans", scans=(io.BytesIO(path.read_bytes()), "张三的票.pdf"))
    assert "已识别1面" in page.text
    assert "缺少另一面" in page.text
    assert list((config.instance / "scans").iterdir()) == []
    refused = posted(office, "/paper/1/scans", scans=(io.BytesIO(b"x"), "notes.docx"))
    assert "notes.docx" in refused.text


def test_a_row_is_decided_by_one_key_without_seeing_a_name(desk: Flask, config: Config):
    a_hall(desk, config, taken=True)
    inspector = Visitor(desk, hire(desk, Role.INSPECTOR))
    text = inspector.client.get("/paper/1/doubts").text
    assert Page(text).faults() == []
    assert set(re.findall(r'data-key="(\d)"', text)) == {"0", "1", "2", "3", "9"}
    assert "王明" not in text
    assert "第0局" not in text
    doubt = re.search(r"/paper/1/doubts/(\d+)/picture", text)[1]
    picture = inspector.client.get(f"/paper/1/doubts/{doubt}/picture")
    assert (picture.mimetype, picture.headers["Cache-Control"]) == ("image/jpeg", "private, no-store")
    following = posted(inspector, f"/paper/1/doubts/{doubt}", "/paper/1/doubts", choice="9")
    assert f"/doubts/{doubt}" not in following.text
    again = posted(inspector, f"/paper/1/doubts/{doubt}", "/paper/1/doubts", choice="1")
    assert "您已经认定过" in again.text


def test_from_doubts_over_blanks_and_accounts_to_the_seal(desk: Flask, config: Config):
    a_hall(desk, config, taken=True)
    people = [Visitor(desk, hire(desk, role)) for role in (Role.OFFICE, Role.INSPECTOR)]
    for person in people:
        while found := re.search(r"/doubts/(\d+)/picture", person.client.get("/paper/1/doubts").text):
            with in_session(desk) as session:
                machine = session.get_one(PaperDoubt, int(found[1])).machine
            key = {"A": "1", "B": "2", "C": "3"}.get(machine, "0")
            posted(person, f"/paper/1/doubts/{found[1]}", "/paper/1/doubts", choice=key)
    while found := re.search(
        r'action="(/paper/1/gallery/(\d+))"', people[0].client.get("/paper/1/gallery").text
    ):
        with in_session(desk) as session:
            cells = session.get_one(PaperGallery, int(found[2])).cells
        assert people[0].client.get(f"{found[1]}/0").mimetype == "image/jpeg"
        seen = [str(place) for place, (*_, hidden) in enumerate(cells) if hidden]
        posted(people[0], found[1], "/paper/1/gallery", seen=seen)
    for person, fields in ((people[0], {"text": "排队太久", "act": "write"}), (people[1], {"act": "right"})):
        while found := re.search(
            r'action="(/paper/1/remarks/\d+)"', person.client.get("/paper/1/remarks").text
        ):
            assert Page(person.client.get("/paper/1/remarks").text).faults() == []
            assert person.client.get(f"{found[1]}/picture").data[:2] == b"\xff\xd8"
            posted(person, found[1], "/paper/1/remarks", **fields)
    posted(people[0], "/paper/1/accounts", sheet="1", returned="1", spoiled="0", unused="0")
    with in_session(desk) as session:
        witness = service.witnesses(session, by=people[0].account)[0].id
    page = posted(people[0], "/paper/1/seal", witness=str(witness))
    assert "已密封" in page.text
    assert (config.boxes / "2023Q1-v1" / "paper.sealed").is_file()


def test_a_wrong_number_is_answered_with_its_sentence(desk: Flask, config: Config):
    a_hall(desk, config, taken=True)
    office = Visitor(desk, hire(desk, Role.OFFICE))
    page = posted(office, "/paper/1/accounts", sheet="1", returned="9", spoiled="0", unused="0")
    assert "对不上" in page.text
    assert "份数" in posted(office, "/paper/1/print", copies="0", form="normal").text
