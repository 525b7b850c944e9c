"""What is typed on the custody page: the grounds of a destruction."""

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import Length


class DestructionForm(FlaskForm):
    """Why the box may go."""

    reason = StringField("销毁依据", [Length(max=200)])
