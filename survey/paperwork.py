"""Commands for paper where a web page is too narrow: print a large job, read a folder of scans."""

import os
from pathlib import Path
from typing import Any

import click

from survey import clock
from survey.errors import Refused
from survey.paper import intake, sheet
from survey.paper import service as papers
from survey.poll import service as polls
from survey.staff import service as staff

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
STEP = 10  # ballots between two words of progress
LOGIN = click.option("--by", "login", prompt="办理人账号", help="who does it, with the own password")


def _signed_in(session: Any, login: str) -> Any:
    password = click.prompt(f"{login} 的密码", hide_input=True)
    return staff.sign_in(session, login, password, at=clock.now())


def _progress(done: int, total: int) -> None:
    if done % STEP == 0 or done == total:
        click.echo(f"  已生成 {done}/{total} 份")


@click.command("print")
@click.argument("poll_key")
@click.argument("copies", type=int)
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--form", type=click.Choice([*sheet.FORMS]), default=sheet.NORMAL.name, show_default=True)
@LOGIN
@click.pass_obj
def print_(obj: Any, poll_key: str, copies: int, out: Path, form: str, login: str) -> None:
    """Write the ballots of a frozen poll as one PDF for the printer; delete the file when they are printed.

    Each run turns the units further and gives every sheet a token of its own.
    """
    if out.exists():
        raise Refused("paper.out_exists", f"{out.name} 已经存在，请换一个文件名，以免与另一次印制混淆。")
    with obj.work() as session:
        by, poll = _signed_in(session, login), polls.by_key(session, poll_key)
        pdf = papers.print_ballots(
            session, poll, copies=copies, form=form, config=obj.config, by=by, progress=_progress
        )
        with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pdf)
    click.echo(f"已写入 {out}：双面打印、长边翻转、不缩放；打印后删除这个文件，并在纸质票页面登记。")


@click.command("read")
@click.argument("poll_key")
@click.argument("folder", type=FOLDER)
@LOGIN
@click.pass_obj
def read(obj: Any, poll_key: str, folder: Path, login: str) -> None:
    """Read all scans in a folder and take them in; stopped half-way, it goes on where it was.

    The scans stay where they are: delete them when the batch is sealed.
    """
    files = intake.files_in(folder)
    with obj.work() as session:
        by, poll = _signed_in(session, login), polls.by_key(session, poll_key)
        press, known = papers.press(session, poll, config=obj.config), papers.known(session, poll)
        number = 0
        for portion in intake.read_files(files, press, known=known):
            papers.take_in(session, poll, portion, by=by)
            session.commit()
            number += len(portion)
            click.echo(f"  已识别 {number} 面")
        for state, count in papers.states(session, poll).items():
            click.echo(f"{count:6} 面　{state.chinese}")
        for page in papers.missing_sides(session, poll):
            click.echo(f"  缺第{page}页一面，请补扫")
