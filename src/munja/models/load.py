"""From a trainable artifact to its network: the Spec in the manifest builds it, the tensors fill it."""

from __future__ import annotations

from pathlib import Path

from torch import Tensor, nn

from munja.core.artifact import Manifest, open_artifact
from munja.core.errors import ArtifactError, MissingExtraError
from munja.core.registry import build

NETWORKS = {"recognise": "recogniser", "detect": "detector", "direction": "classifier"}  # kind of each task's network
SPECIAL_CLASSES = {"attention": 2}  # classes that are no character: start and end; a blank for every other codec


def load(path: str | Path) -> nn.Module:
    """The network in a trainable artifact (.safetensors), in evaluation mode: images in -1..1 to a dict of tensors."""
    return load_network(path)[0]


def load_weights(path: str | Path) -> tuple[dict[str, Tensor], Manifest]:
    """The tensors of an artifact, floats in single precision, and its manifest."""
    artifact = open_artifact(path)
    if artifact.path is None or artifact.path.suffix != ".safetensors":
        raise ArtifactError(
            f"{path}: a trainable artifact (.safetensors) was wanted; an .onnx file cannot be trained on"
        )
    try:
        from safetensors import SafetensorError
        from safetensors.torch import load as tensors_of
    except ImportError as error:
        raise MissingExtraError("reading weights", "train") from error
    try:
        tensors = tensors_of(artifact.read_bytes())
    except SafetensorError as error:
        raise ArtifactError(f"{path}: damaged ({error})") from error
    state = {key: value.float() if value.is_floating_point() else value for key, value in tensors.items()}
    return state, artifact.manifest


def load_network(path: str | Path, *, task: str | None = None) -> tuple[nn.Module, Manifest]:
    """The network in a trainable artifact, in evaluation mode; ArtifactError if it is not for `task`, where given."""
    state, manifest = load_weights(path)
    if task is not None and manifest.task != task:
        raise ArtifactError(f"{path}: a model for {task!r} was wanted, this one is for {manifest.task!r}")
    if manifest.task not in NETWORKS:
        raise ArtifactError(f"{path}: a model for {manifest.task!r} has no network to train or export")
    network = network_of(manifest)
    try:
        network.load_state_dict(state)
    except RuntimeError as error:
        raise ArtifactError(f"{path}: its weights do not fit the Spec in its manifest ({error})") from error
    return network.eval(), manifest


def network_of(manifest: Manifest) -> nn.Module:
    """A fresh network as a manifest describes it."""
    import munja.models.classify
    import munja.models.detect
    import munja.models.recognise  # noqa: F401  registers the networks

    sizes = {
        "recognise": (len(manifest.charset) + SPECIAL_CLASSES.get(str(manifest.codec.get("name")), 1),),
        "direction": (len(manifest.codec.get("angles", ())),),
    }
    runtime = (manifest.input["channels"], *sizes.get(manifest.task, ()))
    network: nn.Module = build(NETWORKS[manifest.task], manifest.spec, *runtime)
    return network
