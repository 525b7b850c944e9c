"""Comments: taken in, read by few, paraphrased, and each paraphrase checked by a second person."""

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey.errors import Invalid
from survey.pages import done, submit
from survey.poll import service as polls
from survey.poll.models import Stage
from survey.review import comments as remarks
from survey.review import paraphrases, service
from survey.review.forms import ParaphraseForm
from survey.review.models import Comment
from survey.review.views.door import REMARK_READERS, bp, config
from survey.staff.views import allow
from survey.tally import opened


@bp.get("/<int:poll_id>/comments")
@allow(*REMARK_READERS)
def comments(poll_id: int) -> ResponseReturnValue:
    """List the remarks with theme and paraphrase; their words stand on a page of their own."""
    poll = polls.get(g.session, poll_id)
    return render_template(
        "desk/review/comments.html",
        poll=poll,
        comments=remarks.comments(g.session, poll),
        waiting=remarks.waiting(g.session, poll),
        unchecked=paraphrases.unchecked(g.session, poll),
        due=polls.is_past(poll, Stage.OPENED) and not remarks.taken_in(g.session, poll),
    )


@bp.post("/<int:poll_id>/comments")
@allow(*REMARK_READERS)
def take_in(poll_id: int) -> ResponseReturnValue:
    """Take the opened remarks in."""
    poll = polls.get(g.session, poll_id)
    taken = service.take_in_comments(g.session, poll, opened.remarks(config(), poll), by=g.account)
    return done(
        gettext("已接收%(len)s条问题反映。", len=len(taken)), url_for("review.comments", poll_id=poll_id)
    )


@bp.get("/<int:poll_id>/comments/words")
@allow(*remarks.READERS)
def words(poll_id: int) -> ResponseReturnValue:
    """Show the words of all remarks to the review group and the inspectors; the look is journaled."""
    poll = polls.get(g.session, poll_id)
    found = remarks.read_all(g.session, poll, by=g.account)
    return render_template("desk/review/words.html", poll=poll, comments=found)


@bp.route("/comment/<int:comment_id>", methods=["GET", "POST"])
@allow(*REMARK_READERS)
def comment(comment_id: int) -> ResponseReturnValue:
    """Read one remark and write its paraphrase; the next unwritten one follows."""
    remark = remarks.get_for(g.session, comment_id, by=g.account)
    form = ParaphraseForm(theme=remark.theme.name if remark.theme else None, text=remark.paraphrase)
    form.offer(remarks.written_about(g.session, remark))

    def page() -> str:
        text = remarks.read(g.session, remark, by=g.account) if remarks.may_read(remark, g.account) else ""
        return render_template("desk/review/comment.html", comment=remark, text=text, form=form)

    def act() -> ResponseReturnValue:
        remarks.paraphrase(g.session, remark, text=form.wording(), theme=form.chosen_theme(), by=g.account)
        return _next(remark)

    return submit(form, act, page) if request.method == "POST" else page()


def _next(remark: Comment) -> ResponseReturnValue:
    waiting = remarks.waiting(g.session, polls.get(g.session, remark.poll_id))
    if waiting:
        sentence = gettext("已保存，还有%(len)s条待转述。", len=len(waiting))
        return done(sentence, url_for("review.comment", comment_id=waiting[0].id))
    return done(gettext("已全部转述。"), url_for("review.comments", poll_id=remark.poll_id))


@bp.get("/<int:poll_id>/paraphrases")
@allow(*REMARK_READERS)
def unchecked(poll_id: int) -> ResponseReturnValue:
    """Lay the paraphrases before a second person, with what may give a firm away beside each."""
    poll, firms = polls.get(g.session, poll_id), paraphrases.firms(g.session)
    rows = [
        (each, paraphrases.telltales(each, firms), paraphrases.may_check(each, by=g.account))
        for each in paraphrases.unchecked(g.session, poll)
    ]
    sees_words = g.account.role in remarks.READERS
    if sees_words and rows:
        remarks.note_look(g.session, poll, len(rows), by=g.account)
    return render_template("desk/review/paraphrases.html", poll=poll, rows=rows, sees_words=sees_words)


@bp.post("/<int:poll_id>/paraphrases")
@allow(*REMARK_READERS)
def let_pass(poll_id: int) -> ResponseReturnValue:
    """Let the ticked paraphrases pass."""
    chosen = request.form.getlist("comment", type=int)
    if not chosen:
        raise Invalid("review.none_chosen", "还没有勾选转述，请逐条看过后勾选认不出企业的。")
    for comment_id in chosen:
        paraphrases.passes(g.session, remarks.get(g.session, comment_id), by=g.account)
    return done(
        gettext("已核对通过%(len)s条转述。", len=len(chosen)), url_for("review.unchecked", poll_id=poll_id)
    )


@bp.post("/comment/<int:comment_id>/return")
@allow(*REMARK_READERS)
def return_paraphrase(comment_id: int) -> ResponseReturnValue:
    """Send one paraphrase back to be written anew."""
    remark = paraphrases.send_back(g.session, remarks.get(g.session, comment_id), by=g.account)
    return done(gettext("已退回重写。"), url_for("review.unchecked", poll_id=remark.poll_id))
