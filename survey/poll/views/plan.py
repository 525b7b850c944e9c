"""The quarter's overview, the draft of a poll, its signatures, its end by a new version."""

from flask import current_app, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey import clock, languages
from survey.poll import guide, policies, service
from survey.poll.drafts import LARGEST_ROUND, usual_title
from survey.poll.forms import NewPlanForm, PlanForm, VoidForm
from survey.poll.models import Poll, Stage
from survey.poll.views.door import READERS, back, bp, config, found_poll
from survey.roster import service as roster
from survey.staff.models import AT_DESK, Role
from survey.staff.views import allow


@bp.get("/")
@allow(*Role)
def overview() -> ResponseReturnValue:
    """Say where the quarter stands and what the reader does next; who is rated has an own page."""
    if g.account.role not in AT_DESK:
        return redirect(url_for("rights.home"), 303)
    poll = service.newest(g.session)
    act = service.act_for(g.session, poll, g.account)
    return render_template(
        "desk/poll/overview.html",
        poll=poll,
        path=guide.path(poll),
        act=act,
        arguments={"poll_id": poll.id} if poll and act.of_poll else {},
        turnout=service.turnout(config(), poll) if poll else 0,
        rounds=service.latest_rounds(g.session),
        inbox=current_app.extensions["inbox"](g.session, g.account, today=clock.today()),
    )


@bp.get("/poll/")
@allow(*READERS)
def polls() -> ResponseReturnValue:
    """List all polls with their versions."""
    return render_template("desk/poll/polls.html", polls=service.every(g.session))


@bp.get("/poll/new")
@allow(Role.OFFICE)
def new() -> ResponseReturnValue:
    """Show the empty draft, filled in with what the roster says."""
    firms = [firm for firm in roster.enterprises(g.session) if firm.active]
    today = clock.today()
    quarter = clock.Quarter(today.year, (today.month + 2) // 3)
    form = NewPlanForm(
        round=str(quarter), title=usual_title(quarter), held_on=today,
        seats=len(firms), spare_cards=min(10, LARGEST_ROUND), threshold=2,
    )  # fmt: skip
    return _draft_page(form)


def _draft_page(form: PlanForm, poll: Poll | None = None, status: int = 200) -> ResponseReturnValue:
    return render_template("desk/poll/draft.html", form=form, poll=poll, shipped=policies.shipped()), status


@bp.post("/poll/new")
@allow(Role.OFFICE)
def create() -> ResponseReturnValue:
    """Take in a draft."""
    form = NewPlanForm()
    if not form.validate():
        return _draft_page(form, status=400)
    poll = service.draft(g.session, round_=form.round.data, by=g.account, **vars(form.plan()))
    return back("detail", poll, gettext("已起草 %(key)s，请通知两位县领导审定。", key=poll.key))


@bp.get("/poll/<int:poll_id>/edit")
@allow(Role.OFFICE)
def edit(poll_id: int) -> ResponseReturnValue:
    """Show a draft for changing."""
    poll = found_poll(poll_id)
    form = PlanForm(obj=poll)
    form.show_rules(poll.rules)
    return _draft_page(form, poll)


@bp.post("/poll/<int:poll_id>/edit")
@allow(Role.OFFICE)
def revise(poll_id: int) -> ResponseReturnValue:
    """Take in a changed draft."""
    poll, form = found_poll(poll_id), PlanForm()
    if not form.validate():
        return _draft_page(form, poll, 400)
    service.revise(g.session, poll, form.plan(), by=g.account)
    return back("detail", poll, gettext("方案已保存；此前的签字已失效，须由两位县领导重新签字。"))


@bp.get("/poll/<int:poll_id>")
@allow(*READERS)
def detail(poll_id: int) -> ResponseReturnValue:
    """Show one poll: plan, slate, rules, signatures, keys and the act that is due."""
    poll = found_poll(poll_id)
    return render_template(
        "desk/poll/detail.html",
        poll=poll,
        path=guide.path(poll),
        act=service.act_for(g.session, poll, g.account),
        slate=service.slate_of(g.session, poll),
        approvals=service.approvals(g.session, poll),
        keys=service.keys(g.session, poll),
        changed=_changed(poll),
        tags=service.by_tag(g.session, poll),
        void_form=VoidForm(),
    )


def _changed(poll: Poll) -> bool:
    return not service.is_past(poll, Stage.OPEN) and service.roster_changed(g.session, poll)


@bp.post("/poll/<int:poll_id>/approve")
@allow(Role.LEADER)
def approve(poll_id: int) -> ResponseReturnValue:
    """Sign the draft."""
    poll = service.approve(g.session, found_poll(poll_id), by=g.account, at=clock.now())
    return back(
        "detail",
        poll,
        gettext("已签字。%(key)s 现为“%(stage)s”。", key=poll.key, stage=languages.say(poll.stage.chinese)),
    )


@bp.post("/poll/<int:poll_id>/void")
@allow(Role.OFFICE, Role.INSPECTOR)
def void(poll_id: int) -> ResponseReturnValue:
    """Void a poll with a reason."""
    poll, form = found_poll(poll_id), VoidForm()
    reason = form.reason.data or ""
    service.void(g.session, poll, reason=reason, config=config(), by=g.account)
    return back("detail", poll, gettext("%(key)s 已作废。", key=poll.key), "warn")


@bp.post("/poll/<int:poll_id>/new-version")
@allow(Role.OFFICE)
def new_version(poll_id: int) -> ResponseReturnValue:
    """Void this version and draft the next."""
    old = found_poll(poll_id)
    poll = service.new_version(g.session, old, config=config(), by=g.account)
    return back(
        "detail",
        poll,
        gettext("%(key)s 已作废，新版本 %(key2)s 已起草，须重新审定、登记密钥。", key=old.key, key2=poll.key),
    )
