"""Forms of the review: opinion, decision, waiver, carrying out, paraphrase."""

from flask_wtf import FlaskForm
from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from survey.review.ladders import LADDERS, within_proposal
from survey.review.models import Case, MeasureKind, ReasonCode, Theme, Verdict

REQUIRED = InputRequired("请填写此项。")
LONG = Length(max=2000, message="不超过2000个字。")
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
    hearing = TextAreaField("本人（单位）陈述", validators=[Optional(), LONG])
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

    on = DateField("落实日期", validators=[InputRequired("请填写日期，如 2023-04-06。")])
    record = TextAreaField("落实情况（谁、做了什么、记录存放何处）", validators=[REQUIRED, LONG])


class ParaphraseForm(FlaskForm):
    """The matter without the firm's words, and its theme."""

    theme = RadioField(
        "问题类别",
        choices=[SelectChoice(theme.name, theme.chinese) for theme in Theme],
        validators=[REQUIRED],
    )
    text = TextAreaField("转述（单位只看到这段话）", validators=[Optional(), LONG])

    def chosen_theme(self) -> Theme:
        """Return the theme."""
        return Theme[self.theme.data]
