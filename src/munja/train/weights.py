"""Trainable artifacts: weights are written into a `.safetensors` file with its manifest, and taken over from one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations
from pathlib import Path

import torch
from torch import Tensor, nn

from munja.core.artifact import METADATA_KEY, Manifest, write_atomically
from munja.core.errors import ArtifactError, MissingExtraError, SpecError

HEAD = "head."  # CTC: tensors of these names have one row for each class
ATTENTION_ROWS = ("head.generator.weight", "head.generator.bias")
ATTENTION_COLUMNS = "head.attention_cell.rnn.weight_ih"  # its last columns take the class before, one-hot
TRUNKS = ("backbone.", "extractor.")  # the same layers, as a recogniser of columns and a four-stage one call them
STORED = ("f16", "f32")


@torch.no_grad()
def blend(mean: nn.Module, now: nn.Module, decay: float) -> None:
    """Move a network's weights and statistics to decay * mean + (1 - decay) * now, in place."""
    for old, new in zip(mean.state_dict().values(), now.state_dict().values(), strict=True):
        if old.is_floating_point():
            old.lerp_(new, 1.0 - decay)
        else:
            old.copy_(new)


def save_weights(path: Path, network: nn.Module, manifest: Manifest, *, stored: str = "f16") -> None:
    """Write a network as an artifact: weights in half precision, biases and norms in single; all of it with "f32".

    Half precision is exact enough (relative error 5e-4) and halves the file; a value beyond its range keeps its tensor
    single.
    """
    if stored not in STORED:
        raise SpecError(f"stored: one of {', '.join(STORED)} was wanted, got {stored!r}")
    try:
        from safetensors.torch import save
    except ImportError as error:
        raise MissingExtraError("writing weights", "train") from error
    tensors = {}
    for key, value in network.state_dict().items():
        kept = value.detach().cpu()
        if stored == "f16" and kept.is_floating_point() and kept.ndim >= 2:
            half = kept.half()
            kept = half if bool(torch.isfinite(half).all()) else kept.float()
        tensors[key] = kept.contiguous()
    write_atomically(path, save(tensors, metadata={METADATA_KEY: manifest.to_json()}))


def adopt(network: nn.Module, state: Mapping[str, Tensor], *, old: Sequence[str], new: Sequence[str]) -> list[str]:
    """Put weights into a network as far as they fit, class by class in the head; gives back what stays fresh.

    `old` and `new` are the characters of the weights' classes and of the network's.
    """
    fresh = []
    own = network.state_dict()
    special = 2 if ATTENTION_ROWS[0] in own else 1  # start and end, or the blank: classes before the characters
    classes = {character: number for number, character in reversed(list(enumerate(old, start=special)))}
    pairs = [(number, number) for number in range(special)]
    pairs += [(number, classes[each]) for number, each in enumerate(new, start=special) if each in classes]
    for key, value in own.items():
        given = _given(state, key)
        if key == "temperature":
            continue
        if given is None:
            fresh.append(key)
            continue
        axis = _class_axis(key, given, len(old) + special, attention=special == 2) if old else None
        if axis is not None and _fits(given, len(old) + special, value, len(new) + special, axis):
            _copy_classes(value, given, pairs, axis, given.shape[axis] - len(old) - special)
        elif axis is None and given.shape == value.shape:
            value.copy_(given)
        else:
            fresh.append(key)
    if len(fresh) == sum(key != "temperature" for key in own):
        raise ArtifactError("none of the weights to start from fits this network; is it the same model Spec?")
    return fresh + [f"class {character!r}" for character in new if character not in classes]


def _given(state: Mapping[str, Tensor], key: str) -> Tensor | None:
    """The tensor of a name; a trunk is taken over from either kind of recogniser."""
    names = [key, *(key.replace(here, there, 1) for here, there in permutations(TRUNKS, 2) if key.startswith(here))]
    return next((state[name] for name in names if name in state), None)


def _class_axis(key: str, given: Tensor, classes: int, *, attention: bool) -> int | None:
    """The axis on which a tensor has a place for each of `classes` classes; None for one that knows no classes."""
    if attention and key == ATTENTION_COLUMNS:
        return 1
    rows = key in ATTENTION_ROWS if attention else key.startswith(HEAD)
    return 0 if rows and len(given) == classes else None


def _fits(given: Tensor, old: int, value: Tensor, new: int, axis: int) -> bool:
    """Whether two tensors differ in nothing but their numbers of classes."""
    sizes, wanted = list(given.shape), list(value.shape)
    sizes[axis] -= old
    wanted[axis] -= new
    return sizes == wanted and sizes[axis] >= 0


def _copy_classes(value: Tensor, given: Tensor, pairs: Sequence[tuple[int, int]], axis: int, before: int) -> None:
    """Copy the pairs of classes (to, of), and the `before` places that the axis has before those of classes."""
    to, of = (torch.tensor(each) + before for each in zip(*pairs, strict=True))
    value.narrow(axis, 0, before).copy_(given.narrow(axis, 0, before))
    value.index_copy_(axis, to.to(value.device), given.index_select(axis, of).to(value))
