"""Building the fonts of the letters: `python -m survey.letters.fonts INSTANCE`, called by `make fonts`."""

import json
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import uharfbuzz as hb
from fontTools.ttLib import TTCollection, TTFont

from survey.errors import Refused
from survey.letters import fontsources
from survey.letters.faces import MANIFEST, digest, load

RECIPE = 3  # raise it when the build changes, so that fonts built before are built again
HANZI = Path(__file__).parent / "hanzi.txt"
OVERRIDE = "override"
DROPPED = ["GSUB", "GPOS", "GDEF", "VORG", "vhea", "vmtx", "BASE", "DSIG"]
ZERO = "〇"  # in dates such as 二〇二六年; GB2312 has no place for it
SAMPLE = "〇㛃䶮喆镕堃翀赟燊犇"  # name characters outside GB2312; every letter must be able to carry them


@dataclass(frozen=True)
class Recipe:
    """How one face is made: its sources, best first, the characters it keeps, and its Chinese name."""

    name: str
    chinese: str
    sources: tuple[str, ...]
    characters: str
    override: tuple[str, ...]


RECIPES = (
    Recipe("fang", "仿宋", ("FandolFang", "SerifRegular"), "gb2312", ("fang", "仿宋")),
    Recipe("kai", "楷体", ("FandolKai", "SerifRegular"), "gb2312", ("kai", "楷体")),
    Recipe("hei", "黑体", ("SansRegular",), "all", ("hei", "黑体")),
    Recipe(
        "biaosong", "小标宋", ("SerifSemiBold", "FandolSongBold", "SerifBold", "SerifRegular"), "all",
        ("biaosong", "小标宋", "方正小标宋"),
    ),
    Recipe("song", "宋体", ("FandolSong", "SerifRegular"), "latin", ("song", "宋体")),
    Recipe("rare", "生僻字", ("SerifExtraLight", "SerifRegular"), "rare", ("rare",)),
)  # fmt: skip


def characters(kind: str) -> frozenset[str]:
    """Return the characters that a face keeps: GB2312 with its marks, 通用规范汉字表, Latin."""
    latin = frozenset(chr(code) for code in range(0x20, 0x7F))
    extra = frozenset(HANZI.read_text(encoding="utf-8")) - {"\n"}
    sets = {
        "latin": latin | {"—", " "},
        "rare": extra | {ZERO, " "},
        "gb2312": _gb2312() | {" "},
        "all": _gb2312() | extra | latin,
    }
    return sets[kind]


def _gb2312() -> frozenset[str]:
    # Decoded as GBK, whose first rows hold · and — where the bare GB2312 codec gives ・ and ―.
    rows = [*range(0xA1, 0xAA), *range(0xB0, 0xF8)]
    codes = (bytes((row, cell)) for row in rows for cell in range(0xA1, 0xFF))
    text = b"".join(codes).decode("gbk", errors="ignore")
    return frozenset(text) | frozenset("〔〕‰№℃℉") | {ZERO}


def build(instance: Path, say: Callable[[str], None]) -> None:
    """Make the faces in `instance`/fonts unless they stand there already, as built from the same sources."""
    folder = instance / "fonts"
    (folder / OVERRIDE).mkdir(parents=True, exist_ok=True)
    stamp = _stamp(folder)
    if _standing(folder, stamp):
        say("公文字库已经建好。")
        return
    with tempfile.TemporaryDirectory(prefix="qiping-fonts-") as scratch:
        sources = fontsources.fetch(Path(scratch), say)
        notes = _unknown(sources)
        entries = {recipe.name: _make(recipe, sources, folder, notes, say) for recipe in RECIPES}
    content = {"stamp": stamp, "faces": entries, "notes": notes}
    _write(folder / MANIFEST, json.dumps(content, ensure_ascii=False, indent=1))
    for note in notes:
        say(f"注意：{note}")
    _prove(folder)
    say(f"公文字库已建好：{folder}。")


def _stamp(folder: Path) -> dict[str, object]:
    overrides = {path.name: digest(path) for path in sorted((folder / OVERRIDE).glob("*.[to]tf"))}
    return {"recipe": RECIPE, "override": overrides, "hanzi": digest(HANZI)}


def _standing(folder: Path, stamp: Mapping[str, object]) -> bool:
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        load(folder)
    except (OSError, ValueError, Refused):
        return False
    # A set that had to make do with second-best fonts is tried again.
    return bool(content["stamp"] == stamp and not any(e["makeshift"] for e in content["faces"].values()))


def _unknown(sources: Mapping[str, Path]) -> list[str]:
    known = fontsources.catalogue()
    return [
        f"字体 {path.name} 与登记的版本不同，已照常使用。"
        for name, path in sources.items()
        if digest(path) not in known[name].digests
    ]


def _make(
    recipe: Recipe, sources: Mapping[str, Path], folder: Path, notes: list[str], say: Callable[[str], None]
) -> dict[str, object]:
    own = _override(recipe, folder / OVERRIDE)
    name = next((name for name in recipe.sources if name in sources), None)
    if own is None and name is None:
        raise Refused(
            "letters.fonts_source",
            f"没有取得{recipe.chinese}字体的来源文件；请检查网络和软件源后重新运行 make fonts，"
            f"或把{recipe.chinese}字体放入 {folder / OVERRIDE}。",
        )
    source = own or sources[str(name)]
    makeshift = own is None and name != recipe.sources[0]
    say(f"正在制作{recipe.chinese}（{source.name}）……")
    if own:
        notes.append(f"{recipe.chinese}使用本单位字体 {own.name}（嵌入许可 fsType={_rights(own)}）。")
    elif makeshift:
        notes.append(
            f"没有取得 {recipe.sources[0]}，{recipe.chinese}暂以 {source.name} 代替，字形不合公文惯例；"
            "联网后请重新运行 make fonts。"
        )
    target = folder / f"{recipe.name}.{'otf' if _is_cff(source) else 'ttf'}"
    normalise(source, target, characters(recipe.characters))
    return {"file": target.name, "sha256": digest(target), "source": source.name, "makeshift": makeshift}


def _override(recipe: Recipe, folder: Path) -> Path | None:
    files = sorted(folder.glob("*.[to]tf"))
    return next((path for path in files if path.stem.lower().startswith(recipe.override)), None)


def _is_cff(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) in {b"OTTO", b"ttcf"}


def _rights(path: Path) -> int:
    with TTFont(path, lazy=True) as font:
        return int(font["OS/2"].fsType)


def _face(path: Path) -> hb.Face:
    """Open a font; of a collection the simplified Chinese face."""
    blob = hb.Blob.from_file_path(str(path))
    if path.suffix != ".ttc":
        return hb.Face(blob)
    with TTCollection(path, lazy=True) as collection:
        names = [str(font["name"].getDebugName(4)) for font in collection]
    number = next((number for number, name in enumerate(names) if " SC" in name), None)
    if number is None:
        raise Refused("letters.fonts_source", f"字体集 {path.name} 中没有简体中文字面；请换用其他版本。")
    return hb.Face(blob, number)


def normalise(source: Path, target: Path, wanted: frozenset[str]) -> None:
    """Write `source` cut down to `wanted`, without layout features, with the metrics all faces share.

    Unequal ascents would move the baseline of a row in which two faces meet.
    """
    cut = hb.SubsetInput()
    cut.unicode_set.set({ord(char) for char in wanted})
    cut.layout_feature_tag_set.clear()
    cut.drop_table_tag_set.update(int.from_bytes(tag.encode(), "big") for tag in DROPPED)
    cut.flags = hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NOTDEF_OUTLINE
    # Else readers that follow the charset (as the PDF standard says) and those that do not see other glyphs.
    cut.flags |= hb.SubsetFlags.CFF_IDENTITY_CHARSET
    content = hb.subset(_face(source), cut).blob.data
    with TTFont(BytesIO(content), recalcTimestamp=False, recalcBBoxes=False) as font:
        ascent, descent = round(font["head"].unitsPerEm * 0.88), round(font["head"].unitsPerEm * 0.12)
        font["hhea"].ascent, font["hhea"].descent, font["hhea"].lineGap = ascent, -descent, 0
        table = font["OS/2"]
        table.sTypoAscender, table.sTypoDescender, table.sTypoLineGap = ascent, -descent, 0
        table.usWinAscent, table.usWinDescent = ascent, descent
        part = target.with_suffix(".part")
        font.save(part)
    part.replace(target)


def _write(path: Path, text: str) -> None:
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def _prove(folder: Path) -> None:
    """Refuse a set that cannot draw what every letter may hold."""
    fonts = load(folder)
    hanzi = _gb2312_hanzi() + HANZI.read_text(encoding="utf-8").replace("\n", "")
    for style in ("FS", "KT", "HT", "XBS"):
        fonts.require(style, SAMPLE + "，。、；：？！（）〔〕《》“”—…·0123456789")
        lost = fonts.missing(style, hanzi)
        if len(lost) > len(hanzi) // 50:
            raise Refused(
                "letters.fonts_coverage",
                f"字库缺少{len(lost)}个常用汉字（如「{''.join(lost[:5])}」），不能用于排印；"
                "请更换 override 中的字体后重新运行 make fonts。",
            )


def _gb2312_hanzi() -> str:
    return "".join(char for char in sorted(_gb2312()) if "一" <= char <= "鿿")


def main(arguments: list[str]) -> int:
    """Build the fonts of the instance folder named on the command line; return the exit status."""
    if len(arguments) != 1:
        sys.stderr.write("用法：python -m survey.letters.fonts 实例文件夹\n")
        return 2
    try:
        build(Path(arguments[0]), lambda text: print(text, file=sys.stderr, flush=True))  # noqa: T201  # its progress
    except Refused as refusal:
        sys.stderr.write(refusal.sentence + "\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
