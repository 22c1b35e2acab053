"""`munja import`, `munja export`, `munja quantise`: from one model file to another; `munja models` lists them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from munja.core.errors import InputError, MissingExtraError
from munja.core.registry import register
from munja.core.spec import load_spec
from munja.steps.console import Console, write_file

if TYPE_CHECKING:
    from munja.read.inventory import ModelCard


CHECKPOINTS = (".pth", ".pt", ".ckpt")


@register("step", "import")
def import_model(
    console: Console,
    file: Path,
    /,
    *,
    out: Path | None = None,
    task: str | None = None,
    charset: str | None = None,
    size: str | None = None,
    fit: str | None = None,
    licence: str | None = None,
) -> Path:
    """Make a Munja artifact of a published model file.

    An ONNX file of PP-OCR v2 to v6 (detector, direction classifier or recogniser) becomes a runnable artifact. A
    PyTorch checkpoint of Clova's four-stage recogniser, or of EasyOCR's generation 1 or 2, becomes a trainable one,
    which munja export makes runnable.

    Args:
        file: The .onnx or .pth file.
        out: The artifact to write; beside the file by default, ending in .munja.onnx or .safetensors.
        task: detect, direction or recognise, where an ONNX file does not show it.
        charset: Characters of a recogniser, in the order of its classes: a file with one character per line; for a
            checkpoint also a name (alphanumeric, printable, easyocr_english, easyocr_latin, ascii, latin, korean), or
            the characters themselves.
        size: Input of a checkpoint in pixels, such as 32x100; 64 alone for lines of any width. By default as trained.
        fit: How a line comes to that width: stretch, or pad on its right side.
        licence: Licence of a checkpoint's weights.
    """
    if not file.is_file():
        raise InputError(f"{file}: no such file")
    if file.suffix.lower() in CHECKPOINTS:
        if task not in (None, "recognise"):
            raise InputError(f"{file}: checkpoints are imported as recognisers, --task {task} was given")
        return _import_checkpoint(console, file, out, charset=charset, size=size, fit=fit, licence=licence)
    for option, value in (("--size", size), ("--fit", fit), ("--licence", licence)):
        if value is not None:
            raise InputError(f"{file}: {option} is for checkpoints (.pth); of an ONNX file these things are known")
    from munja.read.ppocr import derive

    target = out if out is not None else file.with_name(f"{file.stem}.munja.onnx")
    content = derive(file, task=task, charset=None if charset is None else _dictionary(Path(charset)))
    write_file(target, content)
    console.say(f"{target}: written")
    return target


def _dictionary(path: Path) -> tuple[str, ...]:
    if not path.is_file():
        raise InputError(f"{path}: no such file; a dictionary with one character per line was wanted")
    try:
        return tuple(path.read_text(encoding="utf-8").rstrip("\n").split("\n"))
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not a text in UTF-8 ({error})") from error


def _import_checkpoint(
    console: Console,
    file: Path,
    out: Path | None,
    *,
    charset: str | None,
    size: str | None,
    fit: str | None,
    licence: str | None,
) -> Path:
    try:
        from munja.shrink.clova import LICENCE, import_checkpoint
    except ImportError as error:
        raise MissingExtraError("importing a checkpoint", "train") from error
    target = out if out is not None else file.with_suffix(".safetensors")
    pixels = None if size is None else _size(size)
    made = import_checkpoint(file, target, charset=charset, size=pixels, fit=fit, licence=licence or LICENCE).manifest
    rule, history = made.input, made.made
    known = f" ({history['charset']}" + (", the only one known for it)" if charset is None else ")")
    shown = f"{rule['width']} ({rule['fit']})" if "width" in rule else "any width"
    console.say(f"{file}: {history['family']}, {history['stages']}, {rule['height']} x {shown}")
    console.say(f"{len(made.charset)} characters{known}: {''.join(made.charset)[:100]}")
    console.say(f"{target}: written; licence: {made.licence}")
    return target


def _size(text: str) -> tuple[int, int | None]:
    """Height and, if it is there, width."""
    height, cross, width = text.lower().partition("x")
    if not height.isdecimal() or bool(cross) != width.isdecimal():
        raise InputError(f"--size {text}: HEIGHTxWIDTH in pixels was wanted, such as 32x100, or a height alone")
    return int(height), int(width) if cross else None


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
