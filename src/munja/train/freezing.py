"""Freezing: parts of a network that are not trained, throughout or at first."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from munja.core.errors import SpecError, did_you_mean


class Freezing:
    """Holds the parameters whose names begin with one of `prefixes` until the progress (0..1) reaches `until`.

    What new weights, such as those of a new character, do to a trained network in its first steps is noise: the layers
    that see strokes are kept from it.
    """

    def __init__(self, network: nn.Module, prefixes: Sequence[str], *, until: float = 1.0) -> None:
        self._network, self._prefixes, self._until = network, tuple(prefixes), until
        self._held = False
        names = [name for name, _ in network.named_parameters()]
        for prefix in self._prefixes:
            if not any(name.startswith(prefix) for name in names):
                known = sorted({f"{name.partition('.')[0]}." for name in names})
                raise SpecError(f"loop.freeze: no parameter begins with {prefix!r}; {did_you_mean(prefix, known)}")

    def at(self, progress: float) -> bool:
        """Hold or release as the progress asks; True if that changed, and the modes of layers must be set again."""
        wanted = bool(self._prefixes) and progress < self._until
        if wanted == self._held:
            return False
        self._held = wanted
        for name, parameter in self._network.named_parameters():
            if name.startswith(self._prefixes):
                parameter.requires_grad_(not wanted)
        return True

    def keep_statistics(self) -> None:
        """Put what is held into evaluation mode: the statistics of its batch norms stay."""
        if self._held:
            for name, module in self._network.named_modules():
                if f"{name}.".startswith(self._prefixes):
                    module.eval()
