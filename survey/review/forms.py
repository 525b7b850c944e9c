"""Forms of the review: opinion, statement, decision, what follows it, objection, second check, paraphrase."""

from collections.abc import Iterable

from flask_wtf import FlaskForm
from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from survey.review.ladders import LADDERS, within_proposal
from survey.review.models import (
    Case,
    Finding,
    HearingWay,
    MeasureKind,
    ReasonCode,
    Ruling,
    Theme,
    TieKind,
    Verdict,
)
from survey.roster.models import Unit
from survey.staff.models import Account

REQUIRED = InputRequired("请填写此项。")
LONG = Length(max=2000, message="不超过2000个字。")
DAY = InputRequired("请填写日期，如 2023-04-06。")
SHORT = Length(max=200, message="不超过200个字。")
REASONS = [SelectChoice("", "请选择"), *(SelectChoice(code.name, code.value) for code in ReasonCode)]


class OpinionForm(FlaskForm):
    """A reviewer's verdict; annotating or excluding carries reason, evidence number and date."""

    verdict = RadioField(
        "研判意见", choices=[SelectChoice(v.value, v.chinese) for v in Verdict], validators=[REQUIRED]
    )
    reason = SelectField("理由", choices=REASONS, validators=[Optional()])
    evidence_number = StringField("证据文号", validators=[Optional(), SHORT])
    evidence_date = DateField("证据日期", validators=[Optional()])
    text = TextAreaField("情况说明", validators=[Optional(), LONG])

    def chosen_reason(self) -> ReasonCode | None:
        """Return the reason, or None when none was chosen."""
        return ReasonCode[self.reason.data] if self.reason.data else None


class DecisionForm(FlaskForm):
    """A leader's measure with the records that it rests on."""

    kind = RadioField("处理措施", validators=[REQUIRED])
    verification = TextAreaField("核实情况（谁核实、何时、结论、文号）", validators=[Optional(), LONG])
    group_decision = TextAreaField("集体研究决定（会议、日期、文号）", validators=[Optional(), LONG])

    def offer(self, case: Case) -> None:
        """Offer what is on the case's ladder and not heavier than proposed, heaviest first."""
        lawful = [kind for kind in reversed(LADDERS[case.kind]) if within_proposal(case, kind)]
        self.kind.choices = [SelectChoice(kind.name, kind.value) for kind in lawful]

    def chosen(self) -> MeasureKind:
        """Return the measure."""
        return MeasureKind[self.kind.data]


class WaiverForm(FlaskForm):
    """Why an upheld case ends without a measure."""

    reason = TextAreaField("不采取措施的理由", validators=[REQUIRED, LONG])


class CarryOutForm(FlaskForm):
    """What the unit's party organisation did, and when."""

    on = DateField("落实日期", validators=[DAY])
    record = TextAreaField("落实情况（谁、做了什么、记录存放何处）", validators=[REQUIRED, LONG])


class ParaphraseForm(FlaskForm):
    """The matter without the firm's words, and its theme."""

    theme = RadioField(
        "问题类别",
        choices=[SelectChoice(theme.name, theme.chinese) for theme in Theme],
        validators=[REQUIRED],
    )
    again = SelectField("沿用本单位已有的转述", validators=[Optional()])
    text = TextAreaField("转述（单位只看到这段话）", validators=[Optional(), LONG])

    def offer(self, known: Iterable[str]) -> None:
        """Offer the paraphrases that were written about the same unit: nobody types one twice."""
        self.again.choices = [SelectChoice("", "不沿用"), *(SelectChoice(text, text) for text in known)]

    def wording(self) -> str:
        """Return what was typed, else the paraphrase that was chosen again."""
        return self.text.data or self.again.data or ""

    def chosen_theme(self) -> Theme:
        """Return the theme."""
        return Theme[self.theme.data]


class StatementForm(FlaskForm):
    """What the person or unit stated before any step."""

    way = RadioField(
        "陈述方式", choices=[SelectChoice(way.name, way.value) for way in HearingWay], validators=[REQUIRED]
    )
    statement = TextAreaField("陈述内容", validators=[Optional(), LONG])


class DayForm(FlaskForm):
    """One day: of delivery, or the end of a tie."""

    on = DateField("送达日期", validators=[DAY])


class TalkForm(FlaskForm):
    """The record of one talk."""

    held_on = DateField("谈话日期", validators=[DAY])
    talker = StringField("主谈人（姓名、职务）", validators=[REQUIRED, SHORT])
    companion = StringField("参加人（姓名、职务）", validators=[REQUIRED, SHORT])
    recorder = StringField("记录人（姓名）", validators=[REQUIRED, SHORT])
    statement = TextAreaField("谈话事项和本人陈述", validators=[REQUIRED, LONG])
    commitments = TextAreaField("本人承诺", validators=[Optional(), LONG])


class FollowUpForm(FlaskForm):
    """What was found when somebody looked again."""

    on = DateField("回访日期", validators=[DAY])
    text = TextAreaField("回访情况", validators=[REQUIRED, LONG])


class ObjectionForm(FlaskForm):
    """A written, signed objection."""

    text = TextAreaField("异议理由（对哪一项不服、为什么、希望怎样改）", validators=[REQUIRED, LONG])
    signed_name = StringField("署名", validators=[REQUIRED, SHORT])


class ExaminationForm(FlaskForm):
    """What the examination of an objection found."""

    text = TextAreaField("核查情况（调阅了什么、听取了谁、查明了什么）", validators=[REQUIRED, LONG])


class LiftForm(FlaskForm):
    """Why steps go on while an objection is open."""

    text = TextAreaField("异议期间继续办理的理由", validators=[REQUIRED, LONG])


class RulingForm(FlaskForm):
    """How an objection ends; a milder measure is chosen from the same ladder."""

    ruling = RadioField(
        "复核决定", choices=[SelectChoice(one.name, one.value) for one in Ruling], validators=[REQUIRED]
    )
    kind = SelectField("改为", validators=[Optional()])
    reason = TextAreaField("理由", validators=[REQUIRED, LONG])

    def offer(self, kinds: Iterable[MeasureKind]) -> None:
        """Offer the milder measures."""
        known = [SelectChoice(kind.name, kind.value) for kind in kinds]
        self.kind.choices = [SelectChoice("", "不改"), *known]

    def chosen_kind(self) -> MeasureKind | None:
        """Return the milder measure, if one was chosen."""
        return MeasureKind[self.kind.data] if self.kind.data else None


class RecheckForm(FlaskForm):
    """What a second look at a refusal found."""

    finding = RadioField(
        "复查结论", choices=[SelectChoice(one.name, one.value) for one in Finding], validators=[REQUIRED]
    )
    text = TextAreaField("复查情况（看了什么、为什么）", validators=[REQUIRED, LONG])


class TieForm(FlaskForm):
    """What ties somebody at the desk to a unit."""

    account = SelectField("人员", coerce=int, validators=[REQUIRED])
    unit = SelectField("单位", coerce=int, validators=[REQUIRED])
    kind = SelectField("关系", choices=[SelectChoice(kind.name, kind.value) for kind in TieKind])
    since = DateField("从哪天起", validators=[DAY])
    note = StringField("说明", validators=[Optional(), SHORT])

    def offer(self, accounts: Iterable[Account], units: Iterable[Unit]) -> None:
        """Let one of the accounts and one of the units be chosen."""
        self.account.choices = [
            SelectChoice(str(each.id), f"{each.name}（{each.role.chinese}）") for each in accounts
        ]
        self.unit.choices = [SelectChoice(str(unit.id), unit.name) for unit in units]
