"""What the office does with letters at the command line: preview, issue, files for the post, seal."""

from pathlib import Path
from typing import Any

import click

from survey import clock
from survey.errors import Refused
from survey.letters import kinds, service, sign
from survey.letters.imprint import Imprint, printed
from survey.letters.labels import labels_pdf
from survey.letters.models import LetterState
from survey.registry.service import BY_FORM
from survey.staff.service import SYSTEM

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(help="Letters: preview, issue, print file, archive, labels, electronic seal.")
def letters() -> None:
    """Hold the commands on letters together."""


@letters.command("preview")
@click.argument("kind", type=click.Choice(list(BY_FORM)))
@click.argument("fields", type=FILE)
@click.argument("out", type=click.Path(path_type=Path))
@click.pass_obj
def preview(obj: Any, kind: str, fields: Path, out: Path) -> None:
    """Print a paper from a JSON file of its fields, without number and without keeping it."""
    if out.exists():
        raise Refused("letters.exists", f"{out.name} 已存在，未作改动。")
    document = kinds.read(kind, fields.read_text(encoding="utf-8"))
    imprint = Imprint(number="", dated=clock.today(), code="", check_url="")
    out.write_bytes(printed(document, imprint, fonts=obj.config.fonts))
    click.echo(f"已排印：{out}")


@letters.command("issue")
@click.argument("round_", metavar="ROUND")
@click.pass_obj
def issue(obj: Any, round_: str) -> None:
    """Issue the approved letters of a round, a hundred between two commits; go on where it stopped."""
    with obj.work() as session:
        total = len(service.waiting(session, round_, LetterState.APPROVED))
    left, done = total, 0
    with click.progressbar(length=total, label="印发") as bar:
        while left:
            with obj.work() as session:
                part = service.issue_part(session, round_, config=obj.config, by=SYSTEM)
            bar.update(left - part.left)
            left, done = part.left, done + part.done
            for failure in part.failures:
                click.echo(f"\n{failure.sentence}", err=True)
    click.echo(f"已印发{done}份，没有印出的{total - done}份已退回草稿。")


@letters.command("archive")
@click.argument("round_", metavar="ROUND")
@click.pass_obj
def archive(obj: Any, round_: str) -> None:
    """Put all issued letters of a round and the list of their digests into one ZIP."""
    with obj.work() as session:
        path = service.archive(session, round_, config=obj.config, by=SYSTEM)
    click.echo(f"压缩包：{path}")


@letters.command("labels")
@click.argument("round_", metavar="ROUND")
@click.argument("out", type=click.Path(path_type=Path))
@click.pass_obj
def labels(obj: Any, round_: str, out: Path) -> None:
    """Print labels for the envelopes of a round's letters, 24 to a sheet."""
    if out.exists():
        raise Refused("letters.exists", f"{out.name} 已存在，未作改动。")
    with obj.work() as session:
        out.write_bytes(labels_pdf(service.issued(session, round_), config=obj.config))
    click.echo(f"信封标签：{out}")


@letters.command("printfile")
@click.argument("round_", metavar="ROUND")
@click.pass_obj
def printfile(obj: Any, round_: str) -> None:
    """Write all letters to enterprises of a round (such as 2023Q1) as one PDF for the printing house."""
    with obj.work() as session, click.progressbar(length=100, label="付印文件") as bar:

        def progress(done: int, total: int) -> None:
            bar.update(done * 100 // total - bar.pos)

        path = service.print_run(session, round_, config=obj.config, by=SYSTEM, progress=progress)
    click.echo(f"付印文件：{path}")


@letters.command("testseal")
@click.pass_obj
def testseal(obj: Any) -> None:
    """Make a test authority and a test seal; put the county's own certificate in their place for real use."""
    sign.make_test_keys(obj.config.seal_keys, organ=obj.config.government, at=clock.now())
    click.echo(f"签章文件在 {obj.config.seal_keys}（样章，不作凭据）。")


@letters.command("sign")
@click.argument("file", type=FILE)
@click.argument("out", type=click.Path(path_type=Path))
@click.pass_obj
def sign_file(obj: Any, file: Path, out: Path) -> None:
    """Write a copy of a letter with the electronic seal after its own bytes."""
    if out.exists():
        raise Refused("letters.exists", f"{out.name} 已存在，未作改动。")
    out.write_bytes(sign.sign(file.read_bytes(), keys=obj.config.seal_keys))
    click.echo(f"已签章：{out}")


@letters.command("seal")
@click.argument("round_", metavar="ROUND")
@click.pass_obj
def seal(obj: Any, round_: str) -> None:
    """Seal the digests of all letters of a round with one signature."""
    with obj.work() as session:
        path, count = service.seal_list(session, round_, config=obj.config, by=SYSTEM)
    click.echo(f"已对{count}份文书的清单签章：{path}")


@letters.command("verify")
@click.argument("file", type=FILE)
@click.pass_obj
def verify(obj: Any, file: Path) -> None:
    """Check the electronic seal of a letter, or of a list of letters beside its .p7s file."""
    signature = file.with_name(f"{file.name}.p7s")
    content, keys = file.read_bytes(), obj.config.seal_keys
    if signature.exists():
        verdict = sign.verify_list(content, signature.read_bytes(), keys=keys)
    else:
        verdict = sign.verify(content, keys=keys)
    for line in verdict.lines():
        click.echo(line)
    if not verdict.good:
        raise Refused("letters.seal_bad", "这份文件没有通过验证。")
