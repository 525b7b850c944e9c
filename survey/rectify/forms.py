"""Forms of rectification: task, outcome, steps of a thread, letters."""

import datetime as dt
from collections.abc import Iterable

from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import DateField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from survey.letters.kinds import Look
from survey.rectify.evidence import Upload
from survey.rectify.models import Finding, OutcomeKind
from survey.review.models import Theme
from survey.roster.models import Unit

REQUIRED = InputRequired("请填写此项。")
LONG = Length(max=2000, message="不超过2000个字。")
SHORT = Length(max=60, message="不超过60个字。")
THEMES = [SelectChoice(theme.value, theme.chinese) for theme in Theme if theme is not Theme.BRIBERY]
WAYS = [SelectChoice(kind.name, kind.value) for kind in OutcomeKind if kind is not OutcomeKind.TASK]
FINDINGS = [SelectChoice(finding.name, finding.value) for finding in Finding]


class TaskForm(FlaskForm):
    """One item of the ledger; all but the source is compulsory."""

    unit = SelectField("责任单位", validators=[REQUIRED])
    theme = SelectField("问题类别", choices=THEMES, validators=[REQUIRED])
    title = TextAreaField("整改事项（单位看到的内容）", validators=[REQUIRED, LONG])
    owner = StringField("盯办人", validators=[REQUIRED, SHORT])
    phone = StringField("联系电话", validators=[REQUIRED, SHORT])
    deadline = DateField("完成时限", validators=[InputRequired("请填写日期，如 2023-06-30。")])
    source = StringField("来源", default="测评会场", validators=[REQUIRED, SHORT])

    def offer(self, units: Iterable[Unit]) -> None:
        """Offer the roster's units by name."""
        self.unit.choices = [SelectChoice("", "请选择"), *(SelectChoice(u.code, u.name) for u in units)]


class OutcomeForm(FlaskForm):
    """What becomes of a comment without a task, and why."""

    kind = RadioField("去向", choices=WAYS, validators=[REQUIRED])
    reason = TextAreaField("理由或依据", validators=[REQUIRED, LONG])

    def chosen(self) -> OutcomeKind:
        """Return the outcome."""
        return OutcomeKind[self.kind.data]


class StepForm(FlaskForm):
    """One entry in a thread, with files that prove it."""

    text = TextAreaField("情况", validators=[REQUIRED, LONG])
    files = MultipleFileField("佐证材料")

    def uploads(self) -> tuple[Upload, ...]:
        """Return the chosen files; an empty file field gives none."""
        chosen = [each for each in self.files.data or [] if getattr(each, "filename", "")]
        return tuple(Upload(each.filename, each.read()) for each in chosen)


class WordsForm(FlaskForm):
    """The office's words when it verifies or sends back."""

    text = TextAreaField("说明", validators=[REQUIRED, LONG])


class OfferForm(FlaskForm):
    """To whom a task is to be handed over, and why."""

    unit = SelectField("接手单位", validators=[REQUIRED])
    owner = StringField("接手的盯办人", validators=[REQUIRED, SHORT])
    phone = StringField("联系电话", validators=[REQUIRED, SHORT])
    reason = StringField("移交理由", validators=[REQUIRED, Length(max=200, message="不超过200个字。")])

    def offer(self, units: Iterable[Unit]) -> None:
        """Offer the roster's units by name."""
        self.unit.choices = [SelectChoice(u.code, u.name) for u in units]


class AnswerForm(FlaskForm):
    """Why a hand-over is refused."""

    reason = StringField("不予接收的理由", validators=[REQUIRED, Length(max=200, message="不超过200个字。")])


class RevisitForm(FlaskForm):
    """What a revisit found; a new deadline for what has come back."""

    finding = RadioField("结果", choices=FINDINGS, validators=[REQUIRED])
    text = TextAreaField("怎样核实、情况如何", validators=[REQUIRED, LONG])
    deadline = DateField("反弹的，重新整改时限", validators=[Optional()])

    def found(self) -> Finding:
        """Return the finding."""
        return Finding[self.finding.data]


class RollRuleForm(FlaskForm):
    """The rule of the red and black lists, from a quarter on."""

    valid_from = StringField("从哪个季度起", validators=[REQUIRED, SHORT])
    least_items = IntegerField("当季到期最少件数", default=3, validators=[REQUIRED])
    red_from = IntegerField("红榜：按期率不低于（%）", default=95, validators=[REQUIRED])
    black_below = IntegerField("黑榜：按期率低于（%）", default=70, validators=[REQUIRED])
    target = IntegerField("本类别合计达到（%）则不列黑榜", default=90, validators=[REQUIRED])


class IssueForm(FlaskForm):
    """The date that letters will carry."""

    dated = DateField("成文日期", validators=[Optional()])

    def day(self, today: dt.date) -> dt.date:
        """Return the chosen date, or today."""
        chosen: dt.date | None = self.dated.data
        return chosen or today


class ReplyForm(IssueForm):
    """The date and the look of the letters to the enterprises."""

    look = SelectField("版式", choices=[SelectChoice(look.value, look.chinese) for look in Look])

    def chosen_look(self) -> Look:
        """Return the chosen look; the standard's when none was asked for."""
        asked = self.look.data
        return Look(asked) if asked in set(Look) else Look.STANDARD
