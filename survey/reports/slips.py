"""Slips of a published poll for researchers: CSV and SPSS, the public lines only, nothing joins two marks.

One row is one mark on one line. Rows are sorted by line and mark, so that they say what the counts say; which
marks stood on one ballot cannot be told. Persons' lines and withheld lines are left out.
"""

import csv
import io
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pandas
import pyreadstat

from survey.box.table import WITHHELD
from survey.config import Config
from survey.errors import Missing
from survey.poll.models import Poll
from survey.tally import audit

CODES: dict[int | float, str] = {1: "非常满意", 2: "服务一般", 3: "服务较差", 9: "未评价"}
LABELS: dict[str, str | None] = {
    "poll": "测评",
    "line": "票面条目编号",
    "name": "票面条目",
    "series": "单位类别",
    "mark": "评价",
}
BLANK = 9


def rows(config: Config, poll: Poll) -> Iterator[tuple[str, str, str, str, int]]:
    """Yield (poll, line, name, series, mark) of each slip of a published poll."""
    if poll.stage not in audit.PUBLISHED:
        raise Missing("reports.not_published", f"{poll.key} 的结果还没有公布，公布后才有研究用票条。")
    units = {unit["id"]: unit for unit in json.loads(poll.slate)["units"]}
    for text in audit.public_table(config, poll).decode().splitlines():
        line, *cells = text.split("\t")
        if text.startswith("#") or cells == [WITHHELD]:
            continue
        unit = units.get(line, {"name": "总体评价", "series": "总体"})
        for mark, count in zip(CODES, cells, strict=True):
            for _ in range(int(count)):
                yield poll.key, line, unit["name"], unit["series"], int(mark)


def as_csv(config: Config, poll: Poll) -> bytes:
    """Return the slips as CSV in UTF-8 with the mark that Excel needs to see it is."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow([*LABELS, "mark_text"])
    writer.writerows((*row, CODES[row[-1]]) for row in rows(config, poll))
    return stream.getvalue().encode("utf-8-sig")


def as_sav(config: Config, poll: Poll) -> bytes:
    """Return the slips as an SPSS file: labelled variables and values, 未评价 as a missing value."""
    frame = pandas.DataFrame(list(rows(config, poll)), columns=list(LABELS))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "slips.sav"
        pyreadstat.write_sav(
            frame,
            str(path),
            row_compress=True,
            file_label=f"Qiping {poll.key}",
            column_labels=LABELS,
            variable_value_labels={"mark": CODES},
            missing_ranges={"mark": [BLANK]},
            variable_measure={"mark": "ordinal", "line": "nominal", "series": "nominal"},
        )
        return path.read_bytes()
