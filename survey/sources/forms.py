"""A meeting with those who came, and a point of it."""

from collections.abc import Iterable

from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from survey.roster.models import Unit
from survey.sources.models import SourceKind
from survey.sources.sheets import THEMES

REQUIRED = InputRequired("请填写此项。")
SHORT = Length(max=60, message="不超过60个字。")
LONG = Length(max=2000, message="不超过2000个字。")
DAY = InputRequired("请填写日期，如 2023-06-30。")


class OccasionForm(FlaskForm):
    """A meeting or batch."""

    kind = SelectField("来源", choices=[SelectChoice(k.name, k.value) for k in SourceKind])
    title = StringField("会议或批次名称", validators=[REQUIRED, SHORT])
    held_on = DateField("日期", validators=[DAY])
    place = StringField("地点", validators=[SHORT])
    chair = StringField("主持人", validators=[SHORT])
    people = TextAreaField("参加人", validators=[LONG])


class PointForm(FlaskForm):
    """A point and its item; all but who raised it is compulsory."""

    title = TextAreaField("事项（单位看到的内容）", validators=[REQUIRED, LONG])
    theme = SelectField("问题类别", choices=[SelectChoice(t, t) for t in THEMES], validators=[REQUIRED])
    unit = SelectField("责任单位", validators=[REQUIRED])
    owner = StringField("盯办人", validators=[REQUIRED, SHORT])
    phone = StringField("联系电话", validators=[REQUIRED, SHORT])
    deadline = DateField("完成时限", validators=[DAY])
    raised_by = StringField("反映主体（项目、企业）", validators=[SHORT])

    def offer(self, units: Iterable[Unit]) -> None:
        """Offer the roster's units by name."""
        self.unit.choices = [SelectChoice("", "请选择"), *(SelectChoice(u.code, u.name) for u in units)]
