"""Pages as sites of different kinds make them, around one article in our own words."""

from __future__ import annotations

import io

from app.domain.record import Record
from app.ingest.compose import Given, compose
from app.ingest.draft import Draft, Hints
from app.ingest.readers.html import HtmlReader
from tests.ingest.test_compose import NOW

SENTENCE = (
    "Ministers met to weigh how quay {n} could be reopened before winter, what it would cost and who would pay for it."
)
PARAGRAPHS = [" ".join(SENTENCE.format(n=3 * part + n) for n in range(3)) for part in range(6)]
ITEMS = ("Twelve million for the quay walls", "Five million for the cranes and sheds")
HEADING = "What it costs"
ARTICLE = (
    "".join(f"<p>{text}</p>" for text in PARAGRAPHS[:3])
    + f"<h2>{HEADING}</h2><ul>{''.join(f'<li>{item}</li>' for item in ITEMS)}</ul>"
    + "".join(f"<p>{text}</p>" for text in PARAGRAPHS[3:])
)
TEXT = [*PARAGRAPHS[:3], HEADING, *ITEMS, *PARAGRAPHS[3:]]
NAVIGATION = f"<nav><ul>{''.join(f'<li><a href=/s{n}>Section {n}</a></li>' for n in range(12))}</ul></nav>"
FOOTER = "<footer><p>© 2024 Harbour Review. All rights reserved.</p><a href=/p>Privacy</a></footer>"
TEASERS = (
    "<aside class=related><h3>Related stories</h3><ul>"
    + "".join(
        f"<li><a href=/r{n}>Another tale, number {n}</a> <time datetime=2023-0{n}-01>x</time></li>" for n in range(1, 6)
    )
    + "</ul></aside>"
)
BOILERPLATE = ("Section 3", "All rights reserved", "Another tale", "Related stories")


def drafted(html: str | bytes, address: str | None = None) -> Draft:
    raw = html.encode() if isinstance(html, str) else html
    hints = Hints.of("a.html")
    (draft,) = HtmlReader().read(io.BytesIO(raw), Hints(hints.place, hints.name, address=address))
    assert isinstance(draft, Draft), draft
    return draft


def read(html: str | bytes, address: str | None = None) -> Record:
    return compose(drafted(html, address), Given(), NOW)
