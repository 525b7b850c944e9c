"""Pages of one official or unit: counts, history, every gate, and the way in for those concerned."""

import tomllib

from flask import g, render_template
from flask.typing import ResponseReturnValue

from survey.staff.views import allow
from survey.tally import people, service
from survey.tally.views.door import CONCERNED, SEES_PERSONS, bp, config, poll_of


@bp.get("/own")
@allow(*CONCERNED)
def own() -> ResponseReturnValue:
    """List the published polls that concern the reader's own unit or person."""
    subject, name = people.own_subject(g.session, g.account)
    polls = people.own_polls(g.session, subject)
    return render_template("desk/tally/own.html", polls=polls, subject=subject, subject_name=name)


@bp.get("/<int:poll_id>/of/<subject>")
@allow(*SEES_PERSONS, *CONCERNED)
def subject(poll_id: int, subject: str) -> ResponseReturnValue:
    """Show one official's or unit's counts, rates, history; the look is journaled."""
    poll = poll_of(poll_id)
    people.refuse_stranger(g.session, poll, subject, by=g.account)
    service.note_look(g.session, poll, by=g.account, about=subject)
    return render_template(
        "desk/tally/subject.html",
        poll=poll,
        about=people.about(g.session, poll, subject, by=g.account),
        at_desk=g.account.role in SEES_PERSONS,
    )


@bp.get("/<int:poll_id>/why/<subject>")
@allow(*SEES_PERSONS, *CONCERNED)
def why(poll_id: int, subject: str) -> ResponseReturnValue:
    """Show every gate with its number, threshold and outcome; the look is journaled."""
    poll = poll_of(poll_id)
    people.refuse_stranger(g.session, poll, subject, by=g.account)
    service.note_look(g.session, poll, by=g.account, about=subject)
    about = people.about(g.session, poll, subject, by=g.account)
    return render_template(
        "desk/tally/why.html",
        poll=poll,
        about=about,
        rules=tomllib.loads(poll.rules),
        sheet=None if about["row"]["withheld"] else people.gates(g.session, poll, subject, config=config()),
        missing=people.FEW if about["row"]["withheld"] else people.DESTROYED,
        at_desk=g.account.role in SEES_PERSONS,
    )
