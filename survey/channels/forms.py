"""Consent of a star, a draw and its findings, orders and their rating, a year's weights."""

from collections.abc import Iterable

from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from survey.channels.menu import Dish
from survey.channels.models import Mark

REQUIRED = InputRequired("请填写此项。")
SHORT = Length(max=60, message="不超过60个字。")
LONG = Length(max=500, message="不超过500个字。")
FOUND = [SelectChoice("yes", "确已办好"), SelectChoice("no", "没有办好")]


class StarForm(FlaskForm):
    """Who is named, and the own consent."""

    badge = StringField("工号", validators=[REQUIRED, SHORT])
    consent = StringField("本人同意书编号或日期", validators=[REQUIRED, SHORT])


class DrawForm(FlaskForm):
    """How many items are drawn, by which seed."""

    size = IntegerField("抽查件数", default=5, validators=[REQUIRED])
    seed = StringField("抽签种子", validators=[REQUIRED, SHORT])


class FindingForm(FlaskForm):
    """What was found on the spot."""

    passed = RadioField("结果", choices=FOUND, validators=[REQUIRED])
    note = TextAreaField("现场情况", validators=[REQUIRED, LONG])


class OrderForm(FlaskForm):
    """A new order."""

    code = SelectField("服务", validators=[REQUIRED])

    def offer(self, dishes: Iterable[Dish]) -> None:
        """Offer the services of the menu."""
        choices = [SelectChoice(d.offering.code, f"{d.offering.code}　{d.offering.name}") for d in dishes]
        self.code.choices = [SelectChoice("", "请选择"), *choices]


class MarkForm(FlaskForm):
    """The one rating of an order."""

    mark = RadioField("评价", choices=[SelectChoice(m.name, m.value) for m in Mark], validators=[REQUIRED])

    def chosen(self) -> Mark:
        """Return the rating."""
        return Mark[self.mark.data]


class SchemeForm(FlaskForm):
    """A year's weights, one a line."""

    year = IntegerField("年度", validators=[REQUIRED])
    weights = TextAreaField("各项权重", validators=[REQUIRED, LONG])
