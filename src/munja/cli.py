"""The command line: each registered step becomes a command; nothing is decided here."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from munja.core.errors import InputError, MunjaError
from munja.core.registry import find, names
from munja.steps.console import Progress

STANDARD_INPUT = "/dev/stdin"
GROUPS = {"data": "Look at data and prepare it."}  # steps named group.verb become `munja group verb`


class _Quiet:
    """The progress of a run that nobody watches."""

    def advance(self, *, pages: int = 0, sources: int = 0) -> None:
        """Count nothing."""


class _Bar:
    """A progress bar: pages/s and, from the sources that are done, the time left."""

    def __init__(self, bar: Any, task: Any) -> None:
        self._bar, self._task, self._pages = bar, task, 0

    def advance(self, *, pages: int = 0, sources: int = 0) -> None:
        """Draw what is done."""
        self._pages += pages
        elapsed = self._bar.tasks[0].elapsed or 0.0
        rate = f"{self._pages / elapsed:.2f} pages/s" if elapsed else ""
        self._bar.update(self._task, advance=sources, rate=rate)


class Terminal:
    """The Console of the command line: results on standard output, everything else on standard error."""

    def show(self, document: str | bytes) -> None:
        """Print a result; InputError if it is one that a screen cannot show."""
        content = document.encode(errors="replace") if isinstance(document, str) else document
        if sys.stdout.isatty() and b"\0" in content:
            raise InputError("this result is no text that a screen could show: name a file with --out, or use > FILE")
        sys.stdout.flush()
        raw = getattr(sys.stdout, "buffer", None)
        if raw is None:  # a program took standard output over with a text of its own
            sys.stdout.write(content.decode(errors="replace"))
        else:
            raw.write(content)
        sys.stdout.flush()

    def say(self, message: str) -> None:
        """Print a message beside the results."""
        print(message, file=sys.stderr)

    @contextmanager
    def progress(self, total: int, what: str) -> Iterator[Progress]:
        """A progress bar where a person watches and there is more than one source."""
        if total < 2 or not sys.stderr.isatty():
            yield _Quiet()
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bars

        rate = TextColumn("{task.fields[rate]}")
        columns = (
            TextColumn(what),
            BarColumn(),
            MofNCompleteColumn(),
            rate,
            TimeRemainingColumn(elapsed_when_finished=True),
        )
        with Bars(*columns, console=Console(stderr=True)) as bars:
            yield _Bar(bars, bars.add_task(what, total=total, rate=""))


def command(step: Callable[..., Any], terminal: Terminal) -> Callable[..., int]:
    """A function with the step's own signature, less its console, that returns the exit status."""
    signature = inspect.signature(step, eval_str=True)
    parameters = list(signature.parameters.values())[1:]

    def run(*positional: Any, **settings: Any) -> int:
        """The command: status 1 if the step says that its result is not ok."""
        result = step(terminal, *positional, **settings)
        return 0 if getattr(result, "ok", True) else 1

    run.__name__ = step.__name__
    run.__doc__ = step.__doc__
    run.__signature__ = signature.replace(parameters=parameters, return_annotation=int)  # type: ignore[attr-defined]
    run.__annotations__ = {each.name: each.annotation for each in parameters}
    return run


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit status."""
    sys.exit(run(sys.argv[1:] if arguments is None else list(arguments)))


def _wanted(arguments: Sequence[str]) -> Sequence[str]:
    """The steps that a command line may mean: the one that it names, if a file holds just that, else all."""
    from munja import steps

    if arguments and arguments[0] in steps.ALONE:
        steps.register(arguments[0])
        return arguments[:1]
    steps.register_all()
    return names("step")


def run(arguments: Sequence[str]) -> int:
    """Run one command line; returns its exit status: 0 for success, 1 for anything that a message explains."""
    import cyclopts

    import munja

    app = cyclopts.App(
        name="munja",
        version=munja.__version__,
        help="Read the text in your own images.",
        result_action="return_value",
        suppress_keyboard_interrupt=False,
    )
    terminal = Terminal()
    groups: dict[str, cyclopts.App] = {}
    for name in _wanted(arguments):
        group, dot, verb = name.rpartition(".")
        if dot and group not in groups:
            groups[group] = cyclopts.App(name=group, help=GROUPS[group])
            app.command(groups[group])
        (groups[group] if dot else app).command(command(find("step", name), terminal), name=verb)
    try:
        # The parser takes every word that begins with a hyphen for an option.
        words = [STANDARD_INPUT if each == "-" else each for each in arguments]
        status = app(words, exit_on_error=False, print_error=True)
    except cyclopts.CycloptsError:
        return 1
    except MunjaError as error:
        terminal.say(f"munja: {error}")
        return 1
    except KeyboardInterrupt:
        terminal.say("munja: stopped")
        return 130
    except BrokenPipeError:  # the reader of our output, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status if isinstance(status, int) else 0
