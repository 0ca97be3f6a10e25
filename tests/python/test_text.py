"""The text normalisation: the same text however it is written, whole words in every script."""

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scripts.shared.text import points_text, text_key, text_words

TEXTS = st.text() | st.text(
    alphabet=st.sampled_from("aAİıßẞςΣσάΆﬁＣ\u0301\u0308\u0345¨ｶﾞﾊﾟがガーé ผู้นํำ人ـ\u00ad\u200b.'-/&")
)


@pytest.mark.parametrize(
    ("value", "key"),
    [
        pytest.param(None, None, id="missing"),
        pytest.param("", None, id="empty"),
        pytest.param(" \t\u00a0\u3000\n", None, id="only white space"),
        pytest.param("\u0301", None, id="only an accent"),
        pytest.param("¨", None, id="a spacing accent leaves only its space"),
        pytest.param("  Vice  President ", "vice  president", id="outer space goes, inner stays"),
        pytest.param("ＣＥＯ", "ceo", id="full width"),
        pytest.param("ﬁnance", "finance", id="ligature"),
        pytest.param("Straße", "strasse", id="sharp s"),
        pytest.param("STRASSE", "strasse", id="its capitals"),
        pytest.param("ΣΥΜΒΟΥΛΟΣ", "συμβουλοσ", id="capital sigma"),
        pytest.param("Σύμβουλος", "συμβουλοσ", id="final sigma and tonos"),
        pytest.param("İzmir", "izmir", id="dotted capital i"),
        pytest.param("ᾼ", "αι", id="iota subscript folds to iota"),
        pytest.param("Café", "cafe", id="composed accent"),
        pytest.param("Cafe\u0301", "cafe", id="combining accent"),
        pytest.param("GESCHÄFTSFÜHRER", "geschaftsfuhrer", id="umlauts"),
        pytest.param("Đà Nẵng", "đa nang", id="two accents on a letter, but no stroke"),
        pytest.param("ผู้ช่วย", "ผู้ช่วย", id="Thai marks stay"),
        pytest.param("นํา", "นํา", id="Thai am in two characters"),
        pytest.param("นำ", "นํา", id="Thai am in one character"),
        pytest.param("ﾌﾞﾁｮｳ", "ブチョウ", id="half-width katakana"),
        pytest.param("がく", "がく", id="voiced kana stays voiced"),
        pytest.param("か\u3099く", "がく", id="voiced kana in two characters"),
        pytest.param("①", "1", id="circled digit"),
    ],
)
def test_key(value: str | None, key: str | None) -> None:
    assert text_key(value) == key


@pytest.mark.parametrize(
    ("value", "words"),
    [
        pytest.param(None, None, id="missing"),
        pytest.param(" –…! ", None, id="only punctuation"),
        pytest.param("Director, Sales & Marketing", " director sales marketing ", id="signs part"),
        pytest.param("IT/Finance", " it finance ", id="slash parts"),
        pytest.param("Vice-President", " vice president ", id="hyphen parts"),
        pytest.param("birth_date", " birth date ", id="underscore parts"),
        pytest.param("Directeur d'exploitation", " directeur d exploitation ", id="apostrophe"),
        pytest.param("Directeur d’exploitation", " directeur d exploitation ", id="curly one"),
        pytest.param("C.E.O.", " ceo ", id="initials"),
        pytest.param("Acting C.E.O", " acting ceo ", id="initials without last dot"),
        pytest.param("V.P., Sales", " vp sales ", id="initials before a comma"),
        pytest.param("Ph.D. student", " ph d student ", id="Ph.D. is not made of single letters"),
        pytest.param("example.com", " example com ", id="a dot parts longer words"),
        pytest.param("3.5 years", " 3 5 years ", id="digits are not initials"),
        pytest.param("3D-Designer 2nd", " 3d designer 2nd ", id="digits belong to words"),
        pytest.param("Mar\u00adketing", " marketing ", id="soft hyphen"),
        pytest.param("總經理", " 總 經 理 ", id="Han"),
        pytest.param("IT部長", " it 部 長 ", id="Latin before Han"),
        pytest.param("首席CEO官", " 首 席 ceo 官 ", id="Latin within Han"),
        pytest.param("マネージャー", " マ ネ ー ジ ャ ー ", id="prolonged sound mark"),
        pytest.param("アート・ディレクター", " ア ー ト デ ィ レ ク タ ー ", id="katakana dot"),
        pytest.param("佐々木", " 佐 々 木 ", id="iteration mark"),
        pytest.param("ผู้ช่วย", " ผู้ ช่ ว ย ", id="Thai letters keep their marks"),
        pytest.param("ຜູ້ຈັດການ", " ຜູ້ ຈັ ດ ກ າ ນ ", id="Lao"),
        pytest.param("한국 지사장", " 한국 지사장 ", id="Hangul has spaces"),
        pytest.param("प्रबंधक", " प्रबंधक ", id="marks stay within a word"),
    ],
)
def test_words(value: str | None, words: str | None) -> None:
    assert text_words(value) == words


@given(TEXTS)
@example("\u1fb4")
@example("¨")
@example("ẛ̣")
@example("か\u034f\u3099")
def test_key_of_a_key_is_itself(value: str) -> None:
    key = text_key(value)
    assert text_key(key) == key


@given(TEXTS)
def test_words_of_words_are_themselves(value: str) -> None:
    words = text_words(value)
    assert text_words(words) == words


@given(TEXTS)
def test_spelling_does_not_change_a_key(value: str) -> None:
    key = text_key(value)
    assert text_key(f"\u3000{value} \n") == key
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert text_key(unicodedata.normalize(form, value)) == key
    # Folded as composed: the iota below a letter becomes one beside it, past other marks.
    assert text_key(unicodedata.normalize("NFKC", value).casefold()) == key


@given(TEXTS, TEXTS, TEXTS)
def test_a_word_is_found_between_others(before: str, keyword: str, after: str) -> None:
    words = text_words(keyword)
    if words is not None:
        assert words in (text_words(f"{before} – {words} – {after}") or "")


def test_a_part_of_a_word_is_not_found() -> None:
    assert " intern " not in (text_words("International") or "")
    assert " it " not in (text_words("Editor") or "")


@pytest.mark.parametrize(
    ("points", "words"),
    [("21.7638", "+21.8"), ("7.0000", "+7"), ("100", "+100"), ("-2.2500", "-2.3"), ("-0.04", "+0")],
)
def test_points_in_words_have_one_decimal_at_most(points: str, words: str) -> None:
    assert points_text(Decimal(points), "+") == words
