"""Train, validate and test without leaks: what belongs together stays together, in the same shares everywhere.

Samples that share a key (source picture, document, shop, camera) or look nearly the same form a group; groups are
dealt out largest first, each to the split that then deviates least from its share of every stratum.
"""

from __future__ import annotations

import hashlib
import io
import re
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from munja.core.errors import InputError, MunjaError, SpecError
from munja.data.check.duplicates import groups
from munja.data.check.pictures import Print, look_at
from munja.data.sample import Sample, split_name

_EXIF = {"maker": 271, "model": 272}
_EXIF_PART, _SERIAL = 0x8769, 0xA431
OWN_KEYS = ("folder", "first-line", "text", "camera", "name:REGEX")


@dataclass(frozen=True)
class Plan:
    """Which split each sample goes to, and how it came about."""

    splits: tuple[str, ...]
    groups: int
    largest: int
    keyless: Mapping[str, int]  # samples that a key says nothing of

    def table(self, strata: Sequence[str]) -> str:
        """Samples by split and stratum."""
        names = sorted(set(self.splits))
        counts = Counter(zip(self.splits, strata, strict=True))
        kinds = [each for each, _ in Counter(strata).most_common(12)]
        rows = [["", "samples", *([each or "-" for each in kinds] if len(kinds) > 1 else [])]]
        for name in names:
            row = [name, str(self.splits.count(name))]
            rows.append(row + [str(counts[name, each]) for each in kinds] if len(kinds) > 1 else row)
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        return "".join(
            "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) + "\n" for row in rows
        )


def parse_shares(texts: Sequence[str]) -> dict[str, float]:
    """Shares such as train=0.8 validate=0.1 test=0.1; they are brought to a sum of 1."""
    shares: dict[str, float] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        try:
            share = float(value)
        except ValueError:
            share = -1.0
        if not equals or not 0.0 < share < float("inf") or name in shares:
            raise SpecError(f"{text!r}: a share was wanted, such as train=0.8, each name once")
        shares[split_name(name)] = share
    if len(shares) < 2:
        raise SpecError("two shares or more were wanted, such as train=0.8 validate=0.1 test=0.1")
    total = sum(shares.values())
    return {name: share / total for name, share in shares.items()}


def key_of(name: str) -> Callable[[Sample], Hashable | None]:
    """The function that gives a sample's key: folder, first-line, text, camera, name:REGEX, or an attribute's name."""
    if name == "folder":
        return lambda sample: str(PurePosixPath(sample.name).parent) if "/" in sample.name else None
    if name == "first-line":
        return lambda sample: next((line.text for line in sample.page.lines), None) if sample.page else None
    if name == "text":
        return lambda sample: sample.text or None
    if name == "camera":
        return _camera
    if name.startswith("name:"):
        return _by_pattern(name.removeprefix("name:"))
    return lambda sample: _hashable(sample.attributes.get(name))


def make_plan(
    samples: Sequence[Sample],
    shares: Mapping[str, float],
    *,
    by: Sequence[str] = (),
    stratify: Sequence[str] = (),
    near: bool = True,
    keep: Sequence[str] = (),
    seed: int = 0,
) -> Plan:
    """Which split each sample goes to.

    `by` names keys whose equal values stay together, `stratify` keys whose values are shared out evenly. With `near`
    pictures that look nearly the same stay together. Samples of the splits in `keep` stay where they are, and draw
    the rest of their groups with them. The plan depends on the samples, their names and the seed, not on their order.
    """
    joined = list(range(len(samples)))
    keyless: dict[str, int] = {}
    for key in by:
        values = [key_of(key)(sample) for sample in samples]
        keyless[key] = sum(value is None for value in values)
        if keyless[key] == len(samples):
            raise InputError(f"--by {key}: no sample has it; wanted an attribute or one of {', '.join(OWN_KEYS)}")
        _join_equal(joined, values)
    if near:
        _join_copies(joined, samples)
    members: dict[int, list[int]] = defaultdict(list)
    for i in range(len(samples)):
        members[_root(joined, i)].append(i)
    strata = stratum_names(samples, stratify)
    splits = _deal(list(members.values()), samples, strata, shares, keep, seed)
    return Plan(tuple(splits), len(members), max(map(len, members.values()), default=0), keyless)


def stratum_names(samples: Sequence[Sample], keys: Sequence[str]) -> list[str]:
    """Each sample's stratum: its class, and its values of the keys."""
    makers = [key_of(key) for key in keys]
    return [
        ", ".join(str(value) for value in (sample.label, *(make(sample) for make in makers)) if value is not None)
        for sample in samples
    ]


def _deal(
    members: list[list[int]], samples: Sequence[Sample], strata: Sequence[str], shares: Mapping[str, float],
    keep: Sequence[str], seed: int,
) -> list[str]:  # fmt: skip
    totals = Counter(strata)
    given: dict[str, Counter[str]] = {name: Counter() for name in shares}
    result = [""] * len(samples)
    order = sorted(members, key=lambda group: (-len(group), _draw(seed, min(samples[i].name for i in group))))

    def give(group: list[int], name: str) -> None:
        """Put all samples of a group into a split."""
        given.setdefault(name, Counter()).update(strata[i] for i in group)
        for i in group:
            result[i] = name

    rest = []
    for group in order:
        stay = [name for name in keep if any(samples[i].split == name for i in group)]
        give(group, stay[0]) if stay else rest.append(group)
    for group in rest:
        counts = Counter(strata[i] for i in group)

        def cost(name: str, counts: Counter[str] = counts) -> float:
            """How much further the split gets from its share of each stratum and of the whole."""
            whole = sum(given[name].values()), len(samples) * shares[name], sum(counts.values()), len(samples)
            each = [(given[name][key], totals[key] * shares[name], count, totals[key]) for key, count in counts.items()]
            return sum(
                ((has + gets - wants) ** 2 - (has - wants) ** 2) / all_ for has, wants, gets, all_ in [whole, *each]
            )

        give(group, min(shares, key=lambda name: (cost(name), -shares[name], name)))
    return result


def _join_equal(joined: list[int], values: Sequence[Hashable | None]) -> None:
    first: dict[Hashable, int] = {}
    for i, value in enumerate(values):
        if value is not None:
            _join(joined, first.setdefault(value, i), i)


def _join_copies(joined: list[int], samples: Sequence[Sample]) -> None:
    prints: list[Print | None] = []
    for sample in samples:
        try:
            prints.append(look_at(sample.read())[0])
        except MunjaError:  # a damaged picture resembles no other; `munja data check` lists it
            prints.append(None)
    for kind in groups(prints, lambda i: samples[i].read()):
        for group in kind:
            for other in group[1:]:
                _join(joined, group[0], other)


def _root(joined: list[int], i: int) -> int:
    while joined[i] != i:
        joined[i] = joined[joined[i]]
        i = joined[i]
    return i


def _join(joined: list[int], i: int, j: int) -> None:
    a, b = sorted((_root(joined, i), _root(joined, j)))
    joined[b] = a


def _draw(seed: int, name: str) -> bytes:
    return hashlib.blake2b(f"{seed}\n{name}".encode(), digest_size=8).digest()


def _by_pattern(pattern: str) -> Callable[[Sample], Hashable | None]:
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise SpecError(f"--by name:{pattern}: not a regular expression ({error})") from error

    def find(sample: Sample) -> Hashable | None:
        """The first group of the match, or the whole match where the expression has none."""
        match = compiled.search(sample.name)
        return None if match is None else match[1] if compiled.groups else match[0]

    return find


def _camera(sample: Sample) -> Hashable | None:
    """Maker, model and serial number that a photograph states."""
    import PIL.Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with PIL.Image.open(io.BytesIO(sample.read())) as picture:
                exif = picture.getexif()
                found = [exif.get(tag) for tag in _EXIF.values()] + [exif.get_ifd(_EXIF_PART).get(_SERIAL)]
    except Exception:  # a picture without readable EXIF states no camera
        return None
    return tuple(str(each).strip("\0 ") for each in found) if any(found) else None


def _hashable(value: object) -> Hashable | None:
    return value if isinstance(value, Hashable) else repr(value)
