"""`munja bundle`: everything that reading needs in one folder that installs without network."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import distribution
from pathlib import Path
from urllib.parse import unquote, urlparse

from munja.core.artifact import sha256_of
from munja.core.errors import InputError
from munja.core.registry import register
from munja.steps.console import Console, write_file

_README = """\
Munja {version}, to be installed where there is no network: {platform}, Python {python}.

    python -m venv munja
    munja/bin/pip install --no-index --find-links wheels 'munja{extras}'
    munja/bin/munja doctor
    munja/bin/munja read PICTURE

On Windows the programs are in munja\\Scripts. `sha256sum --check SHA256SUMS` proves that nothing changed on the way.
The models stand in the folder models as well: `munja read PICTURE --models models` reads with just these files.
"""


@register("step", "bundle")
def bundle(
    console: Console, /, *, out: Path, extras: str = "ppocr", models: str | None = None, prove: bool = False
) -> Path:
    """Put the wheels of Munja and its dependencies, the models and their hashes into one folder.

    The wheels fit this machine's system and Python. It takes the network, or whatever pip is set up to use.

    Args:
        out: Folder to write; it must not exist yet.
        extras: Extras to take along, separated by commas; empty for none.
        models: Model set: munja, ppocr, or a folder of artifacts.
        prove: Install the bundle into an environment without network and check it there with `munja doctor`.
    """
    from munja import __version__
    from munja.read.weights import model_set

    if out.exists():
        raise InputError(f"{out}: is there already; a new folder was wanted")
    chosen = model_set(models)
    wanted = ",".join(part.strip() for part in extras.split(",") if part.strip())
    brackets = f"[{wanted}]" if wanted else ""
    try:
        (out / "wheels").mkdir(parents=True)
        (out / "models").mkdir()
    except OSError as error:
        raise InputError(f"{out}: cannot be written ({error.strerror})") from error
    wheels = str(out / "wheels")
    console.say("collecting wheels")
    _pip("wheel", "--no-deps", "--wheel-dir", wheels, _origin(__version__))
    _pip("wheel", "--find-links", wheels, "--wheel-dir", wheels, f"munja{brackets}=={__version__}")
    for artifact in (chosen.detector, chosen.recogniser, chosen.direction):
        if artifact is not None:
            write_file(out / "models" / f"{artifact.manifest.name}.onnx", artifact.read_bytes())
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    text = _README.format(version=__version__, platform=sys.platform, python=python, extras=brackets)
    write_file(out / "README.txt", text.encode())
    files = sorted(path for path in out.rglob("*") if path.is_file())
    sums = "".join(f"{sha256_of(path)}  {path.relative_to(out).as_posix()}\n" for path in files)
    write_file(out / "SHA256SUMS", sums.encode())
    if prove:
        _prove(out, brackets)
        console.say("installed without network, and `munja doctor` found nothing broken")
    size = sum(path.stat().st_size for path in files) / 1e6
    console.say(f"{out}: {len(files)} files, {size:.0f} MB")
    return out


def _origin(version: str) -> str:
    """What pip can make Munja's own wheel of: the folder that it was installed from, else its published version."""
    told = distribution("munja").read_text("direct_url.json")
    if told:
        place = urlparse(json.loads(told).get("url", ""))
        folder = Path(unquote(place.path))
        if place.scheme == "file" and (folder / "pyproject.toml").is_file():
            return str(folder)
    return f"munja=={version}"


def _prove(out: Path, brackets: str) -> None:
    """Install the bundle into a new environment without any index, and let `munja doctor` look at it."""
    with tempfile.TemporaryDirectory() as folder:
        environment = Path(folder) / "environment"
        _run([sys.executable, "-m", "venv", str(environment)], "a virtual environment cannot be made")
        programs = environment / ("Scripts" if sys.platform == "win32" else "bin")
        pip = [str(programs / "python"), "-m", "pip", "install", "--quiet", "--no-index"]
        _run([*pip, "--find-links", str(out / "wheels"), f"munja{brackets}"], "the bundle does not install")
        _run([str(programs / "munja"), "doctor"], "what was installed from the bundle does not work")


def _pip(*arguments: str) -> None:
    _run([sys.executable, "-m", "pip", *arguments, "--quiet", "--disable-pip-version-check"], "pip failed")


def _run(command: list[str], failure: str) -> None:
    if shutil.which(command[0]) is None:
        raise InputError(f"{command[0]}: no such program; {failure}")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise InputError(f"{failure}: {' / '.join(said[-3:])}")
