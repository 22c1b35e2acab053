"""Which languages a recogniser can read, judged by the letters it knows."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

_LATIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_CYRILLIC = "абвгдежзийклмнопрстуфхцчшщьюя"
# The letters that a language needs beyond those it shares, under the names that Tesseract gives to languages.
ALPHABETS = {
    "eng": _LATIN,
    "afr": _LATIN + "êëôûï",
    "cat": _LATIN + "àçèéíïòóúü",
    "ces": _LATIN + "áčďéěíňóřšťúůýž",
    "chi_sim": "的一是不了在人有我他这中大来上国个们为学",
    "chi_tra": "的一是不了在人有我他這中大來上國個們為學",
    "dan": _LATIN + "æøåÆØÅ",
    "deu": _LATIN + "äöüßÄÖÜ",
    "ell": "αβγδεζηθικλμνξοπρστυφχψωάέήίόύώς",
    "est": _LATIN + "äõöüšž",
    "fin": _LATIN + "äöåÄÖ",
    "fra": _LATIN + "àâçèéêëîïôùûœ",
    "gle": _LATIN + "áéíóú",
    "hrv": _LATIN + "čćđšž",
    "hun": _LATIN + "áéíóöőúüű",
    "ind": _LATIN,
    "isl": _LATIN + "áðéíóúýþæö",
    "ita": _LATIN + "àèéìòù",
    "jpn": "あいうえおかがきくこさしすたてとなにのはひまもやよらりるれろわをんアイウエカクスタトナマラリルレロン日本",
    "kor": "가나다라마바사아자차카타파하은는을를이의에서로고니습합있없것들말글한국",
    "lav": _LATIN + "āčēģīķļņšūž",
    "lit": _LATIN + "ąčęėįšųūž",
    "nld": _LATIN + "éëïó",
    "nor": _LATIN + "æøåÆØÅ",
    "pol": _LATIN + "ąćęłńóśźż",
    "por": _LATIN + "àáâãçéêíóôõú",
    "ron": _LATIN + "ăâîșț",
    "rus": _CYRILLIC + "ёъыэ",
    "slk": _LATIN + "áäčďéíľňóôŕšťúýž",
    "slv": _LATIN + "čšž",
    "spa": _LATIN + "áéíñóúü¿¡",
    "sqi": _LATIN + "çë",
    "swe": _LATIN + "äöåÄÖÅ",
    "tur": _LATIN + "çğıİöşü",
    "ukr": _CYRILLIC + "єії",
    "vie": _LATIN + "ăâđêôơưạảấầẩậắằặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ",
}


def readable(charset: Iterable[str]) -> set[str]:
    """The languages, as Tesseract names them, all of whose letters are in a charset."""
    known = set(charset)
    return {
        name
        for name, letters in ALPHABETS.items()
        # A recogniser may know Korean by the parts of its syllables.
        if known.issuperset(letters) or known.issuperset(unicodedata.normalize("NFD", letters))
    }
