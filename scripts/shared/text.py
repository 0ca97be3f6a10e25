"""The one text normalisation: how rules, keywords and mappings compare text; and points in words.

The normalisation is computed once per distinct value and joined by every engine, since no two of
them fold case or compose characters alike.
"""

import re
import unicodedata
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

_ACCENTS = re.compile("[\u0300-\u036f]")

_UNSPACED = re.compile(
    "["
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f"  # Myanmar
    "\u1780-\u17ff"  # Khmer
    "\u3040-\u30ff\u31f0-\u31ff\U0001aff0-\U0001b16f"  # Hiragana, Katakana
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3038-\u303b"  # Han
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
    "]"
)

_INITIALS = re.compile(r"(?<![\w.])(?:[^\W\d_]\.)+[^\W\d_]\b\.?(?!\w)")


def text_key(value: str | None) -> str | None:
    """The key under which texts are equal: without case, accents, width or outer white space.

    NFKC, case folding, removal of U+0300–U+036F once decomposed, NFC. The key of a key is itself.
    What is empty then, and None, is None.
    """
    folded = unicodedata.normalize("NFKC", value or "").casefold()
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", folded))
    return unicodedata.normalize("NFC", bare).strip() or None


def text_words(value: str | None) -> str | None:
    """The key as words: `text_words(keyword) in text_words(title)` finds whole words.

    A word is a run of letters, digits and marks; in scripts that put no space between words it is
    one character with its marks. Everything else parts words, only dotted initials are joined
    (`C.E.O.` is `ceo`) and invisible format characters ignored. One space parts the words, one
    leads and one trails; a value without a word, and None, is None.
    """
    visible = "".join(char for char in value or "" if unicodedata.category(char) != "Cf")
    key = _INITIALS.sub(lambda initials: initials[0].replace(".", ""), text_key(visible) or "")
    words = "".join(_parted(key)).split()
    return f" {' '.join(words)} " if words else None


def without_idle_zeros(number: str) -> str:
    """A number in figures without the zeros that end its decimals: 1.50 is 1.5, and 2.0 is 2."""
    return number.rstrip("0").rstrip(".") if "." in number else number


def points_text(points: Decimal, sign: str = "") -> str:
    """Points in words: one decimal at most, half away from zero, with `sign` '+' as in +21.8."""
    rounded = points.quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{rounded.normalize() + 0:{sign}f}"


def _parted(key: str) -> Iterator[str]:
    """The characters of the key, with spaces wherever a word ends."""
    after_unspaced = False
    for char in key:
        kind = unicodedata.category(char)[0]
        if kind in "LN":
            unspaced = _UNSPACED.match(char) is not None
            if unspaced or after_unspaced:
                yield " "
            after_unspaced = unspaced
        yield char if kind in "LNM" else " "
