"""Charsets by name: which characters a reader knows, in the order of its classes."""

from __future__ import annotations

from functools import cache

from munja.core.errors import SpecError, did_you_mean

ASCII = "".join(map(chr, range(0x20, 0x7F)))
ACCENTS = (
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿĄąĆćČčĎďĘęĚěĞğİıŁłŃńŇňŐőŒœŘřŚśŞşŠšŤťŮůŰűŸŹźŻżŽž"
)
TYPOGRAPHY = "‘’‚“”„–—…•·«»‹›¡¿§¶†‡©®™°±×÷²³¹½¼¾ªº"
CURRENCY = "€£¥₩¢"
SYLLABLES = "".join(map(chr, range(0xAC00, 0xD7A4)))
KOREAN_MARKS = "ㆍ「」『』〈〉《》【】※→←↑↓○●□■△▲▽▼◇◆☆★㎏㎜㎝㎞㎡㎖ℓ℃"


@cache
def characters(name: str) -> str:
    """The characters of a charset in order: ascii (95), latin (accents, typography, currency too), korean."""
    latin = ASCII + ACCENTS + TYPOGRAPHY + CURRENCY
    known = {"ascii": ASCII, "latin": latin, "korean": latin + KOREAN_MARKS + SYLLABLES}
    if name not in known:
        raise SpecError(f"charset {name!r} is not known; {did_you_mean(name, known)}")
    return known[name]


@cache
def ksx1001_syllables() -> str:
    """The 2,350 syllables of KS X 1001, which cover nearly all Korean in print."""
    # Rows 16 to 40 of the standard, at 0xB0A1 and after in its EUC form: the standard library's codec knows them.
    rows = (bytes((row, cell)) for row in range(0xB0, 0xC9) for cell in range(0xA1, 0xFF))
    return "".join(pair.decode("euc_kr") for pair in rows)
