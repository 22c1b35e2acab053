"""Train, validate and test from a person's crops, so that what was seen in training is never what is measured."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from munja.core.errors import InputError, SpecError
from munja.data.sample import Sample
from munja.data.split import make_plan

SHARES = {"train": 0.7, "validate": 0.15, "test": 0.15}
MANY = 4000  # crops from which a tenth is enough to measure with
LEAST_SOURCES = 3  # one for each part
LEAST_CROPS = 10
MOST_OF_ONE = 0.2  # of all crops; a beginning that more of the names share is a word, and no photograph


@dataclass(frozen=True)
class Division:
    """Samples with their split and their attribute `source`, how many sources there are, and how they were told."""

    samples: tuple[Sample, ...]
    sources: int
    rule: str


def divide(samples: Sequence[Sample], *, source: str, seed: int) -> Division:
    """Samples divided by source, look-alikes together; splits that they come with stay, and what is missing is taken.

    InputError where the parts would share a source because there are too few.
    """
    known, rule = with_sources(samples, source)
    sources = {str(sample.attributes["source"]) for sample in known}
    if len(sources) < LEAST_SOURCES:
        raise InputError(
            f"all {len(known)} crops are of {len(sources)} source{'s' if len(sources) > 1 else ''} ({rule}): "
            f"{', '.join(sorted(sources))[:200]}. What is measured on a photograph that was trained on proves nothing; "
            f"add crops of other photographs ({LEAST_SOURCES} at least), or say with --source REGEX which part of a "
            "picture's name tells its photograph"
        )
    given = {sample.split for sample in known} - {None, "train"}
    kept = sorted(str(name) for name in given if name in SHARES)
    samples_ = [sample if sample.split in kept else replace(sample, split=None) for sample in known]
    shares = SHARES if len(samples_) < MANY else {"train": 0.8, "validate": 0.1, "test": 0.1}
    if kept:  # what looks like a picture of a given part joins that part; the rest is divided anew
        plan = make_plan(samples_, {"rest": 1.0}, by=["source"], keep=kept, seed=seed)
        samples_ = [replace(sample, split=name) for sample, name in zip(samples_, plan.splits, strict=True)]
    fixed = [sample for sample in samples_ if sample.split in kept]
    rest = [sample for sample in samples_ if sample.split not in kept]
    wanted = {name: share for name, share in shares.items() if name not in kept}
    wanted = {name: share / sum(wanted.values()) for name, share in wanted.items()}
    splits: Sequence[str] = ["train"] * len(rest)
    if rest and len(wanted) > 1:
        splits = make_plan(rest, wanted, by=["source"], stratify=["set"], seed=seed).splits
    divided = [*fixed, *(replace(sample, split=name) for sample, name in zip(rest, splits, strict=True))]
    _check_parts(divided)
    order = {sample.name: i for i, sample in enumerate(known)}
    return Division(tuple(sorted(divided, key=lambda sample: order[sample.name])), len(sources), rule)


def with_sources(samples: Sequence[Sample], source: str) -> tuple[list[Sample], str]:
    """The samples with the attribute `source`, and in words how it was found.

    By the regular expression `source` on names; else what labels say; else crops whose names differ in a last number
    only, where that makes groups; else each picture is a source of its own.
    """
    if source:
        try:
            compiled = re.compile(source)
        except re.error as error:
            raise SpecError(f"--source {source}: not a regular expression ({error})") from error
        keys = []
        for sample in samples:
            match = compiled.search(sample.name)
            keys.append(None if match is None else match[match.re.groups and 1])
        if not any(keys):
            raise InputError(f"--source {source}: fits none of {len(samples)} names, such as {samples[0].name}")
        return _named(samples, keys), f"by --source {source}"
    said = [sample.attributes.get("source") for sample in samples]
    if sum(each is not None for each in said) * 2 > len(said):
        return _named(samples, said), "as the labels say"
    stems = [re.sub(r"[_\-. ][0-9]{1,3}$", "", str(PurePosixPath(sample.name).with_suffix(""))) for sample in samples]
    counts = Counter(stems)
    groups = len(samples) > len(counts) >= max(LEAST_CROPS, len(samples) // 10)
    if groups and max(counts.values()) <= MOST_OF_ONE * len(samples):
        return _named(samples, stems), "by name, less its last number"
    return _named(samples, [None] * len(samples)), "each picture one of its own"


def _named(samples: Sequence[Sample], keys: Sequence[object]) -> list[Sample]:
    return [
        replace(sample, attributes={**sample.attributes, "source": str(key) if key else sample.name})
        for sample, key in zip(samples, keys, strict=True)
    ]


def _check_parts(samples: Sequence[Sample]) -> None:
    counts = Counter(sample.split for sample in samples)
    if lacking := [name for name in SHARES if not counts[name]]:
        largest = Counter(str(sample.attributes["source"]) for sample in samples).most_common(1)[0]
        raise InputError(
            f"the crops cannot be divided into {', '.join(SHARES)}: nothing is left for {' and '.join(lacking)} "
            f"(largest source: {largest[0]}, {largest[1]} of {len(samples)} crops). Add crops of other photographs"
        )
