"""Pages of rectification: the ledger wall and threads, outcomes of comments, the quarter's letters."""

from survey.rectify.views import comments as comments
from survey.rectify.views import ledger as ledger
from survey.rectify.views import letters as letters
from survey.rectify.views import passing as passing
from survey.rectify.views import rhythms as rhythms
from survey.rectify.views.door import bp as bp
