from app.domain.canonical import Emphasis, Span
from app.web.inline import cells_html, inline_html
from tests.web.conftest import Site

LINK = Span(0, 8, Emphasis.LINK, 'https://e.example/?a=1&b="2"')


def test_spans_and_marks_are_woven_into_one_another() -> None:
    html = inline_html("one two three", (Span(0, 7, Emphasis.STRONG), Span(4, 13, Emphasis.EMPHASIS)), [(2, 5)])
    assert html == ("<strong>on<mark>e </mark><em><mark>t</mark>wo</em></strong><em> three</em>")


def test_text_and_targets_are_escaped_and_other_targets_left_out() -> None:
    assert inline_html("<b>&</b>", (LINK,)) == (
        '<a href="https://e.example/?a=1&amp;b=&#34;2&#34;" rel="nofollow noopener">&lt;b&gt;&amp;&lt;/b&gt;</a>'
    )
    for target in ("javascript:alert(1)", "data:text/html,x", "http://[", "", "//e.example"):
        assert "<a" not in inline_html("x", (Span(0, 1, Emphasis.LINK, target),))


def test_a_link_in_a_link_is_one_link() -> None:
    assert (
        inline_html(
            "ab", (Span(0, 2, Emphasis.LINK, "https://a.example"), Span(1, 2, Emphasis.LINK, "https://b.example"))
        ).count("<a")
        == 1
    )


def test_cells_of_a_row_keep_their_spans_and_marks() -> None:
    assert cells_html("a | bc", (Span(0, 5, Emphasis.STRONG),), [(4, 6)]) == (
        "<strong>a</strong>",
        "<strong><mark>b</mark></strong><mark>c</mark>",
    )


def test_an_article_shows_links_emphasis_and_tables(site: Site) -> None:
    html = "<p>The <em>port</em> is <a href=https://e.example/>here</a>.</p><table><tr><th>Year<th>Ships<tr><td>2016<td>12</table>"
    site.archive.add({"html": html, "id": "1"})
    article = site.archive.only()
    assert article.text == "The port is here.\n\nYear | Ships\n\n2016 | 12"
    page = site.get(article.path).text
    assert "<em>port</em>" in page and '<a href="https://e.example/" rel="nofollow noopener">here</a>' in page
    assert '<tr id="p2"><th scope="col">Year</th>' in page and "<td>12</td>" in page
    found = site.get(article.path + "?q=port+OR+12").text
    assert '<em><mark id="match">port</mark></em>' in found and "<td><mark>12</mark></td>" in found
