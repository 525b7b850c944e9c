"""The report as one ZIP that an outsider checks without us: boards S and T, signatures, slips, verifier.

The same content gives the same bytes. Whole ballots are never in it: slips are sorted line by line, so they
say what the counts say and join nothing.
"""

import hashlib
import json
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from survey.box import verify
from survey.box.table import WITHHELD

STILL = (1980, 1, 1, 0, 0, 0)
ABOUT = """企评公开报告

核对方法：解压后在本文件夹运行 python3 verify.py（只需 Python 3.11 以上和软件包 cryptography）。

manifest.json    票面清单，与票卡二维码中的指纹（SHA-256）一致
sealed.txt       公示栏S：封箱时箱内全部密封选票的指纹，开箱前由监督人签名
table.txt        公示栏T：总体和各单位的票数；第四行是含人员各行的全表的指纹
slips.txt        每行的票条，按选项排序，“-”为未评价，可自行重新计数
result.json      公布的结果
signatures.json  监督人对S和T的签名
index.txt        各文件的SHA-256

能核对什么：公布的票数与票条、计票表一致；两块公示栏由清单上足够多的监督人签过名；
密封选票不多于票卡；持回执的企业可在sealed.txt中找到自己的信封指纹。
不能核对什么：密封选票只有监督人能打开，整张选票不公开，因此外部人员不能由sealed.txt推出table.txt，
这一步由两套独立开箱程序得出同一指纹、并由监督人签名保证。评价太少的单位不公布票数，
人员各行只给有权查阅的人，其指纹在table.txt中固定。
"""


def slips(table: bytes) -> bytes:
    """Return the sorted slips of each public line."""
    lines = ["# slips"]
    for row in table.decode().splitlines():
        if row.startswith("#"):
            continue
        line, *cells = row.split("\t")
        shown = (
            WITHHELD
            if cells == [WITHHELD]
            else "".join(mark * int(count) for mark, count in zip("ABC-", cells, strict=True))
        )
        lines.append(f"{line}\t{shown}")
    return ("\n".join(lines) + "\n").encode()


def pack(
    *,
    manifest: bytes,
    sealed: bytes,
    table: bytes,
    signatures: Mapping[str, Mapping[str, str]],
    result: bytes,
) -> bytes:
    """Return the ZIP of a reported poll."""
    files = {
        "README.txt": ABOUT.encode(),
        "manifest.json": manifest,
        "result.json": result,
        "sealed.txt": sealed,
        "signatures.json": json.dumps(signatures, sort_keys=True, indent=1).encode(),
        "slips.txt": slips(table),
        "table.txt": table,
        "verify.py": Path(verify.__file__).read_bytes(),
    }
    index = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**files, "index.txt": index.encode()}.items():
            archive.writestr(zipfile.ZipInfo(name, STILL), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
