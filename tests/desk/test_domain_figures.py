"""Figures of other places that a rule must give again, each under the rule's name."""

import io

from openpyxl import Workbook
from stdnum.cn import uscc

from survey.poll import attendance
from survey.poll.models import Poll
from survey.roster import service as roster
from survey.roster import sheets
from survey.roster.models import Tag
from survey.staff.models import Role
from survey.watch.aftermath import Group, chance_of
from tests.desk.review_rooms import TODAY
from tests.people import Staff

FIRMS = 141
MORE_TAGS = {Tag.ABOVE_SCALE: range(46), Tag.KEY_PROJECT: range(30, 63), Tag.NEAR_SCALE: range(60, 71)}
"""46, 33 and 11 firms carry a further tag; some carry two."""


def a_roster() -> io.BytesIO:
    book = Workbook()
    sheet = book.active
    sheet.title = "企业"
    sheet.append(list(sheets.ENTERPRISE_HEADS))
    for number in range(FIRMS):
        tags = [tag.value for tag, firms in MORE_TAGS.items() if number in firms] or [Tag.OTHER.value]
        body = f"9113032400{number:06}X"
        code = body + uscc.calc_check_digit(body)
        sheet.append([f"企业{number}", code, "、".join(tags), "张一", "0335-7201234"])
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    return stream


def test_141_firms_with_46_33_and_11_tags_hold_141_seats_not_231(session):
    office = Staff(session).hire(Role.OFFICE)
    roster.load_enterprises(session, sheets.read_enterprises(a_roster()), by=office, today=TODAY)
    assert len(roster.enterprises(session)) == FIRMS
    poll = Poll(round="2023Q1", title="x", held_on=TODAY, seats=FIRMS, rules="", rules_sha256="")
    session.add(poll)
    session.flush()
    carrying = {name: invited for name, _, invited in attendance.by_tag(session, poll)}
    assert [carrying[tag.value] for tag in MORE_TAGS] == [46, 33, 11]
    assert FIRMS + sum(carrying[tag.value] for tag in MORE_TAGS) == 231


def test_as_many_visits_after_a_poll_as_before_are_no_sign_of_anything():
    assert chance_of(Group("", 60, 20, 20), Group("", 50, 20, 20)) > 0.5
    assert chance_of(Group("", 60, 10, 40), Group("", 50, 40, 10)) < 0.001
