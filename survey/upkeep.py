"""Commands around the box and its servers: attack it, destroy it, print the settings of a front server."""

from typing import Any

import click

from survey import certificates, clock, deploy
from survey.attack import run as attack_run
from survey.attack import trial
from survey.config import Config
from survey.custody import service as custody_service
from survey.errors import Refused
from survey.poll import service as poll_service
from survey.staff import service as staff_service

NAMES = {"hall": "会场", "desk": "台账", "issuer": "发证"}


def show_certificates(config: Config, *doors: str) -> None:
    """Print the fingerprint of each door's certificate for the poster, or say that it goes in the clear."""
    for door in doors:
        if config.encrypted(door):
            click.echo(f"{NAMES[door]}证书指纹（SHA-256，请印在会场告示上）：")
            click.echo(f"  {certificates.of(config, door).fingerprint}")
        elif config.mode != "demo":
            click.echo(
                f"{NAMES[door]}按设置以明文 http 提供，前面必须有同机的加密服务器（survey deploy nginx）。"
            )
        origin, _host, _port = config.address(door)
        if config.encrypted(door) and not origin.startswith("https://"):
            click.echo(f"请把设置项 {door}_origin 改为 https:// 开头，否则二维码打不开。")


@click.command()
@click.option("--runs", type=click.IntRange(2, 1000), default=60, show_default=True)
@click.pass_obj
def attack(obj: Any, runs: int) -> None:
    """Rehearse a poll on this installation and try to link voters to ballots from everything left behind."""
    found = attack_run.attack(obj.config, runs=runs, echo=click.echo)
    for line in trial.report(found):
        click.echo(line)
    if not found.lawful:
        raise Refused("attack.linked", "自攻击未通过。")


@click.command("destroy")
@click.argument("poll_key")
@click.option("--inspector", prompt="监督人员账号", help="who asks for it")
@click.option("--second", prompt="第二方账号", help="office or leader, who confirms it")
@click.option("--reason", prompt="销毁依据")
@click.pass_obj
def destroy(obj: Any, poll_key: str, inspector: str, second: str, reason: str) -> None:
    """Destroy a box whose time is over; two people of two bodies give their passwords."""
    with obj.work() as session:
        asking, confirming = (
            staff_service.sign_in(
                session, login, click.prompt(f"{login} 的密码", hide_input=True), at=clock.now()
            )
            for login in (inspector, second)
        )
        poll, at, config = poll_service.by_key(session, poll_key), clock.now(), obj.config
        if custody_service.destruction(session, poll) is None:
            custody_service.ask_destruction(session, poll, reason=reason, config=config, by=asking, at=at)
        row = custody_service.confirm_destruction(session, poll, config=config, by=confirming, at=at)
        click.echo(f"{poll.key} 的票箱已销毁。清单：\n{row.inventory}")


@click.command("deploy")
@click.argument("server", type=click.Choice(deploy.SERVERS))
@click.pass_obj
def show_deployment(obj: Any, server: str) -> None:
    """Print settings for a front server or for systemd that keep no access log and no address."""
    click.echo(deploy.settings(server, obj.config), nl=False)
