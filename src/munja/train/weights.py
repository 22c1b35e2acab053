"""Trainable artifacts: weights in a `.safetensors` file that carries its manifest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from munja.core.artifact import METADATA_KEY, Manifest, open_artifact, write_atomically
from munja.core.errors import ArtifactError, MissingExtraError
from munja.core.registry import build

NETWORKS = {"recognise": "recogniser", "detect": "detector", "direction": "classifier"}  # kind of each task's network
HEAD = "head."  # tensors of these names have one row for each class


@torch.no_grad()
def blend(mean: nn.Module, now: nn.Module, decay: float) -> None:
    """Move a network's weights and statistics to decay * mean + (1 - decay) * now, in place."""
    for old, new in zip(mean.state_dict().values(), now.state_dict().values(), strict=True):
        if old.is_floating_point():
            old.lerp_(new, 1.0 - decay)
        else:
            old.copy_(new)


def save_weights(path: Path, network: nn.Module, manifest: Manifest) -> None:
    """Write a network as an artifact: weights in half precision, biases and norms in single.

    Half precision is exact enough (relative error 5e-4) and halves the file; a value beyond its range keeps its tensor
    single.
    """
    try:
        from safetensors.torch import save
    except ImportError as error:
        raise MissingExtraError("writing weights", "train") from error
    tensors = {}
    for key, value in network.state_dict().items():
        stored = value.detach().cpu()
        if stored.is_floating_point() and stored.ndim >= 2:
            half = stored.half()
            stored = half if bool(torch.isfinite(half).all()) else stored.float()
        tensors[key] = stored.contiguous()
    write_atomically(path, save(tensors, metadata={METADATA_KEY: manifest.to_json()}))


def load_weights(path: str | Path) -> tuple[dict[str, Tensor], Manifest]:
    """The tensors of an artifact, floats in single precision, and its manifest."""
    artifact = open_artifact(path)
    if artifact.path is None or artifact.path.suffix != ".safetensors":
        raise ArtifactError(
            f"{path}: a trainable artifact (.safetensors) was wanted; an .onnx file cannot be trained on"
        )
    from safetensors import SafetensorError
    from safetensors.torch import load

    try:
        tensors = load(artifact.read_bytes())
    except SafetensorError as error:
        raise ArtifactError(f"{path}: damaged ({error})") from error
    state = {key: value.float() if value.is_floating_point() else value for key, value in tensors.items()}
    return state, artifact.manifest


def load_network(path: str | Path, *, task: str | None = None) -> tuple[nn.Module, Manifest]:
    """The network in a trainable artifact, in evaluation mode; ArtifactError if it is not for `task`, where given."""
    import munja.models.classify
    import munja.models.detect
    import munja.models.recognise  # noqa: F401  registers the networks

    state, manifest = load_weights(path)
    if task is not None and manifest.task != task:
        raise ArtifactError(f"{path}: a model for {task!r} was wanted, this one is for {manifest.task!r}")
    if manifest.task not in NETWORKS:
        raise ArtifactError(f"{path}: a model for {manifest.task!r} has no network to train or export")
    sizes = {"recognise": (len(manifest.charset) + 1,), "direction": (len(manifest.codec.get("angles", ())),)}
    runtime = (manifest.input["channels"], *sizes.get(manifest.task, ()))
    network: nn.Module = build(NETWORKS[manifest.task], manifest.spec, *runtime)
    try:
        network.load_state_dict(state)
    except RuntimeError as error:
        raise ArtifactError(f"{path}: its weights do not fit the Spec in its manifest ({error})") from error
    return network.eval(), manifest


def adopt(network: nn.Module, state: Mapping[str, Tensor], *, old: Sequence[str], new: Sequence[str]) -> list[str]:
    """Put weights into a network as far as they fit, class by class in the head; gives back what stays fresh."""
    fresh = []
    own = network.state_dict()
    rows = {character: row for row, character in enumerate(old, start=1)}
    pairs = [(0, 0)] + [(row, rows[character]) for row, character in enumerate(new, start=1) if character in rows]
    to, of = (list(each) for each in zip(*pairs, strict=True))
    for key, value in own.items():
        given = state.get(key)
        if given is None or key == "temperature":
            fresh += [] if key == "temperature" else [key]
        elif old and key.startswith(HEAD) and len(given) == len(old) + 1 and given.shape[1:] == value.shape[1:]:
            value[to] = given[of].to(value.dtype)
        elif given.shape == value.shape:
            value.copy_(given)
        else:
            fresh.append(key)
    if len(fresh) == len(own) - 1:
        raise ArtifactError("none of the weights to start from fits this network; is it the same model Spec?")
    fresh += [f"class {character!r}" for character in new if character not in rows]
    return fresh
