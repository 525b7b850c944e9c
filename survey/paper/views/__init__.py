"""Pages of paper ballots: what the desk does with them, what people decide on them."""

from survey.paper.views import papers, people
from survey.paper.views.door import bp

__all__ = ["bp", "papers", "people"]
