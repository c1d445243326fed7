"""Citations as styles set them, by a CSL processor (citeproc-py) and the styles in `csl/`.

The styles are our own, for articles alone: with the well-known ones that processor repeats the title where the author
is not known. docs/decisions/0011 tells.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, Locator, formatter
from citeproc.source.json import CiteProcJSON
from markupsafe import Markup, escape

from app.domain.citation import Cited, csl_item
from app.language import _, noted

CSL: Final = Path(__file__).parent / "csl"


@dataclass(frozen=True, slots=True)
class StyledCitation:
    """name: of the style, and what of it this is. html: with italics and the like, safe; text: without."""

    name: str
    html: Markup
    text: str


@dataclass(frozen=True, slots=True)
class _Style:
    file: str
    note: str
    list: str
    quotes: str = "‘’"


_STYLES: Final = (
    _Style("chicago", noted("Chicago, note"), noted("Chicago, bibliography")),
    _Style("apa", noted("APA, in the text"), noted("APA, reference")),
    _Style("mla", noted("MLA, in the text"), noted("MLA, works cited")),
    _Style("bluebook", "Bluebook", "", quotes=""),
    _Style("oscola", "OSCOLA", "", quotes="“”"),
)

# While a citation is set, these stand for signs that would be taken for markup. They are no characters of any text.
_STAND_INS: Final = {"<": "\ufdd0", ">": "\ufdd1", "&": "\ufdd2"}
_HIDE: Final = str.maketrans(_STAND_INS)
_SHOW: Final = str.maketrans({hidden: shown for shown, hidden in _STAND_INS.items()})
_TAGS: Final = {
    "<i>": "<i>",
    "</i>": "</i>",
    '<span style="font-variant:small-caps;">': '<span class="caps">',
    "</span>": "</span>",
}
"""The processor's tags, and ours: pages take no inline styles."""
_TAG: Final = re.compile("(" + "|".join(map(re.escape, _TAGS)) + ")")
# A title's own sign at its end stands for the one after it, a comma before quotation marks for the one behind them.
_DOUBLED: Final = re.compile(r"([?!…])[.,]([”’])|(,[”’]),|([?!…])\.(?= |$)|(\.)\.(?!\.)")
_STRAIGHT: Final = re.compile(r'"([^"]*)"')


def styled_citations(cited: Cited) -> list[StyledCitation]:
    """What is cited in each style: in a note or in the text, and as a list of sources has it."""
    found = []
    for style in _STYLES:
        bibliography = CitationStylesBibliography(_load(style.file), _source(cited, style), formatter.html)
        locator = Locator("paragraph", str(cited.paragraph)) if cited.paragraph else None
        item = CitationItem(cited.article.id, locator=locator) if locator else CitationItem(cited.article.id)
        citation = Citation([item])
        bibliography.register(citation)
        found.append(_shown(_(style.note), str(bibliography.cite(citation, lambda _item: None))))
        if style.list:
            found.extend(_shown(_(style.list), str(entry)) for entry in bibliography.bibliography())
    return found


@cache
def _load(name: str) -> CitationStylesStyle:
    return CitationStylesStyle(str(CSL / f"{name}.csl"), validate=False)


def _source(cited: Cited, style: _Style) -> CiteProcJSON:
    item = csl_item(cited)
    for field in ("abstract", "keyword", "locator", "label", "archive_location", "version", "language"):
        item.pop(field, None)
    item["title"] = _inner_quotes(item["title"].rstrip(" ."), style.quotes) or "Untitled"
    item["URL"] = cited.url
    return CiteProcJSON([_hidden(item)])


def _hidden(value: Any) -> Any:
    match value:
        case str():
            return "".join(char for char in value if not "\ufdd0" <= char <= "\ufdef").translate(_HIDE)
        case list():
            return [_hidden(one) for one in value]
        case dict():
            return {name: _hidden(one) for name, one in value.items()}
    return value


def _inner_quotes(title: str, quotes: str) -> str:
    """Quotation marks inside a title that is set in quotation marks change kind."""
    if not quotes:
        return title
    opening, closing = quotes[0], quotes[1]
    title = _STRAIGHT.sub(rf"{opening}\1{closing}", title)
    return title.replace("“", opening).replace("”", closing) if opening == "‘" else title


def _shown(name: str, html: str) -> StyledCitation:
    """html: as the processor wrote it. Its own few tags are kept; all else is text, and escaped."""
    tidy = _DOUBLED.sub(lambda found: "".join(part or "" for part in found.groups()), html).replace("&amp;", "&")
    parts = _TAG.split(tidy)
    # What was split off: text, tag, text, tag, ..., text.
    texts, tags = [part.translate(_SHOW) for part in parts[::2]], [_TAGS[tag] for tag in parts[1::2]]
    safe = Markup("").join(
        part for pair in zip_longest(map(escape, texts), map(Markup, tags), fillvalue=Markup("")) for part in pair
    )
    return StyledCitation(name, safe, "".join(texts))
