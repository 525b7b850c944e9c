"""The county's published outcome on the replay: 15 reminders, 6 interviews, 30 talks, 3 transfers."""

import datetime as dt
import hashlib
import io
import json
from collections import Counter
from importlib.resources import files

import pytest
from sqlmodel import select

from scoring import rules
from scoring.recount import recount
from survey.demo.county import enterprises_workbook, people_workbook
from survey.demo.quarter import HELD, voters
from survey.letters import kinds
from survey.poll.models import Poll, Stage
from survey.rectify import notices, service
from survey.review import cases as reading
from survey.review.models import Case, CaseState, Measure, MeasureKind
from survey.roster import service as roster
from survey.roster.models import Official
from survey.roster.sheets import read_enterprises, read_people
from survey.tally.models import Count
from tests.desk.review_rooms import AT, Room

POLICY = (files("scoring") / "policies" / "replay.toml").read_text(encoding="utf-8")
SAMPLE = json.loads((files("survey.demo") / "lulong_replay.json").read_text(encoding="utf-8"))


def as_ballot(marks, slate):
    units, persons = ({entry["id"] for entry in slate[key]} for key in ("units", "persons"))
    return {
        "overall": marks.get("overall"),
        "units": {line: mark for line, mark in marks.items() if line in units},
        "persons": {line: mark for line, mark in marks.items() if line in persons},
    }


def a_quarter(session, room, round_, history):
    """Count one round of the replay by the real rules and take it through the review."""
    slate = roster.slate(session, poll=f"{round_}-v1", on=HELD[round_])
    ballots = [as_ballot(voter.marks, slate) for voter in voters(round_, slate)]
    history.append(recount(slate, ballots, rules.load(POLICY), list(history)))
    poll = Poll(
        round=round_,
        title="企业满意度测评",
        held_on=HELD[round_],
        stage=Stage.COUNTED,
        seats=110,
        rules=POLICY,
        rules_sha256="0" * 64,
        slate=json.dumps(slate, ensure_ascii=False),
    )
    session.add(poll)
    session.flush()
    text = json.dumps(history[-1], ensure_ascii=False)
    digest = hashlib.sha256(text.encode()).hexdigest()
    sizes = {"issued": 110, "returned": 110, "valid": 110, "invalid": 0}
    digests = {"slate_sha256": "1" * 64, "ballots_sha256": "2" * 64, "rules_sha256": "3" * 64}
    session.add(Count(poll_id=poll.id, at=AT, tally_sha256=digest, result=text, **sizes, **digests))
    session.flush()
    room.reviews(poll)
    return poll


@pytest.fixture
def county(session):
    room, history = Room(session), []
    sheet = read_people(io.BytesIO(people_workbook()))
    roster.load_people(session, sheet, by=room.office, today=dt.date(2022, 9, 1))
    firms = read_enterprises(io.BytesIO(enterprises_workbook()))
    roster.load_enterprises(session, firms, by=room.office, today=dt.date(2022, 9, 1))
    return room, [a_quarter(session, room, round_, history) for round_ in HELD]


def test_three_quarters_give_15_reminders_6_interviews_30_talks_and_3_transfers(session, county):
    kinds_ = Counter(session.exec(select(Measure.kind)).all())
    assert kinds_ == {
        MeasureKind.REMINDER: 15,
        MeasureKind.INTERVIEW: 6,
        MeasureKind.TALK: 30,
        MeasureKind.TRANSFER: 3,
    }


def test_the_second_quarter_adds_only_the_three_transfers(session, county):
    _, (_, second, _) = county
    assert reading.count_measures(session, second) == {MeasureKind.TRANSFER: 3}
    states = Counter(case.state for case in reading.cases(session, second))
    assert states == {CaseState.JOINED: 51, CaseState.UPHELD: 3}


def test_every_joined_case_names_its_thread(session, county):
    joined = session.exec(select(Case).where(Case.state == CaseState.JOINED)).all()
    for case in joined:
        thread = session.get(Case, case.joined_to)
        assert (thread.subject, thread.rung, thread.poll_id < case.poll_id) == (case.subject, case.rung, True)


def test_fifteen_units_get_fifteen_reminders_and_none_twice(session, county, config):
    room, (first, second, _) = county
    config = type(config)(instance=config.instance, mode="demo", office_phone="0335-7201234")
    dated = dt.date(2023, 4, 10)
    seen = []
    batch = service.remind(
        session, first, config=config, by=room.office, dated=dated, progress=lambda *n: seen.append(n)
    )
    assert batch.failures == ()
    assert len({letter.addressee for letter in batch.issued}) == 15
    assert seen[-1] == (15, 15)
    assert batch.issued[0].number == f"{config.document_word}〔2023〕1号"
    for poll in (first, second):
        again = service.remind(session, poll, config=config, by=room.office, dated=dated)
        assert again.issued == ()
    document = kinds.read(batch.issued[0].kind, batch.issued[0].content)
    # Ten working days: Sunday 23 April 2023 was worked in exchange for a day of the May holiday.
    assert document.reply_by == dt.date(2023, 4, 23)
    assert document.objection_days == 5


def test_a_reminder_tells_the_units_own_counts_and_its_series_median(session, county, config):
    _, (first, _, _) = county
    measure = notices.due_reminders(session, first)[0]
    config = type(config)(instance=config.instance, mode="demo", office_phone="0335-7201234")
    letter = notices.reminder(session, first, measure, config=config, dated=dt.date(2023, 4, 10))
    slate, tallies = json.loads(first.slate), SAMPLE["rounds"]["2022Q3"]

    def shares(code):
        mine = [tallies[person["id"]] for person in slate["persons"] if person["unit"] == code]
        return [sum(marks[place] for marks in mine) for place in range(3)]

    assert [letter.facts.good, letter.facts.fair, letter.facts.poor] == shares(measure.unit_code)
    assert letter.facts.rates[0].numerator == letter.facts.good + letter.facts.fair
    same = [unit["id"] for unit in slate["units"] if unit["series"] == letter.facts.series]
    rates = sorted((very + fair) / (very + fair + poor) for very, fair, poor in map(shares, same))
    middle = (rates[(len(rates) - 1) // 2] + rates[len(rates) // 2]) / 2
    assert letter.facts.series_median == f"{middle * 100:.2f}"
    text = kinds.write(letter)
    assert not [name for name in session.exec(select(Official.name)) if name in text]
