"""Upload, correction, change of post, retirement, a unit clerk's account."""

from collections.abc import Iterable

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, PasswordField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from survey.roster.blanks import KIND_NAMES
from survey.roster.models import Unit
from survey.staff.models import OF_A_UNIT

REQUIRED = InputRequired("请填写此项。")
SHORT = Length(max=240, message="不超过240个字符。")
KINDS = [SelectChoice(kind.value, name) for kind, name in KIND_NAMES.items()]


class UploadForm(FlaskForm):
    """One workbook."""

    workbook = FileField("选择 .xlsx 文件", validators=[FileRequired("请先选择文件。")])


class CorrectForm(FlaskForm):
    """A slip in the current line."""

    name = StringField("姓名", validators=[REQUIRED, SHORT])
    post = StringField("职务", validators=[REQUIRED, SHORT])
    duties = TextAreaField("负责事项", validators=[REQUIRED, SHORT])


class MoveForm(FlaskForm):
    """A new post in one of the units on offer."""

    unit = SelectField("单位", coerce=int, validators=[REQUIRED])
    post = StringField("新职务", validators=[REQUIRED, SHORT])
    duties = TextAreaField("负责事项", validators=[REQUIRED, SHORT])
    kind = RadioField("人员类别", choices=KINDS, validators=[REQUIRED])
    since = DateField("从哪天起", validators=[InputRequired("请填写日期，例如2023-03-01。")])

    def offer(self, units: Iterable[Unit]) -> None:
        """Let one of `units` be chosen."""
        self.unit.choices = [SelectChoice(str(unit.id), unit.name) for unit in units]


class RetireForm(FlaskForm):
    """The first day off the roster."""

    until = DateField("从哪天起不再列入", validators=[InputRequired("请填写日期，例如2023-03-01。")])


class ClerkForm(FlaskForm):
    """The account of a unit's clerk or of its party organisation."""

    role = RadioField(
        "账号种类",
        choices=[SelectChoice(role.value, role.chinese) for role in OF_A_UNIT],
        default=OF_A_UNIT[0].value,
        validators=[REQUIRED],
    )
    login = StringField("账号名", validators=[REQUIRED, Length(max=40, message="不超过40个字符。")])
    name = StringField("姓名", validators=[REQUIRED, SHORT])
    password = PasswordField("初始密码", validators=[REQUIRED, SHORT])
