import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.address import NotAnAddress, names_an_article, normalise_address

SAME = [
    "https://example.org/2016/report",
    "http://example.org/2016/report",
    "https://www.example.org/2016/report",
    "HTTPS://WWW.Example.ORG/2016/report",
    "https://example.org:443/2016/report",
    "http://example.org:80/2016/report",
    "https://example.org./2016/report",
    "https://example.org/2016/report/",
    "https://example.org//2016//report",
    "https://example.org/2016/./x/../report",
    "https://example.org/2016/report#section-2",
    "https://example.org/2016/report?utm_source=newsletter&utm_medium=email",
    "https://example.org/2016/report?fbclid=abc&gclid=def",
    "https://example.org/2016/r%65port",
    " https://example.org/2016/\u200breport\n",
    "https://reader:secret@example.org/2016/report",
    "https://example.org/2016/report?",
]


@pytest.mark.parametrize("spelling", SAME)
def test_spellings_of_one_address_meet(spelling: str) -> None:
    assert normalise_address(spelling) == "https://example.org/2016/report"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/a", "https://example.org/A"),
        ("https://example.org/a", "https://example.org/a?page=2"),
        ("https://example.org/a?id=1", "https://example.org/a?id=2"),
        ("https://example.org:8080/a", "https://example.org/a"),
        ("https://blog.example.org/a", "https://example.org/a"),
        ("https://example.org/a%2Fb", "https://example.org/a/b"),
        ("https://example.org/a%26b", "https://example.org/a&b"),
        ("https://example.org/?q=a%26b", "https://example.org/?q=a&b"),
    ],
)
def test_addresses_of_different_articles_stay_apart(one: str, other: str) -> None:
    assert normalise_address(one) != normalise_address(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/?b=2&a=1", "https://example.org/?a=1&b=2"),
        ("https://example.org/%e4%b8%ad", "https://example.org/中"),
        ("https://example.org/caf%C3%A9", "https://example.org/cafe\u0301"),
        ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
        ("https://example.org/?q=a+b", "https://example.org/?q=a%20b"),
        ("http://[2001:DB8::1]/a", "https://[2001:db8::1]/a"),
    ],
)
def test_encodings_of_one_address_meet(one: str, other: str) -> None:
    assert normalise_address(one) == normalise_address(other)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "report",
        "ftp://example.org/a",
        "https://",
        "https:///a",
        "http://exa mple\u0001.org:x/",
        "javascript:alert(1)",
        "https://-.example/",
        "http://[::1",
        "https://example.org:99999/a",
    ],
)
def test_what_is_no_web_address_is_refused(text: str) -> None:
    with pytest.raises(NotAnAddress):
        normalise_address(text)


def test_a_site_is_not_an_article() -> None:
    assert not names_an_article(normalise_address("https://www.example.org/"))
    assert names_an_article(normalise_address("https://www.example.org/a"))
    assert names_an_article(normalise_address("https://www.example.org/?p=17"))


@given(st.text())
def test_any_text_is_either_refused_or_settles(text: str) -> None:
    try:
        normalised = normalise_address("https://example.org/" + text)
    except NotAnAddress:
        return
    assert normalise_address(normalised) == normalised
    assert normalised.isascii()
