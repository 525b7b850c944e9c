"""Every table of the desk database, gathered for creation, migration and tests."""

from sqlmodel import SQLModel

from survey import journal
from survey.channels import models as channels
from survey.custody import models as custody
from survey.letters import models as letters
from survey.mailbox import models as mailbox
from survey.paper import models as paper
from survey.poll import models as poll
from survey.rectify import models as rectify
from survey.review import models as review
from survey.rights import models as rights
from survey.roster import models as roster
from survey.scale import models as scale
from survey.sources import models as sources
from survey.staff import models as staff
from survey.tally import models as tally
from survey.watch import models as watch

MODULES = (
    journal,
    letters,
    staff,
    roster,
    poll,
    paper,
    tally,
    review,
    mailbox,
    rectify,
    sources,
    watch,
    channels,
    rights,
    custody,
    scale,
)
TABLES = tuple(SQLModel.metadata.sorted_tables)
