import pytest

from tests.ingest.pages.site import ARTICLE, read


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>Ports before winter | Harbour Review</title>", "<h1>Ports before winter</h1>", "Ports before winter"),
        ("<title>Harbour Review » Ports before winter</title>", "<h1>Ports before winter</h1>", "Ports before winter"),
        ("<title>Ports - before winter</title>", "<h1>Ports - before winter</h1>", "Ports - before winter"),
        ("<title>Ports: what now? - Harbour</title><meta property=og:site_name content=Harbour>", "", "Ports: what now?"),
        ("<title>Ports &amp;amp; ships</title>", "", "Ports & ships"),
        ("<meta property=og:title content='Ports before winter'><title>HR</title>", "<h1>Harbour Review</h1>", "Ports before winter"),
        ("<title>Ports before winter</title>", "<h1 class=logo>Harbour Review</h1>", "Ports before winter"),
        ("<title>Welcome</title>", "<h1>Ports before <em>winter</em></h1>", "Ports before winter"),
    ],
)  # fmt: skip
def test_the_title_is_the_articles_and_not_the_sites(head: str, body: str, title: str) -> None:
    assert read(f"<html><head>{head}</head><body>{body}<div>{ARTICLE}</div>").title.value == title


def test_a_page_without_a_headline_gets_its_first_sentence() -> None:
    record = read(f"<html><body><div>{ARTICLE}</div>")
    assert record.title.origin == "first line"
    assert record.title.value.startswith("Ministers met to weigh how quay 0") and len(record.title.value) <= 101


def test_the_headline_is_not_repeated_in_the_text() -> None:
    record = read(f"<title>Ports before winter</title><article><h1>Ports before winter</h1>{ARTICLE}</article>")
    assert "Ports before winter" not in [paragraph.text for paragraph in record.paragraphs]
