"""The public answer to one remark."""

from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from survey.mailbox.service import LONGEST


class AnswerForm(FlaskForm):
    """What the whole county will read."""

    text = TextAreaField(
        "公开答复",
        validators=[
            InputRequired("请写出办理的情况和结果。"),
            Length(max=LONGEST, message="不超过500个字。"),
        ],
    )
