"""`munja synth` and `munja data augment`: lines, pages and codes to train on, and how they look."""

from __future__ import annotations

from pathlib import Path

from munja.core.errors import InputError
from munja.core.registry import register
from munja.core.spec import Spec, load_spec, override
from munja.steps.console import Console, write_file


@register("step", "synth")
def synth(
    console: Console,
    recipe: Path,
    /,
    *settings: str,
    count: int,
    out: Path,
    seed: int = 0,
    split: str = "train",
    sheet: bool = False,
) -> Path:
    """Write synthetic lines of text with the place of every character, pages with that of every line, or codes.

    Args:
        recipe: Recipe of lines, such as recipes/synth/receipts.toml, of pages (pages.toml) or of codes (codes.toml).
        settings: Changes to the recipe, such as corpora=FOLDER or looks.faded=0.
        count: How many lines, pages or codes.
        out: Folder to write; it must not exist yet. With --sheet, the PNG to write.
        seed: The same seed gives the same lines, pages or codes.
        split: Faces to use: train or validate.
        sheet: Write one picture with all of them instead of a folder, to look at.
    """
    tree = override(load_spec(recipe), settings)
    if sheet and out.suffix != ".png":
        raise InputError(f"{out}: a sheet is written as .png")
    write = {"pages": _synthetic_pages, "codes": _synthetic_codes}.get(str(tree.get("kind")), _synthetic_lines)
    what = write(tree, count, out, seed=seed, split=split, sheet=sheet)
    console.say(f"{count:,} {what} {'on' if sheet else 'in'} {out}")
    return out


def _synthetic_lines(tree: Spec, count: int, out: Path, *, seed: int, split: str, sheet: bool) -> str:
    from munja.data.synth.lines import LineSynthesiser
    from munja.data.synth.write import contact_sheet, write_lines

    if sheet:
        batch = LineSynthesiser(tree, split=split).batch(seed, count, width=256)
        _write_png(out, contact_sheet(list(batch.images), 4))
    else:
        write_lines(tree, count, out, seed=seed, split=split)
    return "lines"


def _synthetic_pages(tree: Spec, count: int, out: Path, *, seed: int, split: str, sheet: bool) -> str:
    from munja.data.synth.pages import PageSynthesiser
    from munja.data.synth.pages.write import drawn, write_pages
    from munja.data.synth.write import contact_sheet

    if sheet:
        batch = PageSynthesiser(tree, split=split).batch(seed, count)
        _write_png(out, contact_sheet(drawn(batch), 4))
    else:
        write_pages(tree, count, out, seed=seed, split=split)
    return "pages"


def _synthetic_codes(tree: Spec, count: int, out: Path, *, seed: int, split: str, sheet: bool) -> str:
    from munja.data.synth.codes.synthesiser import CodeSynthesiser
    from munja.data.synth.codes.write import shown, write_codes
    from munja.data.synth.write import contact_sheet

    if sheet:
        _write_png(out, contact_sheet(list(map(shown, CodeSynthesiser(tree, split=split).crops(seed, count))), 5))
    else:
        write_codes(tree, count, out, seed=seed, split=split)
    return "codes"


@register("step", "data.augment")
def augment(
    console: Console, picture: Path, /, *names: str, out: Path, count: int = 24, seed: int = 0, columns: int = 4
) -> Path:
    """Show what augmentations make of a line: a sheet with the picture itself first.

    Args:
        picture: Picture of one line of text.
        names: Augmentations, applied in this order, such as tia bda.
        out: The PNG to write.
        count: How many variants.
        seed: The same seed gives the same variants.
        columns: Variants in a row.
    """
    import numpy as np

    from munja.data.augment.chain import chain
    from munja.data.augment.sample import Sample
    from munja.data.synth.write import contact_sheet
    from munja.imaging.image import frames

    if out.suffix != ".png":
        raise InputError(f"{out}: a sheet is written as .png")
    change = chain([{"name": name} for name in names])
    line = Sample(next(iter(frames(picture))).image)
    variants = [change(line, np.random.default_rng([seed, k]), lambda: line).image for k in range(count)]
    _write_png(out, contact_sheet([line.image, *variants], columns))
    console.say(f"{count} variants on {out}")
    return out


def _write_png(out: Path, image: object) -> None:
    import cv2
    import numpy as np

    _, content = cv2.imencode(".png", np.asarray(image)[..., ::-1])
    write_file(out, content.tobytes())
