"""What is made of a round's issued letters: print file, sealed list, archive, each journaled."""

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlmodel import Session

from survey import journal
from survey.config import Config
from survey.errors import Missing, Refused
from survey.letters import kinds, printrun, register, sign
from survey.letters.imprint import Imprint, Pressed
from survey.letters.life import Actor, issued
from survey.letters.models import Letter

SEALS = "seals"  # instance/seals/<name of the organ>.svg or .png, 45 mm wide


def imprint(letter: Letter, config: Config) -> Imprint:
    """Return the particulars that the office prints on this letter."""
    number = letter.number or (f"{letter.word}〔{letter.dated.year}〕　号" if letter.word else "")
    url = register.address(config, letter)
    organ = kinds.read(letter.kind, letter.content).organ
    return Imprint(
        number=number, dated=letter.dated, code=letter.code, check_url=url, seal=seal_of(organ, config)
    )


def seal_of(organ: str, config: Config) -> Path | Pressed:
    """Return the organ's seal image in the instance's folder of seals.

    Where it has none, the demonstration draws a test seal; in earnest the seal is pressed by hand.
    """
    name = organ.replace("/", "").replace("\\", "")  # a name that was typed leads nowhere else
    found = (config.instance / SEALS / f"{name}{kind}" for kind in (".svg", ".png"))
    image = next((path for path in found if path.is_file()), None)
    return image or (Pressed.SPECIMEN if config.mode == "demo" else Pressed.BY_HAND)


def print_run(
    session: Session,
    round_: str,
    *,
    config: Config,
    by: Actor,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Path:
    """Write one file of the round's letters to enterprises for the printing house; return where it lies."""
    letters = [each for each in issued(session, round_) if each.kind == kinds.Reply.KIND]
    if not letters:
        raise Refused("letters.none_issued", f"{round_} 还没有印发致企业家的信，没有可以送印的内容。")
    jobs = [(kinds.read(each.kind, each.content), imprint(each, config)) for each in letters]
    path = config.letters / round_ / "付印文件.pdf"
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        pages = printrun.write(jobs, file, fonts=config.fonts, progress=progress)
    part.replace(path)
    detail: dict[str, object] = {"letters": len(letters), "pages": pages}
    journal.record(session, by=by.login, act="letters.print_run", subject=round_, detail=detail)
    return path


def seal_list(session: Session, round_: str, *, config: Config, by: Actor) -> tuple[Path, int]:
    """Seal the digests of all letters of a round with one signature; return the list and its length."""
    letters = issued(session, round_)
    if not letters:
        raise Refused("letters.none_issued", f"{round_} 还没有印发的文书，没有可以签章的清单。")
    folder = config.letters / round_
    content = listed(letters).encode()
    store(folder / "清单.txt", content)
    store(folder / "清单.txt.p7s", sign.sign_list(content, keys=config.seal_keys))
    journal.record(session, by=by.login, act="letters.seal", subject=round_, detail={"letters": len(letters)})
    return folder / "清单.txt", len(letters)


def listed(letters: Sequence[Letter]) -> str:
    """Return the digests of these letters as sha256sum reads them."""
    return "".join(f"{each.sha256}  {Path(each.filename).name}\n" for each in letters)


def archive(session: Session, round_: str, *, config: Config, by: Actor) -> Path:
    """Write a ZIP of the round's issued letters and the list of their digests; return where it lies."""
    letters = issued(session, round_)
    if not letters:
        raise Refused("letters.none_issued", f"{round_} 还没有印发的文书，没有可以打包的内容。")
    path = config.letters / round_ / "文书.zip"
    part = path.with_suffix(".part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as bundle:
        for letter in letters:
            file = config.letters / letter.filename
            if not file.is_file():
                part.unlink(missing_ok=True)
                raise Missing("letters.file", f"文书文件 {letter.filename} 不在了；请重印后再打包。")
            bundle.write(file, file.name)
        bundle.writestr("清单.txt", listed(letters))
    part.replace(path)
    journal.record(
        session, by=by.login, act="letters.archive", subject=round_, detail={"letters": len(letters)}
    )
    return path


def store(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(content)
    part.replace(path)
