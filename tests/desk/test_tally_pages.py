"""The pages of results: who may read which, what each states, and what a person concerned is told."""

import dataclasses
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlmodel import SQLModel, select

from survey.app import create_desk
from survey.config import Config
from survey.db import unit_of_work
from survey.journal import JournalEntry
from survey.poll.models import Poll, Stage
from survey.staff.models import Account, Role
from survey.tally import audit, opened, people
from tests.conftest import FONTS
from tests.desk.poll_rooms import SEATS, UNITS, County, ballots
from tests.desk.visitors import Visitor, work

FEW = {"U3-4": 2}
"""Two of the six firms rate this official."""


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, County, dict[Role, Visitor]]]:
    """Return two counted quarters, the first of them published, and one visitor of each role."""
    instance = tmp_path_factory.mktemp("county")
    (instance / "fonts").symlink_to(FONTS)
    config = Config(instance=instance, mode="demo", secret_key="k" * 40)
    app = create_desk(dataclasses.replace(config, desk_database="sqlite://"))
    engine = app.extensions["desk_engine"]
    SQLModel.metadata.create_all(engine)
    with unit_of_work(engine) as session:
        county = County(session, config)
        for round_ in ("2022Q4", "2023Q1"):
            poll = county.counted(sheets(), round_=round_, rules="lulong")
            poll.stage = Stage.REPORTED if round_ == "2022Q4" else Stage.COUNTED
        people_ = {
            Role.OFFICE: county.office,
            Role.LEADER: county.leaders[0],
            Role.INSPECTOR: county.inspectors[0],
            Role.REVIEWER: county.hire(Role.REVIEWER),
            Role.AUDITOR: county.hire(Role.AUDITOR),
            Role.UNIT_CLERK: county.hire(Role.UNIT_CLERK, unit_id=1),
            Role.OFFICIAL: county.hire(Role.OFFICIAL, badge="U1-1"),
        }
        session.flush()
        for account in people_.values():
            session.refresh(account)
            session.expunge(account)
    yield app, county, {role: Visitor(app, account) for role, account in people_.items()}
    engine.dispose()


def sheets() -> list[dict[str, str]]:
    """Return six ballots: three mark one official poor, two alone rate another."""
    found = ballots(U1_1=3)
    for line, raters in FEW.items():
        for sheet in found[raters:]:
            sheet.pop(line)
    return found


def text_of(visitor: Visitor, path: str) -> str:
    return visitor.visit(path).text


def test_an_overview_states_definition_numerator_denominator_and_interval(shared):
    _, _, visitors = shared
    shown = text_of(visitors[Role.OFFICE], "/tally/2")
    for said in (
        "（非常满意＋服务一般）÷有效评价",
        "65 ÷ 68",
        "95%区间",
        "变化的95%区间",
        "若全体人员都处于全县平均水平，按偶然预计误列",
        "不排名次",
        "data-chart=",
    ):
        assert said in shown, said


def test_every_chart_stands_beside_a_table_and_is_named(shared):
    _, _, visitors = shared
    for path in ("/tally/", "/tally/2", "/tally/year/2022", "/tally/2/persons", "/tally/2/of/U1-1"):
        page = visitors[Role.LEADER].visit(path)
        drawn = [one for one in page.every("div") if "data-chart" in one]
        assert all(one["role"] == "img" and one["aria-label"] for one in drawn), path
        assert page.every("table"), path


def test_an_official_rated_by_two_is_withheld_and_so_is_the_next_smallest_of_the_unit(shared):
    _, _, visitors = shared
    page = visitors[Role.INSPECTOR].visit("/tally/2/of/U3-4")
    assert "票数不显示" in page.text
    rows = visitors[Role.INSPECTOR].visit("/tally/2/persons").text.split("<tr>")
    hidden = [row for row in rows if "推出别处不足5家" in row]
    assert len(hidden) == 2
    assert any("税工4" in row for row in hidden)
    assert "不逐项列出检验" in text_of(visitors[Role.INSPECTOR], "/tally/2/why/U3-4")


def test_the_reasons_name_each_gate_its_threshold_and_its_outcome(shared):
    _, _, visitors = shared
    shown = text_of(visitors[Role.REVIEWER], "/tally/2/why/U1-1")
    assert "为什么不在名单上" in shown
    for said in (
        f"有效{SEATS}张（至少10张）、差评3张（至少3张）",
        "不列入：“依据够不够”一项不符合",
        "须高于5%",
        "本人同期处罚企业0家",
        "表扬建议",
        "滚动4季合并",
    ):
        assert said in shown, said


def test_without_the_opened_files_the_reasons_say_that_they_are_gone(shared):
    app, county, visitors = shared
    with work(app) as session:
        poll = session.exec(select(Poll).where(Poll.round == "2022Q4")).one()
        folder = opened.folder(county.config, poll)
    away = folder.with_name("away")
    folder.rename(away)
    try:
        assert people.DESTROYED in text_of(visitors[Role.LEADER], "/tally/1/why/U1-1")
    finally:
        away.rename(folder)


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.INSPECTOR, 200),
        (Role.LEADER, 200),
        (Role.REVIEWER, 200),
        (Role.OFFICE, 403),
        (Role.AUDITOR, 403),
        (Role.UNIT_CLERK, 200),
        (Role.OFFICIAL, 200),
    ],
)
def test_who_reads_what_was_counted_for_an_official(shared, role: Role, status: int):
    _, _, visitors = shared
    for page in ("of", "why"):
        visitors[role].visit(f"/tally/1/{page}/U1-1", status=status)


@pytest.mark.parametrize("role", [Role.UNIT_CLERK, Role.OFFICIAL])
def test_those_concerned_read_only_what_is_theirs_and_only_once_it_is_published(shared, role: Role):
    _, _, visitors = shared
    mine = visitors[role]
    assert "还没有公布" in mine.visit("/tally/2/of/U1-1", status=403).text
    assert "只能查看与本人或本单位有关的结果" in mine.visit("/tally/1/of/U2-1", status=403).text
    assert "/tally/2/" not in text_of(mine, "/tally/own")
    # The quarter that is not published is not told by its way into the history either.
    assert "2023Q1" not in text_of(mine, "/tally/1/of/U1-1")
    for path in ("/tally/", "/tally/1", "/tally/1/persons", "/tally/1/full.xlsx"):
        assert mine.client.get(path).status_code == 403


def test_an_official_does_not_read_about_the_own_colleagues_but_the_unit_does(shared):
    _, _, visitors = shared
    visitors[Role.OFFICIAL].visit("/tally/1/of/U1-2", status=403)
    visitors[Role.OFFICIAL].visit("/tally/1/of/U1", status=403)
    assert UNITS[0][1] in text_of(visitors[Role.UNIT_CLERK], "/tally/1/of/U1")
    assert "行工2" in text_of(visitors[Role.UNIT_CLERK], "/tally/1/of/U1-2")


def test_the_table_that_a_unit_fetches_withholds_what_every_page_withholds(shared):
    app, county, _ = shared
    with work(app) as session:
        poll = session.exec(select(Poll).where(Poll.round == "2022Q4")).one()
        clerk = Account(login="c", name="联络员", role=Role.UNIT_CLERK, password_hash="!", unit_id=3)
        table = audit.table_for(session, poll, config=county.config, by=clerk).decode()
        session.rollback()
    rows = [line for line in table.splitlines() if not line.startswith("#")]
    assert [row for row in rows if row.endswith("withheld")] == ["U3-1\twithheld", "U3-4\twithheld"]
    assert "U3\t6\t0\t0\t0" in rows


def test_a_look_at_an_official_is_journaled_with_who_and_about_whom(shared):
    app, _, visitors = shared
    visitors[Role.LEADER].visit("/tally/2/why/U2-3")
    with work(app) as session:
        entry = session.exec(select(JournalEntry).order_by(JournalEntry.id.desc())).first()
    assert (entry.act, entry.actor) == ("tally.persons_read", visitors[Role.LEADER].account.login)
    assert entry.detail == '{"about": "U2-3"}'


def test_an_unknown_subject_or_year_is_missed_with_a_sentence(shared):
    _, _, visitors = shared
    assert "没有编号为U9-9" in visitors[Role.LEADER].visit("/tally/2/of/U9-9", status=404).text
    assert "1999年还没有计票结果" in visitors[Role.LEADER].visit("/tally/year/1999", status=404).text


def test_a_county_without_a_count_is_told_what_will_stand_here(config: Config):
    app = create_desk(dataclasses.replace(config, desk_database="sqlite://"))
    engine = app.extensions["desk_engine"]
    SQLModel.metadata.create_all(engine)
    with unit_of_work(engine) as session:
        county = County(session, config)
        clerk = county.hire(Role.UNIT_CLERK, unit_id=1)
        session.flush()
        for account in (county.office, clerk):
            session.refresh(account)
            session.expunge(account)
    assert "还没有计票结果" in text_of(Visitor(app, county.office), "/tally/")
    assert "还没有公布的结果" in text_of(Visitor(app, clerk), "/tally/own")
    engine.dispose()
