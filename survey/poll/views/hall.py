"""Keys, freeze, the hall's record, attendance and cards."""

from typing import Any

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey import clock, languages
from survey.poll import service
from survey.poll.forms import CardsForm, KeyForm, StepForm
from survey.poll.models import HallStep, Poll, Stage
from survey.poll.views.door import HALL, READERS, back, bp, config, found_poll
from survey.roster import service as roster
from survey.staff.models import Role
from survey.staff.views import allow


@bp.get("/poll/<int:poll_id>/keys")
@allow(Role.INSPECTOR)
def keys(poll_id: int) -> ResponseReturnValue:
    """Show the page on which an inspector's own browser makes the key pair."""
    poll = found_poll(poll_id)
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
    poll, form = found_poll(poll_id), KeyForm()
    public, place = form.public_key.data or "", form.position.data
    key = service.register_key(g.session, poll, by=g.account, public_key=public, position=place)
    return back(
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
    poll = found_poll(poll_id)
    cards = service.freeze(g.session, poll, config=config(), by=g.account)
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
    poll = service.open_poll(g.session, found_poll(poll_id), config=config(), by=g.account)
    return back("hall", poll, gettext("票箱已启用，企业可以开始填写。"))


@bp.post("/poll/<int:poll_id>/close")
@allow(Role.INSPECTOR)
def close_poll(poll_id: int) -> ResponseReturnValue:
    """Close the box."""
    poll = service.close_poll(g.session, found_poll(poll_id), config=config(), by=g.account)
    return back(
        "hall", poll, gettext("票箱已封，共收回%(returned)s张，密封选票清单已公示。", returned=poll.returned)
    )


@bp.get("/poll/<int:poll_id>/hall")
@allow(*READERS)
def hall(poll_id: int) -> ResponseReturnValue:
    """Show the record of the hall with its next step."""
    poll = found_poll(poll_id)
    return render_template(
        "desk/poll/hall.html",
        poll=poll,
        steps=list(HallStep),
        signed=service.entries(g.session, poll),
        next_step=service.next_step(g.session, poll),
        turnout=service.turnout(config(), poll),
        form=StepForm(),
    )


@bp.post("/poll/<int:poll_id>/hall/<step>")
@allow(Role.INSPECTOR)
def log_step(poll_id: int, step: str) -> ResponseReturnValue:
    """Sign one step of the hall."""
    poll, form = found_poll(poll_id), StepForm()
    found = service.step_named(step)
    note = form.note.data or ""
    service.log_step(g.session, poll, step=found, at=clock.now(), note=note, by=g.account)
    service.post_steps(g.session, poll, config=config())
    return back("hall", poll, gettext("已签记“%(found)s”。", found=languages.say(found.value)))


@bp.get("/poll/<int:poll_id>/attendance")
@allow(*HALL)
def attendance(poll_id: int) -> ResponseReturnValue:
    """Show the enterprises to tick off."""
    poll = found_poll(poll_id)
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
    poll, ticked = found_poll(poll_id), request.form.getlist("firm", type=int)
    number = service.set_attendance(g.session, poll, ticked, g.account)
    return back("attendance", poll, gettext("已记录到场企业%(number)s家。", number=number))


@bp.get("/poll/<int:poll_id>/cards")
@allow(*HALL)
def cards(poll_id: int) -> ResponseReturnValue:
    """Show the card equation."""
    poll = found_poll(poll_id)
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
    poll, form = found_poll(poll_id), CardsForm()
    if not form.validate():
        return _cards_page(poll, form, 400)
    numbers: dict[str, Any] = {
        name: form[name].data for name in ("printed", "issued", "remaining", "replaced")
    }
    service.settle_cards(g.session, poll, **numbers, config=config(), by=g.account)
    if poll.stage is Stage.VOID:
        return back(
            "detail",
            poll,
            gettext(
                "收回%(returned)s张，多于发出%(issued)s张，本次测评作废。",
                returned=poll.returned,
                issued=numbers["issued"],
            ),
            "warn",
        )
    return back("cards", poll, gettext("票卡已清点：印制＝发出＋剩余。"))
