"""Fetching the source fonts: from installed packages, Debian archives, PyPI wheels; no TeX install."""

import importlib.util
import os
import shutil
import subprocess  # apt-get and dpkg-deb have no library of their own
import tarfile
import tomllib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

SOURCES = Path(__file__).parent / "fontsources.toml"
INSTALLED = (Path("/usr/share/fonts"), Path("/usr/share/texlive"), Path("/usr/share/texmf"))
PATIENCE = ("-o", "APT::Sandbox::User=root", "-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=20")


@dataclass(frozen=True)
class Source:
    """One source font: the file name and the Debian package or Python wheel that carries it."""

    name: str
    member: str
    package: str | None
    wheel: str | None
    digests: frozenset[str]


def catalogue() -> dict[str, Source]:
    """Return the committed list of sources by name."""
    content = tomllib.loads(SOURCES.read_text(encoding="utf-8"))
    return {
        name: Source(
            name, entry["member"], entry.get("package"), entry.get("wheel"), frozenset(entry["sha256"])
        )
        for name, entry in content.items()
    }


def fetch(scratch: Path, say: Callable[[str], None]) -> dict[str, Path]:
    """Return the path of every source font that could be had; what is not installed is downloaded."""
    sources = catalogue().values()
    found = {source.name: path for source in sources if (path := _at_hand(source))}
    wanted = [source for source in sources if source.name not in found and source.package]
    packages = {source.package for source in wanted if source.package}
    if packages and shutil.which("apt-get") and shutil.which("dpkg-deb"):
        say(f"正在下载 {'、'.join(sorted(packages))}（只取其中的字体文件，不安装）……")
        with ThreadPoolExecutor(len(packages)) as pool:
            archives = {name: pool.submit(_download, name, scratch) for name in sorted(packages)}
        for package, future in archives.items():
            archive = future.result()
            if archive is None:
                say(f"没有取得软件包 {package}。")
                continue
            found.update(_unpack(archive, [s for s in wanted if s.package == package], scratch))
            archive.unlink()
    return found


def _at_hand(source: Source) -> Path | None:
    if source.wheel:
        spec = importlib.util.find_spec(source.wheel)
        folders: Iterable[str] = spec.submodule_search_locations or () if spec else ()
        return next((path for folder in folders if (path := Path(folder) / source.member).is_file()), None)
    return next((path for root in INSTALLED if root.is_dir() for path in root.rglob(source.member)), None)


def _download(package: str, scratch: Path) -> Path | None:
    folder = scratch / package
    folder.mkdir()
    private = [
        "-o", f"Dir::State::Lists={folder}/lists", "-o", f"Dir::Cache={folder}/cache",
    ]  # fmt: skip
    # A bare machine has no package lists; a private copy needs no root and leaves the system alone.
    for options in ([], private):
        if options:
            (folder / "lists" / "partial").mkdir(parents=True)
            (folder / "cache" / "archives" / "partial").mkdir(parents=True)
            _run("apt-get", *options, "update", folder=folder)
        _run("apt-get", *options, "download", package, folder=folder)
        if archive := next(folder.glob("*.deb"), None):
            return archive
    return None


def _run(program: str, *arguments: str, folder: Path) -> None:
    command = [program, "-q", *PATIENCE, *arguments]
    environment = {**os.environ, "LC_ALL": "C"}
    subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)  # noqa: S603  # fixed command


def _unpack(archive: Path, sources: Iterable[Source], scratch: Path) -> dict[str, Path]:
    wanted = {source.member: source.name for source in sources}
    found: dict[str, Path] = {}
    command = ["dpkg-deb", "--fsys-tarfile", str(archive)]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE) as process,  # noqa: S603  # fixed command
        tarfile.open(fileobj=process.stdout, mode="r|") as tar,
    ):
        for entry in tar:
            name = Path(entry.name).name
            if entry.isfile() and name in wanted and (content := tar.extractfile(entry)):
                path = scratch / name
                with path.open("wb") as target:
                    shutil.copyfileobj(content, target)
                found[wanted[name]] = path
    return found
