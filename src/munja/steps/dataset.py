"""`munja data convert`, `check`, `split` and `analyze`: what is done with collections of labelled pictures."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from munja.core.errors import InputError, SpecError
from munja.core.registry import register
from munja.steps.console import Console, write_file


@dataclass(frozen=True)
class ConvertReport:
    """The folder written, how many samples are in it, and everything that was dropped, with file and line."""

    out: Path
    written: int
    dropped: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing was dropped."""
        return not self.dropped


@dataclass(frozen=True)
class CheckReport:
    """How many samples were looked at, how many findings there are of each kind, and whether none is an error."""

    samples: int
    counts: dict[str, int]
    ok: bool


@register("step", "data.convert")
def convert(
    console: Console,
    source: Path,
    out: Path,
    /,
    *,
    from_format: str = "auto",
    to_format: str = "munja",
    split: str | None = None,
    crop: bool = False,
    storage: str = "files",
    what: str = "",
    licence: str = "",
    report: Path | None = None,
) -> ConvertReport:
    """Write labelled pictures in another format, as a new folder.

    Args:
        source: Folder or label file, such as that of a labelling tool.
        out: Folder to write; it must not exist yet.
        from_format: Format of the source; auto recognises it.
        to_format: Format to write; munja is a Munja dataset. `docs/datasets.md` lists all.
        split: Only the samples of this split.
        crop: Cut the lines out of pages, as pictures for a recogniser.
        storage: How a Munja dataset keeps pictures: files, or lmdb.
        what: What the pictures are, for dataset.toml.
        licence: Under which licence they stand, for dataset.toml.
        report: File for the list of everything dropped, else it is printed.
    """
    from munja.data.convert import convert as convert_set
    from munja.data.dataset import About

    about = About(out.name, what, licence)
    made = convert_set(
        source, out, from_format=from_format, to_format=to_format, split=split, crop=crop, about=about, storage=storage
    )
    dropped = [str(each) for each in made.dropped]
    if report is not None:
        write_file(report, "".join(f"{each}\n" for each in dropped).encode())
    else:
        for each in dropped:
            console.say(f"dropped: {each}")
    for sentence in made.summary():
        console.say(sentence)
    return ConvertReport(out, made.written, dropped)


@register("step", "data.check")
def check(
    console: Console,
    /,
    *sets: Path,
    format: str = "auto",  # noqa: A002
    charset: str | None = None,
    longest: int | None = None,
    near: bool = True,
    examples: int = 3,
    out: Path | None = None,
) -> CheckReport:
    """Look for what is wrong with labelled pictures: damaged files, texts, boxes, duplicates within and across sets.

    Args:
        sets: Folders or label files; of several, what they share is told.
        format: Their format; auto recognises it.
        charset: Charset that texts should keep to: ascii, latin, korean, or the path of a file of characters.
        longest: Most characters that a text should have.
        near: Look for pictures that are nearly the same, too.
        examples: How many of each kind are shown.
        out: File for all findings, as a table (.tsv).
    """
    from munja.data.check import Rules
    from munja.data.check import check as check_sets

    if not sets:
        raise InputError("no set was named: munja data check FOLDER ...")
    rules = Rules(None if charset is None else _charset(charset), longest, near)
    findings = check_sets(sets, rules, format=format)
    if out is not None:
        write_file(out, findings.table().encode())
    console.show(findings.summary(examples))
    return CheckReport(findings.samples, findings.counts(), findings.ok)


@register("step", "data.split")
def split(
    console: Console,
    source: Path,
    out: Path,
    /,
    *shares: str,
    by: tuple[str, ...] = (),
    stratify: tuple[str, ...] = (),
    near: bool = True,
    keep: tuple[str, ...] = (),
    seed: int = 0,
    format: str = "auto",  # noqa: A002
    storage: str = "files",
) -> Path:
    """Divide labelled pictures into splits that share nothing, as a new Munja dataset.

    Args:
        source: Folder or label file.
        out: Folder of the new dataset; it must not exist yet.
        shares: Splits and their shares, such as train=0.8 validate=0.1 test=0.1, which is what happens without any.
        by: What stays together: folder, first-line, text, camera, name:REGEX, or an attribute such as source.
        stratify: What is shared out evenly, besides classes: the same words.
        near: Pictures that look nearly the same stay together.
        keep: Splits of the source that stay as they are.
        seed: The same seed gives the same splits.
        format: Format of the source; auto recognises it.
        storage: How the dataset keeps pictures: files, or lmdb.
    """
    from dataclasses import replace

    from munja.data.convert import open_truth
    from munja.data.dataset import About, Dataset, write_dataset
    from munja.data.split import make_plan, parse_shares, stratum_names

    wanted = parse_shares(shares or ("train=0.8", "validate=0.1", "test=0.1"))
    truth = open_truth(source, format)
    samples = list(truth.samples())
    for each in truth.report.dropped:
        console.say(f"dropped: {each}")
    plan = make_plan(samples, wanted, by=by, stratify=stratify, near=near, keep=keep, seed=seed)
    made = f"split of {source.name} by {', '.join(by) or 'picture'}, seed {seed}"
    known = Dataset(source).card.about if truth.format == "munja" else About(out.name)
    divided = (replace(sample, split=name) for sample, name in zip(samples, plan.splits, strict=True))
    share = truth.format == "munja"  # links between datasets save space; a foreign file may be edited in its place
    write_dataset(out, divided, replace(known, name=out.name, made=made), storage=storage, share=share)
    console.say(f"{len(samples):,} samples in {plan.groups:,} groups, the largest of {plan.largest:,}")
    for key, count in plan.keyless.items():
        if count:
            console.say(f"{count:,} samples have no {key}")
    console.show(plan.table(stratum_names(samples, stratify)))
    return out


@register("step", "data.analyze")
def analyze(
    console: Console,
    /,
    *sets: Path,
    out: Path,
    sample: int = 20_000,
    seed: int = 0,
    format: str = "auto",  # noqa: A002
    title: str = "",
) -> Path:
    """Show what labelled pictures look like: a report as one HTML file, from a sample of them.

    Args:
        sets: Folders or label files; several are compared.
        out: The HTML file to write.
        sample: Most samples of each set that are looked at.
        seed: The same seed draws the same samples.
        format: Their format; auto recognises it.
        title: Heading of the report.
    """
    from munja.data.analyze import analyze as analyze_sets

    if not sets:
        raise InputError("no set was named: munja data analyze FOLDER ... --out report.html")
    if sample < 1:
        raise SpecError(f"--sample {sample}: 1 or more was wanted")
    document, statistics = analyze_sets(sets, count=sample, seed=seed, format=format, title=title)
    write_file(out, document.encode())
    console.say(f"{statistics.samples:,} samples looked at, {len(statistics.failures):,} unreadable; report in {out}")
    return out


def _charset(name: str) -> frozenset[str]:
    from munja.data.charset import characters

    path = Path(name)
    if not path.is_file():
        return frozenset(characters(name))
    try:
        return frozenset(path.read_text(encoding="utf-8").replace("\n", "").replace("\r", "")) | {" "}
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not a file of characters in UTF-8 ({error})") from error
