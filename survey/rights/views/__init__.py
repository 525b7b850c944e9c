"""Pages of the people concerned, and of the party organisation and inspectors about them."""

from survey.rights.views import accounts, dossiers, lines, matters
from survey.rights.views.door import bp

__all__ = ["accounts", "bp", "dossiers", "lines", "matters"]
