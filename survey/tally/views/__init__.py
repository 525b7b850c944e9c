"""Pages of the opening, the count, its results, and what they say about one person or unit."""

from survey.tally.views import opening as opening
from survey.tally.views import people as people
from survey.tally.views import results as results
from survey.tally.views.door import bp as bp
