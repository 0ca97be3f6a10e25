"""Decodes what spreadsheets save: UTF-8 with a BOM, UTF-16, CP1252 or Mac Roman."""

import codecs

from scripts.seeds.checks.files import CP1252, encoding_of
from scripts.seeds.fixes.notes import Notes

_UTF_16 = {
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_ONE_BYTE = {"cp1252": "CP1252 (Western European)", "mac_roman": "Mac Roman"}

# Signs that texts hold between or beside their words.
_SIGNS = "’‘“”„–—…€£©®™°§·•«»½¼¾¿¡×÷±\u00a0"
_WORDS = "àáèéêìíòóôý"  # letters that stand alone
_LAST_LETTER = "\u0180"  # beyond are letters of few texts, and ligatures
_LEAST_PLAUSIBLE = 0.95


def decoded(content: bytes, notes: Notes) -> str | None:
    """The text of a file without BOM; None where it is not sure how it is encoded."""
    if content.startswith(codecs.BOM_UTF8):
        notes.fixed("the byte order mark (BOM) is gone")
        content = content.removeprefix(codecs.BOM_UTF8)
    if codec := _utf_16(content):
        notes.fixed(f"{codec.upper()} is now UTF-8")
        try:
            return content.decode(codec).removeprefix("\ufeff")
        except UnicodeDecodeError:
            return None
    try:
        return content.decode()
    except UnicodeDecodeError:
        return _of_one_byte(content, notes)


def is_of_one_byte(content: bytes) -> bool:
    """Whether the file was saved in an encoding that lacks most of the world's letters."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return _utf_16(content) is None
    return False


def _utf_16(content: bytes) -> str | None:
    """Which UTF-16 it is, by its BOM, or by where the NUL bytes of ASCII letters lie."""
    for mark, codec in _UTF_16.items():
        if content.startswith(mark):
            return codec
    even, odd = content[::2].count(0), content[1::2].count(0)
    if max(even, odd) * 4 < len(content) or min(even, odd):
        return None
    return "utf-16-le" if odd else "utf-16-be"


def _of_one_byte(content: bytes, notes: Notes) -> str | None:
    """The text in the one encoding in which its letters stand as words have them."""
    if encoding_of(content) != CP1252:  # whose bytes look like those of Mac Roman
        return None
    shares = {}
    for codec in _ONE_BYTE:
        try:
            text = content.decode(codec)
        except UnicodeDecodeError:
            continue
        shares[text] = _plausibility(text), codec
    text = max(shares, key=shares.__getitem__, default="")
    share, codec = shares.get(text, (0, ""))
    rivals = [other for rival, (other, _) in shares.items() if rival != text]
    if share < _LEAST_PLAUSIBLE or any(rival >= share for rival in rivals):
        return None
    notes.fixed(f"{_ONE_BYTE[codec]} is now UTF-8")
    return text


def _plausibility(text: str) -> float:
    """Which share of the characters beyond ASCII is where texts of Latin letters have it."""
    places = [place for place, char in enumerate(text) if not char.isascii()]
    return sum(_is_plausible(text, place) for place in places) / max(1, len(places))


def _is_plausible(text: str, place: int) -> bool:
    char, before, after = text[place], text[max(0, place - 1) : place], text[place + 1 : place + 2]
    if char in _SIGNS or char in _WORDS:
        return True
    if not char.isalpha() or char >= _LAST_LETTER or not (before.isalpha() or after.isalpha()):
        return False
    return char.islower() or not before.islower()
