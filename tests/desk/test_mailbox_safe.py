"""What the follow-up must not tell: accusations to the office, one poll's keys to another."""

import pytest

from survey.errors import Forbidden
from survey.mailbox import service as mailbox
from survey.mailbox.models import Mail
from survey.review import comments
from survey.review.models import Comment, Theme
from survey.staff.models import Role
from survey.tally import opened
from tests.desk.poll_rooms import AT, County

KEY, OTHER = "02" + "ab" * 32, "03" + "cd" * 32


@pytest.fixture
def county(session, config) -> County:
    return County(session, config)


@pytest.mark.parametrize("closing", [{"theme": Theme.BRIBERY}, {"theme": Theme.FEES, "clue": True}])
def test_an_accusation_is_listed_and_answered_by_nobody_but_shown_to_inspectors(county, closing):
    session, poll = county.session, county.draft()
    remark = Comment(poll_id=poll.id, line="P1", line_name="张某", text="收钱", **closing)
    session.add(remark)
    session.flush()
    session.add(Mail(comment_id=remark.id, poll_id=poll.id, key=KEY))
    for other in (county.office, county.hire(Role.REVIEWER)):
        assert mailbox.letters(session, poll, by=other) == []
        with pytest.raises(Forbidden):
            mailbox.letter(session, remark.id, by=other)
    with pytest.raises(Forbidden):
        mailbox.answer(
            session,
            poll,
            remark.id,
            text="已查实处理",
            config=county.config,
            by=county.office,
            today=AT.date(),
        )
    assert [one.comment for one in mailbox.letters(session, poll, by=county.inspectors[0])] == [remark]


def test_a_key_that_an_earlier_answer_made_public_stops_nobody_elses_answers(county, monkeypatch):
    """Keys of answered remarks stand on a public list: one voter may seal such a key into a later remark."""
    session, poll, before = county.session, county.closed(), county.draft(round_="2022Q4")
    earlier = Comment(poll_id=before.id, line="U1", line_name="甲局", text="旧")
    session.add(earlier)
    session.flush()
    session.add(Mail(comment_id=earlier.id, poll_id=before.id, key=KEY))
    remarks = [{"line": "U1", "text": "慢", "reply": KEY}, {"line": "U1", "text": "贵", "reply": OTHER}]
    monkeypatch.setattr(opened, "remarks", lambda *_: remarks)
    comments.take_in_comments(session, poll, remarks, by=county.office)
    assert mailbox.take_in(session, poll, config=county.config) == 1
    assert [one.comment.text for one in mailbox.letters(session, poll, by=county.office)] == ["贵"]


def test_a_clue_is_counted_under_no_theme_of_its_own(county):
    """Letter and public notice count alike: their difference told of what went to inspectors."""
    session, poll = county.session, county.draft()
    for clue in (False, True):
        session.add(
            Comment(poll_id=poll.id, line="U1", line_name="甲局", text="慢", theme=Theme.FEES, clue=clue)
        )
    session.add(Comment(poll_id=poll.id, line="U1", line_name="甲局", text="钱", theme=Theme.BRIBERY))
    session.flush()
    assert comments.count_themes(session, poll) == {Theme.OTHER: 2, Theme.FEES: 1}
