"""Roster pages: units, people and their posts, enterprises, spreadsheets in and out."""

import datetime as dt
import io
from typing import Any

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf import FlaskForm

from survey import clock
from survey.config import Config
from survey.errors import Faulty, Invalid, Missing, Refused
from survey.roster import service, uploads
from survey.roster.books import BOOKS, Book
from survey.roster.forms import ClerkForm, CorrectForm, MoveForm, RetireForm, UploadForm
from survey.roster.models import Kind
from survey.staff import service as staff
from survey.staff.models import Role
from survey.staff.views import allow

bp = Blueprint("roster", __name__, url_prefix="/roster")

READERS = (Role.OFFICE, Role.INSPECTOR, Role.LEADER, Role.REVIEWER, Role.AUDITOR)
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _config() -> Config:
    config: Config = current_app.config["SURVEY"]
    return config


def _book(what: str) -> Book:
    if what in BOOKS:
        return BOOKS[what]
    raise Missing("roster.no_book", "没有这种名册，请从名册页面进入。")


def _day() -> dt.date:
    text = request.args.get("on", "")
    try:
        return dt.date.fromisoformat(text) if text else clock.today()
    except ValueError as fault:
        raise Invalid("roster.day", f"「{text}」不是日期，请按2023-03-01的样子填写。") from fault


def _keep(form: FlaskForm, refusal: Refused, page: str, **context: Any) -> ResponseReturnValue:
    """Show the form again as it was typed, with the sentence of the refusal."""
    g.session.rollback()
    form.form_errors.append(refusal.sentence)
    return render_template(page, form=form, **context), refusal.status


def _file(content: bytes, name: str, mimetype: str = XLSX) -> ResponseReturnValue:
    return send_file(io.BytesIO(content), mimetype=mimetype, as_attachment=True, download_name=name)


@bp.get("/units")
@allow(*READERS)
def units() -> ResponseReturnValue:
    """List the units."""
    today = clock.today()
    lines = service.unit_lines(g.session, on=today)
    return render_template(
        "desk/roster/units.html", lines=lines, numbers=service.numbers(g.session, on=today)
    )


@bp.get("/units/<int:unit_id>")
@allow(*READERS, Role.UNIT_CLERK)
def unit(unit_id: int) -> ResponseReturnValue:
    """Show one unit, its people and its clerks."""
    found = service.unit(g.session, unit_id)
    service.may_see_unit(found, by=g.account)
    posts = service.posts(g.session, on=clock.today(), unit=found)
    clerks = staff.clerks(g.session, unit_id=unit_id)
    return render_template("desk/roster/unit.html", unit=found, posts=posts, clerks=clerks)


@bp.get("/mine")
@allow(Role.UNIT_CLERK)
def mine() -> ResponseReturnValue:
    """Lead a unit's clerk to the own unit."""
    return redirect(url_for("roster.unit", unit_id=g.account.unit_id), 303)


@bp.get("/units/<int:unit_id>/check-sheet")
@allow(Role.OFFICE, Role.INSPECTOR, Role.UNIT_CLERK)
def check_sheet(unit_id: int) -> ResponseReturnValue:
    """Give one unit's 信息核对表."""
    found = service.unit(g.session, unit_id)
    service.may_see_unit(found, by=g.account)
    content = service.check_sheet(g.session, found, config=_config(), today=clock.today())
    return _file(content, f"信息核对表（{found.name}）.pdf", PDF)


@bp.get("/units/check-sheets")
@allow(Role.OFFICE, Role.INSPECTOR)
def check_sheets() -> ResponseReturnValue:
    """Give every unit's 信息核对表 in one file."""
    content = service.check_sheets(g.session, config=_config(), today=clock.today())
    return _file(content, f"信息核对表（全部单位，{clock.today()}）.pdf", PDF)


@bp.route("/units/<int:unit_id>/clerk", methods=["GET", "POST"])
@allow(Role.OFFICE)
def clerk(unit_id: int) -> ResponseReturnValue:
    """Open an account for a unit's clerk or party organisation."""
    found, form, page = service.unit(g.session, unit_id), ClerkForm(), "desk/roster/clerk.html"
    if not form.validate_on_submit():
        return render_template(page, form=form, unit=found)
    login, name, password = form.login.data, form.name.data, form.password.data
    try:
        staff.create_account(
            g.session,
            login=login,
            name=name,
            role=Role(form.role.data),
            password=password,
            unit_id=unit_id,
            by=g.account,
        )
    except Refused as refusal:
        return _keep(form, refusal, page, unit=found)
    flash(
        gettext("已为%(found)s开通账号「%(login)s」，请当面告知初始密码。", found=found.name, login=login),
        "done",
    )
    return redirect(url_for("roster.unit", unit_id=unit_id), 303)


@bp.get("/units/people")
@allow(*READERS)
def people() -> ResponseReturnValue:
    """List who is rated, as of a day."""
    day = _day()
    return render_template("desk/roster/people.html", posts=service.posts(g.session, on=day), day=day)


@bp.get("/units/people/<badge>")
@allow(*READERS)
def person(badge: str) -> ResponseReturnValue:
    """Show one person with the history of posts."""
    found = service.official(g.session, badge)
    return render_template(
        "desk/roster/person.html",
        person=found,
        history=service.history(g.session, found),
        today=clock.today(),
    )


@bp.route("/units/people/<badge>/correct", methods=["GET", "POST"])
@allow(Role.OFFICE)
def correct(badge: str) -> ResponseReturnValue:
    """Mend a slip in somebody's line."""
    found = service.official(g.session, badge)
    now = service.current_post(g.session, found)
    form = CorrectForm(name=found.name, post=now.tenure.post, duties=now.tenure.duties)
    page = "desk/roster/correct.html"
    if not form.validate_on_submit():
        return render_template(page, form=form, person=found)
    try:
        service.correct(
            g.session,
            found,
            name=form.name.data,
            post=form.post.data,
            duties=form.duties.data,
            by=g.account,
        )
    except Refused as refusal:
        return _keep(form, refusal, page, person=found)
    flash(gettext("已更正%(found)s的信息。", found=found.name), "done")
    return redirect(url_for("roster.person", badge=badge), 303)


@bp.route("/units/people/<badge>/move", methods=["GET", "POST"])
@allow(Role.OFFICE)
def move(badge: str) -> ResponseReturnValue:
    """Begin a new post."""
    found, page = service.official(g.session, badge), "desk/roster/move.html"
    form = MoveForm(since=clock.today())
    form.offer(service.units(g.session))
    if not form.validate_on_submit():
        return render_template(page, form=form, person=found)
    try:
        service.move(
            g.session,
            found,
            unit=service.unit(g.session, form.unit.data),
            post=form.post.data,
            duties=form.duties.data,
            kind=Kind(form.kind.data),
            since=form.since.data,
            by=g.account,
        )
    except Refused as refusal:
        return _keep(form, refusal, page, person=found)
    flash(gettext("已登记%(found)s的新任职，原任职留在任职经历里。", found=found.name), "done")
    return redirect(url_for("roster.person", badge=badge), 303)


@bp.route("/units/people/<badge>/retire", methods=["GET", "POST"])
@allow(Role.OFFICE)
def retire(badge: str) -> ResponseReturnValue:
    """Take somebody off the roster."""
    found, form, page = service.official(g.session, badge), RetireForm(), "desk/roster/retire.html"
    if not form.validate_on_submit():
        return render_template(page, form=form, person=found)
    try:
        service.retire(g.session, found, until=form.until.data, by=g.account)
    except Refused as refusal:
        return _keep(form, refusal, page, person=found)
    flash(gettext("%(found)s已退出名册，任职经历仍可查。", found=found.name), "done")
    return redirect(url_for("roster.person", badge=badge), 303)


@bp.get("/enterprises")
@allow(*READERS)
def enterprises() -> ResponseReturnValue:
    """List the enterprises that are invited."""
    return render_template("desk/roster/enterprises.html", enterprises=service.enterprises(g.session))


@bp.get("/books/<what>/template")
@allow(Role.OFFICE)
def template(what: str) -> ResponseReturnValue:
    """Give a blank workbook."""
    book = _book(what)
    return _file(book.template(), f"{book.title}（模板）.xlsx")


@bp.get("/books/<what>/export")
@allow(Role.OFFICE, Role.INSPECTOR, Role.AUDITOR)
def export(what: str) -> ResponseReturnValue:
    """Give the roster as a workbook."""
    book, day = _book(what), _day()
    return _file(service.export_book(g.session, book, on=day), f"{book.title}（{day}）.xlsx")


@bp.route("/books/<what>/upload", methods=["GET", "POST"])
@allow(Role.OFFICE)
def upload(what: str) -> ResponseReturnValue:
    """Take a workbook: list every fault, or go on to the preview."""
    book, form, page = _book(what), UploadForm(), "desk/roster/upload.html"
    if not form.validate_on_submit():
        return render_template(page, form=form, what=what, book=book, faults=())
    stream = form.workbook.data.stream
    try:
        service.read_book(book, stream)
    except Faulty as faulty:
        return _keep(form, faulty, page, what=what, book=book, faults=faulty.faults)
    token = uploads.keep(_config().instance, stream, today=clock.today())
    return redirect(url_for("roster.preview", what=what, token=token), 303)


@bp.get("/books/<what>/uploads/<token>")
@allow(Role.OFFICE)
def preview(what: str, token: str) -> ResponseReturnValue:
    """Show what the workbook would change."""
    book, path = _book(what), uploads.find(_config().instance, token)
    changes = service.rehearse_book(g.session, book, path, by=g.account, today=clock.today())
    return render_template("desk/roster/preview.html", what=what, token=token, book=book, changes=changes)


@bp.post("/books/<what>/uploads/<token>/confirm")
@allow(Role.OFFICE)
def confirm(what: str, token: str) -> ResponseReturnValue:
    """Take the workbook in."""
    book, path = _book(what), uploads.find(_config().instance, token)
    changes = service.load_book(g.session, book, path, by=g.account, today=clock.today())
    g.session.flush()
    uploads.drop(_config().instance, token)
    told = "，".join(f"{kind}{count}" for kind, count in changes.counts().items()) or gettext("没有变化")
    flash(gettext("%(title)s已导入：%(told)s。", title=book.title, told=told), "done")
    return redirect(url_for("roster.units" if what == "people" else "roster.enterprises"), 303)


@bp.post("/books/<what>/uploads/<token>/discard")
@allow(Role.OFFICE)
def discard(what: str, token: str) -> ResponseReturnValue:
    """Throw the workbook away."""
    uploads.drop(_config().instance, token)
    flash(gettext("已放弃这次上传，名册没有变化。"))
    return redirect(url_for("roster.upload", what=what), 303)
