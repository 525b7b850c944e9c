"""From a proposal of the recount to a case, under the names that the ballot showed."""

import json
from collections.abc import Mapping

from survey.poll.models import Poll
from survey.review.access import key
from survey.review.models import Case


def case_from(proposal: Mapping[str, object], poll: Poll, names: Mapping[str, tuple[str, str]]) -> Case:
    """Return the case that lays one proposal of the recount before the group."""
    subject = str(proposal["id"])
    name, unit_code = names[subject]
    return Case(
        poll_id=key(poll.id),
        kind=str(proposal["kind"]),
        subject=subject,
        subject_name=name,
        unit_code=unit_code,
        rung=int(str(proposal["rung"] or 0)),
        name=str(proposal["name"]),
        rule=str(proposal["rule"]),
        lane=str(proposal["lane"]),
        requires=json.dumps(proposal["requires"], ensure_ascii=False),
        numbers=json.dumps(proposal["numbers"], ensure_ascii=False),
        text=str(proposal["text"]),
    )


def slate_names(poll: Poll) -> dict[str, tuple[str, str]]:
    """Return name and unit of everything on the poll's slate, by its id."""
    slate = json.loads(poll.slate)
    names = {unit["id"]: (unit["name"], unit["id"]) for unit in slate["units"]}
    names.update({person["id"]: (person["name"], person["unit"]) for person in slate["persons"]})
    return names
