"""What inspectors do on a computer without network: keys on paper, and the second, independent opening."""

import json
import os
from pathlib import Path

import click

from survey.box import batch, boards, keys, second, words
from survey.box.packages import Package
from survey.errors import Refused

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _unlocked(path: Path, poll: str | None = None) -> tuple[keys.KeyFile, bytes]:
    file = keys.parse(path.read_bytes())
    passphrase = click.prompt(f"{file['holder']} 的口令", hide_input=True)
    private = keys.unlock(file, passphrase, poll=poll or file["poll"])
    return file, private.private_numbers().private_value.to_bytes(keys.KEY_BYTES)


@click.command("backup")
@click.argument("key_file", type=FILE)
def key_backup(key_file: Path) -> None:
    """Print an inspector's key as 24 characters for a sealed envelope.

    Whoever reads them holds the key, without any passphrase.
    """
    file = keys.parse(key_file.read_bytes())
    passphrase = click.prompt(f"{file['holder']} 的口令", hide_input=True)
    click.echo(f"测评 {file['poll']}　第{file['position']}位　{file['holder']}")
    click.echo(words.backup(keys.unlock(file, passphrase, poll=file["poll"])))


@click.command("restore")
@click.argument("poll_key")
@click.argument("position", type=int)
@click.argument("holder")
@click.argument("public_key")
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--words", "text", prompt="备份单上的24个字")
@click.password_option()
def key_restore(
    poll_key: str, position: int, holder: str, public_key: str, out: Path, text: str, password: str
) -> None:
    """Make a key file anew from the 24 characters and the public key that was registered."""
    file = words.restore(
        text, password, poll=poll_key, position=position, holder=holder, public_key=public_key
    )
    with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as into:
        json.dump(file, into, ensure_ascii=False)
    click.echo(f"已恢复{holder}的密钥文件 {out}。")


@click.command("count")
@click.argument("package", type=FILE)
@click.option("--key", "key_files", multiple=True, type=FILE, required=True, help="one for each opener")
@click.option("--board", type=FILE, help="sealed.txt as fetched from the public board by another device")
@click.option("--out", type=click.Path(path_type=Path), help="write the tally table here")
def box_count(package: Path, key_files: tuple[Path, ...], board: Path | None, out: Path | None) -> None:
    """Count a box with the second opener, which shares no code with the first; print the table's digest.

    The digest must be the one that the desk's opening reached.
    """
    raw = package.read_bytes()
    read = Package.from_bytes(raw)
    sealed = board.read_bytes() if board else read.board
    boards.refuse_other(sealed, read.digests())
    batch.refuse_other(sealed, read.paper)
    sets = []
    for path in key_files:
        file, scalar = _unlocked(path, read.manifest.poll)
        position = file["position"]
        sets.append({"position": position, "shares": second.shares(raw, scalar, position)})
    if len(sets) < read.manifest.threshold:
        raise Refused("opening.too_few", f"开箱需要{read.manifest.threshold}位监督人的密钥文件。")
    table = second.table(raw, sets)
    if out:
        out.write_bytes(table)
    click.echo(boards.digest(table))
