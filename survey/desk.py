"""Fitting out the desk door: its session cookie, database, CSRF guard, navigation and every stage's pages."""

import datetime as dt
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_wtf import CSRFProtect

from survey import inbox
from survey.channels import views as channels_views
from survey.config import Config
from survey.custody import views as custody_views
from survey.db import open_engine
from survey.intake import views as intake_views
from survey.mailbox import views as mailbox_views
from survey.paper import views as paper_views
from survey.poll import views as poll_views
from survey.rectify import views as rectify_views
from survey.registry import views as registry_views
from survey.remote import views as remote_views
from survey.reports import views as reports_views
from survey.review import views as review_views
from survey.rights import views as rights_views
from survey.roster import views as roster_views
from survey.sources import views as sources_views
from survey.staff import views as staff_views
from survey.tally import views as tally_views
from survey.watch import views as watch_views

STAGES = (
    staff_views,
    roster_views,
    poll_views,
    remote_views,
    paper_views,
    tally_views,
    review_views,
    mailbox_views,
    rectify_views,
    rights_views,
    sources_views,
    watch_views,
    channels_views,
    intake_views,
    reports_views,
    custody_views,
    registry_views,
)
# The ways of the top bar, left to right as the quarter flows; a role sees those whose page lets it in.
WAYS = (
    ("poll.overview", "总览"),
    ("roster.units", "名册"),
    ("roster.mine", "本单位"),
    ("roster.enterprises", "企业"),
    ("poll.polls", "测评"),
    ("paper.polls_", "纸质票"),
    ("tally.results", "结果"),
    ("rights.home", "我的事项"),
    ("tally.own", "我的结果"),
    ("review.cases", "审查"),
    ("rectify.ledger", "整改台账"),
    ("sources.occasions", "来源"),
    ("channels.figures", "其他评价"),
    ("watch.alerts", "监督"),
    ("reports.home", "报告"),
    ("staff.accounts", "账号"),
    ("staff.journal", "日志"),
)


def fit_out(app: Flask, config: Config) -> None:
    """Give `app` its engine (`extensions["desk_engine"]`), cookie settings, CSRF guard and blueprints."""
    app.config.update(
        SECRET_KEY=config.secret_key or "demo-only",
        SESSION_COOKIE_NAME="qiping_desk",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_SECURE=config.desk_origin.startswith("https://") or config.encrypted("desk"),
        PERMANENT_SESSION_LIFETIME=dt.timedelta(hours=10),
        MAX_CONTENT_LENGTH=32 * 1024 * 1024,
        # A form may lie open as long as its sign-in lasts.
        WTF_CSRF_TIME_LIMIT=None,
        # Pages send no referrer; the token and the SameSite cookie are the guard.
        WTF_CSRF_SSL_STRICT=False,
        # Forms word their own faults in Chinese.
        WTF_I18N_ENABLED=False,
    )
    app.extensions["desk_engine"] = open_engine(config.database_url)
    # The overview stands left of the stages whose work it lists.
    app.extensions["inbox"] = inbox.waiting
    CSRFProtect(app)
    for stage in STAGES:
        app.register_blueprint(stage.bp)
    app.context_processor(_who_and_where)


def _who_and_where() -> dict[str, Any]:
    account = g.get("account")
    return {"account": account, "navigation": _ways(account.role) if account else []}


def _ways(role: str) -> list[dict[str, str]]:
    pages = current_app.view_functions
    mine = [way for way in WAYS if role in getattr(pages.get(way[0]), "roles", ())]
    ways = [
        {"label": label, "url": url_for(page), "stage": page.split(".")[0], "here": ""}
        for page, label in mine
    ]
    if here := _nearest(ways):
        here["here"] = "page" if here["url"] == request.path else "true"
    return ways


def _nearest(ways: list[dict[str, str]]) -> dict[str, str] | None:
    """Return the way whose address leads to this page, else the first of the same stage."""
    inside = [
        way
        for way in ways
        if f"{request.path}/".startswith(f"{way['url'].rstrip('/')}/") and way["url"] != "/"
    ]
    same_stage = [way for way in ways if way["stage"] == request.blueprint and way["url"] != "/"]
    exact = [way for way in ways if way["url"] == request.path]
    return next(iter(exact or inside or same_stage), None)
