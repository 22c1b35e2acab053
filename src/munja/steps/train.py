"""`munja train`: weights from a recipe."""

from __future__ import annotations

from pathlib import Path

from munja.core.errors import MissingExtraError
from munja.core.registry import register
from munja.core.spec import load_spec, override
from munja.steps.console import Console


@register("step", "train")
def train(console: Console, recipe: Path, /, *settings: str, out: Path, device: str = "auto") -> Path:
    """Train what a recipe describes; the same command goes on where a stopped training was.

    Args:
        recipe: Recipe of the training, such as recipes/recognise/dense_s.toml.
        settings: Changes to the recipe, such as loop.seconds=600 or task.batch=64.
        out: Folder of the run: checkpoints, best weights, log, metrics.jsonl.
        device: auto, cpu or cuda.
    """
    try:
        from munja.train.run import train as run
    except ImportError as error:
        raise MissingExtraError("training", "train") from error
    tree = override(load_spec(recipe), settings)
    if device != "auto":
        tree = override(tree, [f'loop.device_name="{device}"'])
    best = run(tree, out, announce=console.say)
    console.say(f"best weights: {best}")
    return best


@register("step", "language")
def language(console: Console, recipe: Path, /, *settings: str, out: Path) -> Path:
    """Count a character language model, which tells look-alikes such as O and 0 apart by what stands around them.

    Args:
        recipe: Recipe of the model, such as recipes/language/english.toml.
        settings: Changes to the recipe, such as nodes=100000.
        out: The file to write, ending in .safetensors.
    """
    try:
        import munja.train.language  # noqa: F401  registers the makers
    except ImportError as error:
        raise MissingExtraError("counting a language model", "train") from error
    from munja.core.registry import build

    tree = override(load_spec(recipe), settings)
    artifact = build("language", {**tree, "recipe": tree}, out)
    figures = artifact.manifest.metrics
    console.say(
        f"{out}: {figures['nodes']:,} n-grams, {figures['bits_per_class']:.2f} bits a character on lines held back"
    )
    return out
