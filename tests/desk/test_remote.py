"""The remote channel at the desk: leaders decide, two windows, letters once, no card beside a ticket."""

import datetime as dt
import io
import json

import pypdfium2
import pytest
from sqlmodel import select

from survey import clock
from survey.box import store
from survey.box.manifest import KINDS, Manifest
from survey.box.remote import FEWEST, Window
from survey.box.writer import Writer
from survey.errors import Forbidden, Gone, Invalid, Missing, Refused
from survey.issuer import signer
from survey.journal import JournalEntry
from survey.poll import boxes, service
from survey.poll import remote as polls_remote
from survey.poll.models import Poll, Stage
from survey.remote import service as remote
from survey.remote.service import Plan
from survey.roster import service as roster
from survey.tally import service as tally
from tests.box.firms import DAY, Firm, a_key
from tests.desk.poll_rooms import HELD_ON, SEATS, County

HALL = dt.datetime.combine(HELD_ON, dt.time(9), clock.CHINA)
TICKETS = Window(HALL - 5 * DAY, HALL - 3 * DAY)
VOTES = Window(HALL - DAY, HALL + DAY)
PLAN = Plan(TICKETS, VOTES, revote=False)
MERGED = Plan(TICKETS, TICKETS, revote=False)


@pytest.fixture(autouse=True)
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take one key for all: making one takes seconds."""
    monkeypatch.setattr(signer, "make_key", a_key)


@pytest.fixture
def county(session, config) -> County:
    return County(session, config)


def at(monkeypatch: pytest.MonkeyPatch, moment: dt.datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment)


def frozen(county: County, plan: Plan = PLAN) -> Poll:
    poll = county.draft()
    remote.switch_on(county.session, poll, plan, by=county.leaders[0])
    county.approved(poll)
    county.freeze(poll)
    return poll


def codes_of(county: County, poll: Poll) -> dict[str, str]:
    """Return what the letters say; the desk itself keeps no code."""
    firms = [firm.uscc for firm in roster.enterprises(county.session)]
    return polls_remote.issuer(county.config, poll).renew(firms)


def draw(county: County, poll: Poll, number: int) -> list[Firm]:
    """Let the first firms draw their tickets."""
    manifest, issuer = Manifest.from_bytes(poll.manifest.encode()), polls_remote.issuer(county.config, poll)
    firms = []
    for uscc, code in sorted(codes_of(county, poll).items())[:number]:
        firm = Firm(manifest)
        asked = {kind: firm.request(kind).message for kind in KINDS}
        issuer.draw_at(TICKETS.begins, uscc=uscc, code=code, blinded=asked)
        firms.append(firm)
    return firms


def begin(county: County, poll: Poll, moment: dt.datetime = VOTES.begins) -> int:
    return remote.begin_votes(county.session, poll, config=county.config, by=county.inspectors[0], at=moment)


def cast(county: County, poll: Poll, firms: list[Firm]) -> None:
    with Writer(boxes.folder(county.config, poll)) as writer:
        for firm in firms:
            ballot, text = firm.ballot("A"), firm.text("窗口太少")
            writer.put("ballot", ballot.key, ballot.body, firm.ticket())
            writer.put("text", text.key, text.body, firm.ticket("text"))


def test_only_a_leader_switches_it_on_and_only_before_the_signatures(county):
    poll = county.draft()
    for other in (county.office, county.inspectors[0]):
        with pytest.raises(Forbidden):
            remote.switch_on(county.session, poll, PLAN, by=other)
    remote.switch_on(county.session, poll, PLAN, by=county.leaders[0])
    county.approved(poll)
    for act in (
        lambda: remote.switch_on(county.session, poll, PLAN, by=county.leaders[0]),
        lambda: remote.switch_off(county.session, poll, by=county.leaders[0]),
    ):
        with pytest.raises(Refused, match="起草"):
            act()


def test_a_change_of_the_windows_drops_the_signatures_given(county):
    poll = county.draft()
    service.approve(county.session, poll, by=county.leaders[0], at=HALL)
    remote.switch_on(county.session, poll, PLAN, by=county.leaders[1])
    assert service.approvals(county.session, poll) == []
    remote.switch_off(county.session, poll, by=county.leaders[1])
    with pytest.raises(Missing):
        remote.switch_off(county.session, poll, by=county.leaders[1])


@pytest.mark.parametrize(
    ("tickets", "votes", "code"),
    [
        (TICKETS, Window(TICKETS.ends, TICKETS.ends + DAY), "remote.no_gap"),
        (TICKETS, Window(TICKETS.ends - DAY / 2, TICKETS.ends + DAY), "remote.no_gap"),
        (TICKETS, Window(TICKETS.ends + DAY / 2 - DAY / 24, TICKETS.ends + DAY), "remote.no_gap"),
        (Window(HALL - DAY, HALL), Window(HALL + DAY, HALL + 2 * DAY), "remote.late_tickets"),
    ],
)
def test_windows_that_touch_or_overlap_or_reach_the_hall_day_are_refused(county, tickets, votes, code):
    with pytest.raises(Invalid) as refusal:
        remote.switch_on(county.session, county.draft(), Plan(tickets, votes, False), by=county.leaders[0])
    assert refusal.value.code == code


def test_the_manifest_fixes_the_windows_and_the_issuers_keys(county):
    poll = frozen(county)
    manifest = Manifest.from_bytes(poll.manifest.encode())
    assert manifest.content["channels"] == ["hall", "remote"]
    assert (manifest.remote.tickets, manifest.remote.votes) == (TICKETS, VOTES)
    assert manifest.remote.seats == SEATS
    assert manifest.remote.anonymous
    assert manifest.capacity == manifest.cards + SEATS
    assert polls_remote.issuer(county.config, poll).manifest().sha256 == manifest.sha256


def test_every_firm_gets_a_letter_and_a_new_one_voids_the_old(county, monkeypatch):
    poll = frozen(county)
    first = codes_of(county, poll)
    pdf = remote.letters_pdf(
        county.session, poll, config=county.config, by=county.inspectors[0], at=TICKETS.begins
    )
    pages = pypdfium2.PdfDocument(io.BytesIO(pdf))
    texts = [page.get_textpage().get_text_range() for page in pages]
    assert len(texts) == SEATS
    assert all("领取码" in text and "怎样保证无记名" in text for text in texts)
    firm = Firm(Manifest.from_bytes(poll.manifest.encode()))
    asked = {kind: firm.request(kind).message for kind in KINDS}
    [uscc, code] = min(first.items())
    issuer = polls_remote.issuer(county.config, poll)
    with pytest.raises(Forbidden, match="领取码不对"):
        issuer.draw_at(TICKETS.begins, uscc=uscc, code=code, blinded=asked)
    with pytest.raises(Refused, match="已过"):
        remote.letters_pdf(
            county.session, poll, config=county.config, by=county.inspectors[0], at=TICKETS.ends
        )
    with pytest.raises(Forbidden):
        remote.letters_pdf(county.session, poll, config=county.config, by=county.office, at=TICKETS.begins)


@pytest.mark.parametrize(("moment", "kind"), [(TICKETS.begins - DAY, Refused), (TICKETS.ends, Gone)])
def test_outside_the_ticket_window_nobody_draws(county, moment, kind):
    poll = frozen(county)
    uscc, code = min(codes_of(county, poll).items())
    with pytest.raises(kind):
        polls_remote.issuer(county.config, poll).draw_at(moment, uscc=uscc, code=code, blinded={})


def test_the_voting_opens_after_the_tickets_and_only_for_a_crowd(county):
    poll = frozen(county)
    with pytest.raises(Refused, match="结束以后"):
        begin(county, poll, TICKETS.begins)
    draw(county, poll, FEWEST - 1)
    with pytest.raises(Refused, match="少于5家"):
        begin(county, poll)
    assert store.gate(boxes.folder(county.config, poll)) == "ready"


def test_a_whole_poll_through_both_channels(county, monkeypatch):
    poll = frozen(county)
    firms = draw(county, poll, 5)
    at(monkeypatch, VOTES.begins)
    assert begin(county, poll) == 5
    cast(county, poll, firms)
    drew = [firm.id for firm in roster.enterprises(county.session)][:5]
    with pytest.raises(Refused, match="已领远程投票凭证"):
        service.attend(county.session, poll, drew[:1], county.office)
    county.sign_steps(poll)
    service.open_poll(county.session, poll, config=county.config, by=county.inspectors[0])
    with pytest.raises(Refused, match="还没有结束"):
        service.close_poll(
            county.session, poll, config=county.config, by=county.inspectors[0], at=VOTES.ends - DAY / 24
        )
    service.close_poll(county.session, poll, config=county.config, by=county.inspectors[0], at=VOTES.ends)
    row = remote.channel(county.session, poll)
    assert (poll.returned, row.returned, row.drawn) == (5, 5, 5)
    service.settle_cards(
        county.session, poll, printed=8, issued=1, remaining=7, replaced=0, config=county.config,
        by=county.office,
    )  # fmt: skip
    assert poll.stage is Stage.CLOSED
    county.submit(poll, 1, 3)
    tally.open_box(county.session, poll, config=county.config, by=county.inspectors[0], at=VOTES.ends)
    count = tally.count(county.session, poll, config=county.config, by=county.inspectors[0], at=VOTES.ends)
    assert (count.returned, count.valid) == (5, 5)
    equation = tally.result(county.session, poll)["equation"]
    assert {name: equation[name] for name in ("issued", "tickets", "afar", "returned")} == {
        "issued": 1, "tickets": 5, "afar": 5, "returned": 5,
    }  # fmt: skip


def test_the_issuers_keys_end_at_the_close_with_a_record(county, monkeypatch):
    poll = frozen(county)
    draw(county, poll, 5)
    begin(county, poll)
    county.sign_steps(poll)
    service.open_poll(county.session, poll, config=county.config, by=county.inspectors[0])
    service.close_poll(county.session, poll, config=county.config, by=county.inspectors[0], at=VOTES.ends)
    issuer = polls_remote.issuer(county.config, poll)
    assert not list(issuer.folder.glob("*.pem"))
    record = json.loads(remote.channel(county.session, poll).ended)
    assert record == issuer.record()
    assert record["by"] == [county.inspectors[0].name]
    entry = county.session.exec(select(JournalEntry).where(JournalEntry.act == "remote.keys_destroyed")).one()
    assert json.loads(entry.detail)["keys"] == record["keys"]


def test_a_void_poll_destroys_the_keys_too(county):
    poll = frozen(county)
    service.void(county.session, poll, reason="停电", config=county.config, by=county.office)
    assert not list(polls_remote.issuer(county.config, poll).folder.glob("*.pem"))


def test_nothing_of_a_whole_installation_joins_a_firm_with_a_ballot(county, config, monkeypatch):
    """The issuer's side knows firms and blinded messages, the box keys and tickets; nothing is on both."""
    poll = frozen(county)
    firms = draw(county, poll, 6)
    at(monkeypatch, VOTES.begins)
    begin(county, poll)
    cast(county, poll, list(reversed(firms)))
    county.session.commit()
    desk = "".join(str(row) for row in county.session.connection().connection.iterdump())
    files = {path: path.read_bytes() for path in config.instance.rglob("*") if path.is_file()}
    box = {path: raw for path, raw in files.items() if "boxes" in path.parts}
    others = {path: raw for path, raw in files.items() if path not in box and "fonts" not in path.parts}
    for firm in firms:
        for kind in KINDS:
            key, token = firm.key(kind), firm.ticket(kind)
            for trace in (
                firm.seed,
                firm.seed.hex().encode(),
                bytes.fromhex(key),
                key.encode(),
                token[32:96],
                token[:32],
            ):
                assert [path.name for path, raw in others.items() if trace in raw] == []
            assert firm.seed.hex() not in desk
            assert key not in desk
            request = firm.request(kind).message
            assert [path.name for path, raw in box.items() if request[:64] in raw] == []
    for enterprise in roster.enterprises(county.session):
        for trace in (enterprise.uscc.encode(), enterprise.name.encode()):
            assert [path.name for path, raw in box.items() if trace in raw] == []


def test_one_window_for_both_is_told_as_it_is_in_every_letter(county):
    poll = frozen(county, MERGED)
    assert not Manifest.from_bytes(poll.manifest.encode()).remote.anonymous
    pdf = remote.letters_pdf(
        county.session, poll, config=county.config, by=county.inspectors[0], at=TICKETS.begins
    )
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(io.BytesIO(pdf)))
    assert "有可能对出选票是谁投的" in "".join(text.split())
    for word in ("匿名", "无记名", "不记名"):
        assert word not in text


def test_a_poll_without_the_channel_leaves_the_issuer_alone(county):
    poll = county.approved()
    county.freeze(poll)
    assert "remote" not in Manifest.from_bytes(poll.manifest.encode()).content
    assert not county.config.issuer.exists()
    with pytest.raises(Missing):
        begin(county, poll)


def test_a_new_version_keeps_the_windows(county):
    poll = frozen(county)
    fresh = service.new_version(county.session, poll, config=county.config, by=county.office)
    assert remote.plan_of(remote.channel(county.session, fresh)) == PLAN
