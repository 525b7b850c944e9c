"""Comments written on paper: one person writes them down, another checks; only the text goes on.

Handwriting identifies. The picture is sealed for the inspectors and kept nowhere else (paper.md section 6).
"""

from collections.abc import Sequence

from sqlmodel import Session, col, delete, select

from survey import journal
from survey.errors import Forbidden, Invalid, Missing, Refused
from survey.paper import naming, prints
from survey.paper.models import PaperRemark
from survey.paper.sheet import OVERALL, Line
from survey.poll.models import Poll
from survey.poll.stages import stored_id
from survey.staff.models import Account

LONGEST = 600


def keep(session: Session, poll: Poll, *, layout: str, page: int, jpeg: bytes = b"") -> PaperRemark:
    """Keep the picture of one comment box, apart from its sheet."""
    remark = PaperRemark(poll_id=stored_id(poll), layout=layout, page=page, jpeg=jpeg)
    session.add(remark)
    session.flush()
    return remark


def note(session: Session, poll: Poll, *, layout: str, page: int, by: Account) -> PaperRemark:
    """Open a comment that no scan shows, to be written down from the paper itself."""
    prints.require_hand(by)
    form = prints.layouts(session, poll).get(layout)
    if form is None or not 1 <= page <= form.pages:
        raise Missing("paper.no_page", "没有这一页票面，请核对批次和页码。")
    return keep(session, poll, layout=layout, page=page)


def every(session: Session, poll: Poll) -> Sequence[PaperRemark]:
    """Return the comments of a poll in the order of their random ids."""
    found = select(PaperRemark).where(PaperRemark.poll_id == poll.id).order_by(col(PaperRemark.id))
    return session.exec(found).all()


def open_(session: Session, poll: Poll) -> int:
    """Return how many comments are not yet written down and checked."""
    return sum(each.checked_by is None for each in every(session, poll))


def next_remark(session: Session, poll: Poll, *, by: Account) -> PaperRemark | None:
    """Return the next comment for `by` to write down, or to check if another wrote it down."""
    waiting = (each for each in every(session, poll) if each.checked_by is None and each.written_by != by.id)
    return next(waiting, None)


def get(session: Session, poll: Poll, remark_id: int) -> PaperRemark:
    """Return one comment of a poll."""
    remark = session.get(PaperRemark, remark_id)
    if remark is None or remark.poll_id != poll.id:
        raise Missing("paper.no_remark", "没有这条意见，请返回重新进入。")
    return remark


def lines(session: Session, poll: Poll, remark: PaperRemark) -> list[Line]:
    """Return the lines printed beside a comment box: what it may be about."""
    layout = prints.layouts(session, poll)[remark.layout]
    return list(layout.side(remark.page))


def write(session: Session, poll: Poll, remark_id: int, *, text: str, line: str, by: Account) -> PaperRemark:
    """Write a comment down without what names a firm or person; an empty text says there is nothing in it."""
    prints.require_hand(by)
    remark = get(session, poll, remark_id)
    if remark.written_by is not None:
        raise Refused("paper.remark_written", "这条意见已由别人录入，请核对，或继续下一条。")
    if len(text.strip()) > LONGEST:
        raise Invalid("paper.remark_long", f"意见超过{LONGEST}个字，请分条概括后录入。")
    if told := naming.giveaways(session, text):
        raise Refused(
            "paper.remark_names",
            f"意见中有{'、'.join(told)}，会认出写票人，请只写事情、删去这些内容再录入。",
        )
    about = line or OVERALL
    if about != OVERALL and about not in {each.id for each in lines(session, poll, remark)}:
        raise Invalid("paper.remark_line", "这一页没有这个序号，请核对后重新选择。")
    remark.text, remark.line, remark.written_by = text.strip(), about, stored_id(by)
    session.add(remark)
    session.flush()
    return remark


def check(session: Session, poll: Poll, remark_id: int, *, by: Account) -> PaperRemark:
    """Confirm that the text says what the picture says and names nobody."""
    remark = _to_check(session, poll, remark_id, by)
    remark.checked_by = stored_id(by)
    session.add(remark)
    session.flush()
    journal.record(session, by=by.login, act="paper.remark", subject=poll.key, detail={"page": remark.page})
    return remark


def send_back(session: Session, poll: Poll, remark_id: int, *, by: Account) -> PaperRemark:
    """Have a comment written down anew."""
    remark = _to_check(session, poll, remark_id, by)
    remark.text, remark.line, remark.written_by = "", "", None
    session.add(remark)
    session.flush()
    return remark


def _to_check(session: Session, poll: Poll, remark_id: int, by: Account) -> PaperRemark:
    prints.require_hand(by)
    remark = get(session, poll, remark_id)
    if remark.written_by is None or remark.checked_by is not None:
        raise Refused("paper.remark_state", "这条意见还没有录入，或已经核对过。")
    if remark.written_by == by.id:
        raise Forbidden("paper.remark_own", "意见须由录入人以外的另一人核对。")
    return remark


def forget(session: Session, poll: Poll) -> None:
    """Delete every comment and picture once they are sealed."""
    session.exec(delete(PaperRemark).where(col(PaperRemark.poll_id) == poll.id))
