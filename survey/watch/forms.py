"""What an inspector writes about an alert."""

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length


class NoteForm(FlaskForm):
    """What was found and done."""

    note = StringField(
        "核查和处置", validators=[InputRequired("请填写此项。"), Length(max=200, message="不超过200个字。")]
    )
