"""Which faces are fit to render text: with all characters, two cases, and glyphs that look like what they mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from munja.data.synth import glyphs
from munja.data.synth.fonts import FontFile, family_root, open_face
from munja.data.synth.glyphs import PROBE, PROBE_SIDE

# Share of letters and digits that the mean shapes of all faces recognise in this one; chosen by eye on 2,124 Debian
# faces. Below the first a face is an ornament, below the second handwriting or display type, which is weighed apart.
ACCEPT = 0.60
ODD = 0.78
DIGITS = "0123456789"
_PROBE_SIZE = 28
_TWO_CASES = "abdefghilmnqrt"
ITALIC = ("ital", "obli", "slant")
# Characters that share a shape in some face count as one: both cases of a letter, and the usual look-alikes.
_LOOK_ALIKES = str.maketrans("01l52 98", "oiisz gb")
_GROUPS = np.array([character.lower().translate(_LOOK_ALIKES) for character in PROBE])


@dataclass(frozen=True)
class Candidate:
    """A face that has the Latin letters and digits: names, kind, and thumbnails (62, 256) of those glyphs."""

    font: FontFile
    family: str
    style: str
    kind: str
    thumbnails: NDArray[np.float32]
    resemblance: float = 1.0


def probe(font: FontFile, *, digits_only: Sequence[str] = ()) -> Candidate | None:
    """The face as a candidate; None where it cannot be opened, lacks letters or digits, or has capitals only.

    A family that has one of the `digits_only` words in its name needs digits only, as a seven-segment display does.
    """
    try:
        size = glyphs.size_for_capitals(font, _PROBE_SIZE)
        if size == 0:
            return None
        face = open_face(font, size)
        family, style = (str(name or "") for name in face.getname())
        digits = any(word.lower() in family.lower() for word in digits_only)
        missing = glyphs.missing_sign(face)
        drawn = {}
        for character in DIGITS if digits else "aR5" + PROBE:  # the first three turn most unfit faces away early
            if character not in drawn:
                drawn[character] = glyphs.rasterise(face, character)
                if not glyphs.has_character(drawn[character], missing):
                    return None
    except (OSError, ValueError):
        return None
    thumbnails = np.zeros((len(PROBE), PROBE_SIDE**2), np.float32)
    for character, glyph in drawn.items():
        thumbnails[PROBE.index(character)] = glyphs.thumbnail(glyph)
    if digits:
        return Candidate(font, family, style, "digits", thumbnails)
    if _capitals_only(thumbnails):
        return None
    kind = glyphs.describe_kind({key: glyph.advance for key, glyph in drawn.items()}, _PROBE_SIZE)
    return Candidate(font, family, style, kind, thumbnails)


def _capitals_only(thumbnails: NDArray[np.float32]) -> bool:
    lower = thumbnails[[PROBE.index(each) for each in _TWO_CASES]]
    upper = thumbnails[[PROBE.index(each.upper()) for each in _TWO_CASES]]
    return bool(np.mean((lower * upper).sum(axis=1) > 0.85) > 0.5)


def accepted(candidates: Sequence[Candidate], *, faces_per_family: int = 0) -> list[Candidate]:
    """The candidates whose glyphs can be recognised, without doubles; display type gets the kind "odd".

    Faces of the kind "digits" are kept as they are. At most `faces_per_family` faces of one family are kept (0: all).
    """
    unique = list({_content(each): each for each in reversed(candidates)}.values())[::-1]
    if not unique:
        return []
    kept: list[Candidate] = []
    faces: Counter[str] = Counter()
    for candidate, score in zip(unique, _recognisable(unique), strict=True):
        root = family_root(candidate.family)
        if faces_per_family and faces[root] >= faces_per_family:
            continue
        if candidate.kind == "digits":
            kept.append(candidate)
        elif score >= ACCEPT:
            kept.append(replace(candidate, kind="odd" if score < ODD else candidate.kind, resemblance=score))
        else:
            continue
        faces[root] += 1
    return kept


def _recognisable(candidates: Sequence[Candidate]) -> list[float]:
    every = np.stack([_blurred(each.thumbnails) for each in candidates])  # (F, 62, 256)
    italic = np.array([any(word in each.style.lower() for word in ITALIC) for each in candidates])
    good = whole = np.array([each.kind != "digits" for each in candidates])
    if not whole.any():
        return [0.0] * len(candidates)
    references: list[NDArray[np.float32]] = []
    for _ in range(3):  # each round leaves out what the last references could not recognise
        references = [_mean(every[group & good]) for group in (~italic, italic) if (group & good).any()]
        likeness = np.max([np.einsum("fcp,cp->fc", every, each).mean(axis=1) for each in references], axis=0)
        good = whole & (likeness >= min(0.7, float(np.median(likeness[whole]))))
    score = np.zeros(len(candidates))
    for reference in references:
        nearest = np.einsum("fcp,dp->fcd", every, reference).argmax(axis=2)
        score = np.maximum(score, (_GROUPS[nearest] == _GROUPS).mean(axis=1))
    return [round(float(each), 3) for each in score]


def _blurred(thumbnails: NDArray[np.float32]) -> NDArray[np.float32]:
    pictures = [cv2.GaussianBlur(each.reshape(PROBE_SIDE, PROBE_SIDE), (0, 0), 1.3).ravel() for each in thumbnails]
    flat = np.stack(pictures)
    flat -= flat.mean(axis=1, keepdims=True)
    return np.asarray(flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6), np.float32)


def _content(candidate: Candidate) -> bytes:
    return np.round(candidate.thumbnails[::3] * 50).astype(np.int8).tobytes()


def _mean(thumbnails: NDArray[np.float32]) -> NDArray[np.float32]:
    mean = thumbnails.mean(axis=0)
    return np.asarray(mean / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-6), np.float32)
