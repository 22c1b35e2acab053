"""SROIE receipts: the layout of ICDAR 2015 with a text file named as its picture, and entities as JSON."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

from munja.core.errors import InputError
from munja.core.registry import register
from munja.data.convert.format import Holds
from munja.data.convert.icdar import Icdar2015, is_receipt
from munja.data.convert.parse import load_json, save_json
from munja.data.convert.report import Report
from munja.data.sample import Sample


@register("dataset_format", "sroie")
class Sroie(Icdar2015):
    """SROIE receipts: pictures in img/, boxes of lines in box/, entities in key/; or picture and text side by side."""

    sign = "receipts with box/*.csv or *.txt named as their pictures, and key/*.json"
    word = False
    flat = True
    gt_folder, gt_prefix, gt_suffix, images = "box", "", ".csv", "img"
    holds = Holds(
        frozenset({"page"}),
        "quad",
        fractions=False,
        marks=("###",),
        level="line",
        attributes=frozenset({"entities"}),
    )

    def is_truth(self, file: Path) -> bool:
        """Whether it lies in box/, or beside its picture and is named as the competition named its receipts."""
        return is_receipt(file)

    def stem(self, file: Path) -> str:
        """The picture has the same name."""
        return file.stem

    def more(self, file: Path, report: Report) -> dict[str, Any]:
        """Company, date, address and total of the receipt."""
        key = file.parent.parent / "key" / f"{file.stem}.json"
        if file.parent.name != "box" or not key.is_file():
            return {}
        try:
            entities = load_json(key)
            if not isinstance(entities, dict):
                raise InputError("an object of entities was wanted")
        except InputError as error:
            report.drop(str(key), error)
            return {}
        return {"entities": entities}

    def write_more(self, base: Path, name: PurePosixPath, sample: Sample) -> None:
        """The entities."""
        if "entities" in sample.attributes:
            target = base / "key" / name.with_suffix(".json")
            target.parent.mkdir(parents=True, exist_ok=True)
            save_json(target, sample.attributes["entities"], indent=4)
