"""The journal: nothing can be changed, left out or cut off without being named."""

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from survey import journal


def three_acts(session: Session) -> None:
    for act in ("poll.draft", "poll.approve", "poll.freeze"):
        journal.record(session, by="office1", act=act, subject="2023Q1", detail={"seats": 110})


def test_an_untouched_journal_verifies(session: Session):
    three_acts(session)
    assert journal.first_break(session) is None


@pytest.mark.parametrize(
    ("tampering", "named"),
    [
        ("UPDATE journal_entry SET detail = '{\"seats\": 111}' WHERE id = 2", "第2条"),
        ("UPDATE journal_entry SET actor = 'other' WHERE id = 1", "第1条"),
        ("DELETE FROM journal_entry WHERE id = 2", "第2条缺失"),
        ("DELETE FROM journal_entry WHERE id = 3", "末尾缺少1条"),
    ],
)
def test_a_changed_or_missing_entry_is_named(session: Session, tampering: str, named: str):
    three_acts(session)
    session.connection().execute(sa.text(tampering))
    session.expire_all()
    assert named in (journal.first_break(session) or "")


def test_an_act_that_fails_leaves_no_entry(session: Session):
    three_acts(session)
    attempt = session.begin_nested()
    journal.record(session, by="office1", act="poll.open")
    attempt.rollback()
    assert journal.first_break(session) is None
    assert session.get(journal.JournalHead, 1).length == 3
