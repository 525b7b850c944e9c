"""Real Spark, two workers on loopback, one of them killed: it counts what the county tally counts."""

import importlib.util
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from sqlmodel import select

from scoring import tally
from scoring.ballot import Mark, parse_slate
from survey.db import open_engine, unit_of_work
from survey.migrations import migrate
from survey.scale import parquet, vectors
from survey.scale.models import LineCount
from tests.conftest import REPOSITORY
from tests.scoring.polls import slate

QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto"
# A task for each file of the sample, and executors that fit beside each other on a small machine.
SETTINGS = """
spark.sql.files.openCostInBytes 48k
spark.sql.files.maxPartitionBytes 48k
spark.executor.memory 512m
spark.driver.extraJavaOptions {quick}
spark.executor.extraJavaOptions {quick}
"""
POLLS, VOTERS = 12, 110


def home() -> Path:
    found = importlib.util.find_spec("pyspark")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent


def until(ready: Callable[[], bool], *, within: float, what: str) -> None:
    """Wait until something is ready; fail where it never is."""
    end = time.monotonic() + within
    while not ready():
        assert time.monotonic() < end, what
        time.sleep(0.02)


class Cluster:
    """A Spark master and its workers, each a process of its own on loopback."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "conf").mkdir()
        (folder / "conf" / "spark-defaults.conf").write_text(SETTINGS.format(quick=QUICK))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"spark://127.0.0.1:{self.port}"
        self.processes: list[subprocess.Popen[bytes]] = []

    def environment(self) -> dict[str, str]:
        places = {"SPARK_HOME": str(home()), "SPARK_CONF_DIR": str(self.folder / "conf")}
        places |= {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_DIRS": str(self.folder)}
        return {**os.environ, **places, "SPARK_SCALA_VERSION": "2.13"}

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        log = (self.folder / f"{len(self.processes)}.log").open("wb")
        command = ["java", *QUICK.split(), "-Xmx128m", "-cp", f"{home()}/jars/*", *arguments]
        self.processes.append(
            subprocess.Popen(command, stdout=log, stderr=log, env=self.environment(), start_new_session=True)
        )
        log.close()
        return self.processes[-1]

    def open(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def worker(self) -> subprocess.Popen[bytes]:
        kind, ports = "org.apache.spark.deploy.worker.Worker", ("--webui-port", "0")
        where = ("--host", "127.0.0.1", "--work-dir", str(self.folder), *ports)
        return self.start(kind, *where, "--cores", "1", "--memory", "512m", self.address)


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    spark = Cluster(folder)
    try:
        kind = "org.apache.spark.deploy.master.Master"
        spark.start(kind, "--host", "127.0.0.1", "--port", str(spark.port), "--webui-port", "0")
        until(spark.open, within=60, what="the master does not answer")
        yield spark
    finally:
        for process in spark.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def counts_python(worker: subprocess.Popen[bytes]) -> bool:
    """Say whether an executor of this worker runs Python: it has begun on a task."""
    for child in psutil.Process(worker.pid).children(recursive=True):
        with suppress(psutil.Error):  # a process that ended meanwhile
            if "pyspark.daemon" in " ".join(child.cmdline()):
                return True
    return False


@pytest.fixture
def county(tmp_path: Path) -> Path:
    """Return an instance with a desk database, and beside it a store exported for Spark."""
    instance = tmp_path / "instance"
    instance.mkdir()
    (instance / "config.toml").write_text('mode = "demo"\nsecret_key = "for-tests-only"\n')
    migrate(f"sqlite:///{instance / 'desk.db'}")
    return instance


def a_store(folder: Path) -> dict[tuple[str, str], tally.Tally]:
    """Write a store of many counties for Spark; return what the county tally counts in each."""
    draw, expected = random.Random(7), {}
    with vectors.opened(folder / "store.db") as store:
        for number in range(POLLS):
            names = parse_slate(slate(20 + number, units=3))
            ballots = [
                bytes(draw.choices(list(Mark), k=len(names.lines))) for _ in range(VOTERS + 10 * number)
            ]
            county = f"{11 + number}0101"
            vectors.add(store, ballots, names, county=county, quarter="2023Q1")
            expected[county, "2023Q1"] = tally.count(ballots, names)
        parquet.export(store, folder / "parquet")
    return expected


def test_a_worker_killed_in_the_middle_costs_no_vote_and_counts_none_twice(county: Path, tmp_path: Path):
    expected = a_store(tmp_path)
    (tmp_path / "spark").mkdir()
    with cluster(tmp_path / "spark") as spark:
        lost, _ = spark.worker(), spark.worker()
        command = [sys.executable, "-m", "survey", "--instance", county, "scale", "count"]
        counting = subprocess.Popen(
            [*command, tmp_path / "parquet", "--master", spark.address],
            cwd=REPOSITORY,
            env=spark.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            until(
                lambda: counts_python(lost) or counting.poll() is not None, within=120, what="no task began"
            )
            os.killpg(lost.pid, signal.SIGKILL)
            said, _ = counting.communicate(timeout=120)
        finally:
            counting.kill()
    assert counting.returncode == 0, said
    assert "Lost executor" in said, said
    assert kept(county) == expected


def kept(instance: Path) -> dict[tuple[str, str], tally.Tally]:
    """Return the counts in the desk database as tallies."""
    engine = open_engine(f"sqlite:///{instance / 'desk.db'}")
    with unit_of_work(engine) as session:
        rows = session.exec(select(LineCount)).all()
    engine.dispose()
    polls: dict[tuple[str, str], dict[str, tally.Counts]] = {}
    for row in rows:
        polls.setdefault((row.county, row.quarter), {})[row.line] = tally.Counts(
            row.a, row.g, row.b, row.blank
        )
    return {key: tally.Tally(sum(next(iter(lines.values()))), ordered(lines)) for key, lines in polls.items()}


def ordered(lines: dict[str, tally.Counts]) -> tuple[tally.Counts, ...]:
    """Return a poll's counts in the order of the sheet."""
    units = sorted((line for line in lines if line.startswith("U")), key=lambda line: int(line[1:]))
    persons = sorted((line for line in lines if line.startswith("P")), key=lambda line: int(line[1:]))
    return tuple(lines[line] for line in ("overall", *units, *persons))
