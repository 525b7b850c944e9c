"""Card codes: 80 random bits, forgiving to type, two keys that nothing joins."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.box import tokens
from survey.errors import Invalid
from tests.box.twin import ask

CODES = st.text(tokens.ALPHABET, min_size=16, max_size=16)


def test_new_codes_have_sixteen_signs_and_never_repeat():
    codes = {tokens.new_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(len(code) == 16 and set(code) <= set(tokens.ALPHABET) for code in codes)


@given(CODES)
def test_a_displayed_code_reads_back(code: str):
    assert tokens.parse(tokens.display(code)) == code
    assert tokens.parse(f"  {tokens.display(code).lower()} ".replace("-", " － ")) == code


def test_lookalikes_are_read_as_digits():
    assert tokens.parse("OoIi-LlAB-CDEF-GHJK") == "001111ABCDEFGHJK"


@given(st.text(max_size=40))
def test_any_other_text_is_refused_with_a_code(text: str):
    try:
        code = tokens.parse(text)
    except Invalid as refusal:
        code = refusal.code
    assert code == "box.bad_code" or tokens.parse(code) == code


@pytest.mark.parametrize(
    "text", ["", "ABCD", "ABCD-EFGH-JKMN-PQR", "ABCD-EFGH-JKMN-PQRS-T", "UUUU-UUUU-UUUU-UUUU"]
)
def test_an_incomplete_code_is_refused(text: str):
    with pytest.raises(Invalid) as refusal:
        tokens.parse(text)
    assert refusal.value.code == "box.bad_code"


def test_ballot_and_text_keys_differ_by_card_purpose_and_poll():
    keys = {
        tokens.public_hex(derive(poll, code))
        for derive in (tokens.ballot_key, tokens.text_key)
        for poll in ("2023Q1-v1", "2023Q1-v2")
        for code in ("0123456789ABCDEF", "0123456789ABCDEG")
    }
    assert len(keys) == 8
    assert all(len(key) == 66 for key in keys)


def test_browser_and_server_derive_the_same_keys_and_read_the_same_codes():
    typed = [
        "abcd efgh jkmn pqrs",
        "ＡＢＣＤ－ＥＦＧＨ—ＪＫＭＮ　ＰＱＲＳ",
        "oo11-LLii-0000-ZZZZ",
        "short",
        "UUUUUUUUUUUUUUUU",
    ]
    codes = [tokens.new_code() for _ in range(4)]
    answers = ask(
        *({"act": "code", "text": text} for text in typed),
        *({"act": "publicKeys", "poll": "2023Q1-v1", "code": code} for code in codes),
    )
    assert answers[:3] == [tokens.parse(text) for text in typed[:3]]
    for text, answer in zip(typed[3:], answers[3:5], strict=True):
        with pytest.raises(Invalid) as refusal:
            tokens.parse(text)
        assert answer == {"code": refusal.value.code, "sentence": refusal.value.sentence}
    for code, answer in zip(codes, answers[5:], strict=True):
        derived = [tokens.ballot_key("2023Q1-v1", code), tokens.text_key("2023Q1-v1", code)]
        assert answer == [tokens.public_hex(key) for key in derived]


def test_the_digest_of_a_key_list_does_not_depend_on_its_order():
    assert tokens.root(["b", "a"]) == tokens.root(["a", "b"]) != tokens.root(["a", "c"])
