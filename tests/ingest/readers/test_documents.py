"""PDF, docx, odt and epub."""

import io
from datetime import datetime

import docx

from app.domain.canonical import Emphasis, Kind, Span
from app.domain.record import Unread
from tests.ingest.readers.files import epub, odt, pdf, zipped
from tests.ingest.readers.reading import drafted_by, found_by, texts

HEAD = "Harbour Review, Volume 3"


def page_of(number: int, *lines: str) -> list[tuple[float, float, int, str]]:
    up = 680
    placed: list[tuple[float, float, int, str]] = [(72, 760, 9, HEAD), (300, 30, 9, f"Page {number} of 3")]
    for line in lines:
        if line:
            placed.append((72, up, 11, line))
        up -= 14 if line else 12
    return placed


PAGES = [
    [
        (72, 720, 20, "Ports before winter"),
        *page_of(
            1,
            "Ministers met on Thursday to weigh how the port could be re-",
            "opened before winter, what it would cost and who would pay.",
            "",
            "The long-term plan names twelve quays and says that the long-",
            "term cost is not known. It goes on without an end to the next",
        ),
    ],
    page_of(2, "page, as sentences do. There it ends.", "", "- one item", "- another item"),
    page_of(
        3,
        "A last paragraph says that all of this was decided in a hurry",
        "and will be looked at again when the ice is gone.",
    ),
]


def test_a_pdf_reads_without_running_heads_page_numbers_and_hyphens() -> None:
    draft = drafted_by(
        "pdf", pdf(PAGES, "/Title(Microsoft Word - x.doc)/Author(Ann Other)/CreationDate(D:20160721080000Z)")
    )
    assert draft.title is not None and (draft.title.value, draft.title.origin) == (
        "Ports before winter",
        "first heading",
    )
    assert texts(draft) == [
        "Ministers met on Thursday to weigh how the port could be reopened before winter, what it would cost and who would pay.",
        "The long-term plan names twelve quays and says that the long-term cost is not known. It goes on without an end to the"
        " next page, as sentences do. There it ends.",
        "- one item",
        "- another item",
        "A last paragraph says that all of this was decided in a hurry and will be looked at again when the ice is gone.",
    ]
    assert draft.published is not None and draft.published.value == "2016-07-21"
    assert [author.value for author in draft.authors] == ["Ann Other"]


def test_a_pdf_without_text_says_what_to_do() -> None:
    (only,) = found_by("pdf", pdf([[]]))
    assert isinstance(only, Unread) and "OCR" in only.reason


def test_damaged_pdfs_are_rejected_and_what_is_readable_is_read() -> None:
    whole = pdf(PAGES)
    for cut in (20, 200, len(whole) // 2, len(whole) - 60):
        (only,) = found_by("pdf", whole[:cut])
        assert isinstance(only, Unread) or texts(only)


def test_a_word_document_keeps_headings_lists_tables_and_emphasis() -> None:
    document = docx.Document()
    document.core_properties.author = "Ann Other; Bob Brown"
    document.core_properties.created = datetime(2016, 7, 21)
    document.add_heading("Ports before winter", 0)
    document.add_heading("Cost", 2)
    paragraph = document.add_paragraph("Ministers ")
    paragraph.add_run("met").bold = True
    document.add_paragraph("one", style="List Bullet")
    table = document.add_table(rows=2, cols=2)
    for at, text in enumerate(("Year", "Cost", "2016", "five")):
        table.cell(at // 2, at % 2).text = text
    written = io.BytesIO()
    document.save(written)
    draft = drafted_by("docx", written.getvalue())
    assert draft.title is not None and draft.title.value == "Ports before winter"
    assert [(one.text, one.kind, one.level) for one in draft.paragraphs] == [
        ("Cost", Kind.HEADING, 2),
        ("Ministers met", Kind.PARAGRAPH, 0),
        ("one", Kind.ITEM, 1),
        ("Year | Cost", Kind.ROW, 1),
        ("2016 | five", Kind.ROW, 0),
    ]
    assert draft.paragraphs[1].spans == (Span(10, 13, Emphasis.STRONG),)
    assert [author.value for author in draft.authors] == ["Ann Other", "Bob Brown"]
    assert draft.published is not None and draft.published.value == "2016-07-21"


def test_the_date_and_byline_a_document_shows_go_before_those_of_its_file() -> None:
    document = docx.Document()
    document.core_properties.author = "Typist"
    document.core_properties.created = datetime(2020, 1, 2)
    for line in ("By Ann Other and Bo Third", "21 July 2016", "Ministers met.", "1 August 2016"):
        document.add_paragraph(line)
    written = io.BytesIO()
    document.save(written)
    draft = drafted_by("docx", written.getvalue())
    assert [author.value for author in draft.authors] == ["Ann Other", "Bo Third"]
    assert draft.published is not None and (draft.published.value, draft.published.origin) == (
        "21 July 2016",
        "date line",
    )
    assert [date.value for date in draft.also_published][:1] == ["2020-01-02"]
    assert texts(draft) == ["Ministers met.", "1 August 2016"]


def test_a_document_that_is_only_a_date_keeps_it_as_its_text() -> None:
    draft = drafted_by("odt", odt("<text:p>21 July 2016</text:p>"))
    assert texts(draft) == ["21 July 2016"] and draft.published is None


def test_an_opendocument_text() -> None:
    body = (
        '<text:h text:outline-level="1">Ports before winter</text:h><text:p>Ministers <text:span text:style-name="B">met'
        '</text:span> in<text:s/><text:a xlink:href="https://e.example/">Geneva</text:a>.</text:p><text:list><text:list-item>'
        "<text:p>one</text:p></text:list-item></text:list><table:table><table:table-row><table:table-cell><text:p>a</text:p>"
        "</table:table-cell><table:table-cell><text:p>b</text:p></table:table-cell></table:table-row></table:table>"
    )
    draft = drafted_by("odt", odt(body, "<meta:initial-creator>Ann Other</meta:initial-creator>"))
    assert draft.title is not None and draft.title.value == "Ports before winter"
    assert [(one.text, one.kind) for one in draft.paragraphs] == [
        ("Ministers met in Geneva.", Kind.PARAGRAPH),
        ("one", Kind.ITEM),
        ("a | b", Kind.ROW),
    ]
    assert draft.paragraphs[0].spans == (
        Span(10, 13, Emphasis.STRONG),
        Span(17, 23, Emphasis.LINK, "https://e.example/"),
    )
    assert [author.value for author in draft.authors] == ["Ann Other"]


def test_a_book_is_read_in_the_order_of_its_spine() -> None:
    chapters = {"a.xhtml": "<h1>Two</h1><p>Second.</p>", "b.xhtml": "<h1>One</h1><p>First.</p>"}
    metadata = "<dc:title>Ports</dc:title><dc:creator>Ann Other</dc:creator><dc:date>2016-07-21</dc:date>"
    draft = drafted_by("epub", epub(chapters, ["b.xhtml", "a.xhtml"], metadata))
    assert texts(draft) == ["One", "First.", "Two", "Second."]
    assert draft.title is not None and draft.title.value == "Ports"
    assert draft.published is not None and draft.published.value == "2016-07-21"


def test_damaged_documents_say_what_is_missing() -> None:
    for format, raw in (
        ("docx", b"PK\x03\x04 and nothing more"),
        ("docx", zipped({"a.txt": "x"})),
        ("odt", zipped({"a.txt": "x"})),
        ("epub", zipped({"META-INF/container.xml": "<container/>"})),
        ("epub", epub({}, ["missing.xhtml"])),
    ):
        (only,) = found_by(format, raw)
        assert isinstance(only, Unread) or not only.paragraphs
