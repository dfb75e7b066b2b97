from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.vocabulary.identifiers import InvalidIdentifier, currency, isin, lei

# The tokens of the seed catalogue whose ISIN was found, and the shares under seven of them.
ISINS = [
    "CH1436219187",
    "CH1436219195",
    "CH1436219203",
    "CH1436219211",
    "CH1436219229",
    "CH1436219237",
    "CH1436219252",
    "CH1436219450",
    "CH1436219526",
    "CH1436219609",
    "CH1436219625",
    "CH1436219633",
    "CH1436219666",
    "CH1436219690",
    "CH1436219708",
    "CH1436219716",
    "CH1436219724",
    "CH1436219740",
    "CH1436219773",
    "CH1473121254",
    "US0231351067",
    "US0378331005",
    "US46090E1038",
    "US5949181045",
    "US67066G1040",
    "US78462F1030",
    "US88160R1014",
]

# Backed Assets (JE) Limited; then examples of the Eurofiling and LEI pages.
LEIS = ["984500001AB7C6C7F577", "KGCEPHLVVKVRZYO1T647", "54930084UKLVMY22DS16", "213800WSGIIZCXF1P572"]

SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


# ------------------------------------------------------------------------------------------------ ISIN


def test_the_isins_of_the_catalogue_have_the_right_check_digit():
    assert len(ISINS) == 27
    assert [isin(text) for text in ISINS] == ISINS


def test_letters_inside_an_isin_count_as_two_digits():
    assert isin("AU0000XVGZA3") == "AU0000XVGZA3"  # Treasury Corporation of Victoria, the usual worked example


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("US0378331004", "the check digit of `US037833100` is 5, not 4"),
        ("us0378331005", "letters must be capitals, write `US0378331005`"),
        ("US037833100", "it must be 2 capital letters"),
        ("US03783310055", "it must be 2 capital letters"),
        ("120378331005", "it must be 2 capital letters"),
        (" US037833100", "it must be 2 capital letters"),
        ("US037833100A", "it must be 2 capital letters"),
        ("US037833100\u0665", "it must be 2 capital letters"),
        ("", "it must be 2 capital letters"),
    ],
)
def test_what_is_no_isin_is_refused_with_the_reason(text, reason):
    with pytest.raises(InvalidIdentifier, match="is not a valid ISIN") as refused:
        isin(text)
    assert reason in refused.value.reason


@given(st.sampled_from(ISINS), st.integers(2, 10), st.sampled_from(SIGNS))
def test_law_a_digit_mistyped_for_a_digit_is_noticed(text, position, sign):
    mistyped = text[:position] + sign + text[position + 1 :]
    if mistyped == text or not (text[position].isdigit() and sign.isdigit()):
        return
    with pytest.raises(InvalidIdentifier):
        isin(mistyped)


# ------------------------------------------------------------------------------------------------ LEI


@pytest.mark.parametrize("text", LEIS)
def test_an_lei_with_the_right_check_digits_is_read(text):
    assert lei(text) == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("984500001AB7C6C7F576", "the check digits of `984500001AB7C6C7F5` are 77, not 76"),
        ("984500001ab7c6c7f577", "letters must be capitals, write `984500001AB7C6C7F577`"),
        ("984500001AB7C6C7F57", "it must be 18 capital letters or digits"),
        ("984500001AB7C6C7F5AA", "it must be 18 capital letters or digits"),
        ("", "it must be 18 capital letters or digits"),
    ],
)
def test_what_is_no_lei_is_refused_with_the_reason(text, reason):
    with pytest.raises(InvalidIdentifier, match="is not a valid LEI") as refused:
        lei(text)
    assert reason in refused.value.reason


@given(st.sampled_from(LEIS), st.integers(0, 17), st.sampled_from(SIGNS))
def test_law_one_sign_mistyped_for_another_of_its_kind_is_noticed(text, position, sign):
    mistyped = text[:position] + sign + text[position + 1 :]
    if mistyped != text and text[position].isdigit() is sign.isdigit():
        with pytest.raises(InvalidIdentifier):
            lei(mistyped)


@given(st.sampled_from(LEIS), st.integers(0, 16))
def test_law_two_neighbours_of_a_kind_that_changed_places_are_noticed(text, position):
    first, second = text[position], text[position + 1]
    if first != second and first.isdigit() is second.isdigit():
        with pytest.raises(InvalidIdentifier):
            lei(text[:position] + second + first + text[position + 2 :])


# ------------------------------------------------------------------------------------------------ currency


@pytest.mark.parametrize("text", ["EUR", "USD", "CHF", "JPY", "KWD", "BRL"])
def test_a_currency_is_read(text):
    assert currency(text) == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("eur", "write the ISO 4217 code `EUR`"),
        (" EUR", "write the ISO 4217 code `EUR`"),
        ("978", "write the ISO 4217 code `EUR`"),
        ("XXX", "ISO 4217 keeps this code"),
        ("XTS", "ISO 4217 keeps this code"),
        ("USDT", "it must be an ISO 4217 code"),
        ("\u20ac", "it must be an ISO 4217 code"),
        ("", "it must be an ISO 4217 code"),
    ],
)
def test_what_is_no_currency_is_refused_with_the_reason(text, reason):
    with pytest.raises(InvalidIdentifier, match="is not a valid currency") as refused:
        currency(text)
    assert reason in refused.value.reason


# ------------------------------------------------------------------------------------------------ messages


def test_a_refusal_is_one_lower_case_sentence_with_what_was_written():
    with pytest.raises(InvalidIdentifier) as refused:
        isin("us0378331005")
    assert str(refused.value) == ("`us0378331005` is not a valid ISIN: letters must be capitals, write `US0378331005`")


def test_a_refusal_shows_only_the_beginning_of_a_long_text():
    with pytest.raises(InvalidIdentifier) as refused:
        isin("X" * 100_000)
    assert len(str(refused.value)) < 250


@given(st.text(max_size=30))
def test_law_any_text_is_returned_as_it_is_or_refused(text):
    for read in (isin, lei, currency):
        try:
            assert read(text) == text
        except InvalidIdentifier:
            continue
