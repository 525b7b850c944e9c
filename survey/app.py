"""The doors: the hall, which entrepreneurs reach, the issuer of tickets, the desk; headers, error pages."""

import sys
import traceback
from functools import partial
from pathlib import Path
from urllib.parse import quote

from flask import Flask, Response, render_template, request
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined
from werkzeug.exceptions import HTTPException

from survey import languages
from survey.config import Config
from survey.errors import Refused

PACKAGE = Path(__file__).parent
STATIC = PACKAGE / "static" / "dist"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
SENTENCES = {
    400: "请求不完整或格式不对，请返回上一页检查后再试。",
    403: "您的账号没有这项权限。",
    404: "没有找到这个页面，请检查网址。",
    405: "这个地址不接受这种操作，请返回上一页。",
    409: "现在不能这样做。",
    410: "这项内容已经撤回或销毁。",
    413: "提交的内容太大，请缩小后再试。",
    500: "系统出了差错，刚才的操作没有生效。请再试一次；如仍不行，请联系管理人员。",
    503: "系统正忙，请稍候再试。",
}


def template_folder() -> Path:
    """Return the folder of templates: inside the installed package, else beside it in a checkout."""
    inside = PACKAGE / "templates"
    return inside if inside.is_dir() else PACKAGE.parent / "templates"


def logo() -> str:
    """Return the logo as an address that needs no request; a page of a tree not built yet shows none."""
    drawn = STATIC / "logo.svg"
    return f"data:image/svg+xml,{quote(drawn.read_text(encoding='utf-8'))}" if drawn.is_file() else "data:,"


def _new_app(config: Config, door: str) -> Flask:
    app = Flask(f"survey.{door}", static_folder=str(STATIC), static_url_path="/static")
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_loader = ChoiceLoader([FileSystemLoader(template_folder())])
    app.config.update(SURVEY=config, DOOR=door)
    app.jinja_env.globals.update(config_=config, door=door, logo=logo())
    languages.fit_out(app, door)
    app.after_request(_headers)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(HTTPException, _http_fault)
    app.register_error_handler(Exception, _crash)
    return app


def _headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    return response


def _page(status: int, sentence: str, code: str = "", faults: tuple[object, ...] = ()) -> Response:
    if request.accept_mimetypes.best == "application/json":
        return Response(sentence, status, content_type="text/plain; charset=utf-8")
    page = render_template("errors/error.html", status=status, sentence=sentence, code=code, faults=faults)
    return Response(page, status, content_type="text/html; charset=utf-8")


def _refused(refusal: Exception) -> Response:
    assert isinstance(refusal, Refused)  # noqa: S101  # what Flask dispatches here
    return _page(refusal.status, refusal.sentence, refusal.code, getattr(refusal, "faults", ()))


def _http_fault(fault: Exception) -> Response:
    status = getattr(fault, "code", None) or 500
    response = getattr(fault, "response", None)
    if isinstance(response, Response):
        return response
    return _page(status, SENTENCES.get(status, SENTENCES[500]))


def _crash(fault: Exception) -> Response:
    # The hall must not log request data: the fault's type and the lines of code it came through are enough.
    frames = traceback.extract_tb(fault.__traceback__)
    places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames[-6:]))
    sys.stderr.write(f"{type(fault).__name__} at {places}\n")
    return _page(500, SENTENCES[500])


def create_hall(config: Config) -> Flask:
    """Return the anonymous door: no session, no cookie, no sign-in; it loads no desk module."""
    from survey.hall import door, packed, polls, views  # noqa: PLC0415  # only the factories import late

    app = _new_app(config, "hall")
    # Ballots never reach Flask: what does is a page or a writer's word of some sixty bytes.
    app.config["MAX_CONTENT_LENGTH"] = views.LARGEST
    kept, files = polls.Polls(config), packed.pack_folder(STATIC)
    views.fit_out(app, kept, files)
    shell = partial(views.shell, app, kept)
    app.wsgi_app = door.Door(kept, app.wsgi_app, files=files, shell=shell, policy=POLICY)  # type: ignore[method-assign]  # as Flask documents
    return app


def create_issuer(config: Config) -> Flask:
    """Return the issuer's small door: no cookie, no log; it loads neither desk nor hall."""
    from survey.issuer import views  # noqa: PLC0415  # only the factories import late

    app = _new_app(config, "issuer")
    app.config["MAX_CONTENT_LENGTH"] = views.LARGEST
    app.register_blueprint(views.bp)
    return app


def create_desk(config: Config) -> Flask:
    """Return the desk: every endpoint names its roles, every form is guarded by Flask-WTF."""
    from survey import desk  # noqa: PLC0415  # only the factories import late

    app = _new_app(config, "desk")
    desk.fit_out(app, config)
    return app
