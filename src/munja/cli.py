"""The command line: each registered step becomes a command; nothing is decided here."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from munja.core.errors import MunjaError
from munja.core.registry import find, names

GROUPS = {"data": "Look at data and prepare it."}  # steps named group.verb become `munja group verb`


class Terminal:
    """The Console of the command line: results on standard output, everything else on standard error."""

    def show(self, document: str) -> None:
        """Print a result."""
        sys.stdout.write(document)
        sys.stdout.flush()

    def say(self, message: str) -> None:
        """Print a message beside the results."""
        print(message, file=sys.stderr)

    def track(self, items: Sequence[str], what: str) -> Iterator[str]:
        """Yield the items, with a progress bar where a person watches and there is more than one."""
        if len(items) < 2 or not sys.stderr.isatty():
            yield from items
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True)) as progress:
            yield from progress.track(items)


def command(step: Callable[..., Any], terminal: Terminal) -> Callable[..., int]:
    """A function with the step's own signature, less its console, that returns the exit status."""
    signature = inspect.signature(step, eval_str=True)
    parameters = list(signature.parameters.values())[1:]

    def run(*positional: Any, **settings: Any) -> int:
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


def run(arguments: Sequence[str]) -> int:
    """Run one command line; returns its exit status: 0 for success, 1 for anything that a message explains."""
    import cyclopts

    import munja
    import munja.steps  # registers the steps

    app = cyclopts.App(
        name="munja", version=munja.__version__, help="Read the text in your own images.", result_action="return_value"
    )
    terminal = Terminal()
    groups: dict[str, cyclopts.App] = {}
    for name in names("step"):
        group, dot, verb = name.rpartition(".")
        if dot and group not in groups:
            groups[group] = cyclopts.App(name=group, help=GROUPS[group])
            app.command(groups[group])
        (groups[group] if dot else app).command(command(find("step", name), terminal), name=verb)
    try:
        status = app(arguments, exit_on_error=False, print_error=True)
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
