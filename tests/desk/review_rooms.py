"""A small county with a counted poll, for the tests of review and rectification."""

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from functools import cache

from sqlmodel import Session, select

from scoring import rules
from scoring.recount import recount
from survey.clock import CHINA
from survey.poll import policies
from survey.poll.models import Poll, Stage
from survey.review.comments import paraphrase
from survey.review.hearings import invite, state_case
from survey.review.models import (
    Case,
    Comment,
    HearingWay,
    Measure,
    MeasureKind,
    ReasonCode,
    Theme,
    Verdict,
)
from survey.review.paraphrases import passes
from survey.review.service import decide, exclude, give_opinion, raise_cases
from survey.review.steps import deliver, record_talk
from survey.roster.models import Series, Unit
from survey.staff.models import Account, Role
from survey.tally.models import Count
from tests.people import Staff

AT = dt.datetime(2023, 4, 3, 9, 30, tzinfo=CHINA)
TODAY = AT.date()
EVIDENCE = {
    "reason": ReasonCode.LAWFUL_ACT,
    "evidence_number": "卢消罚〔2023〕8号",
    "evidence_date": dt.date(2023, 2, 1),
}
UNITS = (("U1", "水务局", Series.PUBLIC), ("U2", "消防救援大队", Series.ENFORCEMENT))
PEOPLE = (("P1", "U1", "王守信", "leader"), ("P2", "U1", "李致远", "staff"), ("P3", "U2", "赵景行", "leader"))


def units(session: Session) -> dict[str, Unit]:
    """Return the county's two units by code, made once."""
    found = {unit.code: unit for unit in session.exec(select(Unit))}
    for position, (code, name, series) in enumerate(UNITS):
        if code not in found:
            found[code] = Unit(code=code, name=name, series=series, position=position)
            session.add(found[code])
    session.flush()
    return found


def slate(poll: str) -> dict[str, object]:
    """Return the slate of the two units and three persons."""
    return {
        "poll": poll,
        "units": [{"id": code, "name": name, "series": series.value} for code, name, series in UNITS],
        "persons": [
            {
                "id": badge,
                "unit": unit,
                "name": name,
                "post": "科长",
                "duties": "审批",
                "kind": kind,
                "series": "公共服务",
                "adverse_actions": 0,
            }
            for badge, unit, name, kind in PEOPLE
        ],
    }


def proposal(kind: str, subject: str, rung: int, name: str, **more: object) -> dict[str, object]:
    """Return one proposal as the recount words it."""
    return {
        "kind": kind,
        "id": subject,
        "rung": rung,
        "name": name,
        "rule": f"{kind}.rung[{rung - 1}]",
        "lane": "direct",
        "requires": [],
        "numbers": {"n": 110, "b": 12, "rate": 0.10909},
        "text": f"{subject}：110家作出有效评价，差评12张 → 列入{name}。",
        **more,
    }


REMIND = proposal("unit", "U1", 1, "整改工作提示函")
TALK = proposal("person", "P2", 1, "谈心谈话或约谈")
MOVE = proposal("person", "P2", 2, "调整岗位（建议）", requires=["verified", "heard", "group_decision"])


def result(poll: str, proposals: Sequence[dict[str, object]]) -> dict[str, object]:
    """Return a real recount of 110 ballots, with the proposals that a test wants in place of its own."""
    wanted = {"proposals": list(proposals), "robustness": [{"text": ""} for _ in proposals]}
    return {**_recounted(poll), **wanted}


@cache
def _recounted(poll: str) -> dict[str, object]:
    ballots = [
        {
            "overall": _mark(number, 90, 109),
            "units": {code: _mark(number, 70, 100) for code, *_ in UNITS},
            "persons": {badge: _mark(number, 80, 98) for badge, *_ in PEOPLE},
        }
        for number in range(110)
    ]
    return dict(recount(slate(poll), ballots, rules.load(policies.text("replay"))))


def _mark(number: int, good: int, fair: int) -> str:
    return "A" if number < good else "B" if number < fair else "C"


def a_counted_poll(
    session: Session, *proposals: dict[str, object], round_: str = "2023Q1", stage: Stage = Stage.COUNTED
) -> Poll:
    """Return a poll whose count proposes what is given."""
    units(session)
    frozen = json.dumps(slate(f"{round_}-v1"), ensure_ascii=False)
    poll = Poll(
        round=round_,
        title="企业满意度测评",
        held_on=TODAY,
        stage=stage,
        seats=110,
        rules=policies.text("replay"),
        rules_sha256="0" * 64,
        slate=frozen,
    )
    session.add(poll)
    session.flush()
    text = json.dumps(result(f"{round_}-v1", proposals), ensure_ascii=False)
    digest = hashlib.sha256(text.encode()).hexdigest()
    session.add(
        Count(
            poll_id=poll.id,
            at=AT,
            issued=110,
            returned=110,
            valid=110,
            invalid=0,
            slate_sha256="1" * 64,
            ballots_sha256="2" * 64,
            rules_sha256="3" * 64,
            tally_sha256=digest,
            result=text,
        )
    )
    session.flush()
    return poll


class Room:
    """The people around the table; each verb is one act of one of them."""

    def __init__(self, session: Session) -> None:
        self.session = session
        staff = Staff(session)
        self.office = staff.hire(Role.OFFICE)
        self.inspector = staff.hire(Role.INSPECTOR)
        self.leader = staff.hire(Role.LEADER)
        self.reviewer = staff.hire(Role.REVIEWER)
        self.reviewer2 = staff.hire(Role.REVIEWER)
        self.auditor = staff.hire(Role.AUDITOR)
        self.staff = staff

    def clerk_of(self, code: str) -> Account:
        """Hire the clerk of a unit."""
        return self.staff.hire(Role.UNIT_CLERK, units(self.session)[code].id)

    def raises(self, poll: Poll) -> list[Case]:
        """Lay the count's proposals before the group."""
        return raise_cases(self.session, poll, by=self.office)

    def votes(self, case: Case, verdict: Verdict = Verdict.UPHOLD, **evidence) -> None:
        """Let both members of the group hold the same of a case."""
        for member in (self.reviewer, self.reviewer2):
            give_opinion(self.session, case, verdict=verdict, by=member, at=AT, **evidence)

    def upholds(self, case: Case) -> None:
        """Let the group uphold a case, and whoever it is about be told and state it."""
        self.votes(case)
        if not case.praises:
            self.hears(case)

    def hears(self, case: Case) -> None:
        """Tell whoever the case is about, and take down what is said."""
        invite(self.session, case, by=self.office, today=TODAY)
        words = {"way": HearingWay.SPOKEN, "statement": "对事实无异议，愿意改进。"}
        state_case(self.session, case, by=self.office, today=TODAY, **words)

    def orders(self, case: Case, kind: MeasureKind, **proofs: str):
        """Let the leader decide a measure."""
        return decide(self.session, case, kind=kind, by=self.leader, at=AT, **proofs)

    def excludes(self, case: Case) -> None:
        """Let the group vote for exclusion with evidence, and the leader confirm it."""
        self.votes(case, Verdict.EXCLUDE, **EVIDENCE)
        exclude(self.session, case, by=self.leader, today=TODAY)

    def delivers(self, measure: Measure) -> Measure:
        """Record that the document of a measure was handed over."""
        return deliver(self.session, measure, on=TODAY, by=self.office)

    def talks(self, measure: Measure, *talkers: str) -> None:
        """Record one talk by each talker."""
        for talker in talkers:
            record_talk(
                self.session, measure, held_on=TODAY, talker=talker, companion="组织部干部",
                recorder="记录员", statement="对反映的问题作了说明", commitments="限期改进", by=self.office,
            )  # fmt: skip

    def paraphrases(self, comment: Comment, text: str, theme: Theme) -> None:
        """Let the office write a paraphrase and a member of the group pass it."""
        paraphrase(self.session, comment, text=text, theme=theme, by=self.office)
        passes(self.session, comment, by=self.reviewer)

    def reviews(self, poll: Poll) -> None:
        """Uphold and order every open case as proposed, and end the review."""
        from survey.review.ladders import proposed_measure
        from survey.review.models import CaseState
        from survey.review.service import close_review

        proofs = {"verification": "核实属实", "group_decision": "集体研究同意"}
        for case in self.raises(poll):
            if case.state is CaseState.OPEN:
                self.upholds(case)
                self.orders(case, proposed_measure(case), **proofs)
        close_review(self.session, poll, by=self.office)
