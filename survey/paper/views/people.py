"""Pages where people decide: doubts by one key, the gallery of blanks, comments on paper."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey.errors import Invalid
from survey.paper import service
from survey.paper.forms import NoteForm
from survey.paper.models import Choice
from survey.paper.views.door import HANDS, back, bp, checked, layouts, poll_of, witnesses
from survey.staff.views import allow


@bp.get("/<int:poll_id>/doubts")
@allow(*HANDS)
def doubts(poll_id: int) -> ResponseReturnValue:
    """Show the next row that needs the one signed in."""
    poll = poll_of(poll_id)
    return render_template(
        "desk/paper/doubts.html",
        poll=poll,
        task=service.next_task(g.session, poll, by=g.account),
        progress=service.progress(g.session, poll),
        choices=Choice,
        witnesses=witnesses(),
        chosen=request.args.get("witness", 0, int),
    )


@bp.post("/<int:poll_id>/doubts/<int:doubt_id>")
@allow(*HANDS)
def decide(poll_id: int, doubt_id: int) -> ResponseReturnValue:
    """Take one decision and go on to the next row."""
    poll, key, named = poll_of(poll_id), request.form.get("choice", ""), request.form.get("witness", 0, int)
    if key not in list(Choice):
        raise Invalid("paper.choice", "请按1、2、3、0或9键认定这一行。")
    witness = next((each for each in service.witnesses(g.session, by=g.account) if each.id == named), None)
    service.decide(g.session, poll, doubt_id, choice=Choice(key), by=g.account, witness=witness)
    return redirect(url_for("paper.doubts", poll_id=poll.id, witness=named or None), 303)


@bp.get("/<int:poll_id>/doubts/<int:doubt_id>/picture")
@allow(*HANDS)
def picture(poll_id: int, doubt_id: int) -> ResponseReturnValue:
    """Return the option cells of a doubtful row."""
    poll = poll_of(poll_id)
    doubt = service.get(g.session, poll, doubt_id)
    return _jpeg(service.picture(g.session, poll, doubt.side_id, doubt.row))


def _jpeg(content: bytes) -> ResponseReturnValue:
    return content, 200, {"Content-Type": "image/jpeg", "Cache-Control": "private, no-store"}


@bp.get("/<int:poll_id>/gallery")
@allow(*HANDS)
def gallery(poll_id: int) -> ResponseReturnValue:
    """Show a page of rows read as blank."""
    poll = poll_of(poll_id)
    page = service.next_gallery(g.session, poll, by=g.account)
    return render_template(
        "desk/paper/gallery.html", poll=poll, page=page, places=range(len(page.cells)) if page else ()
    )


@bp.get("/<int:poll_id>/gallery/<int:page_id>/<int:place>")
@allow(*HANDS)
def gallery_picture(poll_id: int, page_id: int, place: int) -> ResponseReturnValue:
    """Return one row of a gallery page."""
    return _jpeg(service.gallery_picture(g.session, poll_of(poll_id), page_id, place))


@bp.post("/<int:poll_id>/gallery/<int:page_id>")
@allow(*HANDS)
def check_gallery(poll_id: int, page_id: int) -> ResponseReturnValue:
    """Take where a mark was seen."""
    poll, seen = poll_of(poll_id), {int(text) for text in request.form.getlist("seen") if text.isdecimal()}
    if service.check_gallery(g.session, poll, page_id, seen=seen, by=g.account):
        return back(poll, gettext("这一页已核对。"), page="gallery")
    return back(poll, gettext("这一页有笔迹没有选出，改由另一人核对。"), page="gallery", category="warn")


@bp.get("/<int:poll_id>/remarks")
@allow(*HANDS)
def remarks(poll_id: int) -> ResponseReturnValue:
    """Show the next comment to write down or to check."""
    poll = poll_of(poll_id)
    remark = service.next_remark(g.session, poll, by=g.account)
    return render_template(
        "desk/paper/remarks.html",
        poll=poll,
        remark=remark,
        lines=service.remarks.lines(g.session, poll, remark) if remark else (),
        waiting=service.remarks.open_(g.session, poll),
        longest=service.remarks.LONGEST,
    )


@bp.post("/<int:poll_id>/remarks/new")
@allow(*HANDS)
def note(poll_id: int) -> ResponseReturnValue:
    """Open a comment that is written down from the paper itself."""
    poll = poll_of(poll_id)
    form = checked(NoteForm().offer(layouts(poll)))
    service.note_remark(g.session, poll, layout=form.layout.data, page=form.page.data, by=g.account)
    return back(poll, gettext("已登记第%(data)s页的一条意见，请一人录入，另一人核对。", data=form.page.data))


@bp.get("/<int:poll_id>/remarks/<int:remark_id>/picture")
@allow(*HANDS)
def remark_picture(poll_id: int, remark_id: int) -> ResponseReturnValue:
    """Return the picture of one comment box."""
    return _jpeg(service.remarks.get(g.session, poll_of(poll_id), remark_id).jpeg)


@bp.post("/<int:poll_id>/remarks/<int:remark_id>")
@allow(*HANDS)
def remark(poll_id: int, remark_id: int) -> ResponseReturnValue:
    """Take a comment written down, or what its checker says of it."""
    poll, act, kept = poll_of(poll_id), request.form.get("act"), service.remarks
    if act == "right":
        kept.check(g.session, poll, remark_id, by=g.account)
    elif act == "back":
        kept.send_back(g.session, poll, remark_id, by=g.account)
    else:
        text, line = request.form.get("text", ""), request.form.get("line", "")
        kept.write(g.session, poll, remark_id, text=text, line=line, by=g.account)
    return redirect(url_for("paper.remarks", poll_id=poll.id), 303)
