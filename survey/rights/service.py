"""The verbs of the people concerned: open an account, put the own line right, speak up, take the own data."""

import datetime as dt

from sqlmodel import Session

from survey import journal
from survey.review.hearings import state_case as state_case
from survey.review.objections import file as object_to
from survey.rights import codes, dossier, export, lines, matters
from survey.rights.models import LineState, LineWord
from survey.roster import service as roster
from survey.staff import service as staff
from survey.staff.models import Account

issue_codes, code_history, opened = codes.issue, codes.history, codes.opened
open_dossier, may_open_dossier = dossier.open_for, dossier.may_open
as_json, as_workbook = export.as_json, export.as_workbook
own, confirm_line, ask_line, refuse_line = lines.own, lines.confirm, lines.ask, lines.refuse
newest_word, waiting_words, word, lines_open = lines.newest, lines.waiting, lines.get, lines.open_now
mine, matter, duties, measure_about = matters.mine, matters.matter, matters.duties, matters.measure_about

__all__ = ["accept_line", "activate", "object_to", "state_case"]


def activate(session: Session, badge: str, *, code: str, password: str, at: dt.datetime) -> Account:
    """Open the official's account with a fresh code, or set its password anew; the code is used up."""
    badge, today = badge.strip(), at.date()
    staff.refuse_locked(session, badge, at=at)
    person = codes.use(session, badge, code, today=today)
    account = staff.open_official(session, badge=badge, name=person.name, password=password)
    journal.record(session, by=account.login, act="rights.activate", subject=badge, at=at)
    return account


def accept_line(session: Session, word: LineWord, *, by: Account, today: dt.date) -> LineWord:
    """Take an official's wording over into the roster."""
    lines.answerable(session, word, by)
    person = roster.official(session, word.badge)
    roster.correct(session, person, name=word.name, post=word.post, duties=word.duties, by=by)
    return lines.answer(session, word, LineState.ACCEPTED, "", by=by, today=today)
