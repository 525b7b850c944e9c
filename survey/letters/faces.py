"""The built fonts as letters use them: families, advances, and whether a character can be drawn at all."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

import uharfbuzz as hb

from survey.errors import Refused

MANIFEST = "manifest.json"
FAMILIES = {"fang": "FS", "kai": "KT", "hei": "HT", "biaosong": "XBS", "song": "ST", "rare": "RARE"}
SLOT_FAMILIES = {"fang": "NM", "song": "NC"}  # the same files again, as fonts of their own: see stamp
STACKS: Mapping[str, tuple[str, ...]] = {
    "FS": ("fang", "song", "rare"),
    "KT": ("kai", "song", "rare"),
    "HT": ("hei",),
    "XBS": ("biaosong",),
    "ST": ("song", "fang", "rare"),
}
UNDRAWN = frozenset(" \n\t　    ​⁠")


class Face:
    """One font file: which characters it maps to a glyph that has an outline, and how wide they run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.face = hb.Face(hb.Blob.from_file_path(str(path)))
        self.upem = self.face.upem
        self._font = hb.Font(self.face)
        self._advances: dict[str, float | None] = {}

    def advance(self, char: str) -> float | None:
        """Return the character's advance in em, or None when this font maps it to nothing or to a blank."""
        if char not in self._advances:
            self._advances[char] = self._measure(char)
        return self._advances[char]

    @cached_property
    def prepared(self) -> hb.Face:
        """Return the font made ready for being cut down many times over."""
        return hb.subset_preprocess(self.face)

    def glyph(self, char: str) -> int:
        """Return the number of the character's glyph, 0 when there is none."""
        return self._font.get_nominal_glyph(ord(char)) or 0

    def _measure(self, char: str) -> float | None:
        glyph = self._font.get_nominal_glyph(ord(char))
        if not glyph:
            return None
        # Some fonts map rare characters to blank glyphs: a cmap entry alone promises nothing.
        extents = self._font.get_glyph_extents(glyph)
        if char not in UNDRAWN and (extents is None or not extents.width):
            return None
        return float(self._font.get_glyph_h_advance(glyph)) / float(self.upem)


@dataclass(frozen=True)
class FontSet:
    """The faces in one fonts folder."""

    folder: Path
    faces: Mapping[str, Face]
    notes: tuple[str, ...]
    digest: str
    _cache: dict[tuple[str, str], float | None] = field(default_factory=dict, compare=False, repr=False)

    def advance(self, style: str, char: str) -> float | None:
        """Return the advance in em of `char` in the first face of the style's stack that draws it."""
        key = (style, char)
        if key not in self._cache:
            found = (self.faces[face].advance(char) for face in STACKS[style])
            self._cache[key] = next((width for width in found if width is not None), None)
        return self._cache[key]

    def missing(self, style: str, text: Iterable[str]) -> list[str]:
        """Return the characters of `text` that the style cannot draw, each once, in their order."""
        return [
            char for char in dict.fromkeys(text) if char not in UNDRAWN and self.advance(style, char) is None
        ]

    def require(self, style: str, text: str) -> None:
        """Refuse a text with a character that no font of the style draws, naming the first one."""
        if lost := self.missing(style, text):
            raise no_glyph(lost[0])

    def css(self) -> str:
        """Return the @font-face rules that bind each family to its file."""
        return "\n".join(
            f"@font-face {{ font-family: {FAMILIES[name]}; src: url({face.path.resolve().as_uri()}); }}"
            for name, face in self.faces.items()
        )


def no_glyph(char: str) -> Refused:
    """Return the refusal of a letter that holds `char`, which no font draws."""
    return Refused(
        "letters.no_glyph",
        f"字库里没有「{char}」（U+{ord(char):04X}）这个字，这份文书没有印出；"
        "请核对用字，或把含有该字的字体放入 instance/fonts/override 后重新运行 make fonts。",
    )


def digest(path: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def load(folder: Path) -> FontSet:
    """Open the fonts built in `folder`; refuse when they are absent or not as the build left them."""
    manifest = folder / MANIFEST
    if not manifest.is_file():
        raise Refused("letters.fonts_missing", "公文字库还没有建好，无法排印文书；请先运行 make fonts。")
    return _load(folder.resolve(), digest(manifest))


@lru_cache(maxsize=4)
def _load(folder: Path, key: str) -> FontSet:
    content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    faces = {}
    for name, entry in content["faces"].items():
        path = folder / entry["file"]
        if not path.is_file() or digest(path) != entry["sha256"]:
            raise Refused(
                "letters.fonts_damaged",
                f"公文字库中的 {entry['file']} 缺失或被改动；请重新运行 make fonts。",
            )
        faces[name] = Face(path)
    return FontSet(folder, faces, tuple(content["notes"]), key)
