"""Forms of the poll: draft, hall step, cards, voiding."""

from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from survey.poll import policies
from survey.poll.drafts import LARGEST_ROUND, Plan

REQUIRED = InputRequired("请填写此项。")
PASTED = "pasted"


def _choices() -> list[tuple[str, str]]:
    return [*((each.name, each.heading) for each in policies.shipped()), (PASTED, "粘贴其他规则")]


class PlanForm(FlaskForm):
    """What the office drafts; `policy` names a shipped policy or says that the rules are pasted."""

    title = StringField("测评名称", validators=[REQUIRED, Length(max=100, message="不超过100个字。")])
    held_on = DateField("测评日期", validators=[InputRequired("请填写日期，如 2023-03-30。")])
    venue = StringField("会场", validators=[Optional(), Length(max=100, message="不超过100个字。")])
    seats = IntegerField(
        "席位（参评企业数）",
        validators=[REQUIRED, NumberRange(1, LARGEST_ROUND, f"席位应为1至{LARGEST_ROUND}个。")],
    )
    spare_cards = IntegerField(
        "备用票卡",
        validators=[InputRequired("请填写，没有备用时填0。"), NumberRange(0, 1000, "应为0至1000张。")],
    )
    threshold = IntegerField(
        "开箱所需监督人员数", validators=[REQUIRED, NumberRange(2, 16, "开箱须由2至16位监督人员共同进行。")]
    )
    policy = SelectField("测评规则", choices=_choices)
    rules = TextAreaField("粘贴规则（TOML）", validators=[Optional()])

    def plan(self) -> Plan:
        """Return what was filled in; a shipped policy is taken by its name."""
        shipped = {each.name: each.text for each in policies.shipped()}
        return Plan(
            title=self.title.data,
            held_on=self.held_on.data,
            seats=self.seats.data,
            spare_cards=self.spare_cards.data,
            threshold=self.threshold.data,
            rules_toml=shipped.get(self.policy.data, self.rules.data or ""),
            venue=self.venue.data or "",
        )

    def show_rules(self, text: str) -> None:
        """Choose the shipped policy that a draft carries, or show its own rules."""
        named = {each.text: each.name for each in policies.shipped()}
        self.policy.data = named.get(text, PASTED)
        self.rules.data = "" if text in named else text


class NewPlanForm(PlanForm):
    """The first draft of a round."""

    round = StringField(
        "季度",
        validators=[REQUIRED, Regexp(r"^20\d\dQ[1-4]$", message="请写作年份加季度，如 2023Q1。")],
    )


class StepForm(FlaskForm):
    """One signed step of the hall."""

    note = StringField("备注", validators=[Optional(), Length(max=200, message="不超过200个字。")])


class CardsForm(FlaskForm):
    """The cards as two people counted them."""

    printed = IntegerField("印制", validators=[InputRequired("请填写张数。")])
    issued = IntegerField("发出", validators=[InputRequired("请填写张数。")])
    remaining = IntegerField("剩余", validators=[InputRequired("请填写张数。")])
    replaced = IntegerField("其中补发", validators=[InputRequired("没有补发时填0。")])


class KeyForm(FlaskForm):
    """The public half of a key pair made in the browser."""

    public_key = StringField("公钥", validators=[InputRequired("没有收到公钥，请重新制作密钥。")])
    position = IntegerField("次序", validators=[Optional()])


class VoidForm(FlaskForm):
    """Why a poll is void."""

    reason = StringField(
        "作废原因",
        validators=[InputRequired("请写明作废的原因。"), Length(max=200, message="不超过200个字。")],
    )
