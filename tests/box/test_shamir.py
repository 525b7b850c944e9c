"""Any M shares give the key, fewer give nothing, and browser and server agree."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey.box import shamir
from tests.box.twin import ask, ask_one


def test_multiplication_is_that_of_the_aes_field():
    assert shamir.multiply(0x57, 0x83) == 0xC1  # FIPS 197 section 4.2
    assert shamir.multiply(0x57, 0x13) == 0xFE
    assert all(shamir.multiply(value, shamir.inverse(value)) == 1 for value in range(1, 256))


@given(st.data(), st.binary(min_size=1, max_size=40))
@settings(max_examples=60)
def test_every_subset_of_at_least_m_shares_gives_the_secret(data: st.DataObject, secret: bytes):
    count = data.draw(st.integers(1, 5))
    threshold = data.draw(st.integers(1, count))
    shares = shamir.split(secret, threshold, positions=range(1, count + 1))
    for size in range(threshold, count + 1):
        for chosen in combinations(shares, size):
            assert shamir.combine({position: shares[position] for position in chosen}) == secret


@pytest.mark.parametrize(("threshold", "count"), [(2, 3), (3, 5)])
def test_fewer_than_m_shares_do_not_give_the_secret(threshold: int, count: int):
    secret = bytes(range(32))
    shares = shamir.split(secret, threshold, positions=range(1, count + 1))
    for size in range(1, threshold):
        for chosen in combinations(shares, size):
            assert shamir.combine({position: shares[position] for position in chosen}) != secret


def test_m_minus_one_shares_leave_every_secret_equally_possible():
    # One byte, 2 of 2, over all coefficients: the share at position 1 takes every value once for each secret.
    for secret in (0, 1, 200):
        seen = {
            shamir.split(bytes([secret]), 2, positions=[1, 2], random=lambda n, c=c: bytes([c]) * n)[1]
            for c in range(256)
        }
        assert len(seen) == 256


def test_positions_and_threshold_must_fit():
    for threshold, positions in ((4, [1, 2, 3]), (0, [1]), (2, [1, 1]), (2, [0, 1]), (2, [1, 256])):
        with pytest.raises(ValueError):
            shamir.split(b"key", threshold, positions=positions)


def test_browser_and_server_combine_each_others_shares():
    secret = bytes(range(200, 232))
    split = ask_one("split", secret=secret.hex(), threshold=3, positions=[1, 2, 3, 4, 5])
    theirs = {position: bytes.fromhex(share) for position, share in split}
    ours = shamir.split(secret, 3, positions=range(1, 6))
    subsets = list(combinations(range(1, 6), 3))
    answers = ask(*({"act": "combine", "shares": [[x, ours[x].hex()] for x in chosen]} for chosen in subsets))
    for chosen, answer in zip(subsets, answers, strict=True):
        assert answer == secret.hex()
        assert shamir.combine({position: theirs[position] for position in chosen}) == secret
