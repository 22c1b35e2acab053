"""Import of published four-stage checkpoints: bare PyTorch state dicts that say neither charset nor size.

All 24 combinations of Clova's deep-text-recognition-benchmark (arXiv:1904.01906) and the recognisers of EasyOCR's first
two generations, which share its names. Every stage follows from the names and shapes of tensors; only the charset must
be known. Weights are stored in single precision, so that the artifact computes what the checkpoint did.
"""

from __future__ import annotations

import pickle
import string
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

import munja.models.four_stage  # noqa: F401  registers the recogniser and its stages
from munja.core.artifact import Artifact, Manifest, sha256_of
from munja.core.errors import ArtifactError, InputError, SpecError, did_you_mean
from munja.core.registry import build
from munja.data.charset import characters
from munja.data.loader import PAD
from munja.models.load import SPECIAL_CLASSES
from munja.train.weights import save_weights

NAMES = {
    "Transformation.": "rectifier.",
    "FeatureExtraction.": "extractor.",
    "SequenceModeling.": "encoder.",
    "Prediction.": "head.",
}
GRID = "Transformation.GridGenerator."
GRID_BUFFERS = ("inv_delta_C", "P_hat")  # they follow from size and number of points
GRID_TOLERANCE = 1e-4
CLOVA, EASYOCR_1, EASYOCR_2 = "Clova", "EasyOCR generation 1", "EasyOCR generation 2"
LETTERS = string.ascii_uppercase + string.ascii_lowercase
EASYOCR_SIGNS = string.digits + string.punctuation + " "
ACCENTED = "ÀÁÂÃÄÅÆÇÈÉÊËÍÎÑÒÓÔÕÖØÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿąęĮįıŁłŒœŠšųŽž"
CHARSETS = {  # in the order of the published models' classes
    "alphanumeric": (CLOVA, string.digits + string.ascii_lowercase),
    "printable": (CLOVA, string.digits + string.ascii_lowercase + string.ascii_uppercase + string.punctuation),
    "easyocr_latin": (EASYOCR_1, EASYOCR_SIGNS + LETTERS + ACCENTED),  # latin.pth
    "easyocr_english": (EASYOCR_2, EASYOCR_SIGNS + "€" + LETTERS),  # english_g2.pth
}
LONGEST = 25  # letters that published attention models were trained to spell
FITS = ("stretch", "pad")
FREE_STEP = 32  # pixels between the widths at which lines of free width are shown
LICENCE = "unknown: see where the weights come from"


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint's names and shapes tell: its tensors, the parts of its Spec, grey or colour, classes."""

    state: Mapping[str, Tensor]
    parts: Mapping[str, Mapping[str, Any]]
    channels: int
    classes: int

    @property
    def family(self) -> str:
        """Whose layout it is: EasyOCR's networks are no combination of Clova's own sizes."""
        extractor, encoder = self.parts["extractor"], self.parts.get("encoder", {})
        if "rectifier" not in self.parts and encoder and self.parts["head"]["name"] == "ctc":
            if extractor["name"] == "vgg" and (extractor["channels"], encoder["hidden"]) == (256, 256):
                return EASYOCR_2
            if extractor["name"] == "resnet" and (extractor["channels"], encoder["hidden"]) == (512, 512):
                return EASYOCR_1
        return CLOVA

    @property
    def stages(self) -> str:
        """The four stages as they are published, such as TPS-ResNet-BiLSTM-Attn."""
        shown = {"tps": "TPS", "vgg": "VGG", "rcnn": "RCNN", "resnet": "ResNet", "bilstm": "BiLSTM", "ctc": "CTC"}
        shown["attention"] = "Attn"
        names = [self.parts.get(part, {}).get("name") for part in ("rectifier", "extractor", "encoder", "head")]
        return "-".join("None" if name is None else shown[name] for name in names)

    @property
    def special(self) -> int:
        """How many classes are no character."""
        return SPECIAL_CLASSES.get(self.parts["head"]["name"], 1)


def import_checkpoint(
    path: Path,
    out: Path,
    *,
    charset: str | None = None,
    size: tuple[int, int | None] | None = None,
    fit: str | None = None,
    licence: str = LICENCE,
) -> Artifact:
    """Write the artifact of a published checkpoint; its network computes the same, to the last digit.

    `charset` is the name of a known one, a file, or the characters; without it the only known one of so many classes is
    taken. `size` is height and width of the input in pixels, width None for lines of any width; by default what the
    family was trained with. `fit` says whether a line is stretched to that width or padded on its right.
    """
    if out.suffix != ".safetensors":
        raise InputError(f"{out}: an imported checkpoint is trainable: a name that ends in .safetensors was wanted")
    found = checkpoint_of(read_state(path), path)
    name, text = charset_of(found, charset, path)
    trained = _trained_size(found, path)
    height, width = size or trained
    rule = _input_rule(found, height, width, fit, path)
    spec = {"name": "four_stage", "size": [height, width or 100], **found.parts}
    network = build("recogniser", spec, found.channels, found.classes)
    _check_grid(found, trained, path)
    _fill(network, found, path)
    columns = 1.0 / network.extractor.column_stride if width is None else network.columns(width) / width
    digest = sha256_of(path)
    made = {"by": "munja import", "from": path.name, "sha256": digest, "torch": torch.__version__}
    manifest = Manifest(
        task="recognise",
        name=path.stem,
        input={**rule, "columns_per_pixel": columns},
        codec={"name": "attention", "longest": LONGEST} if found.special == 2 else {"name": "ctc"},
        charset=tuple(text),
        spec=spec,
        made={**made, "family": found.family, "stages": found.stages, "charset": name},
        licence=licence,
        parent=digest,
    )
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        save_weights(out, network.eval(), manifest, stored="f32")
    except OSError as error:
        raise InputError(f"{out}: cannot be written ({error.strerror})") from error
    return Artifact(manifest, out)


def checkpoint_of(state: Mapping[str, Tensor], path: Path) -> Checkpoint:
    """The four stages in the tensors of a file; ArtifactError if it is of another family."""
    if state and all(key.startswith("module.") for key in state):  # as torch.nn.DataParallel saves it
        state = {key.removeprefix("module."): value for key, value in state.items()}
    extractor = _extractor(state)
    if extractor is None or not {"Prediction.weight", "Prediction.generator.weight"} & state.keys():
        raise ArtifactError(
            f"{path}: a four-stage recogniser (Clova, EasyOCR) was wanted, with tensors FeatureExtraction.ConvNet... "
            f"and Prediction...; it holds {len(state)} others, such as {', '.join(list(state)[:3]) or 'none'}. This is "
            "a checkpoint of another family, which cannot be imported"
        )
    spec, first = extractor
    parts: dict[str, dict[str, Any]] = {}
    try:
        if any(key.startswith("Transformation.") for key in state):
            network = "Transformation.LocalizationNetwork."
            points = len(state[f"{network}localization_fc2.bias"]) // 2
            parts["rectifier"] = {"name": "tps", "points": points, "width": len(state[f"{network}conv.0.weight"])}
            first = f"{network}conv.0.weight"
        parts["extractor"] = spec
        layers = {key.split(".")[1] for key in state if key.startswith("SequenceModeling.")}
        if layers:
            hidden = state["SequenceModeling.0.rnn.weight_hh_l0"].shape[1]
            parts["encoder"] = {"name": "bilstm", "hidden": hidden, "layers": len(layers)}
        if (generator := state.get("Prediction.generator.weight")) is not None:
            parts["head"] = {"name": "attention", "hidden": generator.shape[1]}
            return Checkpoint(state, parts, state[first].shape[1], len(generator))
        parts["head"] = {"name": "ctc"}
        return Checkpoint(state, parts, state[first].shape[1], len(state["Prediction.weight"]))
    except (KeyError, IndexError) as error:
        raise ArtifactError(f"{path}: a four-stage recogniser, but {error} is missing or has another shape") from error


def charset_of(found: Checkpoint, charset: str | None, path: Path) -> tuple[str, str]:
    """A name and the characters, in the order of classes; InputError asks for them where the count leaves a doubt."""
    wanted = found.classes - found.special
    fitting = [name for name, (family, text) in CHARSETS.items() if family == found.family and len(text) == wanted]
    offer = f"known for it: {', '.join(fitting)}" if fitting else "none is known for it"
    asked = f"{path}: {found.stages} with {found.classes} classes needs a charset of {wanted} characters"
    if charset is None:
        if len(fitting) != 1:
            raise InputError(
                f"{asked}, which the file does not hold; {offer}. Give --charset with a name, a file of the characters "
                "in the order of its classes, or the characters themselves"
            )
        return fitting[0], CHARSETS[fitting[0]][1]
    try:
        text = CHARSETS[charset][1] if charset in CHARSETS else characters(charset)
    except SpecError as error:
        raise InputError(f"{asked}, {offer}; {error}") from error
    if len(text) != wanted:
        raise InputError(f"{asked}, {offer}; {charset[:40]!r} has {len(text)}")
    return charset if charset in CHARSETS else "given", text


def read_state(path: Path) -> dict[str, Tensor]:
    """The tensors in a PyTorch checkpoint; nothing in it is run. ArtifactError if it is damaged or holds more."""
    if not path.is_file():
        raise InputError(f"{path}: no such file")
    if path.suffix in (".onnx", ".safetensors"):
        raise InputError(f"{path}: a PyTorch checkpoint, such as a .pth file, was wanted")
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # the unpickler raises whatever the damage makes it run into
        if isinstance(error, pickle.UnpicklingError) and "nsupported" in str(error):
            raise ArtifactError(
                f"{path}: holds more than tensors, which could run any code when opened, and was not opened; "
                "save the weights alone with torch.save(model.state_dict(), FILE)"
            ) from error
        raise ArtifactError(
            f"{path}: damaged, cut off, or no PyTorch checkpoint ({type(error).__name__}); get the file again"
        ) from error
    if not isinstance(state, Mapping) or not all(isinstance(each, Tensor) for each in state.values()):
        shown = ", ".join(map(str, list(state)[:4])) if isinstance(state, Mapping) else type(state).__name__
        raise ArtifactError(
            f"{path}: a bare state dict, names to tensors, was wanted, got {shown}; save that part of it alone with "
            "torch.save(model.state_dict(), FILE)"
        )
    return {str(key): value for key, value in state.items()}


def _extractor(state: Mapping[str, Tensor]) -> tuple[dict[str, Any], str] | None:
    """Spec of the extractor and the name of its first convolution; None if it is none that is known."""
    stage = "FeatureExtraction.ConvNet."
    # What only this extractor has, its last convolution, its first one.
    signs = {
        "resnet": ("conv0_2", "conv4_2", "conv0_1"),
        "rcnn": ("3.wgf_u", "9", "0"),
        "vgg": ("6", "18", "0"),
    }
    for name, layers in signs.items():
        own, last, first = (f"{stage}{layer}.weight" for layer in layers)
        if {own, last, first} <= state.keys():
            return {"name": name, "channels": len(state[last])}, first
    return None


def _trained_size(found: Checkpoint, path: Path) -> tuple[int, int | None]:
    """Height and width of the pictures that it was trained with, as far as the file or its family tells."""
    grid = found.state.get(f"{GRID}P_hat")
    if grid is None or "rectifier" not in found.parts:
        return (32, 100) if found.family == CLOVA else (64, None)
    # Columns 1 and 2 are x and y of each pixel of the rectified picture, row by row.
    if grid.ndim == 2 and grid.shape[1] == found.parts["rectifier"]["points"] + 3 and len(grid) > 1:
        width = round(2.0 / max(2.0 / len(grid), float(grid[1, 1] - grid[0, 1])))
        if len(grid) % width == 0:
            return len(grid) // width, width
    raise ArtifactError(f"{path}: {GRID}P_hat {tuple(grid.shape)} is no grid of a rectified picture; damaged?")


def _check_grid(found: Checkpoint, trained: tuple[int, int | None], path: Path) -> None:
    """ArtifactError if the buffers in the file are not what is recomputed at its own size."""
    if f"{GRID}P_hat" not in found.state:
        return
    rectifier = build("rectifier", found.parts["rectifier"], found.channels, trained, [0.0])
    for name in GRID_BUFFERS:
        own, given = getattr(rectifier.GridGenerator, name), found.state.get(f"{GRID}{name}")
        if given is None:
            continue
        if given.shape != own.shape or not float((given.float() - own).abs().max()) <= GRID_TOLERANCE:
            raise ArtifactError(
                f"{path}: {GRID}{name} differs from a thin-plate spline of {found.parts['rectifier']['points']} points "
                f"at {trained[0]} x {trained[1]} pixels; its rectifier is another, and cannot be imported"
            )


def _input_rule(found: Checkpoint, height: int, width: int | None, fit: str | None, path: Path) -> dict[str, Any]:
    if height < 32 or (width is not None and width < 16):
        raise InputError(f"size: 32 x 16 pixels or more were wanted, got {height} x {width}")
    if fit is not None and fit not in FITS:
        raise InputError(f"fit {fit!r} is not known; {did_you_mean(fit, FITS)}")
    rule = {"height": height, "channels": found.channels, "pad": PAD, "padding": [0.0, 0.0]}
    if width is not None:
        return {**rule, "width": width, "fit": fit or ("stretch" if found.family == CLOVA else "pad")}
    if "rectifier" in found.parts:
        raise InputError(f"{path}: its rectifier works at one width: give --size HEIGHTxWIDTH, such as 32x100")
    if fit is not None:
        raise InputError(f"fit {fit!r} needs a width: give --size HEIGHTxWIDTH, such as {height}x600")
    return {**rule, "width_step": FREE_STEP}


def _fill(network: nn.Module, found: Checkpoint, path: Path) -> None:
    """Put the tensors into the network; ArtifactError names what is missing, too many, or of another shape."""
    own = network.state_dict()
    given = {}
    for key, value in found.state.items():
        if key not in {f"{GRID}{name}" for name in GRID_BUFFERS}:
            stage = next((each for each in NAMES if key.startswith(each)), "")
            given[NAMES.get(stage, "") + key.removeprefix(stage)] = value
    # A scale for scores, fitted after training, and counters that nothing is computed from: old files have neither.
    silent = {key for key in own if key == "temperature" or key.endswith("num_batches_tracked")}
    wrong = [f"{key} is missing" for key in own if key not in given and key not in silent]
    wrong += [f"{key} is too many" for key in given if key not in own]
    wrong += [
        f"{key} is {tuple(value.shape)}, wanted {tuple(own[key].shape)}"
        for key, value in given.items()
        if key in own and value.shape != own[key].shape
    ]
    if wrong:
        raise ArtifactError(
            f"{path}: looks like {found.stages}, but {len(wrong)} tensors do not fit: {'; '.join(wrong[:3])}; "
            "a published combination was wanted"
        )
    network.load_state_dict({**{key: own[key] for key in silent}, **given})
