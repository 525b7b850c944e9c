"""A peer reader of paper forms on its own form: Auto Multiple Choice, where Debian's package is installed.

SDAPS is in no registry that Debian, PyPI or npm serve, so the ratio is told against the one that is.
"""

import resource
import shutil
import sqlite3
import subprocess
from collections import defaultdict
from contextlib import closing
from pathlib import Path

import numpy as np
from PIL import Image

from tests.paper.damage import Condition, scanned
from tests.paper.pages import images
from tests.paper.pen import SCALE, Hand

COMMAND = "auto-multiple-choice"
QUESTIONS = 25
HEAD = r"""\documentclass[a4paper]{article}
\usepackage[utf8]{inputenc}
\usepackage[box]{automultiplechoice}
\geometry{hmargin=2cm,headheight=1cm,headsep=.2cm,footskip=1cm,top=2.5cm,bottom=2cm}
\begin{document}
\AMCboxDimensions{size=4.8mm}
\setlength{\parskip}{0pt}\AMCinterIquest=0pt
"""
QUESTION = (
    r"\begin{question}{q%d}Line %d "
    r"\begin{choiceshoriz}\correctchoice{A}\wrongchoice{B}\wrongchoice{C}\end{choiceshoriz}\end{question}"
)


def there() -> bool:
    """Tell whether the peer is installed (apt-get install auto-multiple-choice)."""
    return bool(shutil.which(COMMAND) and shutil.which("pdflatex"))


def form(folder: Path, copies: int) -> None:
    """Let the peer set its own form in `folder` and note where its boxes stand."""
    questions = "\n".join(QUESTION % (number, number) for number in range(1, QUESTIONS + 1))
    body = rf"\onecopy{{{copies}}}{{{questions}}}"
    (folder / "form.tex").write_text(HEAD + body + "\n\\end{document}\n")
    for name in ("data", "cr", "scans"):
        (folder / name).mkdir()
    _run(
        folder, "prepare", "--mode", "s", "--with", "pdflatex", "--prefix", f"{folder}/", "form.tex",
        "--out-sujet", "form.pdf", "--out-calage", "calage.xy", "--out-corrige", "corrected.pdf",
        "--data", "data",
    )  # fmt: skip
    _run(folder, "meptex", "--src", "calage.xy", "--data", "data")


def fill(folder: Path, condition: Condition, seed: int) -> tuple[list[Path], int]:
    """Tick one box of each question on every page and scan; return the scans and the number of ticks."""
    places: dict[tuple[int, int], dict[int, list[tuple[float, float]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    with closing(sqlite3.connect(folder / "data" / "layout.sqlite")) as layout:
        # Pixels at 300 dpi, as our own pages are drawn.
        for student, page, question, *box in layout.execute(
            "SELECT student, page, question, xmin, xmax, ymin, ymax FROM layout_box WHERE role = 1"
        ):
            left, right, top, bottom = box
            places[student, page][question].append(((left + right) / 2 / SCALE, (top + bottom) / 2 / SCALE))
    paths, ticks = [], 0
    for at, (key, page) in enumerate(
        zip(sorted(places), images((folder / "form.pdf").read_bytes()), strict=True)
    ):
        rng, drawn = np.random.default_rng((seed, at)), page.astype(np.float32)
        hand = Hand(drawn, rng)
        for boxes in places[key].values():
            hand.tick(*boxes[rng.integers(len(boxes))])
            ticks += 1
        paths.append(folder / "scans" / f"{at:04}.jpg")
        Image.fromarray(scanned(drawn, condition, rng)).save(paths[-1], "JPEG", quality=85, dpi=(200, 200))
    return paths, ticks


def read(folder: Path, paths: list[Path]) -> tuple[float, int]:
    """Let the peer read its scans on one process; return CPU seconds and the pages it captured."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    names = [str(path) for path in paths]
    _run(folder, "analyse", "--projet", ".", "--data", "data", "--cr", "cr", "--n-procs", "1", *names)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    with closing(sqlite3.connect(folder / "data" / "capture.sqlite")) as capture:
        (pages,) = capture.execute("SELECT count(*) FROM capture_page WHERE mse < 10").fetchone()
    return spent, int(pages)


def _run(folder: Path, *arguments: str) -> None:
    subprocess.run([COMMAND, *arguments], cwd=folder, check=True, capture_output=True)
