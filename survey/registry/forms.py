"""Forms of the registry: one for each kind, made of its fields; the receipt that came back."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, ClassVar, cast

from flask_wtf import FlaskForm
from wtforms import DateField, Field, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from survey.errors import Invalid, Refused
from survey.letters.fields import Labelled, labelled, parse, write
from survey.letters.kinds import Document

DATED = "成文日期"
EMPTY = "请填写此项。"
OWN = "the_"  # before a field's name: a form has own attributes such as data
LONG = frozenset(
    [
        "facts",
        "statement",
        "matter",
        "grounds",
        "found",
        "reasons",
        "decision",
        "demand",
        "clue",
        "ground",
        "study",
        "problem",
        "reason",
        "request",
        "conclusion",
        "necessity",
        "rights",
        "conditions",
        "stored",
        "kept",
        "method",
    ]
)
"""Fields that want more than one row."""


class PaperForm(FlaskForm):
    """The fields of one kind; what was typed becomes the document."""

    KIND: ClassVar[type]
    dated = DateField(DATED, validators=[InputRequired("请填写日期，如 2023-06-30。")])

    def boxes(self) -> list[tuple[Field, str, str]]:
        """Return every field with its hint and its type of input."""
        return [(self[OWN + field.name], hint(field), _input(field)) for field in labelled(self.KIND)]

    def filled(self) -> Document:
        """Return the document; refuse with the fault under each field that is wrong."""
        self.validate()
        values = {field.name: self._value(field) for field in labelled(self.KIND)}
        if self.errors:
            raise Invalid("registry.form", f"有{len(self.errors)}处需要改正，请看各项下面的说明。")
        return cast(Document, self.KIND(**values))

    def _value(self, field: Labelled) -> Any:
        box = self[OWN + field.name]
        try:
            value = parse(field.hint, box.data or "")
        except Refused as refusal:
            box.errors = [refusal.sentence]
            return None
        if value in ("", ()) and field.needed:
            box.errors = [EMPTY]
        return value


def hint(field: Labelled) -> str:
    """Return how a list is typed, one entry a line."""
    if field.row is not None:
        lines = "每行一项，" if _is_list(field) else ""
        return f"{lines}各栏用｜隔开：{'｜'.join(cell.label for cell in labelled(field.row))}"
    return "每行一项" if _is_list(field) else ""


def _is_list(field: Labelled) -> bool:
    return getattr(field.hint, "__origin__", None) is tuple


def _input(field: Labelled) -> str:
    return "date" if field.hint is dt.date else ""


def _box(field: Labelled) -> Field:
    checks = [InputRequired(EMPTY)] if field.needed else []
    if _is_list(field) or field.name in LONG:
        return TextAreaField(field.label, [*checks, Length(max=8000, message="不超过8000个字。")])
    return StringField(field.label, [*checks, Length(max=300, message="不超过300个字。")])


def form_of(kind: type, known: Mapping[str, Any], today: dt.date) -> PaperForm:
    """Return the form of a kind with the known facts filled in."""
    boxes = {OWN + field.name: _box(field) for field in labelled(kind)}
    made = cast(type[PaperForm], type("KindForm", (PaperForm,), {"KIND": kind, **boxes}))
    filled = {OWN + name: write(value) for name, value in known.items()}
    return made(data={"dated": today, **filled})


class ReceiptForm(FlaskForm):
    """The 送达回证 that came back."""

    on = DateField("收到日期", validators=[InputRequired("请填写日期，如 2023-06-30。")])
    signed_by = StringField("收件人", [InputRequired(EMPTY), Length(max=60, message="不超过60个字。")])
