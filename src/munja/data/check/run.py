"""One pass over collections that looks at every picture and label, then at what they share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from munja.core.errors import InputError, MunjaError
from munja.core.page import Page
from munja.data.check.duplicates import groups
from munja.data.check.findings import Findings
from munja.data.check.labels import TextStatistics, of_page, of_text
from munja.data.check.pictures import Print, look_at
from munja.data.convert.run import open_truth
from munja.data.dataset import Dataset
from munja.data.sample import Sample

SHARED = 12  # characters from which one text in two splits is no longer a word that occurs everywhere


@dataclass(frozen=True)
class Rules:
    """What is asked of texts: characters that they may have (None: any), their greatest length (None: any)."""

    charset: frozenset[str] | None = None
    longest: int | None = None
    near: bool = True


@dataclass
class _Seen:
    """A sample that was looked at, as much of it as comparing needs."""

    collection: str
    name: str
    answer: str
    side: str
    read: Callable[[], bytes]


def check(
    paths: Iterable[str | Path],
    rules: Rules | None = None,
    *,
    format: str = "auto",  # noqa: A002
    progress: Callable[[int], None] | None = None,
) -> Findings:
    """Look at every picture and label of collections, and for pictures that are in them more than once.

    Collections are told apart by their paths; a split of one is a side of its own, across which nothing may be shared.
    """
    rules = rules or Rules()
    findings = Findings()
    seen: list[_Seen] = []
    prints: list[Print | None] = []
    sides: dict[str, set[str]] = defaultdict(set)
    for path in paths:
        truth = open_truth(path, format)
        collection = str(path)
        statistics = TextStatistics()
        for sample in truth.samples():
            prints.append(_of_sample(sample, collection, rules, findings))
            side = f"{collection} ({sample.split})" if sample.split else collection
            for text in _texts(sample):
                statistics.add(text, sample.name, str(sample.attributes.get("source", "")))
                if len(text) >= SHARED or sample.attributes.get("kind") == "math":
                    sides[text].add(side)
            seen.append(_Seen(collection, sample.name, sample.answer, side, sample.read))
            if progress:
                progress(len(seen))
        for each in truth.report.dropped:
            findings.add("error", "label or picture that cannot be read", collection, each.where, each.reason)
        for note in truth.report.notes:
            findings.add("note", "note of the reader", collection, "", note)
        for severity, kind, name, detail in statistics.said():
            findings.add(severity, kind, collection, name, detail)
        _hash(Path(path), truth.format, collection, findings)
    findings.samples = len(seen)
    _copies(seen, prints, rules, findings)
    for text, shared in sides.items():
        if len(shared) > 1:
            findings.add("note", "text in several splits or sets", " and ".join(sorted(shared)), "", repr(text[:80]))
    return findings


def _of_sample(sample: Sample, collection: str, rules: Rules, findings: Findings) -> Print | None:
    def say(severity: str, kind: str, detail: str) -> None:
        """A finding about this sample."""
        findings.add(severity, kind, collection, sample.name, detail)

    found = None
    try:
        found, said = look_at(sample.read())
        for each in said:
            say(*each)
    except InputError as error:
        say("error", "picture that cannot be read", str(error).removeprefix("the given bytes: "))
    ignored = sample.attributes.get("ignore") is True
    if sample.text is not None and sample.page is None and not ignored:
        for each in of_text(sample.text, charset=rules.charset, longest=rules.longest):
            say(*each)
    if sample.page is not None:
        _of_page(sample.page, found, rules, say)
    return found


def _of_page(page: Page, found: Print | None, rules: Rules, say: Callable[[str, str, str], None]) -> None:
    if found is not None and (found.width, found.height) != (page.width, page.height):
        sizes = f"{page.width} x {page.height} said, {found.width} x {found.height} found"
        say("error", "size of the picture is not the one that its label says", sizes)
    lines = [line for line in page.lines if not line.ignore]
    if not lines:
        say("note", "page without any text that counts", f"{len(page.lines)} don't-care regions")
    for i, line in enumerate(page.lines):
        if not line.ignore:
            for severity, kind, detail in of_text(line.text, charset=rules.charset, longest=rules.longest):
                say(severity, kind, f"line {i + 1}: {detail}" if detail else f"line {i + 1}")
    for each in of_page(page):
        say(*each)


def _texts(sample: Sample) -> Iterator[str]:
    if sample.page is not None:
        yield from (line.text for line in sample.page.lines if not line.ignore)
    elif sample.text:
        yield sample.text


def _copies(seen: list[_Seen], prints: list[Print | None], rules: Rules, findings: Findings) -> None:
    same, near = groups(prints, lambda i: seen[i].read(), near=rules.near)
    for kind, found in (("same picture", same), ("nearly the same picture", near)):
        for group in found:
            first, *others = (seen[i] for i in group)
            for other in others:
                _tell(kind, first, other, findings)


def _tell(kind: str, first: _Seen, other: _Seen, findings: Findings) -> None:
    detail = f"as {first.name}" + (f" of {first.collection}" if first.collection != other.collection else "")
    severity = "error" if kind == "same picture" else "warning"
    if first.side != other.side:
        findings.add(severity, f"{kind} in several splits or sets", other.side, other.name, f"{detail} in {first.side}")
    if first.answer != other.answer:
        answers = f"{first.answer[:60]!r} and {other.answer[:60]!r}"
        findings.add(severity, f"{kind} with another label", other.collection, other.name, f"{detail}: {answers}")
    elif first.side == other.side:
        findings.add("warning", kind, other.collection, other.name, detail)


def _hash(path: Path, format_: str, collection: str, findings: Findings) -> None:
    if format_ != "munja":
        return
    try:
        dataset = Dataset(path)
        if dataset.card.hash and dataset.content_hash() != dataset.card.hash:
            findings.add("error", "content is not what dataset.toml was written for", collection, "", dataset.card.hash)
    except MunjaError as error:
        findings.add("error", "dataset is damaged", collection, "", str(error))
