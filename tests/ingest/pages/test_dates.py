import pytest

from tests.ingest.pages.site import ARTICLE, drafted, read


def dated(head: str = "", body: str = "", address: str | None = None) -> tuple[str, str] | None:
    record = read(f"<html><head>{head}</head><body><h1>Ports before winter</h1>{body}{ARTICLE}", address)
    return None if record.published is None else (str(record.published.value), record.published.origin)


@pytest.mark.parametrize(
    ("head", "body", "address", "date"),
    [
        ('<meta property="article:published_time" content="2016-07-21T08:00:00.000+0000">', "", None, "2016-07-21T08:00Z"),
        ('<meta name=DC.date.issued content="2016-07">', "", None, "2016-07"),
        ('<meta name=citation_publication_date content="2016/07/21">', "", None, "2016-07-21"),
        ('<meta name=pubdate content="Thu, 21 Jul 2016 08:00:00 GMT">', "", None, "2016-07-21T08:00Z"),
        ('<meta name=date content="Thu Jul 21 08:00:00 EDT 2016">', "", None, "2016-07-21"),
        ('<meta name=date content="21.07.2016">', "", None, "2016-07-21"),
        ("", "<time datetime=2016-07-21>Thursday</time>", None, "2016-07-21"),
        ("", "", "https://e.example/news/2016/07/21/ports", "2016-07-21"),
        ("", "", "https://e.example/news/20160721-ports", "2016-07-21"),
        ("", "", "https://e.example/news/2016/07/ports", "2016-07"),
        ("", "<div>Thursday, July 21, 2016</div>", None, "2016-07-21"),
        ("", "<div><span>Posted on</span> <span>21 July 2016</span></div>", None, "2016-07-21"),
        ("", "<p>GENEVA, July 21, 2016 — The talks went on for a day.</p>", None, "2016-07-21"),
        ('<script type="application/ld+json">[{"@type":"BlogPosting","datePublished":"2016-07-21",}]</script>', "", None, "2016-07-21"),
        ('<script type="application/ld+json">{"@type":"NewsArticle","headline":"x","dateModified":"2016-07-21"}</script>', "", None, "2016-07-21"),
    ],
)  # fmt: skip
def test_dates_in_all_the_places(head: str, body: str, address: str | None, date: str) -> None:
    found = dated(head, body, address)
    assert found is not None and found[0] == date


def test_published_wins_over_modified_and_marked_over_written() -> None:
    head = '<meta name=last-modified content="2019-01-01"><meta property="article:published_time" content="2016-07-21">'
    assert dated(head, "<p>May 1, 2014</p>") == ("2016-07-21", "meta article:published_time")


def test_a_date_that_cannot_be_is_refused_and_the_next_one_counts() -> None:
    record = read(
        '<html><head><meta name=pubdate content="1970-01-01T00:00:00Z"><meta name=dc.date content="-0001-11-30">'
        f"</head><body><h1>Ports</h1><div class=date>July 21, 2016</div>{ARTICLE}"
    )
    assert str(record.published.value if record.published else None) == "2016-07-21"
    assert {refused.value for refused in record.refused} == {"1970-01-01T00:00:00Z", "-0001-11-30"}


def test_nothing_stands_in_for_a_date_that_is_not_known() -> None:
    assert dated("", "<p>Copyright © 2024. Last updated: 3 March 2019</p>") is None
    assert dated("<meta name=date content=7/5/2016>") is None


def test_numbers_are_read_in_the_order_of_the_pages_country() -> None:
    page = f"<html lang={{lang}}><head><meta name=date content=7/5/2016></head><body><h1>Ports</h1>{ARTICLE}"
    dates = [read(page.format(lang=lang)).published for lang in ("en-US", "en-GB", "de", "en")]
    assert [str(date.value) if date else None for date in dates] == ["2016-07-05", "2016-05-07", "2016-05-07", None]


def test_a_page_that_says_nothing_has_no_date() -> None:
    assert drafted(f"<h1>x</h1>{ARTICLE}").published is None
