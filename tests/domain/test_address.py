import re
from pathlib import Path

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


def table(heading: str) -> list[tuple[str, str]]:
    """The pairs of addresses in a table of docs/permalinks.md."""
    text = (Path(__file__).parents[2] / "docs" / "permalinks.md").read_text()
    rows = text.split(heading)[1].split("\n\n|", 1)[1].split("\n\n")[0].splitlines()[2:]
    pairs = [re.findall("`([^`]+)`", row.split("|", 2)[2]) for row in rows]
    return [(whole(one), whole(other)) for one, other in pairs]


def whole(address: str) -> str:
    return f"https://example.org{address}" if address[0] in "/?" else address


EVENED_OUT = table("## What is evened out")
KEPT_APART = table("These stay apart")


@pytest.mark.parametrize(("one", "other"), EVENED_OUT)
def test_what_the_handbook_says_is_one_address_is_one(one: str, other: str) -> None:
    assert normalise_address(one) == normalise_address(other)


@pytest.mark.parametrize(("one", "other"), KEPT_APART)
def test_what_the_handbook_keeps_apart_stays_apart(one: str, other: str) -> None:
    assert normalise_address(one) != normalise_address(other)


def test_the_handbook_has_its_tables() -> None:
    assert (len(EVENED_OUT), len(KEPT_APART)) == (22, 9)


@given(st.sampled_from(["http", "https"]), st.sampled_from(["", ":80", ":443", ":8080"]), st.text(max_size=20))
def test_what_is_normalised_stays_as_it_is(scheme: str, port: str, rest: str) -> None:
    normalised = normalise_address(f"{scheme}://www.example.org{port}/{rest}")
    assert normalise_address(normalised) == normalised


@given(st.text())
def test_any_text_is_either_refused_or_settles(text: str) -> None:
    try:
        normalised = normalise_address("https://example.org/" + text)
    except NotAnAddress:
        return
    assert normalise_address(normalised) == normalised
    assert normalised.isascii()
