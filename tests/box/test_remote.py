"""The remote channel at the box: tickets instead of cards, two windows, never more than were issued."""

import datetime as dt
import secrets
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey import clock
from survey.box import opening, seal, store
from survey.box.manifest import KINDS, Manifest
from survey.box.remote import TOKEN_BYTES, Remote, Window
from survey.box.writer import Order, Writer
from survey.errors import Invalid, Missing, Refused
from tests.box.firms import DAY, MERGED, NOW, TICKETS, VOTES, Firm, a_channel
from tests.box.polls import Poll, a_frozen_poll, a_manifest, shares_of


@pytest.fixture(autouse=True)
def in_the_voting_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def at(monkeypatch: pytest.MonkeyPatch, moment: dt.datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment)


def a_poll(tmp_path: Path, gate: str = "remote", **channel: object) -> Poll:
    poll = a_frozen_poll(tmp_path, remote=a_channel(**channel))
    if gate != "ready":
        store.open_remote(poll.folder)
    if gate == "open":
        store.open_gate(poll.folder)
    return poll


def put(writer: Writer, firm: Firm, one: seal.Sealed | None = None) -> bool:
    sealed = one or firm.ballot()
    return writer.put("ballot", sealed.key, sealed.body, firm.ticket()).fresh


def refusal(writer: Writer, *order: object) -> str:
    with pytest.raises(Refused) as refused:
        writer.put("ballot", *order)
    return refused.value.code


def overall(poll: Poll) -> list[str]:
    store.close_gate(poll.folder)
    package = opening.package(poll.folder)
    shares = [shares_of(package, position) for position in (1, 2)]
    return sorted(ballot["overall"] for ballot in opening.combine(package, shares).ballots)


def test_a_ticket_votes_before_the_hall_begins_and_a_card_does_not(tmp_path):
    poll = a_poll(tmp_path)
    firm, card = Firm(poll.manifest), seal.seal_ballot(poll.manifest, poll.codes[0], {"overall": "B"})
    with poll.writer() as writer:
        assert put(writer, firm)
        assert refusal(writer, card.key, card.body) == "box.not_open"
        store.open_gate(poll.folder)
        assert writer.put("ballot", card.key, card.body).fresh
        assert writer.count() == 2
    assert overall(poll) == ["A", "B"]
    assert store.draw_all(poll.folder).remote == 1


def test_the_same_ticket_never_votes_twice_and_gets_the_same_answer(tmp_path):
    poll = a_poll(tmp_path)
    firm = Firm(poll.manifest)
    first, other = firm.ballot("A"), firm.ballot("C")
    with poll.writer() as writer:
        assert [put(writer, firm, first), put(writer, firm, first)] == [True, False]
        assert refusal(writer, other.key, other.body, firm.ticket()) == "box.used_card"
    with poll.writer() as again:
        assert put(again, firm, first) is False
        assert refusal(again, other.key, other.body, firm.ticket()) == "box.used_card"
    assert overall(poll) == ["A"]


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (VOTES.begins - DAY / 24, "box.too_early"),
        (TICKETS.begins, "box.too_early"),
        (VOTES.ends, "box.too_late"),
    ],
)
def test_outside_the_voting_window_no_ticket_votes(tmp_path, monkeypatch, moment, code):
    poll = a_poll(tmp_path)
    firm = Firm(poll.manifest)
    at(monkeypatch, moment)
    with poll.writer() as writer:
        assert refusal(writer, firm.key(), firm.ballot().body, firm.ticket()) == code


def test_a_voter_who_asks_again_after_the_window_still_hears_that_the_ballot_lies_there(
    tmp_path, monkeypatch
):
    poll = a_poll(tmp_path)
    firm = Firm(poll.manifest)
    sealed = firm.ballot()
    with poll.writer() as writer:
        put(writer, firm, sealed)
        at(monkeypatch, VOTES.ends + DAY)
        assert put(writer, firm, sealed) is False


def test_a_box_that_was_not_opened_takes_no_ticket(tmp_path):
    poll = a_poll(tmp_path, "ready")
    firm = Firm(poll.manifest)
    with poll.writer() as writer:
        assert refusal(writer, firm.key(), firm.ballot().body, firm.ticket()) == "box.not_open"


def test_a_hall_that_opens_without_the_remote_channel_takes_no_ticket(tmp_path):
    poll = a_poll(tmp_path, "ready")
    store.open_gate(poll.folder)
    firm, card = Firm(poll.manifest), seal.seal_ballot(poll.manifest, poll.codes[0], {"overall": "B"})
    with poll.writer() as writer:
        assert refusal(writer, firm.key(), firm.ballot().body, firm.ticket()) == "box.not_open"
        assert writer.put("ballot", card.key, card.body).fresh
    assert not store.takes_tickets(poll.folder)


def test_a_poll_without_the_channel_takes_no_ticket(tmp_path):
    poll = a_frozen_poll(tmp_path)
    store.open_gate(poll.folder)
    firm = Firm(poll.manifest)
    with poll.writer() as writer:
        assert refusal(writer, firm.key(), firm.ballot().body, firm.ticket()) == "box.bad_ticket"
        assert refusal(writer, firm.key(), firm.ballot().body) == "box.unknown_card"


def test_tickets_of_another_kind_key_or_no_issuer_are_refused(tmp_path):
    poll = a_poll(tmp_path)
    firm, other = Firm(poll.manifest), Firm(poll.manifest)
    body = firm.ballot().body
    with poll.writer() as writer:
        for token in (
            firm.ticket("text"),
            other.ticket(),
            secrets.token_bytes(TOKEN_BYTES),
            firm.ticket()[:-1],
        ):
            assert refusal(writer, firm.key(), body, token) == "box.bad_ticket"
        with pytest.raises(Missing):
            writer.put("ballot", firm.key(), body)
        card = seal.seal_ballot(poll.manifest, poll.codes[0], {"overall": "B"})
        with pytest.raises(Invalid):
            writer.put("ballot", card.key, card.body, firm.ticket())
        assert writer.count() == 0


def test_never_more_tickets_vote_than_the_channel_has_seats(tmp_path):
    poll = a_poll(tmp_path, seats=2)
    with poll.writer() as writer:
        for _ in range(2):
            put(writer, Firm(poll.manifest))
        stuffer = Firm(poll.manifest)
        assert refusal(writer, stuffer.key(), stuffer.ballot().body, stuffer.ticket()) == "box.remote_full"
        assert writer.count() == 2


def test_where_the_channel_allows_it_a_remote_voter_changes_the_vote_and_a_card_does_not(tmp_path):
    poll = a_poll(tmp_path, "open", revote=True)
    firm = Firm(poll.manifest)
    first, second = firm.ballot("C"), firm.ballot("A", version=2)
    card = [seal.seal_ballot(poll.manifest, poll.codes[0], {"overall": "B"}, version=v) for v in (1, 2)]
    with poll.writer() as writer:
        assert [put(writer, firm, first), put(writer, firm, second)] == [True, True]
        assert refusal(writer, first.key, first.body, firm.ticket()) == "box.older_vote"
        writer.put("ballot", card[0].key, card[0].body)
        assert refusal(writer, card[1].key, card[1].body) == "box.bad_version"
    left = b"".join(path.read_bytes() for path in poll.folder.rglob("*") if path.is_file())
    marks = [first.body[start : start + 16] for start in range(140, len(first.body) - 16, 16)]
    assert [mark for mark in marks if mark in left and mark not in second.body] == []
    assert overall(poll) == ["A", "B"]


def test_a_restarted_box_knows_its_remote_voters_in_sorted_order(tmp_path):
    poll = a_poll(tmp_path)
    firms = [Firm(poll.manifest) for _ in range(4)]
    with poll.writer() as writer:
        for firm in firms:
            put(writer, firm)
        listed = list(writer._slots["ballot"].receipts)
        assert listed == sorted(listed)
    with poll.writer() as writer:
        assert list(writer._slots["ballot"].receipts) == listed
        assert writer.count() == 4


def test_slots_of_cards_and_tickets_are_of_one_size(tmp_path):
    poll = a_poll(tmp_path, "open")
    card = seal.seal_ballot(poll.manifest, poll.codes[0], {"overall": "B"})
    with poll.writer() as writer:
        writer.put("ballot", card.key, card.body)
        put(writer, Firm(poll.manifest))
    import sqlite3

    with sqlite3.connect(poll.folder / "box.db") as box:
        for kind in KINDS:
            [sizes] = box.execute(f"SELECT group_concat(DISTINCT length(content)) FROM {kind}").fetchall()
            assert sizes[0] == str(33 + poll.manifest.request_size(kind) + TOKEN_BYTES)
    box.close()


@given(gap=st.integers(-5 * 24, 5 * 24))
@settings(max_examples=60, deadline=None)
def test_only_windows_with_a_quiet_gap_are_called_anonymous(gap: int):
    votes = Window(TICKETS.ends + gap * DAY / 24, TICKETS.ends + (gap + 48) * DAY / 24)
    manifest = a_manifest(remote=a_channel(votes=votes))
    read = Manifest.from_bytes(manifest.raw)
    assert isinstance(read.remote, Remote)
    assert read.remote.anonymous == (gap >= 12)
    assert read.remote.votes == votes


def test_one_merged_window_is_never_anonymous():
    assert not a_channel(tickets=MERGED, votes=MERGED).anonymous


def test_what_others_write_in_the_same_batch_takes_no_seat_of_a_ballot(tmp_path):
    poll = a_poll(tmp_path, seats=2)
    one, two = Firm(poll.manifest), Firm(poll.manifest)
    text, ballot = one.text("慢"), two.ballot()
    orders = [
        Order("text", text.key, text.body, text.receipt, one.ticket("text")),
        Order("ballot", ballot.key, ballot.body, ballot.receipt, two.ticket()),
    ]
    with poll.writer() as writer:
        put(writer, one)
        writer._commit(orders)
        assert [order.answer.result().fresh for order in orders] == [True, True]
