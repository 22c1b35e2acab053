"""`munja train`: weights from a recipe."""

from __future__ import annotations

from pathlib import Path

from munja.core.errors import InputError, MissingExtraError
from munja.core.registry import register
from munja.core.spec import Spec, load_spec, override
from munja.steps.console import Console


@register("step", "train")
def train(
    console: Console,
    recipe: Path,
    /,
    *settings: str,
    out: Path,
    device: str = "auto",
    corpora: Path | None = None,
    backgrounds: Path | None = None,
) -> Path:
    """Train what a recipe describes; the same command goes on where a stopped training was.

    Args:
        recipe: Recipe of the training, such as recipes/recognise/dense_s.toml.
        settings: Changes to the recipe, such as loop.seconds=600 or task.batch=64.
        out: Folder of the run: checkpoints, best weights, log, metrics.jsonl.
        device: auto, cpu or cuda.
        corpora: Folder of texts for synthetic lines and pages whose recipes name none.
        backgrounds: Folder of photographs for synthetic pages whose recipes name none.
    """
    try:
        from munja.train.run import train as run
    except ImportError as error:
        raise MissingExtraError("training", "train") from error
    tree = _with_folders(override(load_spec(recipe), settings), corpora, backgrounds)
    if device != "auto":
        tree = override(tree, [f'loop.device_name="{device}"'])
    best = run(tree, out, announce=console.say)
    console.say(f"best weights: {best}")
    return best


@register("step", "language")
def language(console: Console, recipe: Path, /, *settings: str, out: Path, corpora: Path | None = None) -> Path:
    """Count a character language model, which tells look-alikes such as O and 0 apart by what stands around them.

    Args:
        recipe: Recipe of the model, such as recipes/language/english.toml.
        settings: Changes to the recipe, such as nodes=100000.
        out: The file to write, ending in .safetensors.
        corpora: Folder of texts for sources whose recipes name none.
    """
    try:
        import munja.train.language  # noqa: F401  registers the makers
    except ImportError as error:
        raise MissingExtraError("counting a language model", "train") from error
    from munja.core.registry import build
    from munja.train.recipe import portable

    tree = _with_folders(override(load_spec(recipe), settings), corpora, None)
    artifact = build("language", {**tree, "recipe": portable(tree)}, out)
    figures = artifact.manifest.metrics
    console.say(
        f"{out}: {figures['nodes']:,} n-grams, {figures['bits_per_class']:.2f} bits a character on lines held back"
    )
    return out


def _with_folders(tree: Spec, corpora: Path | None, backgrounds: Path | None) -> Spec:
    """The recipe with folders of texts and photographs; InputError where one of them is none."""
    from munja.data.synth.recipe import with_folders

    for option, folder in (("--corpora", corpora), ("--backgrounds", backgrounds)):
        if folder is not None and not folder.is_dir():
            raise InputError(f"{option} {folder}: a folder was wanted, and there is none of that name")
    names = {"corpora": corpora, "backgrounds": backgrounds}
    return with_folders(tree, **{name: "" if folder is None else str(folder) for name, folder in names.items()})
