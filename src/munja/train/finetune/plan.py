"""The recipe of a fine-tuning: crops and replay in fixed shares, frozen at first, as `munja train` takes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from munja.core.artifact import Manifest
from munja.core.errors import SpecError
from munja.data.labelled import Labelled
from munja.train.finetune.prepare import Prepared
from munja.train.finetune.request import Request

OWN, GENERAL = "own", "general"
# Mild: crops of a person's own are what will be read, and each is seen many times. Nothing is cut off or inverted.
AUGMENT = (
    {"name": "tia_distort", "probability": 0.25},
    {"name": "tia_stretch", "probability": 0.25},
    {"name": "tia_perspective", "probability": 0.15},
    {"name": "blur", "probability": 0.25, "sigma": 1.2},
    {"name": "colour_jitter", "probability": 0.5, "strength": 0.3},
    {"name": "gaussian_noise", "probability": 0.25, "sigma": 8.0},
)
WIDTHS = {96: 0.2, 160: 0.4, 256: 0.3, 384: 0.1, 512: 0.0, 768: 0.0, 1024: 0.0}  # pixels, and shares for replay
MOST_SQUEEZED = 2.6  # times that a replayed line may be wider than the one width of a model
FEW = 0.02  # share of the crops that a width must hold to be worth batches of its own
BATCH = 32
LARGE = 20_000_000  # parameters from which a batch is halved and the proof that a few samples can be learnt is left out
RATES = (2e-4, 6e-4, 2e-3)
RATES_OF_LARGE = (1e-4, 3e-4, 1e-3)
FROZEN_UNTIL = 0.15
VALIDATED = (192, 512)  # least and most crops, and lines of replay, that are validated on
VALIDATED_BY_LARGE = (64, 128)


def recipe_of(
    request: Request, manifest: Manifest, prepared: Prepared, replay: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The recipe but for rate, length and intervals."""
    task = _base_task(manifest)
    crops = {
        "name": "labelled",
        "path": str(prepared.crops),
        "padding": list(manifest.input.get("padding", (0.0, 0.0))),
        "height": int(manifest.input["height"]),
    }
    if manifest.input.get("fit") == "stretch":
        crops["stretch"] = int(manifest.input["width"])
    drawn = replay is not None and replay["name"] != "labelled"  # what is drawn can be drawn at any width
    widths, shares = _widths(crops, replay_widths(manifest.input) if drawn else {})
    crops["widths"] = widths
    least, most = VALIDATED_BY_LARGE if prepared.parameters > LARGE else VALIDATED
    validation: dict[str, Any] = {OWN: {**crops, "most": most}}
    if replay is not None:
        validation[GENERAL] = dict(replay)
    count = min(max(sum(row["validate"] for row in prepared.counts.values()), least), most)
    task |= {
        "charset": prepared.alphabet.charset,
        "data": _data(request, prepared, crops, replay),
        "validation": validation,
        "metric": f"{OWN}/exact",
        "validation_lines": count,
        "widths": widths,
        "width_shares": shares,
        "batch": BATCH // 2 if prepared.parameters > LARGE else BATCH,
        "auxiliary": 0.0,  # it helps a fresh network to begin
    }
    loop = {
        "freeze": list(prepared.frozen),
        "freeze_until": FROZEN_UNTIL,
        "freeze_norms": True,  # statistics of small, mixed batches are worse than those of the whole training
        "average_every": 4 if prepared.parameters > LARGE else 8,
        "ema": 0.99,
        "start": str(request.start),
        "preflight": prepared.parameters <= LARGE,
        "tensorboard": False,
    }
    return {"name": f"{manifest.name}-tuned", "licence": manifest.licence, "seed": request.seed, "task": task,
            "loop": loop}  # fmt: skip


def with_length(
    recipe: Mapping[str, Any], *, rate: float, seconds: float, validate_every: int, patience: int
) -> dict[str, Any]:
    """A recipe of a given rate and length; its rate rises first, since the optimiser knows nothing yet."""
    loop = {
        **recipe["loop"],
        "seconds": round(seconds, 1),
        "optimiser": {"name": "adamw", "learning_rate": rate, "weight_decay": 0.02, "beta2": 0.98},
        "schedule": {"name": "flat_cosine", "warm_up": 0.05, "flat": 0.3},
        "validate_every": validate_every,
        "patience": patience,
    }
    return {**recipe, "loop": loop}


def rates(prepared: Prepared) -> tuple[float, ...]:
    """The learning rates that are tried, in order."""
    return RATES_OF_LARGE if prepared.parameters > LARGE else RATES


def shares_of_sets(
    counts: Mapping[str, Mapping[str, int]], wanted: Mapping[str, float], floor: float
) -> dict[str, float]:
    """The share of each set with training crops: as wanted, else by size with none below `floor`; their sum is 1."""
    sizes = {name: row["train"] for name, row in counts.items() if row["train"]}
    if unknown := [name for name in wanted if name not in counts]:
        raise SpecError(f"--shares {unknown[0]}: no set of that name; known: {', '.join(counts)}")
    if wanted:
        if lacking := [name for name in sizes if name not in wanted]:
            raise SpecError(f"--shares: none for the set {lacking[0]}; give one for each of {', '.join(sizes)}")
        total = sum(wanted[name] for name in sizes)
        return {name: wanted[name] / total for name in sizes}
    floor = min(floor, 1.0 / len(sizes))
    low: set[str] = set()
    while True:  # what the small sets are given the others lack, and one more may come below the floor
        rest = sum(size for name, size in sizes.items() if name not in low)
        room = 1.0 - floor * len(low)
        below = {name for name, size in sizes.items() if name not in low and room * size / rest < floor}
        if not below or len(low | below) == len(sizes):
            break
        low |= below
    if below:
        return dict.fromkeys(sizes, 1.0 / len(sizes))
    return {name: floor if name in low else room * size / rest for name, size in sizes.items()}


def _data(
    request: Request, prepared: Prepared, crops: Mapping[str, Any], replay: Mapping[str, Any] | None
) -> dict[str, Any]:
    shares = shares_of_sets(prepared.counts, request.shares or {}, request.floor)
    own = [{**crops, "collections": [name], "augment": [dict(each) for each in AUGMENT]} for name in shares]
    part = request.replay_share if replay is not None else 0.0
    # Drawn crops are many, and varied as they were drawn: they come as they are.
    sets: list[Any] = [*own, dict(replay)] if replay is not None and part > 0.0 else own
    weights = [share * (1.0 - part) for share in shares.values()] + ([part] if len(sets) > len(own) else [])
    return {"name": "mixed", "sets": sets, "shares": [round(each, 6) for each in weights]}


def _base_task(manifest: Manifest) -> dict[str, Any]:
    """The task that a model was trained with, else what its manifest says of one."""
    known = manifest.made.get("recipe", {}).get("task", {})
    left_out = (
        "data",
        "validation",
        "metric",
        "charset",
        "widths",
        "width_shares",
        "auxiliary_until",
        "label_smoothing",
    )
    task = {key: value for key, value in known.items() if key not in left_out}
    rule, codec = manifest.input, dict(manifest.codec)
    task |= {"name": "recognise", "model": dict(manifest.spec), "codec": codec.pop("name"), **codec}
    for key in ("height", "padding", "widen", "fit", "width"):
        if key in rule:
            task[key] = list(rule[key]) if isinstance(rule[key], list | tuple) else rule[key]
    return task


def replay_widths(rule: Mapping[str, Any]) -> dict[int, float]:
    """Widths of lines to replay, and their shares; of a model of one width none that it would see squeezed too much."""
    longest = rule.get("longest", MOST_SQUEEZED * rule["width"]) if "width" in rule else max(WIDTHS)
    return {width: share for width, share in WIDTHS.items() if share and (width <= longest or width == min(WIDTHS))}


def _widths(crops: Mapping[str, Any], replayed: Mapping[int, float]) -> tuple[list[int], list[float]]:
    """Widths of batches and how often each is drawn: half as the crops' widths ask, half as replay's do, if any."""
    stretch = crops.get("stretch", 0)  # what is stretched is shown whole in no batch that is narrower
    steps = [width for width in WIDTHS if width >= stretch] or [max(WIDTHS)]
    source = Labelled("train", **{key: value for key, value in crops.items() if key != "name"}, widths=steps)
    sizes = {width: len(numbers) for width, numbers in sorted(source.buckets().items())}
    total = sum(sizes.values())
    # A width with hardly any crop joins the next wider one, the widest ones the last that is left.
    used = [width for width, size in sizes.items() if size / total >= FEW] or [max(sizes)]
    weight = {width: size * width for width, size in sizes.items() if width in used}  # wide batches hold fewer lines
    least = 0 if stretch else min(used)
    chosen = [width for width in WIDTHS if width in weight or (width in replayed and width > least)]
    given, part = sum(replayed.get(width, 0.0) for width in chosen), 0.5 if replayed else 0.0
    shares = [
        (1.0 - part) * weight.get(width, 0) / sum(weight.values()) + part * replayed.get(width, 0.0) / (given or 1.0)
        for width in chosen
    ]
    return chosen, [round(share, 4) for share in shares]
