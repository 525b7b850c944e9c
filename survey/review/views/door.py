"""The blueprint of the review and what its pages share."""

from flask import Blueprint, current_app

from survey.config import Config
from survey.staff.models import Role

bp = Blueprint("review", __name__, url_prefix="/review")

READERS = (Role.OFFICE, Role.INSPECTOR, Role.LEADER, Role.REVIEWER, Role.AUDITOR)
REMARK_READERS = (Role.OFFICE, Role.INSPECTOR, Role.REVIEWER)


def config() -> Config:
    """Return the installation's settings."""
    settings: Config = current_app.config["SURVEY"]
    return settings
