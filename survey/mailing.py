"""What the office does with issued letters at the command line: the print file, the electronic seal."""

from pathlib import Path
from typing import Any

import click

from survey import clock
from survey.errors import Refused
from survey.letters import service, sign
from survey.staff.service import SYSTEM

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(help="Issued letters: print file, electronic seal.")
def letters() -> None:
    """Hold the commands on letters together."""


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
