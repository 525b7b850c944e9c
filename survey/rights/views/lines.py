"""The own line before the freeze, and the office's answers."""

from flask import g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey import clock
from survey.pages import done, submit
from survey.rights import service
from survey.rights.forms import LineForm, RefusalForm
from survey.rights.models import LineWord
from survey.rights.views.door import bp
from survey.roster import service as roster
from survey.staff.models import Role
from survey.staff.views import allow


def _page(form: LineForm | None = None) -> str:
    person = service.own(g.session, by=g.account)
    held = [post for post in roster.history(g.session, person) if post.tenure.held_on(clock.today())]
    now = held[0] if held else None
    known = {"name": person.name, "post": now.tenure.post, "duties": now.tenure.duties} if now else {}
    return render_template(
        "desk/rights/line.html",
        person=person,
        now=now,
        word=service.newest_word(g.session, person.badge),
        open=service.lines_open(g.session),
        form=form or LineForm(**known),
    )


@bp.get("/line")
@allow(Role.OFFICIAL)
def line() -> ResponseReturnValue:
    """Show the own line as it will stand on the ballot."""
    return _page()


@bp.post("/line")
@allow(Role.OFFICIAL)
def ask_line() -> ResponseReturnValue:
    """Say how the own line should read."""
    form = LineForm()

    def act() -> ResponseReturnValue:
        words = {"name": form.name.data, "post": form.post.data, "duties": form.duties.data}
        service.ask_line(g.session, **words, by=g.account, today=clock.today())
        return done(gettext("更正申请已提交，由我来办办公室在冻结票面以前办理。"), url_for("rights.line"))

    return submit(form, act, lambda: _page(form))


@bp.post("/line/confirm")
@allow(Role.OFFICIAL)
def confirm_line() -> ResponseReturnValue:
    """Say that the own line is right."""
    service.confirm_line(g.session, by=g.account, today=clock.today())
    return done(gettext("已确认本人信息无误。"), url_for("rights.line"))


def _waiting(refused: LineWord | None = None, form: RefusalForm | None = None) -> str:
    rows = []
    for word in service.waiting_words(g.session):
        person = roster.official(g.session, word.badge)
        own = form if refused and refused.id == word.id else None
        rows.append((word, roster.current_post(g.session, person), own or RefusalForm(prefix=f"w{word.id}")))
    return render_template("desk/rights/words.html", rows=rows)


@bp.get("/lines")
@allow(Role.OFFICE)
def words() -> ResponseReturnValue:
    """List the officials' wordings that wait for an answer."""
    return _waiting()


@bp.post("/lines/<int:word_id>/accept")
@allow(Role.OFFICE)
def accept_line(word_id: int) -> ResponseReturnValue:
    """Take a wording over into the roster."""
    word = service.word(g.session, word_id)
    service.accept_line(g.session, word, by=g.account, today=clock.today())
    return done(gettext("已按%(word)s本人的申请更正名册。", word=word.name), url_for("rights.words"))


@bp.post("/lines/<int:word_id>/refuse")
@allow(Role.OFFICE)
def refuse_line(word_id: int) -> ResponseReturnValue:
    """Leave a line as it stands and say why."""
    word, form = service.word(g.session, word_id), RefusalForm(prefix=f"w{word_id}")

    def act() -> ResponseReturnValue:
        service.refuse_line(g.session, word, reason=form.reason.data, by=g.account, today=clock.today())
        return done(gettext("已答复不予更正，本人可以看到理由。"), url_for("rights.words"))

    return submit(form, act, lambda: _waiting(word, form))
