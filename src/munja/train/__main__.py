"""`python -m munja.train RECIPE OUT [key=value ...]`: train what a recipe describes, or go on where it stopped."""

from __future__ import annotations

import sys
from pathlib import Path

from munja.core.errors import MunjaError
from munja.core.spec import load_spec, override
from munja.train.run import train


def main(arguments: list[str]) -> int:
    """0 when a model was written, 1 with a message when not, 2 when called wrongly."""
    if len(arguments) < 2:
        sys.stderr.write("usage: python -m munja.train RECIPE OUT [key=value ...]\n")
        return 2
    try:
        path = train(override(load_spec(arguments[0]), arguments[2:]), Path(arguments[1]))
    except MunjaError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("stopped; the same command goes on from the last checkpoint\n")
        return 130
    sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
