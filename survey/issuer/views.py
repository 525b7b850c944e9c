"""The issuer's door: one page on which a firm draws its ticket, one address that signs; no cookie, no log."""

import json
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request

from survey import clock
from survey.box import words
from survey.box.manifest import KINDS
from survey.box.remote import MODULUS_BYTES
from survey.errors import Invalid, Refused
from survey.issuer import ledger
from survey.issuer.ledger import Issuer

bp = Blueprint("issuer", __name__)
LARGEST = 8 * 1024
LONGEST = 40


def _issuer(poll: str) -> Issuer:
    return ledger.of(current_app.config["SURVEY"].issuer, poll)


@bp.get("/t/<poll>/")
def ticket(poll: str) -> str:
    """The page that draws a ticket; what the letter's code carries behind # never reaches this server."""
    issuer = _issuer(poll)
    manifest, channel = issuer.manifest(), issuer.channel
    return render_template(
        "issuer/ticket.html",
        poll=manifest.content,
        manifest=manifest.sha256,
        channel=channel,
        keys={kind: f"{channel.keys[kind].n:x}" for kind in KINDS},
        words=words.WORD_LIST,
        state=_state(issuer),
    )


def _state(issuer: Issuer) -> str:
    now, window = clock.now(), issuer.channel.tickets
    if now < window.begins:
        return "early"
    return "late" if now >= window.ends or issuer.record() else "open"


@bp.post("/t/<poll>/draw")
def draw(poll: str) -> Response:
    """Sign a firm's two blinded messages, or say in a sentence why not."""
    try:
        asked = _asked()
        blinded = {kind: bytes.fromhex(asked[kind]) for kind in KINDS}
        signed = _issuer(poll).draw_at(clock.now(), uscc=asked["uscc"], code=asked["code"], blinded=blinded)
    except Refused as refusal:
        return _say({"code": refusal.code, "sentence": refusal.sentence}, refusal.status)
    return _say({kind: signature.hex() for kind, signature in signed.items()}, 200)


def _asked() -> dict[str, str]:
    """Return a sound request: four short texts, of which two are blinded messages in hex."""
    bad = Invalid("ticket.bad_request", "领取凭证的请求不合格式，请刷新页面后重新领取。")
    try:
        found: dict[str, Any] = json.loads(request.get_data(cache=False))
        names = {name: str(found[name]).strip().upper() for name in ("uscc", "code")}
        blinded = {kind: bytes.fromhex(found[kind]).hex() for kind in KINDS}
        "".join(names.values()).encode()  # half a character has no bytes
    except (ValueError, KeyError, TypeError, RecursionError) as fault:
        raise bad from fault
    sizes = {len(text) for text in blinded.values()}
    if sizes != {2 * MODULUS_BYTES} or any(len(text) > LONGEST for text in names.values()):
        raise bad
    return names | blinded


def _say(content: dict[str, Any], status: int) -> Response:
    body = json.dumps(content, ensure_ascii=False)
    return Response(body, status, content_type="application/json", headers={"Cache-Control": "no-store"})


@bp.get("/healthz")
def healthz() -> Response:
    """Say that the door answers."""
    return Response("ok", content_type="text/plain")
