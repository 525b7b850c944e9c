"""Alerts for the inspectors, worked out from the journal and the registers each time; none can be deleted.

A dossier opened without a case, a roster edited between freeze and count, a reply that is late, a result
looked at before it was published, an inspection without filing number, more visits to participants after a
poll than luck explains.
"""

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session, col, select

from survey import journal
from survey.errors import Invalid, Missing, Refused
from survey.journal import JournalEntry
from survey.letters.models import Letter, LetterState
from survey.poll import queries
from survey.poll.models import Stage
from survey.poll.stages import is_past
from survey.review.access import key, only
from survey.staff.models import Account, Role
from survey.watch import aftermath
from survey.watch.inspections import register
from survey.watch.models import Handled

EDITS = ("roster.correct", "roster.move", "roster.retire", "roster.load_people", "roster.load_enterprises")
LOOKS = ("tally.persons_read", "tally.table_read")
ON_DUTY = (Role.INSPECTOR, Role.REVIEWER)
"""Roles whose work it is to look at a result before it is published."""
OPENED = "dossier.open"
WAITING = (LetterState.ISSUED, LetterState.SENT, LetterState.RECEIVED)


class AlertKind(StrEnum):
    """What an alert is about; the value is shown."""

    DOSSIER = "无审查事项查阅档案"
    EDIT = "冻结以后改动名册"
    LATE = "逾期未回复"
    EARLY = "结果公布前查阅"
    UNFILED = "入企检查未备案"
    MORE = "测评后检查增多"


@dataclass(frozen=True)
class Alert:
    """One alert; `key` stays the same as long as its cause does."""

    key: str
    kind: AlertKind
    on: dt.date
    who: str
    text: str
    handled: Handled | None = None


def alerts(session: Session, *, today: dt.date) -> list[Alert]:
    """Return every alert, those not dealt with first, then the newest."""
    handled = {each.alert: each for each in session.exec(select(Handled))}
    found = [
        Alert(each.key, each.kind, each.on, each.who, each.text, handled.get(each.key))
        for source in (
            _from_journal(session),
            _late(session, today),
            _unfiled(session),
            _more_visits(session, today),
        )
        for each in source
    ]
    return sorted(found, key=lambda each: (each.handled is not None, -each.on.toordinal(), each.key))


def _from_journal(session: Session) -> Iterator[Alert]:
    """Walk the journal once, keeping what is frozen and what is not yet published as it goes."""
    people = {account.login: account for account in session.exec(select(Account))}
    frozen: set[str] = set()
    unpublished: set[str] = set()
    acts = ("poll.move", "tally.report", OPENED, *EDITS, *LOOKS)
    query = select(JournalEntry).where(col(JournalEntry.act).in_(acts)).order_by(col(JournalEntry.id))
    for entry in session.exec(query):
        if entry.act == "poll.move":
            _follow(entry, frozen, unpublished)
        elif entry.act == "tally.report":
            unpublished.discard(entry.subject)
        elif alert := _judge(entry, people.get(entry.actor), frozen, unpublished):
            yield alert


def _follow(entry: JournalEntry, frozen: set[str], unpublished: set[str]) -> None:
    """Keep which polls are frozen but not counted, and which are counted but not published."""
    to = json.loads(entry.detail).get("to", "")
    if to == Stage.FROZEN:
        frozen.add(entry.subject)
    if to in (Stage.COUNTED, Stage.VOID):
        frozen.discard(entry.subject)
    if to == Stage.COUNTED:
        unpublished.add(entry.subject)


def _judge(
    entry: JournalEntry, account: Account | None, frozen: set[str], unpublished: set[str]
) -> Alert | None:
    if entry.act in EDITS and frozen:
        polls = "、".join(sorted(frozen))
        return _alert(
            entry, AlertKind.EDIT, account, f"{polls}冻结以后、计票以前，名册有改动：{entry.subject}"
        )
    if entry.act in LOOKS and entry.subject in unpublished and not (account and account.role in ON_DUTY):
        return _alert(entry, AlertKind.EARLY, account, f"{entry.subject}公布以前查阅人员结果")
    if entry.act == OPENED and not _named_task(entry):
        return _alert(entry, AlertKind.DOSSIER, account, f"查阅{entry.subject}的档案，没有对应的审查事项")
    return None


def _named_task(entry: JournalEntry) -> bool:
    """Tell whether a case or measure on the person was at hand when the dossier was opened."""
    return bool(json.loads(entry.detail).get("task"))


def _alert(entry: JournalEntry, kind: AlertKind, account: Account | None, text: str) -> Alert:
    day = dt.date.fromisoformat(entry.at[:10])
    return Alert(f"journal:{entry.id}", kind, day, account.name if account else entry.actor, text)


def _late(session: Session, today: dt.date) -> Iterator[Alert]:
    """Yield the letters whose reply is late, by the day that stands in the letter itself."""
    query = select(Letter).where(col(Letter.state).in_(WAITING)).order_by(col(Letter.id))
    for letter in session.exec(query):
        day = json.loads(letter.content).get("reply_by")
        if day and dt.date.fromisoformat(day) < today:
            text = f"{letter.kind}{letter.number}应于{day}前回复，至今没有登记回复"
            yield Alert(
                f"letter:{letter.id}", AlertKind.LATE, dt.date.fromisoformat(day), letter.addressee, text
            )


def _unfiled(session: Session) -> Iterator[Alert]:
    for each in register(session):
        visit = each.inspection
        if not visit.filing_number:
            text = f"{visit.on}到{visit.firm}检查（{visit.basis}），没有备案号"
            yield Alert(f"inspection:{visit.id}", AlertKind.UNFILED, visit.on, each.unit.name, text)


def _more_visits(session: Session, today: dt.date) -> Iterator[Alert]:
    """Yield the polls after which those who took part were inspected more than luck explains."""
    for poll in queries.latest_rounds(session):
        if not is_past(poll, Stage.CLOSED):
            continue
        try:
            found = aftermath.compare(session, poll, today=today)
        except Refused:
            continue
        if found.odd:
            text = (
                f"{poll.key}前后各{found.days}天，到场企业受检查{found.took_part.before}次和"
                f"{found.took_part.after}次，其他企业{found.others.before}次和{found.others.after}次"
            )
            yield Alert(f"aftermath:{poll.key}", AlertKind.MORE, poll.held_on, "各检查单位", text)


def counts(found: Iterable[Alert]) -> dict[AlertKind, int]:
    """Return how many alerts of each kind have not been dealt with."""
    waiting = [alert.kind for alert in found if alert.handled is None]
    return {kind: waiting.count(kind) for kind in AlertKind}


def handle(session: Session, alert_key: str, *, note: str, by: Account, today: dt.date) -> Handled:
    """Note what came of an alert; it stays listed with the note."""
    only(by, Role.INSPECTOR, act="处置预警")
    found = _named(alerts(session, today=today), alert_key)
    if found.handled:
        raise Refused("watch.handled", f"这条预警已于{found.handled.on}处置。")
    if not note.strip():
        raise Invalid("watch.note", "请写明核查情况和处置结果。")
    row = Handled(alert=alert_key, note=note.strip(), on=today, account_id=key(by.id))
    session.add(row)
    session.flush()
    journal.record(session, by=by.login, act="watch.handle", subject=alert_key)
    return row


def _named(found: Sequence[Alert], alert_key: str) -> Alert:
    for alert in found:
        if alert.key == alert_key:
            return alert
    raise Missing("watch.no_alert", "没有找到这条预警，它的起因可能已经消除。")
