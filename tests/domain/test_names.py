from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.names import read_name


@pytest.mark.parametrize(
    ("text", "inverted"),
    [
        ("Ann Ferreira", "Ferreira, Ann"),
        ("Ferreira, Ann", "Ferreira, Ann"),
        ("Ann Maria O’Dowd", "O’Dowd, Ann Maria"),
        ("Ana de la Torre", "de la Torre, Ana"),
        ("Nuri al-Basri", "al-Basri, Nuri"),
        ("A. B. Lindqvist", "Lindqvist, A. B."),
        ("Bo Lindqvist Jr.", "Lindqvist, Bo, Jr."),
        ("Bo Lindqvist, Jr.", "Lindqvist, Bo, Jr."),
        ("Zoë Šimić-Löwe", "Šimić-Löwe, Zoë"),
    ],
)
def test_a_persons_name_has_a_family_part(text: str, inverted: str) -> None:
    assert read_name(text).inverted == inverted


@pytest.mark.parametrize(
    "text",
    [
        "World Health Organization",
        "Harbour Gazette Staff",
        "Ministry of Ports",
        "Ferreira & Lindqvist",
        "UN Women",
        "Reuters",
        "习近平",
        "سياسة المياه",
        "ann ferreira",
        "Ann Ferreira and Bo Lindqvist",
        "Ann, Bo, Cy",
        "Desk 4",
        "",
    ],
)
def test_what_may_be_no_persons_name_stays_whole(text: str) -> None:
    assert read_name(text).family is None
    assert read_name(text).inverted == text


@given(st.text())
def test_any_text_is_a_name(text: str) -> None:
    name = read_name(text)
    assert name.literal == text
    assert (name.family is None) == (name.given is None)
