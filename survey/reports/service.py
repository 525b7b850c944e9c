"""What the reports' pages ask."""

import datetime as dt

from sqlmodel import Session

from survey.config import Config
from survey.poll import service as polls
from survey.poll.models import Poll
from survey.reports import monthly, public, slips, tables
from survey.reports.tables import Export
from survey.staff.models import Account
from survey.tally.audit import PUBLISHED

as_csv, as_sav = slips.as_csv, slips.as_sav
export, workbook = tables.export, tables.workbook
changes, publish_changes = public.changes, public.publish


def exports(by: Account) -> dict[str, Export]:
    """Return the tables that an account may take."""
    return {what: each for what, each in tables.EXPORTS.items() if by.role in each.roles}


def published(session: Session) -> list[Poll]:
    """Return the polls whose result is published, the newest first."""
    return [poll for poll in polls.latest_rounds(session) if poll.stage in PUBLISHED]


def monthly_note(session: Session, month: str, *, config: Config, today: dt.date) -> bytes:
    """Return the note of a month as PDF."""
    made = monthly.note(session, monthly.month_of(month), config=config, today=today)
    return monthly.pdf(made, fonts=config.fonts)
