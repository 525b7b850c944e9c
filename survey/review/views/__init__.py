"""Pages of the review, one file for each part of its work; `bp` carries them all."""

from survey.review.views import cases, comments, measures, objections, papers, rechecks, ties
from survey.review.views.door import bp

__all__ = ["bp", "cases", "comments", "measures", "objections", "papers", "rechecks", "ties"]
