"""Sign-in, password and account forms."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import EqualTo, InputRequired, Length

from survey.staff.models import AT_DESK, OF_A_UNIT

REQUIRED = InputRequired("请填写此项。")
SHORT = Length(max=240, message="不超过240个字符。")
ROLES = [SelectChoice(role.value, role.chinese) for role in AT_DESK if role not in OF_A_UNIT]


class _Onward(FlaskForm):
    """A form that leads on to the page that `next` names."""

    next = HiddenField()

    def destination(self) -> str:
        """Return the page to go on to: only a path of this door is believed."""
        path = str(self.next.data or "/")
        return path if path.startswith("/") and path[1:2] not in {"/", "\\"} else "/"


class SignInForm(_Onward):
    """Login and password; `next` is the page that asked for the sign-in."""

    login = StringField("账号名", validators=[REQUIRED, SHORT])
    password = PasswordField("密码", validators=[REQUIRED, SHORT])


class LanguageForm(_Onward):
    """The language of the desk: zh or en."""

    lang = HiddenField()


class PasswordForm(FlaskForm):
    """The old password once, the new one twice."""

    old = PasswordField("原密码", validators=[REQUIRED, SHORT])
    new = PasswordField("新密码", validators=[REQUIRED, SHORT])
    again = PasswordField("再输一遍新密码", validators=[REQUIRED, EqualTo("new", "两次输入的新密码不一样。")])


class AccountForm(FlaskForm):
    """A new account of the county; unit clerks are appointed on their unit's page."""

    login = StringField("账号名", validators=[REQUIRED, Length(max=40, message="不超过40个字符。")])
    name = StringField("姓名", validators=[REQUIRED, SHORT])
    role = RadioField("角色", choices=ROLES, validators=[REQUIRED])
    password = PasswordField("初始密码", validators=[REQUIRED, SHORT])


class ResetForm(FlaskForm):
    """A new password set by the office."""

    password = PasswordField("新密码", validators=[REQUIRED, SHORT])
