"""`munja import`, `munja export`, `munja quantise`: from one model file to another; `munja models` lists them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from munja.core.errors import InputError
from munja.core.registry import register
from munja.core.spec import load_spec
from munja.steps.console import Console, write_file

if TYPE_CHECKING:
    from munja.read.inventory import ModelCard


@register("step", "import")
def import_model(
    console: Console,
    file: Path,
    /,
    *,
    out: Path | None = None,
    task: str | None = None,
    charset: Path | None = None,
) -> Path:
    """Make a Munja artifact of a published model file: a PP-OCR v2 to v6 detector, direction classifier or recogniser.

    Args:
        file: The ONNX file.
        out: The artifact to write; beside the file, ending in .munja.onnx, by default.
        task: detect, direction or recognise, where the file does not show it.
        charset: Dictionary of a recogniser, one character per line, where the file does not carry it.
    """
    from munja.read.ppocr import derive

    if not file.is_file():
        raise InputError(f"{file}: no such file")
    characters = None
    if charset is not None:
        if not charset.is_file():
            raise InputError(f"{charset}: no such file; a dictionary with one character per line was wanted")
        try:
            characters = tuple(charset.read_text(encoding="utf-8").rstrip("\n").split("\n"))
        except UnicodeDecodeError as error:
            raise InputError(f"{charset}: not a text in UTF-8 ({error})") from error
    target = out if out is not None else file.with_name(f"{file.stem}.munja.onnx")
    content = derive(file, task=task, charset=characters)
    write_file(target, content)
    console.say(f"{target}: written")
    return target


@register("step", "export")
def export(console: Console, artifact: Path, /, *, out: Path, data: Path | None = None, weights: str = "f32") -> Path:
    """Make a runnable ONNX file of a trained model; written only if it reads exactly as the weights do.

    Args:
        artifact: The trained .safetensors file.
        out: The .onnx file to write.
        data: Spec of lines (for a detector: recipe of pages) to prove it on; those it was validated on by default.
        weights: f32, or f16 for a file of half the size that computes in f32 all the same.
    """
    from munja.shrink.export import export as run

    made = run(artifact, out, data=None if data is None else load_spec(data), weights=weights)
    console.say(f"{out}: written; largest difference from the weights: {made.manifest.metrics['parity']}")
    return out


@register("step", "quantise")
def quantise(
    console: Console, artifact: Path, /, *, out: Path, data: Path | None = None, most_loss: float = 0.01
) -> Path:
    """Make an int8 file of a runnable model; written only if it loses no more than allowed.

    Args:
        artifact: The .onnx file in f32.
        out: The .onnx file to write.
        data: Spec of lines (for a detector: recipe of pages) to calibrate and measure on; those it was validated on by
            default.
        most_loss: Largest loss of its main figure: lines read exactly, boxes' hmean, or accuracy.
    """
    from munja.shrink.quantise import quantise as run

    made = run(artifact, out, data=None if data is None else load_spec(data), most_loss=most_loss)
    before, after = made.manifest.metrics["f32"], made.manifest.metrics["int8"]
    figures = ", ".join(f"{key} {value:.1%} (was {before[key]:.1%})" for key, value in after.items())
    console.say(f"{out}: {out.stat().st_size / 1e6:.2f} MB (was {artifact.stat().st_size / 1e6:.2f}); {figures}")
    return out


@dataclass(frozen=True)
class Inventory:
    """The models that were found."""

    cards: tuple[ModelCard, ...]


@register("step", "models")
def models(console: Console, /, *places: Path) -> Inventory:
    """List installed models: task, size, licence, charset, hash, and what was measured with them.

    Args:
        places: Artifacts, or folders of them; the installed model sets by default.
    """
    from munja.read.inventory import installed, listed

    cards = list(listed(places) if places else installed())
    for card in cards:
        console.show(card.describe() + "\n")
    return Inventory(tuple(cards))
