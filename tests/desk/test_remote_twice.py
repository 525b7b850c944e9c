"""No firm votes twice, by ticket and by card, in whatever order desk, hall and issuer are used."""

import datetime as dt
import json
import threading

import pytest
from sqlmodel import Session

from survey import clock
from survey.box.manifest import KINDS, Manifest
from survey.box.remote import MODULUS_BYTES
from survey.config import Config
from survey.errors import Refused
from survey.issuer import ledger, signer
from survey.issuer.ledger import Issuer
from survey.poll import remote as polls_remote
from survey.poll import service
from survey.poll.models import Poll, Stage
from survey.remote import service as remote
from survey.roster import service as roster
from tests.box.firms import Firm, a_key
from tests.desk.poll_rooms import County
from tests.desk.test_remote import MERGED, TICKETS, VOTES, begin, codes_of, draw, frozen

HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take one key for all: making one takes seconds."""
    monkeypatch.setattr(signer, "make_key", a_key)


@pytest.fixture
def county(session: Session, config: Config) -> County:
    return County(session, config)


def firms_of(county: County) -> list[int]:
    return [firm.id or 0 for firm in roster.enterprises(county.session)]


def open_hall(county: County, poll: Poll) -> None:
    service.open_poll(county.session, poll, config=county.config, by=county.inspectors[0])


def refusal(act) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


def test_a_firm_that_draws_after_the_desk_read_the_list_gets_no_card_beside_it(county):
    """Where both windows are one, tickets are drawn long after the voting was opened."""
    poll = frozen(county, MERGED)
    assert begin(county, poll, TICKETS.begins) == 0
    draw(county, poll, 2)
    service.attend(county.session, poll, firms_of(county)[:3], county.office)
    county.sign_steps(poll)
    assert refusal(lambda: open_hall(county, poll)) == "poll.drew_ticket"
    service.set_attendance(county.session, poll, firms_of(county)[2:3], county.office)
    open_hall(county, poll)
    assert remote.channel(county.session, poll).drawn == 2
    later = lambda: service.attend(county.session, poll, firms_of(county)[1:2], county.office)  # noqa: E731
    assert refusal(later) == "poll.drew_ticket"


def test_the_hall_does_not_begin_while_tickets_are_drawn(county, monkeypatch):
    poll = frozen(county, MERGED)
    begin(county, poll, TICKETS.begins)
    county.sign_steps(poll)
    monkeypatch.setattr(clock, "now", lambda: TICKETS.ends - HOUR)
    assert refusal(lambda: open_hall(county, poll)) == "remote.tickets_open"
    monkeypatch.setattr(clock, "now", lambda: TICKETS.ends)
    open_hall(county, poll)


def test_the_voting_is_not_opened_for_a_firm_that_holds_a_card(county):
    poll = frozen(county)
    draw(county, poll, 5)
    service.attend(county.session, poll, firms_of(county)[:1], county.office)
    assert refusal(lambda: begin(county, poll)) == "poll.drew_ticket"


def test_a_poll_closes_although_the_first_try_ended_after_the_keys_were_destroyed(county):
    poll = frozen(county)
    draw(county, poll, 5)
    begin(county, poll)
    county.sign_steps(poll)
    open_hall(county, poll)
    county.session.commit()
    close = lambda: service.close_poll(  # noqa: E731
        county.session, poll, config=county.config, by=county.inspectors[0], at=VOTES.ends
    )
    close()
    county.session.rollback()
    assert poll.stage is Stage.OPEN
    close()
    issuer = polls_remote.issuer(county.config, poll)
    assert json.loads(remote.channel(county.session, poll).ended) == issuer.record()


def test_a_destruction_that_stopped_between_the_keys_goes_on(county):
    poll = frozen(county)
    issuer = polls_remote.issuer(county.config, poll)
    paths = {kind: issuer._key_path(kind) for kind in KINDS}
    paths["ballot"].unlink()
    paths["text"].write_bytes(b"\x00" * 100)
    record = issuer.destroy(by=["甲"], on="2023-03-30")
    assert set(record["keys"]) == set(KINDS)
    assert not list(issuer.folder.glob("*.pem"))


def test_two_phones_of_one_firm_at_once_get_one_ticket(county):
    poll = frozen(county)
    issuer = polls_remote.issuer(county.config, poll)
    uscc, code = min(codes_of(county, poll).items())
    manifest = Manifest.from_bytes(poll.manifest.encode())
    answers: list[object] = []

    def phone() -> None:
        firm = Firm(manifest)
        asked = {kind: firm.request(kind).message for kind in KINDS}
        try:
            answers.append(Issuer(issuer.folder, issuer.poll).draw(uscc, code, asked))
        except Refused as refused:
            answers.append(refused.code)

    phones = [threading.Thread(target=phone) for _ in range(6)]
    for one in phones:
        one.start()
    for one in phones:
        one.join()
    assert sorted(str(one) for one in answers if isinstance(one, str)) == ["ticket.drawn"] * 5
    assert len(ledger.Issuer.answers(issuer).splitlines()) == len(KINDS)
    [signed] = [one for one in answers if not isinstance(one, str)]
    assert {len(one) for one in signed.values()} == {MODULUS_BYTES}
