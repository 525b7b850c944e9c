"""The `survey` command: each sub-command calls one service and prints its answer."""

import json
import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from scoring import rules as policies
from scoring.preview import preview
from scoring.schema import RulesFault
from survey import clock, config, journal, mailing, offline, paperwork, scaling, serving, upkeep
from survey.box import keys, opening
from survey.db import open_engine, unit_of_work
from survey.demo import run as demo_run
from survey.errors import Faulty, Refused
from survey.migrations import migrate as run_migrations
from survey.poll import service as poll_service
from survey.rectify import service as rectify_service
from survey.roster import service as roster_service
from survey.roster import sheets
from survey.staff import service as staff_service
from survey.staff.models import Role
from survey.tally import service as tally_service
from survey.watch import service as watch_service

FILE = click.Path(exists=True, path_type=Path)


class Context:
    """What every command shares: the instance folder and, once asked for, its configuration."""

    def __init__(self, instance: Path) -> None:
        self.instance = instance

    @property
    def config(self) -> config.Config:
        """Return the installation's settings."""
        return config.load(self.instance)

    def work(self) -> Any:
        """Open one unit of work on the desk database."""
        return unit_of_work(open_engine(self.config.database_url))


def main() -> None:
    """Run the command line; a refusal is printed as its sentence and ends with status 1."""
    try:
        cli(standalone_mode=False)
    except Refused as refusal:
        click.echo(refusal.sentence, err=True)
        for fault in getattr(refusal, "faults", ()) if isinstance(refusal, Faulty) else ():
            click.echo(f"  {fault}", err=True)
        sys.exit(1)
    except click.ClickException as fault:
        fault.show()
        sys.exit(fault.exit_code)
    except click.exceptions.Abort:
        sys.exit(130)


@click.group()
@click.option("--instance", type=click.Path(path_type=Path), default=Path("instance"), help="the data folder")
@click.pass_context
def cli(context: click.Context, instance: Path) -> None:
    """Qiping 企评: anonymous rating of officials by enterprises, and what the county does about it."""
    context.obj = Context(instance.absolute())


def _group(name: str, purpose: str) -> click.Group:
    group = click.Group(name, help=purpose)
    cli.add_command(group)
    return group


@cli.command()
@click.pass_obj
def init(obj: Context) -> None:
    """Write config.toml with a fresh secret and create the desk database."""
    obj.instance.mkdir(parents=True, exist_ok=True)
    path = obj.instance / "config.toml"
    if path.exists():
        raise Refused("init.exists", f"{path.name} 已存在，未作改动。")
    path.write_text(f'secret_key = "{secrets.token_urlsafe(48)}"\n', encoding="utf-8")
    path.chmod(0o600)
    run_migrations(obj.config.database_url)
    click.echo(f"已写入 {path} 并建立数据库。下一步：survey account add 建立第一个账号。")


@cli.command()
@click.pass_obj
def migrate(obj: Context) -> None:
    """Bring the desk database to the newest step."""
    run_migrations(obj.config.database_url)
    click.echo("数据库已是最新。")


@cli.command()
@click.argument("door", type=click.Choice(["hall", "desk", "issuer", "both"]))
@click.pass_obj
def serve(obj: Context, door: str) -> None:
    """Serve the hall (anonymous), the desk (signed in), both together, or the issuer of remote tickets."""
    doors: dict[str, Callable[[config.Config], None]] = {
        "hall": serving.serve_hall,
        "desk": serving.serve_desk,
        "issuer": serving.serve_issuer,
        "both": serving.serve_both,
    }
    upkeep.show_certificates(obj.config, *(("hall", "desk") if door == "both" else (door,)))
    doors[door](obj.config)


@cli.command()
@click.pass_obj
def demo(obj: Context) -> None:
    """Run three quarters of the sample county through the real doors and show the results."""
    demo_run.run(obj.instance, echo=click.echo)


cli.add_command(upkeep.attack)
cli.add_command(mailing.letters)
cli.add_command(scaling.scale)
cli.add_command(upkeep.show_deployment)


account = _group("account", "People at the desk.")


@account.command("add")
@click.argument("login")
@click.option("--name", prompt="姓名")
@click.option("--role", type=click.Choice([role.value for role in Role]), prompt="角色")
@click.password_option()
@click.pass_obj
def account_add(obj: Context, login: str, name: str, role: str, password: str) -> None:
    """Create an account."""
    with obj.work() as session:
        staff_service.create_account(
            session, login=login, name=name, role=Role(role), password=password, by=staff_service.SYSTEM
        )
    click.echo(f"已建立账号 {login}。")


roster = _group("roster", "Who is rated, who rates.")


@roster.command("load")
@click.argument("people", type=FILE)
@click.argument("enterprises", type=FILE)
@click.pass_obj
def roster_load(obj: Context, people: Path, enterprises: Path) -> None:
    """Check both workbooks; load them only when neither has a fault."""
    with people.open("rb") as one, enterprises.open("rb") as two:
        people_sheet, firm_sheet = sheets.read_people(one), sheets.read_enterprises(two)
    with obj.work() as session:
        by = staff_service.SYSTEM
        roster_service.load_people(session, people_sheet, by=by, today=clock.today())
        roster_service.load_enterprises(session, firm_sheet, by=by, today=clock.today())
        _show_roster(session)


@roster.command("show")
@click.pass_obj
def roster_show(obj: Context) -> None:
    """Print how many units, officials and enterprises there are."""
    with obj.work() as session:
        _show_roster(session)


def _show_roster(session: Any) -> None:
    slate = roster_service.slate(session, poll="", on=clock.today())
    firms = roster_service.enterprises(session)
    click.echo(f"单位 {len(slate['units'])}　人员 {len(slate['persons'])}　企业 {len(firms)}")


poll = _group("poll", "The quarter's poll.")


@poll.command("show")
@click.pass_obj
def poll_show(obj: Context) -> None:
    """Print every poll with its stage."""
    with obj.work() as session:
        for each in poll_service.every(session):
            click.echo(f"{each.key}\t{each.stage.chinese}\t{each.manifest_sha256[:16]}")


key = _group("key", "Inspectors' key pairs.")
key.add_command(offline.key_backup)
key.add_command(offline.key_restore)


@key.command("make")
@click.argument("poll_key")
@click.argument("position", type=int)
@click.argument("holder")
@click.argument("out", type=click.Path(path_type=Path))
@click.password_option()
def key_make(poll_key: str, position: int, holder: str, out: Path, password: str) -> None:
    """Make one inspector's key pair offline; print the public half to hand in."""
    made = keys.make(poll_key, position, holder, password)
    with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(made, file, ensure_ascii=False)
    click.echo(made["public_key"])


box = _group("box", "Opening and destroying a closed box.")
box.add_command(upkeep.destroy)
box.add_command(offline.box_count)
paper = _group("paper", "Paper ballots: print them, read their scans.")
paper.add_command(paperwork.print_)
paper.add_command(paperwork.read)


@box.command("open")
@click.argument("package", type=FILE)
@click.option("--key", "key_files", multiple=True, type=FILE, required=True, help="one for each opener")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="a new folder to write to")
def box_open(package: Path, key_files: tuple[Path, ...], out: Path) -> None:
    """Open a box offline from the inspectors' package and M key files."""
    raw = package.read_bytes()
    sets = []
    for path in key_files:
        file = keys.parse(path.read_bytes())
        passphrase = click.prompt(f"{file['holder']} 的口令", hide_input=True)
        sets.append(opening.shares(raw, file, passphrase))
    opened = opening.combine(raw, sets)
    opening.write(out, opened, opening.slate_of(raw), "")
    click.echo(json.dumps(opened.record, ensure_ascii=False, indent=1))


policy = _group("policy", "The rules of a poll.")


@policy.command("check")
@click.argument("file", type=FILE)
def policy_check(file: Path) -> None:
    """Check a rules file; print the least number of poor ratings per rung and the listings by luck."""
    try:
        rules = policies.load(file.read_text(encoding="utf-8"))
    except RulesFault as fault:
        raise Refused("policy.fault", str(fault)) from fault
    click.echo("\n".join(preview(rules)))


tally = _group("tally", "Results of a count.")


@tally.command("show")
@click.argument("poll_key")
@click.pass_obj
def tally_show(obj: Context, poll_key: str) -> None:
    """Print the frozen result of one poll as JSON."""
    with obj.work() as session:
        result = tally_service.result(session, poll_service.by_key(session, poll_key))
    click.echo(json.dumps(result, ensure_ascii=False, indent=1))


ledger = _group("ledger", "Rectification.")


@ledger.command("due")
@click.pass_obj
def ledger_due(obj: Context) -> None:
    """Print the ledger's unfinished items with their lights, most urgent first."""
    with obj.work() as session:
        for row in rectify_service.ledger(session, today=clock.today()):
            if row.task.done_on is None:
                cells = (row.light.value, row.task.deadline, row.unit.name, row.task.title, row.task.owner)
                click.echo("\t".join(map(str, cells)))


journal_group = _group("journal", "The journal of desk acts.")


@journal_group.command("check")
@click.pass_obj
def journal_check(obj: Context) -> None:
    """Verify the hash chain of the journal."""
    with obj.work() as session:
        if broken := journal.first_break(session):
            raise Refused("journal.broken", broken)
    click.echo("工作日志完整，未发现改动。")


@journal_group.command("verify")
@click.pass_obj
def journal_verify(obj: Context) -> None:
    """Verify the journal and all that is held against the digests it keeps; name what was changed."""
    with obj.work() as session:
        if faults := watch_service.faults(session, config=obj.config):
            raise Refused("journal.changed", "\n".join(faults))
    click.echo("日志、冻结文件、计票结果、开箱选票、文书、佐证和台账都与当时一致。")
