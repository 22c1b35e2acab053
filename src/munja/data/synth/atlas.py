"""Atlas: every glyph of every accepted face, rasterised once and kept in one memory-mapped cache file."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from munja.core.errors import InputError
from munja.data.charset import ksx1001_syllables
from munja.data.synth import accept, glyphs
from munja.data.synth.fonts import FontFile, family_root, find_fonts, open_face
from munja.data.synth.recipe import FontRules

CAPITAL = 30  # pixels from baseline to the top of an H, in every face of the atlas
_VERSION = 3  # part of the cache key: raise it when what an atlas holds changes
_MAGIC = b"MUNJATLS"
_DIGIT_FACE = frozenset("0123456789.:-")


@dataclass(frozen=True)
class Face:
    """One face of the atlas: its names, family root, kind, and whether it has Hangul."""

    family: str
    style: str
    root: str
    kind: str
    hangul: bool


@dataclass(frozen=True)
class Atlas:
    """Glyphs of F faces and C characters; -1 in `index` where a face lacks a character.

    Glyph g has ink pixels[offset[g] :][: height[g] * width[g]], first pixel at (left[g], top[g]) from pen and baseline,
    and moves the pen by advance[g] pixels. Kerning of printable ASCII pairs is kern[kern_index[f]].
    """

    characters: str
    faces: tuple[Face, ...]
    index: NDArray[np.int32]  # (F, C)
    offset: NDArray[np.int64]  # (G,)
    width: NDArray[np.int16]
    height: NDArray[np.int16]
    left: NDArray[np.int16]
    top: NDArray[np.int16]
    advance: NDArray[np.float32]
    kern: NDArray[np.int8]  # (K, 95, 95)
    kern_index: NDArray[np.int32]  # (F,)
    pixels: NDArray[np.uint8]


_ARRAYS = ("index", "offset", "width", "height", "left", "top", "advance", "kern", "kern_index", "pixels")


def cache_folder() -> Path:
    """The folder of cache files: MUNJA_CACHE, or munja in XDG_CACHE_HOME, or ~/.cache/munja."""
    home = os.environ.get("MUNJA_CACHE")
    if home:
        return Path(home)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "munja"


def ensure_atlas(characters: str, rules: FontRules, *, cache: Path | None = None) -> Path:
    """The file of the atlas of the recipe's fonts, which is built first where it is missing.

    A machine without fonts can use a copy of that file: set fonts.atlas to it.
    """
    if rules.atlas:
        return Path(rules.atlas).expanduser()
    fonts = find_fonts(rules.folders)
    place = (cache or cache_folder()) / f"atlas-{_key(characters, rules, fonts)}.bin"
    if not place.is_file():
        save_atlas(build_atlas(characters, rules, fonts), place)
    return place


def cached_atlas(characters: str, rules: FontRules, *, cache: Path | None = None) -> Atlas:
    """The atlas of the recipe's fonts, from its file."""
    return load_atlas(ensure_atlas(characters, rules, cache=cache), characters)


def _key(characters: str, rules: FontRules, fonts: Sequence[FontFile]) -> str:
    what = (_VERSION, CAPITAL, characters, rules.exclude, rules.digits_only, rules.faces_per_family, rules.rare_faces)
    digest = hashlib.blake2b(repr(what).encode(), digest_size=10)
    for font in fonts:
        digest.update(font.fingerprint.encode())
    return digest.hexdigest()


def build_atlas(characters: str, rules: FontRules, fonts: Sequence[FontFile]) -> Atlas:
    """Rasterise the accepted faces; InputError if none of them is fit."""
    probed = (accept.probe(font, digits_only=rules.digits_only) for font in fonts)
    excluded = tuple(word.lower() for word in rules.exclude)
    candidates = [each for each in probed if each and not any(word in each.family.lower() for word in excluded)]
    chosen = accept.accepted(candidates, faces_per_family=rules.faces_per_family)
    if not any(each.kind != "digits" for each in chosen):
        raise InputError(
            f"{len(fonts)} font faces found and none is fit (two cases, digits, no ornament or symbol font): "
            "run recipes/fonts/install.sh, or set fonts.folders"
        )
    common = frozenset(characters) - frozenset(map(chr, range(0xAC00, 0xD7A4)))
    syllables = frozenset(characters) & frozenset(ksx1001_syllables())
    builder = _Builder(characters)
    rare_left = rules.rare_faces
    for candidate in chosen:
        wanted = _DIGIT_FACE if candidate.kind == "digits" else common
        face = open_face(candidate.font, glyphs.size_for_capitals(candidate.font, CAPITAL))
        hangul = candidate.kind != "digits" and bool(syllables) and _has_hangul(face)
        if hangul:
            wanted = wanted | (frozenset(characters) if rare_left > 0 else syllables)
        rare = builder.add(candidate, face, wanted, hangul)
        rare_left -= rare
    return builder.finish()


def _has_hangul(face: Any) -> bool:
    """Whether a face has the 2,350 syllables of KS X 1001; many have no others, not even the last one of Unicode."""
    missing = glyphs.missing_sign(face)
    drawn = [glyphs.rasterise(face, each) for each in "가한는다봤쨈"]
    different = len({glyph.ink.tobytes() for glyph in drawn}) == len(drawn)
    return different and all(glyphs.has_character(glyph, missing) for glyph in drawn)


class _Builder:
    def __init__(self, characters: str) -> None:
        self.characters = characters
        self.faces: list[Face] = []
        self.rows: list[NDArray[np.int32]] = []
        self.glyphs: list[glyphs.Glyph] = []
        self.kern: list[NDArray[np.int8]] = []
        self.kern_index: list[int] = []

    def add(self, candidate: accept.Candidate, face: Any, wanted: frozenset[str], hangul: bool) -> bool:
        """Rasterise the wanted characters of a face; whether it has Hangul beyond KS X 1001."""
        missing = glyphs.missing_sign(face)
        row = np.full(len(self.characters), -1, np.int32)
        for column, character in enumerate(self.characters):
            if character not in wanted:
                continue
            glyph = glyphs.rasterise(face, character)
            fits = character == " " or (glyphs.has_character(glyph, missing) and max(glyph.ink.shape) < 160)
            if fits and 0 < glyph.advance < 200:
                row[column] = len(self.glyphs)
                self.glyphs.append(glyph)
        table = glyphs.kerning(face) if candidate.kind != "digits" else None
        self.kern_index.append(-1 if table is None else len(self.kern))
        if table is not None:
            self.kern.append(table)
        self.rows.append(row)
        names = (candidate.family, candidate.style, family_root(candidate.family), candidate.kind)
        self.faces.append(Face(*names, hangul))
        return hangul and int((row >= 0).sum()) > 8000

    def finish(self) -> Atlas:
        """The atlas of everything added."""
        heights = [each.ink.shape[0] for each in self.glyphs]
        widths = [each.ink.shape[1] for each in self.glyphs]
        sizes = np.array(heights, np.int64) * np.array(widths, np.int64)
        return Atlas(
            characters=self.characters,
            faces=tuple(self.faces),
            index=np.stack(self.rows),
            offset=np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64),
            width=np.array(widths, np.int16),
            height=np.array(heights, np.int16),
            left=np.array([each.left for each in self.glyphs], np.int16),
            top=np.array([each.top for each in self.glyphs], np.int16),
            advance=np.array([each.advance for each in self.glyphs], np.float32),
            kern=np.stack(self.kern) if self.kern else np.zeros((1, 95, 95), np.int8),
            kern_index=np.array(self.kern_index, np.int32),
            pixels=glyphs.pack(self.glyphs),
        )


def save_atlas(atlas: Atlas, path: str | Path) -> None:
    """Write the atlas into one file; the file appears whole or not at all."""
    path = Path(path)
    arrays: dict[str, dict[str, Any]] = {}
    position = 0
    for name in _ARRAYS:
        array = getattr(atlas, name)
        arrays[name] = {"dtype": str(array.dtype), "shape": list(array.shape), "at": position}
        position += -(-array.nbytes // 64) * 64
    tree = {"characters": atlas.characters, "faces": [asdict(face) for face in atlas.faces], "arrays": arrays}
    header = json.dumps(tree, ensure_ascii=False).encode()
    header += b" " * (-(len(header) + 16) % 64)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_MAGIC + len(header).to_bytes(8, "little") + header)
            for name in _ARRAYS:
                data = np.ascontiguousarray(getattr(atlas, name)).tobytes()
                file.write(data + b"\0" * (-len(data) % 64))
        os.chmod(temporary, 0o644)  # mkstemp lets the owner alone read
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def load_atlas(path: str | Path, characters: str) -> Atlas:
    """The atlas in a file, memory-mapped; InputError if it is damaged or lacks some of the characters."""
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path}: no such atlas file; leave fonts.atlas out and it is built from fonts.folders")
    memory = np.memmap(path, np.uint8, "r")
    try:
        length = int.from_bytes(memory[8:16].tobytes(), "little")
        if memory[:8].tobytes() != _MAGIC:
            raise ValueError("it does not begin as an atlas does")
        tree = json.loads(memory[16 : 16 + length].tobytes())
        body = memory[16 + length :]
        arrays = {name: _view(body, tree["arrays"][name]) for name in _ARRAYS}
    except (ValueError, KeyError) as error:
        raise InputError(f"{path}: not an atlas of glyphs ({error}); delete the file and it is built again") from error
    if tree["characters"] != characters:
        raise InputError(
            f"{path}: this atlas is of another charset ({len(tree['characters'])} characters): build it anew"
        )
    return Atlas(characters=characters, faces=tuple(Face(**face) for face in tree["faces"]), **arrays)


def _view(body: NDArray[np.uint8], place: Mapping[str, Any]) -> NDArray[Any]:
    kind, count = np.dtype(place["dtype"]), int(np.prod(place["shape"]))
    part = body[place["at"] : place["at"] + count * kind.itemsize]
    if part.nbytes != count * kind.itemsize:
        raise ValueError("it ends too early")
    array: NDArray[Any] = np.asarray(part).view(kind).reshape(place["shape"])
    return array
