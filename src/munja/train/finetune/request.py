"""Request: everything that a person asks of a fine-tuning; the same request on the same folder goes on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from munja.core.artifact import sha256_of, write_atomically
from munja.core.errors import InputError, SpecError

FILE, STATE = "request.json", "prepared.json"
# What may change between two calls without making it another fine-tuning: how long, and what is said at its end.
FREE = ("minutes", "most_loss", "keep_worse", "settings")


@dataclass(frozen=True)
class Request:
    """What to start from, the labelled sets by name, and how to go about it.

    `pattern` is the regular expression that readings should keep to, `charset` that of the new model (empty: that of
    the old one and what the labels add), `source` a regular expression on names of pictures that tells which are of
    one photograph (empty: the column `source`, or found out). `shares` are the shares of the sets among a person's own
    crops in a batch (empty: by size, none below `floor`). `replay` is auto, none, or a recipe or dataset of synthetic
    lines that make up `replay_share` of each batch; `general` a set or recipe on which nothing may be lost (empty: that
    of the replay). `most_loss` is the largest loss there, in shares of lines read exactly.
    """

    start: Path
    data: Mapping[str, Path]
    pattern: str = ""
    charset: str = ""
    source: str = ""
    shares: Mapping[str, float] | None = None
    floor: float = 0.1
    replay: str = "auto"
    replay_share: float = 0.4
    general: str = ""
    general_lines: int = 500
    minutes: float = 10.0
    most_loss: float = 0.02
    keep_worse: bool = False
    seed: int = 1
    settings: tuple[str, ...] = ()

    def check(self) -> Request:
        """This request, or an error that says which part of it makes no sense."""
        if not self.data:
            raise InputError("no labelled crops were named: --data labels.csv, or --data NAME=FOLDER for each set")
        for name, path in self.data.items():
            if not path.exists():
                raise InputError(f"{path}: no such file or folder (set {name})")
        for key, low, high in (("floor", 0.0, 0.5), ("replay_share", 0.0, 0.95), ("most_loss", 0.0, 1.0)):
            if not low <= getattr(self, key) <= high:
                raise SpecError(f"--{key.replace('_', '-')}: {low:g} to {high:g} was wanted, got {getattr(self, key)}")
        if self.minutes <= 0:
            raise SpecError(f"--minutes above 0 was wanted, got {self.minutes}")
        if self.general_lines < 1:
            raise SpecError(f"--general-lines: 1 or more was wanted, got {self.general_lines}")
        return self

    def begin(self, out: Path) -> bool:
        """Make the folder `out` this request's; True if its data was prepared there already.

        InputError if the folder belongs to another fine-tuning, or holds something else.
        """
        mine, path = self._tree(), out / FILE
        try:
            out.mkdir(parents=True, exist_ok=True)
            known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
            if not known and any(out.iterdir()):
                raise InputError(f"{out}: holds something else; name a new folder with --out")
            prepared = (out / STATE).is_file()
            different = [key for key in {**known, **mine} if known.get(key) != mine.get(key)]
            if prepared and different:
                key = different[0]
                raise InputError(
                    f"{out}: holds another fine-tuning: {key} was {known.get(key)!r}, is {mine.get(key)!r}; "
                    "name a new folder with --out, or repeat the first command to go on"
                )
            write_atomically(path, json.dumps(mine, ensure_ascii=False, indent=1).encode())
        except OSError as error:
            raise InputError(f"{out}: cannot be written ({error.strerror})") from error
        except ValueError as error:
            raise InputError(f"{path}: damaged ({error}); name a new folder with --out") from error
        return prepared

    def _tree(self) -> dict[str, object]:
        tree = asdict(replace(self, data={}))
        tree |= {"start": sha256_of(self.start), "data": {name: str(path) for name, path in self.data.items()}}
        return {key: value for key, value in tree.items() if key not in FREE}


def named_sets(texts: tuple[str, ...] | list[str]) -> dict[str, Path]:
    """Sets by name of texts such as `labels.csv` or `wagons=FOLDER`; a set without a name has that of its folder."""
    sets: dict[str, Path] = {}
    for text in texts:
        name, equals, place = text.partition("=")
        path = Path(text if Path(text).exists() or not equals else place)
        if path == Path(text):
            name = path.stem if path.is_file() and path.stem not in ("labels", "gt") else path.resolve().parent.name
            name = path.resolve().name if path.is_dir() else name
        if not name or name in sets:
            raise InputError(f"--data {text}: a name of its own was wanted for each set, such as wagons={text}")
        sets[name] = path
    return sets


def named_shares(texts: tuple[str, ...] | list[str]) -> dict[str, float]:
    """Shares by set of texts such as `wagons=0.5`."""
    shares: dict[str, float] = {}
    for text in texts:
        name, _, value = text.rpartition("=")
        try:
            share = float(value)
        except ValueError:
            share = -1.0
        if not name or not 0.0 < share < float("inf") or name in shares:
            raise SpecError(f"--shares {text}: a set and its share were wanted, such as wagons=0.5, each set once")
        shares[name] = share
    return shares
