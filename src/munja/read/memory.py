"""A bound on memory: what a user allows, and what of it is left for pictures."""

from __future__ import annotations

from munja.core.errors import SpecError

# Measured with the published models: the engines and their working memory with one picture of ordinary size, and what
# each further page at a time adds.
BASE = 1_100_000_000
EACH = 350_000_000
_UNITS = {"": 1, "B": 1, "K": 1e3, "KB": 1e3, "M": 1e6, "MB": 1e6, "G": 1e9, "GB": 1e9}
_UNITS |= {"KIB": 2**10, "MIB": 2**20, "GIB": 2**30}


def parse_memory(text: str) -> int:
    """Bytes of a text such as 2GB, 1500 MB or 1.5GiB."""
    clean = text.strip().upper().replace(" ", "")
    digits = clean.rstrip("BIKMG")
    try:
        value = float(digits) * _UNITS[clean[len(digits) :]]
    except (ValueError, KeyError) as error:
        raise SpecError(f"--memory {text}: a size was wanted, such as 2GB or 1500MB") from error
    if not 0 < value < 1e15:
        raise SpecError(f"--memory {text}: a size was wanted, such as 2GB or 1500MB")
    return int(value)


def for_pictures(memory: int, threads: int) -> int:
    """Bytes that pictures may take in all where a user allows `memory` bytes and `threads` pages are read at a time."""
    left = memory - BASE - EACH * (threads - 1)
    if left < 100_000_000:
        least = (BASE + EACH * (threads - 1) + 100_000_000) / 1e9
        raise SpecError(
            f"memory: {memory / 1e9:.2f} GB are less than reading takes with {threads} "
            f"{'thread' if threads == 1 else 'threads'}; allow {least:.1f} GB or more, or fewer threads"
        )
    return left
