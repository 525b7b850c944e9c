"""The review group's vote on a case: who may vote, whether there are enough of them, what is carried.

Each member's newest opinion is the vote. More than half of the members who need not keep out must have voted,
and at least two; an opinion is carried by more than half of the votes. Equal votes carry nothing.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from survey.review.models import Case, Opinion, Tie, Verdict
from survey.review.recusal import tie_to
from survey.staff.models import Account, Role

FEWEST = 2


@dataclass(frozen=True)
class Member:
    """One member of the group before one case: recused by a tie, or with the newest opinion, if any."""

    account: Account
    tie: Tie | None
    opinion: Opinion | None


@dataclass(frozen=True)
class Board:
    """The group before one case."""

    members: tuple[Member, ...]

    @property
    def eligible(self) -> tuple[Member, ...]:
        """Return the members who may vote."""
        return tuple(member for member in self.members if member.tie is None)

    @property
    def recused(self) -> tuple[Member, ...]:
        """Return the members who keep out."""
        return tuple(member for member in self.members if member.tie)

    @property
    def votes(self) -> tuple[Opinion, ...]:
        """Return the opinions that count."""
        return tuple(member.opinion for member in self.eligible if member.opinion)

    @property
    def quorum(self) -> int:
        """Return how many must vote."""
        return quorum(len(self.eligible))

    @property
    def carried(self) -> Verdict | None:
        """Return what the group holds, or None while it holds nothing."""
        return carried([vote.verdict for vote in self.votes], members=len(self.eligible))


def quorum(members: int) -> int:
    """Return how many of `members` must vote: more than half, and never fewer than two."""
    return max(FEWEST, members // 2 + 1)


def carried(votes: Sequence[Verdict], *, members: int) -> Verdict | None:
    """Return what more than half of enough votes carry; upholding with a note counts as upholding."""
    if len(votes) < quorum(members):
        return None
    excluding = sum(vote is Verdict.EXCLUDE for vote in votes)
    if 2 * excluding > len(votes):
        return Verdict.EXCLUDE
    if 2 * excluding == len(votes):
        return None
    return Verdict.ANNOTATE if Verdict.ANNOTATE in votes else Verdict.UPHOLD


def board(session: Session, case: Case, *, on: dt.date) -> Board:
    """Return the review group before a case on one day: active reviewers, and whoever has voted on it."""
    newest = _newest(session, case)
    group = session.exec(select(Account).where(Account.role == Role.REVIEWER).order_by(col(Account.id))).all()
    return Board(
        tuple(
            Member(
                account,
                tie_to(session, account, unit_code=case.unit_code, on=on),
                newest.get(account.id or 0),
            )
            for account in group
            if account.active or account.id in newest
        )
    )


def _newest(session: Session, case: Case) -> dict[int, Opinion]:
    query = select(Opinion).where(Opinion.case_id == case.id, col(Opinion.id) > case.votes_after)
    return {opinion.account_id: opinion for opinion in session.exec(query.order_by(col(Opinion.id)))}
