"""信息核对表: every official confirms the own line before the freeze; one for each unit."""

import datetime as dt
import io

import pikepdf
from sqlmodel import Session

from survey.clock import Quarter, add_working_days
from survey.config import Config
from survey.errors import Refused
from survey.letters.imprint import Imprint, printed
from survey.letters.kinds import CheckLine, CheckSheet
from survey.roster import queries
from survey.roster.models import Kind, Unit

DAYS_TO_RETURN = 3


def for_unit(session: Session, unit: Unit, *, config: Config, today: dt.date) -> bytes:
    """Return the unit's sheet as PDF."""
    posts = queries.posts(session, on=today, unit=unit)
    if not posts:
        raise Refused("roster.empty_unit", f"「{unit.name}」目前没有列入测评的人员，不需要核对表。")
    document = CheckSheet(
        organ=config.office,
        unit=unit.name,
        series=unit.series.value,
        round_name=Quarter(today.year, (today.month + 2) // 3).chinese,
        lines=tuple(_line(post) for post in posts),
        return_by=add_working_days(today, DAYS_TO_RETURN),
        contact=config.office,
        phone=config.office_phone,
    )
    # A working paper: neither numbered nor kept, so it has nothing to be looked up by.
    imprint = Imprint(number="", dated=today, code="", check_url=config.desk_origin)
    return printed(document, imprint, fonts=config.fonts)


def for_all(session: Session, *, config: Config, today: dt.date) -> bytes:
    """Return the sheets of all units as one PDF, in the order of the slate."""
    units = {post.unit.code: post.unit for post in queries.posts(session, on=today)}
    if not units:
        raise Refused("roster.empty", "名册还是空的，请先上传单位与人员名册。")
    whole = pikepdf.new()
    for unit in units.values():
        with pikepdf.open(io.BytesIO(for_unit(session, unit, config=config, today=today))) as part:
            whole.pages.extend(part.pages)
    stream = io.BytesIO()
    whole.save(stream, deterministic_id=True)
    return stream.getvalue()


def _line(post: queries.Post) -> CheckLine:
    return CheckLine(
        badge=post.official.badge,
        name=post.official.name,
        post=post.tenure.post,
        duties=post.tenure.duties,
        leader=post.tenure.kind is Kind.LEADER,
    )
