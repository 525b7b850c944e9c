"""Papers that are made of figures alone and need no form: for the standing meeting, from the hall."""

from collections.abc import Mapping

from sqlmodel import Session

from survey.clock import CHINA, Quarter
from survey.config import Config
from survey.custody import records as custody
from survey.letters.briefs import MeetingPaper
from survey.letters.facts import MeasureCount
from survey.letters.kinds import HallLine, HallRecord
from survey.poll import attendance, hall_log, remote
from survey.poll.models import HallEntry, HallStep, Poll
from survey.rectify.notices import MEASURE_WORDS
from survey.registry import bulletin
from survey.review.cases import count_measures
from survey.staff.models import Account
from survey.tally import counts as tally

DEFINITION = "非差评率为非常满意和服务一般的票数占有效评价票数的比例，未作评价的不计入。"
ASKS = ("审议测评结果和拟采取的措施。", "同意公布各类单位结果，向企业反馈办理情况。")
FEW = "评价数过少、不宜公布的单位不列。"


def meeting_paper(session: Session, poll: Poll, *, config: Config) -> MeetingPaper:
    """Return the paper for the standing meeting: the poll's public figures, themes and measures."""
    result = tally.result(session, poll)
    counts = result["equation"]
    return MeetingPaper(
        organ=config.office,
        round_name=Quarter.parse(poll.round).chinese,
        held_on=poll.held_on,
        seats=poll.seats,
        attended=counts.get("attended") or counts["issued"],
        valid=counts["valid"],
        rates=bulletin.rates(result),
        definition=DEFINITION + (FEW if any(unit["persons"]["withheld"] for unit in result["units"]) else ""),
        change=None,
        themes=bulletin.themes(session, poll),
        measures=tuple(
            MeasureCount(name=kind.value, count=count, measure_word=MEASURE_WORDS[kind][1])
            for kind, count in count_measures(session, poll).items()
        ),
        asks=ASKS,
        series=bulletin.series(result),
    )


def hall_record(session: Session, poll: Poll, *, config: Config) -> HallRecord:
    """Return 现场监督记录 as the inspectors signed it step by step."""
    cards = attendance.card_account(session, poll)
    entries = hall_log.entries(session, poll)
    return HallRecord(
        organ=config.office,
        round_name=Quarter.parse(poll.round).chinese,
        held_on=poll.held_on,
        venue=poll.venue or "　　　　",
        seats=poll.seats,
        attended=len(attendance.present(session, poll)),
        cards_issued=cards.issued if cards else 0,
        seals=_seals(entries),
        lines=tuple(_step(session, entry) for entry in entries.values()),
        incidents="没有记录异常情况",
        manifest_sha256=poll.manifest_sha256 or "尚未冻结",
        rehearsal=custody.told(session, poll),
        channels=remote.told(session, poll),
    )


def _seals(entries: Mapping[HallStep, HallEntry]) -> tuple[str, ...]:
    sealed = entries.get(HallStep.SEALED)
    return (sealed.note,) if sealed and sealed.note else ("见封箱条",)


def _step(session: Session, entry: HallEntry) -> HallLine:
    account = session.get(Account, entry.account_id)
    at = entry.at.astimezone(CHINA)
    return HallLine(
        step=entry.step.value,
        at=f"{at.hour}时{at.minute:02d}分",
        signed=account.name if account else f"账号{entry.account_id}",
        note=entry.note or "正常",
    )
