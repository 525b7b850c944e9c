"""How fast letters are made: stamped files and the print file against WeasyPrint and typst in the same run.

The baseline is the same letter by WeasyPrint alone: built fonts, shared font configuration and style sheets,
one write_pdf a letter. typst sets the same text in the same fonts with the same seal and a QR code, tagged,
to the same archive standard. CPU time throughout.
"""

import re
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import pypdfium2

from survey.letters import chop, printrun, qr
from survey.letters.batch import Job
from survey.letters.imprint import Imprint, printed
from survey.letters.kinds import Reply
from survey.letters.oracle import difference
from survey.letters.stamp import ALPHABET, Stamp
from tests.conftest import FONTS
from tests.letters.samples import a_reply, an_imprint

SINGLE, STAMPED, SPOOLED, TYPST, CHECKED = 12, 2_000, 10_000, 12, 20
PREFIX = "https://ping.lulong.example/letter/2023Q1/"
HAN = "一二三四五六七八九十甲乙丙丁戊己庚辛壬癸"
BOUND_MB = 300


@dataclass
class Clock:
    """The CPU seconds that a block took."""

    seconds: float = 0.0


@contextmanager
def timed() -> Iterator[Clock]:
    clock, start = Clock(), time.process_time()
    yield clock
    clock.seconds = time.process_time() - start


def jobs(count: int) -> list[Job]:
    letter = a_reply()
    names = ("".join(chars) for chars in product(HAN, repeat=4))
    return [(to(letter, name), imprint(number)) for number, name in zip(range(count), names)]  # noqa: B905  # names outlast the numbers


def to(letter: Reply, name: str) -> Reply:
    return replace(letter, enterprise=f"卢龙县{name}新材料科技有限公司")


def imprint(number: int) -> Imprint:
    code = "".join(ALPHABET[(number * 7919 >> 3 * at) % 32] for at in range(12))
    return an_imprint(number="", code=code, check_url=PREFIX + code)


def each(items: Iterable[Job], make: Callable[[Job], object]) -> float:
    """Return the CPU milliseconds that one item takes."""
    items = list(items)
    with timed() as clock:
        for item in items:
            make(item)
    return clock.seconds / len(items) * 1000


def main() -> None:
    batch = jobs(SPOOLED)
    printed(*batch[0], fonts=FONTS)
    baseline = each(batch[:SINGLE], lambda job: printed(*job, fonts=FONTS))
    show("WeasyPrint, one write_pdf a letter (baseline)", baseline, baseline, 1)
    with timed() as compiling:
        stamp = Stamp(*batch[0], fonts=FONTS)
    memory = each(batch[:STAMPED], lambda job: stamp.fits(*job) and stamp.print(*job))
    disk = to_disk(stamp, batch[:STAMPED])
    spool = spooled(batch)
    rivals = typst()
    show("stamped, in memory", memory, baseline, 100)
    show("stamped, to disk", disk, baseline, 60)
    show(f"print file of {SPOOLED:,}, compile counted", spool, baseline, 2500)
    if rivals:
        show("typst, compiler reused", rivals, baseline, 0)
        show("  stamped in memory against typst", memory, rivals, 10)
        show("  print file against typst", spool, rivals, 10)
    say(f"compile of a stamp: {compiling.seconds:.2f} s; 10,000 files: {disk * 10:.0f} s CPU")
    equal(stamp, batch)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    say(f"peak memory {peak:.0f} MB (promised: under {BOUND_MB})")
    if peak >= BOUND_MB or FAILED:
        sys.exit(f"broken promises: {', '.join(FAILED) or 'memory'}")


FAILED: list[str] = []


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def show(what: str, milliseconds: float, reference: float, promised: float) -> None:
    ratio = reference / milliseconds
    say(f"{what:48} {milliseconds:10.4f} ms  {ratio:9.1f} x  (promised: {promised:g} x)")
    if ratio < promised:
        FAILED.append(what.strip())


def to_disk(stamp: Stamp, batch: list[Job]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        return each(batch, lambda job: (place / f"{job[1].code}.pdf").write_bytes(stamp.print(*job)))


def spooled(batch: list[Job]) -> float:
    with tempfile.TemporaryFile() as target, timed() as clock:
        printrun.write(batch, target, fonts=FONTS)
    return clock.seconds / len(batch) * 1000


def equal(stamp: Stamp, batch: list[Job]) -> None:
    step = len(batch) // CHECKED
    unequal = [job for job in batch[::step] if difference(stamp.print(*job), printed(*job, fonts=FONTS))]
    say(f"oracle: {CHECKED - len(unequal)} of {CHECKED} letters equal WeasyPrint's in every pixel")
    if unequal:
        FAILED.append("oracle")


def typst() -> float | None:
    """Return the milliseconds of typst for the same text in the same fonts, None when it is not installed."""
    try:
        import typst as engine
    except ImportError:
        say("typst is not installed (pip install qiping[bench]): no comparison")
        return None
    batch = jobs(TYPST + 1)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "seal.svg").write_text(chop.seal(a_reply().organ), encoding="utf-8")
        for job in batch:
            qr.symbol(job[1].check_url).save(str(place / f"{job[1].code}.svg"), border=0)
            (place / f"{job[1].code}.typ").write_text(source(job), encoding="utf-8")
        compiler = engine.Compiler(root=folder, font_paths=[str(FONTS)], ignore_system_fonts=True)

        def make(job: Job) -> None:
            compiler.compile(input=str(place / f"{job[1].code}.typ"), pdf_standards=["a-3a"])

        make(batch[0])
        return each(batch[1:], make)


def source(job: Job) -> str:
    """Return a letter's lines as typst source."""
    with pypdfium2.PdfDocument(printed(*job, fonts=FONTS)) as pdf:
        text = "\n".join(page.get_textpage().get_text_range() for page in pdf)
    lines = [re.sub(r"([#*_$@<>\[\]`\\/])", r"\\\1", line.strip()) for line in text.splitlines()]
    title, *rest = (line for line in lines if line and not line.startswith("—"))
    return (
        f'#set document(title: "{title}", date: datetime(year: 2023, month: 4, day: 20))\n'
        '#set page(paper: "a4", margin: (top: 37mm, bottom: 35mm, left: 28mm, right: 26mm),'
        ' numbering: "— 1 —")\n'
        '#set text(lang: "zh", font: ("FandolSong", "FandolFang R"), size: 15.79pt)\n'
        f"#set par(leading: 4.88mm, spacing: 4.88mm, justify: true)\n#align(center, text(22pt)[{title}])\n\n"
        + "\n\n".join(rest)
        + '\n\n#place(right, dy: -40mm, image("seal.svg", width: 45mm, alt: "印章"))\n'
        + f'#image("{job[1].code}.svg", width: 19mm, alt: "二维码")\n'
    )


if __name__ == "__main__":
    main()
