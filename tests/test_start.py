"""A start pays for what it does: reading one picture imports nothing that it has no use for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from munja import cli
from munja.core.registry import find, names
from munja.steps import ALONE, register_all

PICTURE = Path(__file__).parent.parent / "examples" / "receipt.png"
SPARED = (
    "annotated_types importlib.metadata tomllib tempfile hashlib difflib multiprocessing pydantic rich shapely "
    "munja.read.fitting munja.read.attend munja.read.patterns munja.steps.evaluate munja.steps.train"
).split()


@pytest.mark.parametrize(
    ("program", "spared"),
    [
        (f"import munja; munja.read({str(PICTURE)!r})", [*SPARED, "cyclopts", "munja.steps"]),
        # cyclopts itself imports importlib.metadata.
        (f"from munja.cli import run; run(['read', {str(PICTURE)!r}])", set(SPARED) - {"importlib.metadata"}),
    ],
)
def test_what_reading_has_no_use_for_is_not_imported(program: str, spared: list[str]) -> None:
    shown = f"{program}; import sys; print(sorted(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", shown], capture_output=True, text=True, check=True)
    assert [each for each in spared if f"'{each}'" in done.stderr] == []


def test_a_step_that_stands_alone_is_the_only_one_of_its_file_and_shows_the_same_help(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    register_all()
    for name in ALONE:
        module = find("step", name).__module__
        assert [each for each in names("step") if find("step", each).__module__ == module] == [name]
        assert cli.run([name, "--help"]) == 0
        alone = capsys.readouterr().out
        monkeypatch.setattr("munja.steps.ALONE", frozenset())
        assert cli.run([name, "--help"]) == 0
        assert capsys.readouterr().out == alone
        assert name in alone


def test_a_mistake_in_a_step_that_stands_alone_is_told_as_with_all(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["read", "--treads", "2"]
    assert cli.run(words) == 1
    alone = capsys.readouterr()
    monkeypatch.setattr("munja.steps.ALONE", frozenset())
    assert cli.run(words) == 1
    assert capsys.readouterr() == alone
    assert alone.err or alone.out
