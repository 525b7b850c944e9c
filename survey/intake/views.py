"""Pages of the intake: the workbooks on offer, template, check, preview, confirm."""

import io

from flask import Blueprint, current_app, flash, g, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey import clock
from survey.config import Config
from survey.errors import Faulty
from survey.intake import service
from survey.intake.forms import UploadForm
from survey.roster import uploads
from survey.staff.models import Role
from survey.staff.views import allow

bp = Blueprint("intake", __name__, url_prefix="/intake")

BRINGERS = (Role.OFFICE, Role.INSPECTOR)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _config() -> Config:
    config: Config = current_app.config["SURVEY"]
    return config


@bp.get("")
@allow(*BRINGERS)
def books() -> ResponseReturnValue:
    """List the workbooks that the reader may bring."""
    return render_template("desk/intake/books.html", books=service.mine(g.account))


@bp.get("/<what>/template")
@allow(*BRINGERS)
def template(what: str) -> ResponseReturnValue:
    """Give a blank workbook."""
    book = service.book(what, by=g.account)
    return send_file(
        io.BytesIO(book.template()),
        mimetype=XLSX,
        as_attachment=True,
        download_name=f"{book.title}（模板）.xlsx",
    )


@bp.route("/<what>", methods=["GET", "POST"])
@allow(*BRINGERS)
def upload(what: str) -> ResponseReturnValue:
    """Take a workbook: list every fault, or go on to the preview."""
    book, form, page = service.book(what, by=g.account), UploadForm(), "desk/intake/upload.html"
    if not form.validate_on_submit():
        return render_template(page, form=form, what=what, book=book, faults=())
    stream = form.workbook.data.stream
    try:
        service.check(g.session, book, stream, today=clock.today())
    except Faulty as faulty:
        g.session.rollback()
        form.form_errors.append(faulty.sentence)
        return render_template(page, form=form, what=what, book=book, faults=faulty.faults), faulty.status
    token = uploads.keep(_config().instance, stream, today=clock.today())
    return redirect(url_for("intake.preview", what=what, token=token), 303)


@bp.get("/<what>/uploads/<token>")
@allow(*BRINGERS)
def preview(what: str, token: str) -> ResponseReturnValue:
    """Show what the workbook would bring."""
    book, path = service.book(what, by=g.account), uploads.find(_config().instance, token)
    taken = service.rehearse(g.session, book, path, by=g.account, today=clock.today())
    return render_template("desk/intake/preview.html", what=what, token=token, book=book, taken=taken)


@bp.post("/<what>/uploads/<token>/confirm")
@allow(*BRINGERS)
def confirm(what: str, token: str) -> ResponseReturnValue:
    """Take the workbook in."""
    book, path = service.book(what, by=g.account), uploads.find(_config().instance, token)
    taken = service.load(g.session, book, path, by=g.account, today=clock.today())
    g.session.flush()
    uploads.drop(_config().instance, token)
    flash(gettext("%(title)s已导入：%(told)s。", title=book.title, told=taken.told()), "done")
    return redirect(url_for(book.page), 303)


@bp.post("/<what>/uploads/<token>/discard")
@allow(*BRINGERS)
def discard(what: str, token: str) -> ResponseReturnValue:
    """Throw the workbook away."""
    service.book(what, by=g.account)
    uploads.drop(_config().instance, token)
    flash(gettext("已放弃这次上传，没有任何变化。"))
    return redirect(url_for("intake.upload", what=what), 303)
