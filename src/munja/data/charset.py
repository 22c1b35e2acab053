"""Charsets by name: which characters a reader knows, in the order of its classes."""

from __future__ import annotations

import difflib
from functools import cache
from pathlib import Path

from munja.core.errors import SpecError, did_you_mean

ASCII = "".join(map(chr, range(0x20, 0x7F)))
ACCENTS = (
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿĄąĆćČčĎďĘęĚěĞğİıŁłŃńŇňŐőŒœŘřŚśŞşŠšŤťŮůŰűŸŹźŻżŽž"
)
TYPOGRAPHY = "‘’‚“”„–—…•·«»‹›¡¿§¶†‡©®™°±×÷²³¹½¼¾ªº"
CURRENCY = "€£¥₩¢"
SYLLABLES = "".join(map(chr, range(0xAC00, 0xD7A4)))
KOREAN_MARKS = "ㆍ「」『』〈〉《》【】※→←↑↓○●□■△▲▽▼◇◆☆★㎏㎜㎝㎞㎡㎖ℓ℃"


def characters(charset: str) -> str:
    """The characters of a charset in order, each once.

    `charset` is a known name: ascii (95), latin (accents, typography, currency too) or korean; a file of characters in
    UTF-8, whose line ends do not count; or the characters themselves. SpecError for anything else.
    """
    known = _known()
    if charset in known:
        return known[charset]
    if _is_file(charset):
        return _in_file(Path(charset))
    # A word that resembles a name is a slip of the pen, and so is one that spells a letter twice.
    slip = difflib.get_close_matches(charset, known, n=1, cutoff=0.6) or len(set(charset)) != len(charset)
    if not charset or slip:
        raise SpecError(
            f"charset {charset[:60]!r} is not known; {did_you_mean(charset[:60], known)}; or name a file of "
            "characters, or write the characters themselves, each once"
        )
    return charset


@cache
def _known() -> dict[str, str]:
    latin = ASCII + ACCENTS + TYPOGRAPHY + CURRENCY
    return {"ascii": ASCII, "latin": latin, "korean": latin + KOREAN_MARKS + SYLLABLES}


def _is_file(name: str) -> bool:
    try:
        return Path(name).is_file()
    except (OSError, ValueError):  # a list of characters is no name that a file could have
        return False


def _in_file(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SpecError(f"charset {path}: a file of characters in UTF-8 was wanted ({error})") from error
    found = "".join(dict.fromkeys(text.replace("\r", "").replace("\n", "")))
    if not found:
        raise SpecError(f"charset {path}: holds no character; write one on each line, or all on one")
    return found


@cache
def ksx1001_syllables() -> str:
    """The 2,350 syllables of KS X 1001, which cover nearly all Korean in print."""
    # Rows 16 to 40 of the standard, at 0xB0A1 and after in its EUC form: the standard library's codec knows them.
    rows = (bytes((row, cell)) for row in range(0xB0, 0xC9) for cell in range(0xA1, 0xFF))
    return "".join(pair.decode("euc_kr") for pair in rows)
