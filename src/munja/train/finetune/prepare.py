"""The first part of a fine-tuning: labelled crops are read, checked, divided, and put into the run's folder."""

from __future__ import annotations

import csv
import io
import json
import shutil
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from munja.core.artifact import Manifest, open_artifact, write_atomically
from munja.core.errors import ArtifactError, InputError
from munja.data.check import check
from munja.data.check.pictures import look_at
from munja.data.convert.report import Report
from munja.data.dataset import About, Dataset, write_dataset
from munja.data.sample import Sample, free_name
from munja.models.load import load_network
from munja.read.codecs.jamo import letters
from munja.train.finetune.alphabet import Alphabet, alphabet_of, shown
from munja.train.finetune.division import LEAST_CROPS, divide
from munja.train.finetune.labels import read_labels
from munja.train.finetune.request import STATE, Request

CROPS, SPLIT, FOUND = "crops", "split.csv", "found.tsv"
Say = Callable[[str], None]
Fits = Callable[[str], bool]


@dataclass(frozen=True)
class Prepared:
    """What a fine-tuning trains and measures with: a dataset of crops with splits, and the charset.

    `counts` are crops by set and split; `frozen` beginnings of parameters that see strokes; `findings` what was found
    wrong with the data, in sentences.
    """

    crops: Path
    alphabet: Alphabet
    counts: Mapping[str, Mapping[str, int]]
    frozen: tuple[str, ...]
    parameters: int
    findings: tuple[str, ...]

    def samples(self, part: str) -> list[Sample]:
        """The crops of train, validate or test."""
        return list(Dataset(self.crops).split(part))


def prepare(request: Request, out: Path, say: Say, *, fits: Fits | None = None) -> Prepared:
    """Check a request's data and divide it, in the folder `out`; what was prepared there before is taken as it is.

    `fits` says whether a text keeps to the request's pattern.
    """
    request.check()
    manifest = startable(request.start)
    if request.begin(out):
        return _restored(out)
    findings: list[str] = []

    def note(sentence: str) -> None:
        findings.append(sentence)
        say(sentence)

    report = Report()
    samples = _usable(request, manifest, report, note)
    _check_count(samples, report)
    alphabet = alphabet_of(manifest, request.charset, [sample.text or "" for sample in samples])
    if alphabet.added:
        counts = Counter(each for sample in samples for each in set(sample.text or "") if each in alphabet.added)
        note(f"the model does not know {shown(counts)}: added to its charset")
    samples = _writable(samples, alphabet, manifest, report)
    for each in report.dropped:
        say(f"left out: {each}")
    if report.dropped:
        findings.append(f"{len(report.dropped)} labels were left out; {FOUND} lists them")
    _check_count(samples, report)
    if fits is not None:
        _check_pattern(samples, fits, request.pattern, note)
    division = divide(samples, source=request.source, seed=request.seed)
    say(f"{len(samples):,} crops of {division.sources:,} sources ({division.rule})")
    shutil.rmtree(out / CROPS, ignore_errors=True)  # of a run that was stopped before it was prepared
    write_dataset(out / CROPS, division.samples, About("crops", "crops to fine-tune on"))
    prepared = _told(request, out, alphabet, division.samples, findings, note)
    _write_tables(out, division.samples, report)
    tree = {**asdict(prepared), "crops": CROPS}
    write_atomically(out / STATE, json.dumps(tree, ensure_ascii=False).encode())
    return prepared


def startable(path: Path) -> Manifest:
    """The manifest of a model that can be fine-tuned; ArtifactError says why one cannot."""
    if path.suffix == ".onnx":
        raise ArtifactError(
            f"{path}: an .onnx file cannot be trained on; name the .safetensors file that it was exported from"
        )
    manifest = open_artifact(path).expect("recognise").manifest
    if manifest.input.get("channels") != 1:
        raise ArtifactError(f"{path}: reads colours; fine-tuning takes models of grey lines (1 channel)")
    return manifest


def _usable(request: Request, manifest: Manifest, report: Report, note: Say) -> list[Sample]:
    """The samples whose picture and text can be trained on, texts in NFC without blanks at their ends."""
    longest = _longest(manifest)
    kept, tidied = [], 0
    for name, path in request.data.items():
        for sample in read_labels(name, path, report):
            where = sample.where or sample.name
            text = " ".join(unicodedata.normalize("NFC", sample.text or "").split())
            tidied += text != sample.text
            try:
                if not text:
                    raise InputError("has an empty text")
                if sample.attributes.get("ignore") is True:
                    raise InputError("is marked as not to be read")
                if len([part for each in text for part in letters(each)]) > longest:
                    raise InputError(f"{text!r} has {len(text)} characters; this model reads {longest} at most")
                look_at(sample.read())
            except InputError as error:
                report.drop(where, error)
                continue
            kept.append(replace(sample, text=text))
    if tidied:
        note(f"{tidied} labels were tidied: blanks at their ends, several in a row, or characters not in NFC")
    return _once(kept, note)


def _once(samples: Sequence[Sample], note: Say) -> list[Sample]:
    """Each picture once, with the label that came first; pictures of one name in different folders are told apart."""
    kept: list[Sample] = []
    seen: set[object] = set()
    taken: set[str] = set()
    doubled: list[str] = []
    for sample in samples:
        picture = sample.picture
        key = sample.name if picture is None or picture.path is None else picture.path.resolve()
        if key in seen:
            doubled.append(sample.name)
            continue
        seen.add(key)
        kept.append(sample.named(free_name(sample.name, taken)))
    if doubled:
        note(f"{len(doubled)} pictures are labelled more than once, first {doubled[0]}; all labels but the first go")
    return kept


def _longest(manifest: Manifest) -> int:
    """The most characters that a model can read: attention has its own limit, CTC one for each output column."""
    rule = manifest.input
    if "longest" in manifest.codec:
        return int(manifest.codec["longest"])
    return int(rule["width"] * rule["columns_per_pixel"]) if "width" in rule else 1000


def _check_count(samples: Sequence[Sample], report: Report) -> None:
    if len(samples) < LEAST_CROPS:
        first = "".join(f"\n  left out: {each}" for each in report.dropped[:5])
        raise InputError(
            f"{len(samples)} labelled crops can be used of {len(samples) + len(report.dropped)}; {LEAST_CROPS} or more "
            f"are needed to train and to measure, a few hundred to gain much: label more{first}"
        )


def _writable(samples: Sequence[Sample], alphabet: Alphabet, manifest: Manifest, report: Report) -> list[Sample]:
    """The samples whose text the new model's codec can write; the rest is reported."""
    codec, kept = alphabet.codec(manifest), []
    for sample in samples:
        try:
            codec.encode(sample.text or "")
        except InputError as error:
            report.drop(sample.where or sample.name, error)
        else:
            kept.append(sample)
    return kept


def _check_pattern(samples: Sequence[Sample], fits: Fits, pattern: str, note: Say) -> None:
    wrong = [sample for sample in samples if not fits(sample.text or "")]
    if len(wrong) == len(samples):
        raise InputError(f"--pattern {pattern}: fits none of {len(samples)} labels, such as {samples[0].text!r}")
    if wrong:
        first = ", ".join(f"{sample.text!r} ({sample.name})" for sample in wrong[:5])
        note(f"{len(wrong)} of {len(samples)} labels do not fit the pattern: {first}{', ...' if wrong[5:] else ''}")


def _told(
    request: Request, out: Path, alphabet: Alphabet, samples: Sequence[Sample], findings: list[str], note: Say
) -> Prepared:
    """What was prepared, after `munja data check` has had its say and the table of parts was shown."""
    checked = check([out / CROPS])
    for kind in ("same picture with another label", "nearly the same picture with another label", "blank picture"):
        if found := checked.of(kind):
            first = found[0]
            note(f"{len(found)} times: {kind}, first {first.sample} {first.detail}")
    counts: dict[str, dict[str, int]] = {}
    for sample in samples:
        row = counts.setdefault(str(sample.attributes["set"]), {"train": 0, "validate": 0, "test": 0})
        row[str(sample.split)] += 1
    for name, row in counts.items():
        note(f"set {name}: " + ", ".join(f"{count:,} to {part}" for part, count in row.items()))
    network, _ = load_network(request.start)
    trunk = [name for name, _ in network.named_children() if name not in ("neck", "encoder", "head")]
    frozen = tuple(f"{name}." for name in trunk if any(True for _ in getattr(network, name).parameters()))
    size = sum(each.numel() for each in network.parameters())
    return Prepared(out / CROPS, alphabet, counts, frozen, size, tuple(findings))


def _write_tables(out: Path, samples: Sequence[Sample], report: Report) -> None:
    target = io.StringIO()
    table = csv.writer(target, lineterminator="\n")
    table.writerow(["image", "text", "source", "set", "split"])
    for sample in samples:
        known = sample.attributes
        table.writerow([sample.name, sample.text, known["source"], known["set"], sample.split])
    write_atomically(out / SPLIT, target.getvalue().encode())
    rows = [f"{each.where}\t{' '.join(each.reason.split())}\n" for each in report.dropped]
    write_atomically(out / FOUND, "".join(["where\treason\n", *rows]).encode())


def _restored(out: Path) -> Prepared:
    path = out / STATE
    try:
        tree = json.loads(path.read_text(encoding="utf-8"))
        tree |= {"crops": out / tree["crops"], "alphabet": Alphabet(**tree["alphabet"])}
        return Prepared(**{**tree, "frozen": tuple(tree["frozen"]), "findings": tuple(tree["findings"])})
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path}: damaged ({error}); name a new folder with --out") from error
