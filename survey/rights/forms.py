"""Forms of the people concerned: opening an account, the own line, statement, objection, task of a look."""

from flask_wtf import FlaskForm
from wtforms import PasswordField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import EqualTo, InputRequired, Length, Optional

from survey.review.models import HearingWay

REQUIRED = InputRequired("请填写此项。")
SHORT = Length(max=240, message="不超过240个字符。")
LONG = Length(max=2000, message="不超过2000个字。")
OWN_WAYS = (HearingWay.WRITTEN, HearingWay.WAIVED)


class ActivateForm(FlaskForm):
    """工号, the one-time code, and a password of one's own."""

    badge = StringField("工号", validators=[REQUIRED, SHORT])
    code = StringField("一次性开通码", validators=[REQUIRED, SHORT])
    password = PasswordField("设定密码", validators=[REQUIRED, SHORT])
    again = PasswordField(
        "再输一遍密码", validators=[REQUIRED, EqualTo("password", "两次输入的密码不一样。")]
    )


class LineForm(FlaskForm):
    """How the own line should read."""

    name = StringField("姓名", validators=[REQUIRED, SHORT])
    post = StringField("职务", validators=[REQUIRED, SHORT])
    duties = TextAreaField("负责事项", validators=[REQUIRED, SHORT])


class RefusalForm(FlaskForm):
    """Why a line is left as it stands."""

    reason = TextAreaField("不予更正的理由", validators=[REQUIRED, LONG])


class OwnStatementForm(FlaskForm):
    """The own case, or that nothing is to be said."""

    way = RadioField(
        "陈述", choices=[SelectChoice(way.name, way.value) for way in OWN_WAYS], validators=[REQUIRED]
    )
    statement = TextAreaField("陈述内容", validators=[Optional(), LONG])


class OwnObjectionForm(FlaskForm):
    """A written objection, signed."""

    text = TextAreaField("异议理由（对哪一项不服、为什么、希望怎样改）", validators=[REQUIRED, LONG])
    signed_name = StringField("署名", validators=[REQUIRED, SHORT])


class TaskForm(FlaskForm):
    """For which task a dossier is opened."""

    reason = StringField("为办理哪项工作查阅", validators=[REQUIRED, SHORT])
