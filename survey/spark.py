"""Spark's door: the kernel of `scoring.scale` inside `mapInArrow`, here or on a cluster (extra `spark`).

Workers need Python with numpy, pandas and pyarrow; the package `scoring` is sent along. What a lost worker
had counted is counted again by the others; each block enters the sum once.
"""

import os
import shutil
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession

import scoring
from scoring import scale
from scoring.ballot import Slate
from scoring.tally import Tally
from survey.errors import Invalid, Refused
from survey.scale import parquet
from survey.scale.service import Counted

BLOCK = "county string, quarter string, width int, ballots binary"
RESULT = "county string, quarter string, valid long, totals binary"
SETTINGS = {
    "spark.log.level": "ERROR",
    "spark.sql.execution.arrow.maxRecordsPerBatch": str(parquet.ROWS_AT_ONCE),
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
Sums = dict[tuple[str, str], tuple[int, scale.Totals]]


@contextmanager
def session(master: str) -> Iterator[SparkSession]:
    """Start or join Spark at `master` and leave it again; a Spark on this machine stays on loopback."""
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        raise Refused("scale.no_java", "没有找到 Java，请先安装 Java 17（openjdk-17-jre-headless）。")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    if master.startswith("local") or "127.0.0.1" in master:
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    builder = SparkSession.builder.master(master).appName("qiping")
    for key, value in SETTINGS.items():
        builder = builder.config(key, value)
    try:
        with warnings.catch_warnings():
            # Spark warns of the newest pandas, which it imports and this count never touches.
            warnings.filterwarnings("ignore", message="PySpark does not yet", category=FutureWarning)
            spark = builder.getOrCreate()
            try:
                yield spark
            finally:
                spark.stop()
    except (PySparkException, Py4JError) as error:
        first = next(iter(str(error).strip().splitlines()), "")
        raise Refused("scale.spark", f"Spark（{master}）没有完成计票，计数未改动：{first}") from error


def counted_blocks(spark: SparkSession, folder: Path) -> DataFrame:
    """Return the totals of every block of an exported folder."""
    read = spark.read.schema(BLOCK).option("recursiveFileLookup", "true")
    return read.parquet(folder.absolute().as_uri()).mapInArrow(scale.count_batches, RESULT)


def sums(blocks: DataFrame) -> Sums:
    """Add up the totals of all blocks by county and quarter."""
    found: Sums = {}
    for row in blocks.toArrow().to_pylist():
        key, totals = (row["county"], row["quarter"]), scale.from_bytes(row["totals"])
        valid, before = found.get(key, (0, np.zeros_like(totals)))
        found[key] = valid + row["valid"], before + totals
    return found


def count_folder(folder: Path, master: str) -> Iterator[Counted]:
    """Count every poll of an exported folder on Spark."""
    slates = parquet.slates(folder)
    with TemporaryDirectory() as sent:
        package = _packed(Path(sent))
        with session(master) as spark:
            spark.sparkContext.addPyFile(package)
            found = sums(counted_blocks(spark, folder))
    if strange := sorted(found.keys() - slates.keys()):
        raise Invalid("scale.no_slate", f"{' '.join(strange[0])} 的选票没有名单，请重新导出。")
    for (county, quarter), slate in slates.items():
        yield Counted(county, quarter, slate, _tally(found, (county, quarter), slate))


def _tally(found: Sums, key: tuple[str, str], slate: Slate) -> Tally:
    nothing = np.zeros((len(scale.RATED), len(slate.lines)), dtype=np.int64)
    valid, totals = found.get(key, (0, nothing))
    if totals.shape != nothing.shape:
        raise Invalid("scale.width", f"{' '.join(key)} 的选票与名单行数不符，请重新导出。")
    return scale.tally(valid, totals)


def _packed(folder: Path) -> str:
    """Zip the package `scoring` for the workers."""
    source = Path(scoring.__file__).parent
    return shutil.make_archive(str(folder / "scoring"), "zip", source.parent, source.name)
