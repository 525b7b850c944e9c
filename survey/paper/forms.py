"""Forms of paper ballots: print run, scans, sheets keyed by hand, sheet accounts, sealing."""

from collections.abc import Iterable

from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

REQUIRED = InputRequired("请填写此项。")
FORMS = [SelectChoice("normal", "普通（每页25行）"), SelectChoice("large", "大字（每页17行）")]
NOT_BELOW = NumberRange(0, 100_000, "应为0至100000。")


class PrintForm(FlaskForm):
    """One print run."""

    copies = IntegerField("份数", validators=[REQUIRED, NumberRange(1, 2000, "一次印制1至2000份。")])
    form = SelectField("字号", choices=FORMS)


class ScanForm(FlaskForm):
    """Scans as they come from the scanner."""

    scans = MultipleFileField("选择扫描件（PDF、TIFF、JPEG、PNG，可多选）")


class ForgoForm(FlaskForm):
    """Why sides cannot be scanned any more."""

    reason = StringField("无法补扫的原因", validators=[REQUIRED, Length(max=200, message="不超过200个字。")])


class HandForm(FlaskForm):
    """A sheet that two people key from the paper."""

    layout = SelectField("印制批次", id="hand-layout")
    sheet = IntegerField("第几张", id="hand-sheet", validators=[REQUIRED, NumberRange(1, 99, "应为1至99。")])

    def offer(self, layouts: Iterable[tuple[str, str]]) -> "HandForm":
        """Offer the printed layouts."""
        self.layout.choices = [SelectChoice(*each) for each in layouts]
        return self


class NoteForm(FlaskForm):
    """A comment that no scan shows."""

    layout = SelectField("印制批次", id="note-layout")
    page = IntegerField("第几页", validators=[REQUIRED, NumberRange(1, 198, "应为1至198。")])

    def offer(self, layouts: Iterable[tuple[str, str]]) -> "NoteForm":
        """Offer the printed layouts."""
        self.layout.choices = [SelectChoice(*each) for each in layouts]
        return self


class AccountForm(FlaskForm):
    """印制 = 收回 + 作废 + 未用 of one sheet."""

    sheet = IntegerField("第几张", validators=[REQUIRED, NumberRange(1, 99, "应为1至99。")])
    returned = IntegerField("收回", validators=[InputRequired("没有时填0。"), NOT_BELOW])
    spoiled = IntegerField("作废", validators=[InputRequired("没有时填0。"), NOT_BELOW])
    unused = IntegerField("未用", validators=[InputRequired("没有时填0。"), NOT_BELOW])


class SealForm(FlaskForm):
    """Who seals together with the one signed in."""

    witness = SelectField("共同办理人", coerce=int)

    def offer(self, people: Iterable[tuple[int, str]]) -> "SealForm":
        """Offer the people who may help to seal."""
        self.witness.choices = [SelectChoice(str(number), name) for number, name in people]
        return self
