"""Font files on disk: finding their faces, naming families, and splitting families into training and validation."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import ImageFont

from munja.core.errors import InputError

SUFFIXES = (".ttf", ".otf", ".ttc", ".otc")
# Words that tell faces of one design apart: family names often hold them, and a split by family must not be fooled.
_STYLE_WORDS = frozenset(
    "thin hairline extralight ultralight light semilight book regular normal roman medium semibold demibold demi bold "
    "extrabold ultrabold heavy black italic oblique slanted condensed semicondensed extracondensed cond narrow wide "
    "extended expanded semi extra ultra ui display text caption subhead small caps sc alternates hinted unhinted web "
    "vf variable bd lt rg md eb xb b l r th hv".split()
)


@dataclass(frozen=True)
class FontFile:
    """One face of a font file: its path, the index of the face in it, and a fingerprint of its content."""

    path: Path
    index: int
    fingerprint: str


def find_fonts(folders: Iterable[str | Path]) -> list[FontFile]:
    """Every face of every outline font below the folders, sorted by fingerprint; InputError if there is none."""
    places = [Path(folder).expanduser() for folder in folders]
    found: dict[tuple[str, int], FontFile] = {}
    for place in places:
        for path in _font_paths(place):
            fingerprint = _fingerprint(path)
            for index in range(_face_count(path)):
                found.setdefault((fingerprint, index), FontFile(path, index, f"{fingerprint}:{index}"))
    if not found:
        where = ", ".join(map(str, places)) or "no folder"
        raise InputError(f"no font file in {where}: run recipes/fonts/install.sh, or set fonts.folders")
    return [found[key] for key in sorted(found)]


def open_face(font: FontFile, size: int) -> ImageFont.FreeTypeFont:
    """The face at `size` pixels per em, laid out without shaping so that every machine gives the same pixels."""
    return ImageFont.truetype(str(font.path), size, index=font.index, layout_engine=ImageFont.Layout.BASIC)


def family_root(family: str) -> str:
    """The family's name without words of weight and width, in lower case: faces of one design share it."""
    words = re.findall(r"[a-z0-9]+|[^\x00-\x7f]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", family).lower())
    kept = [word for word in words if word not in _STYLE_WORDS]
    return " ".join(kept or words)


def is_validation_family(root: str, share: float) -> bool:
    """Whether the families' hash puts this family root into the validation share (0 to 1)."""
    number = int.from_bytes(hashlib.blake2b(root.encode(), digest_size=8).digest(), "big")
    return number < share * 2**64


def _font_paths(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder of fonts; set fonts.folders in the recipe")
    return (path for path in sorted(folder.rglob("*")) if path.suffix.lower() in SUFFIXES and path.is_file())


def _fingerprint(path: Path) -> str:
    # The table directory at the beginning of a font file holds a checksum of every table, so the beginning will do.
    with path.open("rb") as file:
        beginning = file.read(1 << 16)
    size = path.stat().st_size
    return hashlib.blake2b(beginning + size.to_bytes(8, "big"), digest_size=12).hexdigest()


def _face_count(path: Path) -> int:
    if path.suffix.lower() not in (".ttc", ".otc"):
        return 1
    with path.open("rb") as file:
        header = file.read(12)
    return int.from_bytes(header[8:12], "big") if header[:4] == b"ttcf" else 1
