"""What a leader fills in: the two windows of the remote channel."""

import datetime as dt

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateTimeLocalField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from survey.box.remote import Window
from survey.clock import CHINA
from survey.errors import Invalid
from survey.remote.service import Plan

REQUIRED = InputRequired("请填写日期和时间。")
TWO, ONE = "two", "one"


class ChannelForm(FlaskForm):
    """Two windows, or one for both."""

    mode = RadioField(
        "领票和投票",
        choices=[
            SelectChoice(TWO, "分两段（推荐）"),
            SelectChoice(ONE, "合在一段（这个渠道不再称为无记名）"),
        ],
        default=TWO,
    )
    tickets_from = DateTimeLocalField("领票开始", validators=[REQUIRED])
    tickets_until = DateTimeLocalField("领票结束", validators=[REQUIRED])
    votes_from = DateTimeLocalField("投票开始", validators=[Optional()])
    votes_until = DateTimeLocalField("投票结束", validators=[Optional()])
    revote = BooleanField("投票时间内可以改票，只计最后一张")

    def plan(self) -> Plan:
        """Return what was filled in, in China's time; with one window the voting fields do not matter."""
        tickets = _window("领票", self.tickets_from.data, self.tickets_until.data)
        if self.mode.data == ONE:
            return Plan(tickets, tickets, self.revote.data)
        return Plan(tickets, _window("投票", self.votes_from.data, self.votes_until.data), self.revote.data)

    def show(self, plan: Plan) -> None:
        """Fill in what was decided before."""
        self.mode.data = ONE if plan.merged else TWO
        self.tickets_from.data, self.tickets_until.data = plan.tickets.begins, plan.tickets.ends
        self.votes_from.data, self.votes_until.data = plan.votes.begins, plan.votes.ends
        self.revote.data = plan.revote


def _window(name: str, begins: dt.datetime | None, ends: dt.datetime | None) -> Window:
    if begins is None or ends is None or begins >= ends:
        raise Invalid("remote.window", f"{name}的开始和结束请都填写，结束要晚于开始。")
    return Window(begins.replace(tzinfo=CHINA), ends.replace(tzinfo=CHINA))
