"""Free fonts of Debian's packages, by the stem of their file name."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

from munja.core.errors import InputError, did_you_mean

FOLDER = Path("/usr/share/fonts")
PACKAGES = {
    "DejaVuSansMono": "fonts-dejavu-core",
    "DejaVuSansMono-Bold": "fonts-dejavu-core",
    "LiberationMono-Regular": "fonts-liberation",
    "LiberationSans-Bold": "fonts-liberation",
    "LiberationSans-Regular": "fonts-liberation",
    "LiberationSerif-Bold": "fonts-liberation",
    "LiberationSerif-Italic": "fonts-liberation",
    "LiberationSerif-Regular": "fonts-liberation",
    "NanumBarunGothic": "fonts-nanum",
    "NanumBarunGothicBold": "fonts-nanum",
    "NanumSquareB": "fonts-nanum",
}


@lru_cache
def font(name: str, size: float) -> ImageFont.FreeTypeFont:
    """The font `name` at `size` pixels per em; InputError names the Debian package that holds it."""
    if name not in PACKAGES:
        raise InputError(f"{name} is not a font of the examples; {did_you_mean(name, PACKAGES)}")
    paths = sorted(FOLDER.rglob(f"{name}.ttf"))
    if not paths:
        raise InputError(f"{name}.ttf was not found under {FOLDER}: apt-get install {PACKAGES[name]}")
    # The basic layout is built into Pillow, the other needs a library that not every machine has.
    return ImageFont.truetype(paths[0], size, layout_engine=ImageFont.Layout.BASIC)
