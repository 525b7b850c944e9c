"""Pages of the poll: overview, draft, signatures, keys, freeze, hall record, attendance, cards."""

from typing import Any

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey import clock, languages
from survey.config import Config
from survey.poll import guide, policies, service
from survey.poll.drafts import LARGEST_ROUND, usual_title
from survey.poll.forms import CardsForm, KeyForm, NewPlanForm, PlanForm, StepForm, VoidForm
from survey.poll.models import HallStep, Poll, Stage
from survey.roster import service as roster
from survey.staff.models import AT_DESK, Role
from survey.staff.views import allow

# The overview stands at the root of the desk, so the blueprint carries no prefix of its own.
bp = Blueprint("poll", __name__)

READERS = (Role.OFFICE, Role.INSPECTOR, Role.LEADER, Role.REVIEWER, Role.AUDITOR)
HALL = (Role.OFFICE, Role.INSPECTOR)


def _config() -> Config:
    config: Config = current_app.config["SURVEY"]
    return config


def _poll(poll_id: int) -> Poll:
    return service.get(g.session, poll_id)


def _back(page: str, poll: Poll, sentence: str, category: str = "done") -> ResponseReturnValue:
    flash(sentence, category)
    return redirect(url_for(f"poll.{page}", poll_id=poll.id), 303)


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
        turnout=service.turnout(_config(), poll) if poll else 0,
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
    return _back("detail", poll, gettext("已起草 %(key)s，请通知两位县领导审定。", key=poll.key))


@bp.get("/poll/<int:poll_id>/edit")
@allow(Role.OFFICE)
def edit(poll_id: int) -> ResponseReturnValue:
    """Show a draft for changing."""
    poll = _poll(poll_id)
    form = PlanForm(obj=poll)
    form.show_rules(poll.rules)
    return _draft_page(form, poll)


@bp.post("/poll/<int:poll_id>/edit")
@allow(Role.OFFICE)
def revise(poll_id: int) -> ResponseReturnValue:
    """Take in a changed draft."""
    poll, form = _poll(poll_id), PlanForm()
    if not form.validate():
        return _draft_page(form, poll, 400)
    service.revise(g.session, poll, form.plan(), by=g.account)
    return _back("detail", poll, gettext("方案已保存；此前的签字已失效，须由两位县领导重新签字。"))


@bp.get("/poll/<int:poll_id>")
@allow(*READERS)
def detail(poll_id: int) -> ResponseReturnValue:
    """Show one poll: plan, slate, rules, signatures, keys and the act that is due."""
    poll = _poll(poll_id)
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
    poll = service.approve(g.session, _poll(poll_id), by=g.account, at=clock.now())
    return _back(
        "detail",
        poll,
        gettext("已签字。%(key)s 现为“%(stage)s”。", key=poll.key, stage=languages.say(poll.stage.chinese)),
    )


@bp.get("/poll/<int:poll_id>/keys")
@allow(Role.INSPECTOR)
def keys(poll_id: int) -> ResponseReturnValue:
    """Show the page on which an inspector's own browser makes the key pair."""
    poll = _poll(poll_id)
    return render_template(
        "desk/poll/keys.html",
        poll=poll,
        keys=service.keys(g.session, poll),
        own=service.key_of(g.session, poll, g.account),
        position=service.next_position(g.session, poll, g.account),
    )


@bp.post("/poll/<int:poll_id>/keys")
@allow(Role.INSPECTOR)
def register_key(poll_id: int) -> ResponseReturnValue:
    """Take in the public half of an inspector's key pair."""
    poll, form = _poll(poll_id), KeyForm()
    public, place = form.public_key.data or "", form.position.data
    key = service.register_key(g.session, poll, by=g.account, public_key=public, position=place)
    return _back(
        "keys",
        poll,
        gettext(
            "已登记为第%(position)s位监督人员。请妥善保管密钥文件和口令，遗失后无法补发。",
            position=key.position,
        ),
    )


@bp.post("/poll/<int:poll_id>/freeze")
@allow(Role.INSPECTOR)
def freeze(poll_id: int) -> ResponseReturnValue:
    """Freeze the poll and hand out the cards, once: neither codes nor PDF are kept."""
    poll = _poll(poll_id)
    cards = service.freeze(g.session, poll, config=_config(), by=g.account)
    headers = {
        "Content-Type": "application/pdf",
        "Content-Disposition": f'attachment; filename="{poll.key}-cards.pdf"',
        "Cache-Control": "no-store",
    }
    return cards.pdf, 200, headers


@bp.post("/poll/<int:poll_id>/open")
@allow(Role.INSPECTOR)
def open_poll(poll_id: int) -> ResponseReturnValue:
    """Open the box."""
    poll = service.open_poll(g.session, _poll(poll_id), config=_config(), by=g.account)
    return _back("hall", poll, gettext("票箱已启用，企业可以开始填写。"))


@bp.post("/poll/<int:poll_id>/close")
@allow(Role.INSPECTOR)
def close_poll(poll_id: int) -> ResponseReturnValue:
    """Close the box."""
    poll = service.close_poll(g.session, _poll(poll_id), config=_config(), by=g.account)
    return _back(
        "hall", poll, gettext("票箱已封，共收回%(returned)s张，密封选票清单已公示。", returned=poll.returned)
    )


@bp.get("/poll/<int:poll_id>/hall")
@allow(*READERS)
def hall(poll_id: int) -> ResponseReturnValue:
    """Show the record of the hall with its next step."""
    poll = _poll(poll_id)
    return render_template(
        "desk/poll/hall.html",
        poll=poll,
        steps=list(HallStep),
        signed=service.entries(g.session, poll),
        next_step=service.next_step(g.session, poll),
        turnout=service.turnout(_config(), poll),
        form=StepForm(),
    )


@bp.post("/poll/<int:poll_id>/hall/<step>")
@allow(Role.INSPECTOR)
def log_step(poll_id: int, step: str) -> ResponseReturnValue:
    """Sign one step of the hall."""
    poll, form = _poll(poll_id), StepForm()
    found = service.step_named(step)
    note = form.note.data or ""
    service.log_step(g.session, poll, step=found, at=clock.now(), note=note, by=g.account)
    service.post_steps(g.session, poll, config=_config())
    return _back("hall", poll, gettext("已签记“%(found)s”。", found=languages.say(found.value)))


@bp.get("/poll/<int:poll_id>/attendance")
@allow(*HALL)
def attendance(poll_id: int) -> ResponseReturnValue:
    """Show the enterprises to tick off."""
    poll = _poll(poll_id)
    return render_template(
        "desk/poll/attendance.html",
        poll=poll,
        firms=[firm for firm in roster.enterprises(g.session) if firm.active],
        present=service.present(g.session, poll),
        tags=service.by_tag(g.session, poll),
    )


@bp.post("/poll/<int:poll_id>/attendance")
@allow(*HALL)
def attend(poll_id: int) -> ResponseReturnValue:
    """Take in the ticked enterprises as the attendance."""
    poll, ticked = _poll(poll_id), request.form.getlist("firm", type=int)
    number = service.set_attendance(g.session, poll, ticked, g.account)
    return _back("attendance", poll, gettext("已记录到场企业%(number)s家。", number=number))


@bp.get("/poll/<int:poll_id>/cards")
@allow(*HALL)
def cards(poll_id: int) -> ResponseReturnValue:
    """Show the card equation."""
    poll = _poll(poll_id)
    account = service.card_account(g.session, poll)
    form = CardsForm(obj=account) if account else CardsForm(printed=poll.seats + poll.spare_cards, replaced=0)
    return _cards_page(poll, form)


def _cards_page(poll: Poll, form: CardsForm, status: int = 200) -> ResponseReturnValue:
    attended = len(service.present(g.session, poll))
    return render_template("desk/poll/cards.html", poll=poll, form=form, attended=attended), status


@bp.post("/poll/<int:poll_id>/cards")
@allow(*HALL)
def settle_cards(poll_id: int) -> ResponseReturnValue:
    """Take in the counted cards."""
    poll, form = _poll(poll_id), CardsForm()
    if not form.validate():
        return _cards_page(poll, form, 400)
    numbers: dict[str, Any] = {
        name: form[name].data for name in ("printed", "issued", "remaining", "replaced")
    }
    service.settle_cards(g.session, poll, **numbers, config=_config(), by=g.account)
    if poll.stage is Stage.VOID:
        return _back(
            "detail",
            poll,
            gettext(
                "收回%(returned)s张，多于发出%(issued)s张，本次测评作废。",
                returned=poll.returned,
                issued=numbers["issued"],
            ),
            "warn",
        )
    return _back("cards", poll, gettext("票卡已清点：印制＝发出＋剩余。"))


@bp.post("/poll/<int:poll_id>/void")
@allow(Role.OFFICE, Role.INSPECTOR)
def void(poll_id: int) -> ResponseReturnValue:
    """Void a poll with a reason."""
    poll, form = _poll(poll_id), VoidForm()
    reason = form.reason.data or ""
    service.void(g.session, poll, reason=reason, config=_config(), by=g.account)
    return _back("detail", poll, gettext("%(key)s 已作废。", key=poll.key), "warn")


@bp.post("/poll/<int:poll_id>/new-version")
@allow(Role.OFFICE)
def new_version(poll_id: int) -> ResponseReturnValue:
    """Void this version and draft the next."""
    old = _poll(poll_id)
    poll = service.new_version(g.session, old, config=_config(), by=g.account)
    return _back(
        "detail",
        poll,
        gettext("%(key)s 已作废，新版本 %(key2)s 已起草，须重新审定、登记密钥。", key=old.key, key2=poll.key),
    )
