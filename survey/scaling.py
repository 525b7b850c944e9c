"""Commands for many counties' polls: take ballots or results in, count here or on Spark, roll counts up."""

import importlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from scoring.rates import percent
from survey.errors import Invalid, Refused
from survey.scale import service, vectors
from survey.scale.models import Level, Period
from survey.scale.service import Counted, Rolled
from survey.staff.service import SYSTEM

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
NEEDED = {"pyspark", "pyarrow", "py4j"}


@click.group(help="Many counties' polls: count, roll up.")
def scale() -> None:
    """Hold the commands on many polls together."""


@scale.command("add")
@click.argument("store", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("opened", type=FOLDER)
@click.option("--county", required=True, help="code of GB/T 2260, such as 130324")
@click.option("--quarter", required=True, help="such as 2023Q1")
def add(store: Path, opened: Path, county: str, quarter: str) -> None:
    """Take the ballots of an opened box into a store.

    A store holds whole ballots: keep and destroy it as you do opened boxes. A county that lets no ballots
    out hands in its result instead (survey scale take).
    """
    vectors.place(county, quarter)
    with vectors.opened(store) as kept:
        ballots = vectors.add_folder(kept, opened, county=county, quarter=quarter)
    click.echo(f"已收入 {county} {quarter} 的{ballots}张选票。")


@scale.command("export")
@click.argument("store", type=FILE)
@click.argument("folder", type=click.Path(path_type=Path))
def export(store: Path, folder: Path) -> None:
    """Write a store as Parquet files for Spark; they hold whole ballots as the store does."""
    with vectors.opened(store) as kept:
        files = _extra("survey.scale.parquet").export(kept, folder)
    click.echo(f"已导出{files}个文件到 {folder}。")


@scale.command("count")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--master", default="local[*]", show_default=True, help="Spark to count a folder on")
@click.pass_obj
def count(obj: Any, source: Path, master: str) -> None:
    """Count a store (a file, on this machine) or an exported folder (on Spark); keep the counts."""
    if source.is_dir():
        _keep(obj, _extra("survey.spark").count_folder(source, master))
    else:
        with vectors.opened(source) as kept:
            _keep(obj, service.count_store(kept))


def _extra(name: str) -> Any:
    """Import a module that needs an optional library."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in NEEDED:
            raise
        raise Refused(
            "scale.no_spark", f"缺少 {error.name}，请先运行 pip install 'qiping[spark]'，并安装 Java 17。"
        ) from error


def _keep(obj: Any, counted: Iterable[Counted]) -> None:
    with obj.work() as session:
        polls = service.record(session, counted, by=SYSTEM)
    click.echo(f"已计票{polls}场，计数已存入数据库。查看：survey scale show。")


@scale.command("take")
@click.argument("result", type=FILE)
@click.option("--county", required=True, help="code of GB/T 2260, such as 130324")
@click.option("--quarter", required=True, help="such as 2023Q1")
@click.pass_obj
def take(obj: Any, result: Path, county: str, quarter: str) -> None:
    """Keep the counts of a county's own result (python -m scoring --json): no ballot leaves the county."""
    try:
        content = json.loads(result.read_text(encoding="utf-8"))
    except ValueError:
        raise Invalid("scale.result", f"{result.name} 不是正确的 JSON 文件。") from None
    with obj.work() as session:
        service.take_result(session, content, county=county, quarter=quarter, by=SYSTEM)
    click.echo(f"已存入 {county} {quarter} 的计数。")


@scale.command("show")
@click.option("--by", "level", type=click.Choice(list(map(str, Level))), default="county", show_default=True)
@click.option(
    "--over", "period", type=click.Choice(list(map(str, Period))), default="quarter", show_default=True
)
@click.pass_obj
def show(obj: Any, level: str, period: str) -> None:
    """Print the officials' counts added up: time, place, good, fair, poor, rated, 非差评率, 非常满意率.

    Places are in the order of their codes, never ranked; small cells of units are withheld.
    """
    if (level, period) == (Level.UNIT, Period.YEAR):
        raise Refused("scale.unit_year", "单位计数只按季度显示：年度数减去各季度数会暴露不足5份的单元。")
    with obj.work() as session:
        rolled = service.roll_up(session, Level(level), over=Period(period))
    hidden = service.withheld(rolled) if level == Level.UNIT else set()
    for one in rolled:
        click.echo("\t".join(_cells(one) if (one.place, one.period) not in hidden else _hidden(one)))


def _cells(one: Rolled) -> list[str]:
    counts, n = one.counts, one.counts.n
    shares = [f"{percent(part, n)}%" if n else "—" for part in (counts.not_poor, counts.a)]
    return [one.period, one.place, *(str(value) for value in (counts.a, counts.g, counts.b, n)), *shares]


def _hidden(one: Rolled) -> list[str]:
    return [one.period, one.place, "不足5份或可由相减得出，不显示"]
