"""Drafting: what a quarter's poll is to be, before anybody has signed it."""

import datetime as dt
from dataclasses import dataclass

from sqlmodel import Session, delete

from survey import journal
from survey.clock import Quarter
from survey.errors import Invalid, Refused
from survey.poll import policies, queries
from survey.poll.models import Approval, Poll, Stage
from survey.poll.stages import require
from survey.staff.models import Account

LARGEST_ROUND = 5000


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What the office proposes and two leaders sign."""

    title: str
    held_on: dt.date
    seats: int
    spare_cards: int
    threshold: int
    rules_toml: str
    venue: str


def usual_title(quarter: Quarter) -> str:
    """Return the title that a quarter's poll bears unless somebody gives it another."""
    return f"{quarter.chinese}企业满意度测评"


def draft(
    session: Session,
    *,
    round_: str,
    title: str,
    held_on: dt.date,
    seats: int,
    spare_cards: int,
    threshold: int,
    rules_toml: str,
    venue: str,
    by: Account,
) -> Poll:
    """Start the poll of a round; a round has one version that counts at a time."""
    plan = Plan(
        title=title,
        held_on=held_on,
        seats=seats,
        spare_cards=spare_cards,
        threshold=threshold,
        rules_toml=rules_toml,
        venue=venue,
    )
    version = _next_version(session, round_)
    poll = Poll(round=round_, version=version, title="", held_on=held_on, seats=1, rules="", rules_sha256="")
    _fill(poll, plan)
    session.add(poll)
    session.flush()
    _note(session, poll, act="poll.draft", by=by)
    return poll


def _next_version(session: Session, round_: str) -> int:
    try:
        Quarter.parse(round_)
    except ValueError as fault:
        raise Invalid("poll.round", f"轮次「{round_}」的写法不对，应写作年份加季度，如 2023Q1。") from fault
    versions = [poll for poll in queries.every(session) if poll.round == round_]
    if alive := next((poll for poll in versions if poll.stage is not Stage.VOID), None):
        raise Refused(
            "poll.round_exists", f"{round_} 已有测评 {alive.key}（{alive.stage.chinese}），不能重复起草。"
        )
    return len(versions) + 1


def revise(session: Session, poll: Poll, plan: Plan, *, by: Account) -> Poll:
    """Change a draft; a signature already given under the former text falls away."""
    require(poll, Stage.DRAFT)
    _fill(poll, plan)
    session.exec(delete(Approval).where(Approval.poll_id == poll.id))  # type: ignore[arg-type]  # a column expression
    poll.slate, poll.slate_sha256 = "", ""
    session.add(poll)
    session.flush()
    _note(session, poll, act="poll.revise", by=by)
    return poll


def _fill(poll: Poll, plan: Plan) -> None:
    if not plan.title.strip():
        raise Invalid("poll.title", "请填写测评名称。")
    if not 1 <= plan.seats <= LARGEST_ROUND or not 0 <= plan.spare_cards <= LARGEST_ROUND:
        raise Invalid("poll.seats", f"席位应为1至{LARGEST_ROUND}个，备用票卡不少于0张，请改正。")
    if not 2 <= plan.threshold <= 16:
        raise Invalid("poll.threshold", "开箱所需监督人员应为2至16人，请改正。")
    poll.title, poll.held_on, poll.venue = plan.title.strip(), plan.held_on, plan.venue.strip()
    poll.seats, poll.spare_cards, poll.threshold = plan.seats, plan.spare_cards, plan.threshold
    poll.rules = policies.checked(plan.rules_toml)
    poll.rules_sha256 = policies.digest(poll.rules)


def _note(session: Session, poll: Poll, *, act: str, by: Account) -> None:
    detail = {"rules_sha256": poll.rules_sha256, "seats": poll.seats, "spare_cards": poll.spare_cards}
    journal.record(session, by=by.login, act=act, subject=poll.key, detail=detail)
