"""What anyone may read: entry, board of sealed envelopes, hall screen, public results."""

import hashlib
import json
from functools import partial

import segno
from flask import Blueprint, Flask, Response, current_app, render_template, request

from survey.box import words
from survey.errors import Missing, Refused
from survey.hall import finding
from survey.hall.packed import Packed
from survey.hall.polls import Polls

bp = Blueprint("hall", __name__)
GUIDES = ("entrepreneur", "inspector")
LARGEST = 1024


def fit_out(app: Flask, polls: Polls, files: dict[str, Packed]) -> None:
    """Give the hall its polls and let every address of a built file name its version."""
    app.extensions["polls"] = polls
    app.register_blueprint(bp)
    app.url_defaults(partial(_version, files))


def _version(files: dict[str, Packed], endpoint: str, values: dict[str, object]) -> None:
    if endpoint == "static" and (packed := files.get(str(values.get("filename")))):
        values["v"] = packed.digest


def shell(app: Flask, polls: Polls, poll: str, gate: str, lang: str) -> bytes:
    """Render the ballot page of one poll, gate and language; names come with the verified manifest."""
    content = polls.manifest(poll).content
    with app.test_request_context(query_string={"lang": lang}):
        return render_template(
            "hall/ballot.html",
            poll=poll,
            gate=gate,
            title=content["title"],
            readings=finding.readings(content["slate"]),
        ).encode()


def _polls() -> Polls:
    polls: Polls = current_app.extensions["polls"]
    return polls


@bp.get("/")
def enter() -> str:
    """Which poll is open, and a field for the short code of a card whose QR cannot be read."""
    return render_template("hall/enter.html", polls=_polls().listed())


@bp.get("/p/<poll>/")
def ballot(poll: str) -> bytes:
    """The ballot page. The door answers it before Flask does, unless there is no such poll."""
    polls = _polls()
    lang = request.args.get("lang", "")
    return shell(current_app._get_current_object(), polls, poll, polls.gate(poll), lang)  # type: ignore[attr-defined]  # the proxy's own app


@bp.get("/p/<poll>/remote")
def remote(poll: str) -> str:
    """The ballot page of the remote channel: no cookie, no login; the ticket lies on the voter's device."""
    content, (channel, state) = _polls().manifest(poll).content, _polls().channel(poll)
    return render_template(
        "hall/remote.html",
        poll=poll,
        gate=state,
        title=content["title"],
        readings=finding.readings(content["slate"]),
        channel=channel,
        words=words.WORD_LIST,
    )


@bp.get("/p/<poll>/tickets.txt")
def tickets(poll: str) -> Response:
    """All answers of the issuer, the same for everyone: only the phrase makes a ticket of one of them."""
    notice = _polls().notice("tickets", poll)
    if notice is None:
        raise Missing("hall.no_tickets", "凭证清单在投票开始时公布，请稍后再来。")
    return Response(notice.content, content_type="text/plain; charset=utf-8")


@bp.get("/p/<poll>/answers")
def answers(poll: str) -> str:
    """The county's answers to problems; a writer finds the own ones with a code, on the own device."""
    return render_template("hall/answers.html", poll=_polls().shown(poll))


@bp.get("/p/<poll>/answers.json")
def answer_list(poll: str) -> Response:
    """All answers, the same for everyone: nobody learns who reads which."""
    notice = _polls().notice("answers", poll)
    content = notice.content if notice else b"[]"
    return Response(content, content_type="application/json", headers={"Cache-Control": "no-store"})


@bp.put("/p/<poll>/word/<key>")
def word(poll: str, key: str) -> Response:
    """Take a writer's word on an answer: signed by the remark's own key, kept without time or order."""
    try:
        fresh = _polls().speak(poll, key, request.get_data(cache=False))
    except Refused as refusal:
        said = {"code": refusal.code, "sentence": refusal.sentence}
        return Response(json.dumps(said, ensure_ascii=False), refusal.status, content_type="application/json")
    return Response(json.dumps({"fresh": fresh}), content_type="application/json")


@bp.get("/p/<poll>/board")
def board(poll: str) -> str:
    """The board of sealed envelopes, where a voter finds the own receipt."""
    return render_template("hall/board.html", poll=_polls().shown(poll))


@bp.get("/p/<poll>/sealed.txt")
def sealed(poll: str) -> Response:
    """The list itself, the same for everyone: the search happens in the reader's browser."""
    notice = _polls().notice("sealed", poll)
    if notice is None:
        raise Missing("hall.not_closed", "密封选票清单在测评关闭后公布，请稍后再看。")
    return Response(notice.content, content_type="text/plain; charset=utf-8")


@bp.get("/p/<poll>/screen")
def screen(poll: str) -> str:
    """The screen at the front of the hall: codes to scan, fingerprint, steps, turnout in tens."""
    polls, origin = _polls(), current_app.config["SURVEY"].hall_origin
    return render_template(
        "hall/screen.html",
        poll=polls.shown(poll),
        address=f"{origin}/",
        ballot_code=_code(f"{origin}/p/{poll}/"),
        board_code=_code(f"{origin}/p/{poll}/board"),
        steps=polls.steps(poll),
        cards=polls.manifest(poll).cards,
        turnout=polls.turnout(poll),
    )


def _code(address: str) -> str:
    """Return a QR code of a public address as an image that needs no request."""
    return str(segno.make(address, error="m", micro=False).svg_data_uri(border=2, light="white"))


@bp.get("/p/<poll>/script")
def script(poll: str) -> str:
    """What the presiding leader reads out: about two minutes, large enough to read standing."""
    return render_template("hall/script.html", poll=_polls().shown(poll))


@bp.get("/guide/<role>")
def guide(role: str) -> str:
    """One printable page for an entrepreneur or for the inspectors of the hall."""
    if role not in GUIDES:
        raise Missing("hall.no_guide", "没有这一页说明，请返回首页。")
    return render_template(f"hall/guide_{role}.html")


@bp.get("/p/<poll>/turnout.json")
def turnout(poll: str) -> Response:
    """Gate, turnout and signed steps for the hall screen."""
    polls = _polls()
    content = {
        "gate": polls.gate(poll),
        "turnout": polls.turnout(poll),
        "steps": [signed for _, signed in polls.steps(poll)],
    }
    return Response(
        json.dumps(content), content_type="application/json", headers={"Cache-Control": "no-store"}
    )


@bp.get("/results/<poll>")
def results(poll: str) -> str:
    """The public result of a poll, once the county has posted it."""
    notice = _polls().notice("result", poll)
    if notice is None:
        raise Missing("hall.no_result", "这一场测评的结果还没有公布，请稍后再看。")
    changes = _polls().notice("changes", poll)
    return render_template(
        "hall/results.html",
        poll=_polls().shown(poll),
        result=json.loads(notice.content),
        changes=json.loads(changes.content) if changes else None,
        lettered=_polls().notice("reply", poll) is not None,
        reported=_polls().notice("report", poll) is not None,
    )


@bp.get("/results/<poll>/letter")
def letter(poll: str) -> Response:
    """The county's letter to the entrepreneurs, as posted."""
    notice = _polls().notice("reply", poll)
    if notice is None:
        raise Missing("hall.no_letter", "《致企业家的一封信》还没有公布，请稍后再看。")
    return Response(notice.content, content_type=notice.content_type)


@bp.get("/letter/<round_>/<code>")
def genuine(round_: str, code: str) -> str:
    """Whether a letter with this verification code was issued; its content and addressee stay unsaid."""
    notice = _polls().notice("letters", round_)
    known = json.loads(notice.content) if notice else {}
    letter = known.get(hashlib.sha256(code.strip().upper().encode()).hexdigest())
    if letter is None:
        raise Missing("hall.no_such_letter", "没有查到这个查验码对应的文书；请核对后再查，谨防假冒。")
    return render_template("hall/genuine.html", letter=letter, code=code.strip().upper())


@bp.get("/results/<poll>/<any('report.zip', 'table.txt'):name>")
def report(poll: str, name: str) -> Response:
    """Board T, and the report that anyone recounts with the verifier inside."""
    notice = _polls().notice(name.partition(".")[0], poll)
    if notice is None:
        raise Missing("hall.no_report", "这一场测评的公开报告还没有发布，请稍后再看。")
    return Response(notice.content, content_type=notice.content_type)


@bp.get("/healthz")
def healthz() -> Response:
    """Say that the door answers."""
    return Response("ok", content_type="text/plain")
