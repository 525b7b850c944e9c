"""Pages of the poll, one file for each part of its work; `bp` carries them all."""

from survey.poll.views import hall, plan
from survey.poll.views.door import bp

__all__ = ["bp", "hall", "plan"]
