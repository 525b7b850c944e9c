"""The papers of the review as PDF, and the decision on an objection as a draft for the registry."""

from flask import Response, g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey import clock
from survey.letters import service as letters
from survey.letters.facts import Document
from survey.pages import done
from survey.poll import service as polls
from survey.review import cases as reading
from survey.review import casesheet, objections, papers, steps
from survey.review import comments as remarks
from survey.review.views.door import READERS, bp, config
from survey.review.views.measures import RECORDERS
from survey.staff.models import Role
from survey.staff.views import allow


def _pdf(document: Document) -> Response:
    content = papers.pdf(document, config=config(), today=clock.today())
    headers = {"Content-Disposition": "inline", "Cache-Control": "no-store"}
    return Response(content, content_type="application/pdf", headers=headers)


@bp.get("/case/<int:case_id>/opinion.pdf")
@allow(*READERS)
def opinion_sheet(case_id: int) -> ResponseReturnValue:
    """Give 审查研判意见表 of a case."""
    sheet = casesheet.sheet(g.session, reading.get(g.session, case_id), today=clock.today())
    return _pdf(papers.opinion_sheet(g.session, sheet, config=config()))


@bp.get("/talk/<int:talk_id>/record.pdf")
@allow(*RECORDERS)
def talk_sheet(talk_id: int) -> ResponseReturnValue:
    """Give 谈话记录表 of one talk."""
    talk = steps.talk(g.session, talk_id)
    measure = reading.measure(g.session, talk.measure_id)
    steps.may_record(g.session, measure, by=g.account)
    return _pdf(papers.talk_sheet(g.session, talk, measure, config=config()))


@bp.get("/comment/<int:comment_id>/clue.pdf")
@allow(Role.INSPECTOR)
def clue_sheet(comment_id: int) -> ResponseReturnValue:
    """Give 问题线索移交单; the reading is journaled."""
    comment = remarks.get(g.session, comment_id)
    return _pdf(papers.clue_sheet(g.session, comment, config=config(), by=g.account, today=clock.today()))


@bp.post("/objection/<int:objection_id>/draft")
@allow(Role.OFFICE)
def draft_decision(objection_id: int) -> ResponseReturnValue:
    """Draft 异议复核决定书 for approval and issue in the registry."""
    objection, settings = objections.get(g.session, objection_id), config()
    document = papers.decision(g.session, objection, config=settings)
    measure = reading.measure(g.session, objection.measure_id)
    letters.draft(
        g.session,
        document,
        round_=polls.get(g.session, measure.poll_id).round,
        reference=f"objection:{objection.id}",
        addressee=document.applicant,
        word=settings.document_word,
        dated=clock.today(),
        by=g.account,
    )
    sentence = gettext("复核决定书已起草，请在文书登记中由他人核准后印发。")
    return done(sentence, url_for("review.objection", objection_id=objection_id))
