import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.permalink import ALPHABET, permalink_id, read_id, slug


@given(st.text())
def test_an_id_is_the_first_60_bits_of_the_keys_sha256(key: str) -> None:
    bits = "".join(f"{ALPHABET.index(char):05b}" for char in permalink_id(key))
    digest = hashlib.sha256(key.encode("utf-8")).digest()
    assert bits == "".join(f"{byte:08b}" for byte in digest)[:60]


def test_a_longer_id_begins_with_the_shorter() -> None:
    assert permalink_id("a", 16).startswith(permalink_id("a"))
    assert len(permalink_id("a", 16)) == 16


@pytest.mark.parametrize("typed", ["0123456789ab", "O123456789AB", "oI23456789aB", "ol23456789ab", " 0123-4567-89ab "])
def test_an_id_is_read_as_it_was_meant(typed: str) -> None:
    assert read_id(typed) == "0123456789ab"


@pytest.mark.parametrize("typed", ["", "short", "0123456789ab0", "u" * 12, "é" * 12, "0" * 1000])
def test_what_can_be_no_id_is_none(typed: str) -> None:
    assert read_id(typed) is None


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Ministers Meet on Iraq", "ministers-meet-on-iraq"),
        ("The “get it right” coalition’s plan", "the-get-it-right-coalitions-plan"),
        ("U.S. aid: $2.1 billion", "us-aid-21-billion"),
        ("São Tomé & Príncipe", "sao-tome-principe"),
        ("Straße", "strasse"),
        ("سياسة المياه", "سياسة-المياه"),
        ("…", "untitled"),
        ("../../etc/passwd", "etc-passwd"),
    ],
)
def test_a_slug_reads_like_the_title(title: str, expected: str) -> None:
    assert slug(title) == expected


@given(st.text())
def test_a_slug_is_never_empty_and_never_long(title: str) -> None:
    made = slug(title)
    assert 0 < len(made) <= 80
    assert "/" not in made
