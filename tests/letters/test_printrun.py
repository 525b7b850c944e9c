"""One file for the printing house: every letter in its order, the body drawn once."""

import subprocess
from io import BytesIO
from pathlib import Path

import pypdfium2
import zxingcpp

from survey.letters import printrun
from survey.letters.batch import Job
from survey.letters.imprint import printed
from survey.letters.oracle import pixels
from tests.conftest import FONTS
from tests.letters.samples import a_reply
from tests.letters.test_stamp import NAMES, imprint_of

JOBS: list[Job] = [
    (a_reply(enterprise=name), imprint_of(number))
    for number, name in enumerate((*NAMES, "ABC（中国）公司", "丙公司"))
]


def run(jobs: list[Job]) -> bytes:
    target = BytesIO()
    printrun.write(jobs, target, fonts=FONTS)
    return target.getvalue()


def test_a_print_file_holds_every_letter_in_order_as_the_letter_itself_would_look(tmp_path: Path) -> None:
    content = run(JOBS)
    with pypdfium2.PdfDocument(content) as spool:
        assert len(spool) == 2 * len(JOBS)
        for number, (document, imprint) in enumerate(JOBS):
            with pypdfium2.PdfDocument(printed(document, imprint, fonts=FONTS)) as plain:
                assert pixels(spool[2 * number]) == pixels(plain[0]), document.enterprise
            page = spool[2 * number + 1]
            assert imprint.code in "".join(page.get_textpage().get_text_range().split())
            seen = zxingcpp.read_barcodes(page.render(scale=200 / 72).to_numpy())
            assert [each.text for each in seen] == [imprint.check_url]
    path = tmp_path / "run.pdf"
    path.write_bytes(content)
    assert subprocess.run(["qpdf", "--check", path], capture_output=True).returncode == 0


def test_a_print_file_grows_by_less_than_two_kilobytes_a_letter() -> None:
    jobs: list[Job] = [(a_reply(enterprise=NAMES[1]), imprint_of(number)) for number in range(40)]
    assert len(run(jobs)) - len(run(jobs[:20])) < 20 * 2000


def test_a_print_file_tells_its_progress() -> None:
    steps: list[tuple[int, int]] = []
    target = BytesIO()
    pages = printrun.write(JOBS[:2], target, fonts=FONTS, progress=lambda *step: steps.append(step))
    assert (pages, steps) == (4, [(2, 2)])
