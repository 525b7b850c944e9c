"""`make demo`: the sample county from two workbooks to letters on the table, through the real doors."""

import io
import json
import shutil
import socket
import subprocess
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, Any
from urllib.error import URLError
from urllib.request import urlopen

from sqlalchemy import Engine
from sqlmodel import Session, func, select

from scoring import rates
from survey import config as settings
from survey import serving
from survey.clock import Quarter
from survey.config import Config
from survey.db import open_engine, unit_of_work
from survey.demo import after, county, elsewhere, people
from survey.demo.hold import Hall, hold
from survey.demo.quarter import HELD
from survey.errors import Refused
from survey.letters.models import Letter
from survey.migrations import migrate
from survey.roster import service as roster
from survey.roster import sheets
from survey.tally import compare

Echo = Callable[[str], None]
KEPT = ("fonts",)
CHECKOUT = Path(__file__).parents[2] / "instance"


def run(instance: Path, *, echo: Echo) -> dict[str, Any]:
    """Run the sample county afresh in `instance`; return and write the summary, print one table."""
    began = time.perf_counter()
    config = _clear(instance)
    engine = open_engine(config.database_url)
    echo("一、建立数据库，导入两份名册")
    desk = settle(engine, instance, echo)
    hall = Hall(engine, config, desk, echo)
    echo("二、三个季度的测评")
    with hall_served(config):
        rounds = {}
        for round_ in HELD:
            rounds[round_] = hold(hall, round_)
            after.follow(hall, rounds[round_])
            after.remind(hall, rounds[round_])
            after.carry_out(hall, rounds[round_])
    echo("三、整改台账、致企业家的一封信")
    after.work_the_ledger(hall)
    elsewhere.beside(hall)
    after.reply(hall, rounds["2023Q1"])
    summary = _summary(hall, rounds, began)
    (instance / "summary.json").write_text(
        json.dumps(summary, ensure_ascii=False, indent=1), encoding="utf-8"
    )
    _show(summary, instance, echo)
    engine.dispose()
    return summary


def _clear(instance: Path) -> Config:
    """Empty the demonstration folder, and only such a folder, then write its configuration."""
    path = instance / "config.toml"
    if path.exists() and 'mode = "demo"' not in path.read_text(encoding="utf-8"):
        raise Refused("demo.real", f"{instance.name} 不是演示目录，演示不会覆盖真实数据，请另选 --instance。")
    instance.mkdir(parents=True, exist_ok=True)
    for each in instance.iterdir():
        if each.name in KEPT:
            continue
        shutil.rmtree(each) if each.is_dir() and not each.is_symlink() else each.unlink()
    built = [folder for folder in (instance.parent / "fonts", CHECKOUT / "fonts") if folder.is_dir()]
    if built and not (instance / "fonts").exists():
        (instance / "fonts").symlink_to(built[0], target_is_directory=True)
    path.write_text('mode = "demo"\n', encoding="utf-8")
    config = settings.load(instance)
    migrate(config.database_url)
    port = free_port()
    return replace(config, hall_port=port, hall_origin=f"http://127.0.0.1:{port}")


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def settle(engine: Engine, instance: Path, echo: Echo) -> people.Desk:
    """Hire the sample county's people and load its two workbooks."""
    books = {"单位与人员名册.xlsx": county.people_workbook(), "企业名册.xlsx": county.enterprises_workbook()}
    for name, content in books.items():
        (instance / name).write_bytes(content)
    with unit_of_work(engine) as session:
        accounts = people.hire(session)
        office, first = accounts["office"], min(HELD.values()).replace(day=1)
        persons = sheets.read_people(io.BytesIO(books["单位与人员名册.xlsx"]))
        firms = sheets.read_enterprises(io.BytesIO(books["企业名册.xlsx"]))
        roster.load_people(session, persons, by=office, today=first)
        roster.load_enterprises(session, firms, by=office, today=first)
        clerks = people.hire_clerks(session, list(roster.units(session)), office)
        slate = roster.slate(session, poll="", on=first)
        people.hire_concerned(session, list(roster.units(session)), slate, office)
        counted = len(slate["units"]), len(slate["persons"]), len(roster.enterprises(session))
    echo("  单位 {}　人员 {}　企业 {}".format(*counted))
    return people.Desk(accounts, clerks)


@contextmanager
def hall_served(config: Config, output: IO[bytes] | None = None) -> Iterator[None]:
    """Serve the hall in a process of its own while the block runs."""
    server = serving.start(serving.HALL, config, output)
    try:
        _wait(config.hall_origin, server)
        yield
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait(origin: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(150):
        if server.poll() is not None:
            break
        try:
            with urlopen(f"{origin}/healthz", timeout=2):  # noqa: S310  # our own loopback server
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise Refused("demo.no_hall", "会场服务没有启动，请查看上方的错误信息。")


def _summary(hall: Hall, rounds: dict[str, int], began: float) -> dict[str, Any]:
    told = after.summary(hall, rounds)
    results = told["results"]
    last_year = [results[name] for name in rounds if Quarter.parse(name).year == 2022]
    year, quarter = compare.pooled(last_year, "not_poor"), compare.pooled([results["2023Q1"]], "not_poor")
    overall = results["2023Q1"]["overall"]
    with unit_of_work(hall.engine) as session:
        letters = _letters(session)
    return {
        "rates": {
            "2022": _rate(*year),
            "2023Q1": _rate(*quarter),
            "change": rates.change_in_points(*quarter, *year),
        },
        "overall_question": {"2023Q1": f"{overall['a'] + overall['g']}/{overall['n']}"},
        "measures": told["measures"],
        "ballots_cast": sum(result["equation"]["valid"] for result in results.values()),
        "letters": letters,
        "ledger": told["ledger"],
        "seconds": round(time.perf_counter() - began, 1),
    }


def _rate(num: int, den: int) -> dict[str, Any]:
    return {"numerator": num, "denominator": den, "percent": rates.percent(num, den)}


def _letters(session: Session) -> dict[str, int]:
    rows = session.exec(select(Letter.kind, func.count()).group_by(Letter.kind)).all()
    return dict(rows)


def _show(summary: dict[str, Any], instance: Path, echo: Echo) -> None:
    year, quarter = summary["rates"]["2022"], summary["rates"]["2023Q1"]
    share = "{numerator:,}/{denominator:,} = {percent}%".format
    ledger = summary["ledger"]
    rows = [
        ("非差评率 2022年（两季合并）", share(**year)),
        ("非差评率 2023年第一季度", f"{share(**quarter)}（{summary['rates']['change']}个百分点）"),
        ("总体满意率（按企业）2023年第一季度", summary["overall_question"]["2023Q1"]),
        ("密封选票（三季）", f"{summary['ballots_cast']} 张，全部开箱计入"),
        ("处理措施", "　".join(f"{name} {count}" for name, count in summary["measures"].items())),
        ("公文", "　".join(f"{name} {count}" for name, count in summary["letters"].items())),
        ("问题反映", f"{ledger['remarks']} 条，{ledger['with_outcome']} 条有去向"),
        ("整改台账", "红 {red}　黄 {yellow}　绿 {green}（共 {tasks} 件）".format(**ledger)),
        ("用时", f"{summary['seconds']} 秒"),
    ]
    width = max(map(_columns, (name for name, _ in rows)))
    echo("")
    for name, value in rows:
        echo(f"  {name}{' ' * (width - _columns(name))}  {value}")
    echo(f"\n  公文 PDF 在 {instance / 'letters'}，汇总在 {instance / 'summary.json'}")
    echo("  打开系统：make serve；账号 office、inspector1、leader1、reviewer1、auditor，")
    echo("  clerk-u01、party-u01（单位联络员、单位党组织），P010（被测评人员本人）；")
    echo(f"  密码都是 {people.PASSWORD}")


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(mark) in "WF" else 1 for mark in text)
