"""Citations of an article, or of a passage in it: CSL-JSON, RIS, BibTeX, Markdown and text fragments.

What is not known is left out; styles that have a word for it, such as n.d., put it in themselves. How a style sets an
item is left to a CSL processor.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import quote

from app.domain.article import Article
from app.domain.dates import MONTH_NAMES, PublishedDate, display_date
from app.domain.names import Name, read_name

WORDS_AT_AN_END: Final = 6
"""Words of a long quotation that a text fragment names at its beginning and at its end."""
LONGEST_WHOLE: Final = 12
"""Words of a quotation that a text fragment names whole."""

_MONTH_MACROS: Final = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_BIBTEX: Final = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "$": r"\$",
        "&": r"\&",
        "#": r"\#",
        "_": r"\_",
        "%": r"\%",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|~#&])")


@dataclass(frozen=True, slots=True)
class Cited:
    """What is cited: an article's version, or a paragraph or passage of it.

    base_url: what permalinks begin with. archive: this archive's name. accessed: the day on which it is read; None
    leaves it out. paragraph: its number. quotation: the words quoted.
    """

    article: Article
    base_url: str
    archive: str
    accessed: date | None
    paragraph: int | None = None
    quotation: str | None = None

    @property
    def url(self) -> str:
        """The permalink; of a passage, with its paragraph."""
        return self.base_url + self.article.path + (f"#p{self.paragraph}" if self.paragraph else "")

    @property
    def version_url(self) -> str:
        """Where this very version stands for ever."""
        return self.base_url + self.article.version_path + (f"#p{self.paragraph}" if self.paragraph else "")

    @property
    def names(self) -> tuple[Name, ...]:
        return tuple(read_name(author.value) for author in self.article.authors)


def csl_item(cited: Cited) -> dict[str, Any]:
    """CSL-JSON, of the type article-newspaper."""
    article = cited.article
    item: dict[str, Any] = {"id": article.id, "type": "article-newspaper", "title": article.title.value}
    if cited.names:
        item["author"] = [_csl_name(name) for name in cited.names]
    if article.source:
        item["container-title"] = article.source.value
    if article.published:
        item["issued"] = {"date-parts": [_date_parts(article.published.value)]}
    if cited.accessed:
        item["accessed"] = {"date-parts": [[cited.accessed.year, cited.accessed.month, cited.accessed.day]]}
    item["URL"] = cited.base_url + article.path
    item["archive"] = cited.archive
    item["archive_location"] = article.id
    if cited.paragraph:
        item |= {"locator": str(cited.paragraph), "label": "paragraph"}
    item["version"] = str(article.version)
    if article.language:
        item["language"] = article.language.value
    if article.summary:
        item["abstract"] = article.summary.value
    if article.topics:
        item["keyword"] = ", ".join(topic.value for topic in article.topics)
    return item


def ris(cited: Cited) -> str:
    """RIS, lines ended by CRLF."""
    article = cited.article
    published = article.published.value if article.published else None
    lines = [("TY", "NEWS"), ("TI", article.title.value)]
    lines += [("AU", name.inverted) for name in cited.names]
    if article.source:
        lines.append(("T2", article.source.value))
    if published:
        lines += [("DA", _ris_date(published)), ("PY", f"{published.year:04d}")]
    lines.append(("UR", cited.url))
    if cited.accessed:
        lines.append(("Y2", f"{cited.accessed:%Y/%m/%d}"))
    lines += [("DP", cited.archive), ("AN", article.id)]
    if article.summary:
        lines.append(("AB", article.summary.value))
    if article.language:
        lines.append(("LA", article.language.value))
    lines += [("KW", topic.value) for topic in article.topics]
    lines.append(("ET", f"version {article.version}"))
    if cited.paragraph:
        lines.append(("SE", f"paragraph {cited.paragraph}"))
    if cited.quotation:
        lines.append(("N1", cited.quotation))
    lines.append(("ER", ""))
    return "".join(f"{tag}  - {_one_line(value)}\r\n" for tag, value in lines)


def bibtex(cited: Cited) -> str:
    """BibTeX, in UTF-8. The address is the permalink without its readable tail: it holds nothing to be escaped."""
    article = cited.article
    published = article.published.value if article.published else None
    fields = [("title", f"{{{{{_bibtex(article.title.value)}}}}}")]
    if cited.names:
        fields.insert(0, ("author", "{" + " and ".join(_bibtex_name(name) for name in cited.names) + "}"))
    if article.source:
        fields.append(("organization", f"{{{_bibtex(article.source.value)}}}"))
    if published:
        fields.append(("year", f"{{{published.year:04d}}}"))
    if published and published.month:
        fields.append(("month", _MONTH_MACROS[published.month - 1]))
    if published and published.day:
        fields.append(("day", f"{{{published.day}}}"))
    anchor = rf"\#p{cited.paragraph}" if cited.paragraph else ""
    fields.append(("howpublished", rf"{{\url{{{cited.base_url}/a/{article.id}{anchor}}}}}"))
    if cited.accessed:
        fields.append(("urldate", f"{{{cited.accessed.isoformat()}}}"))
    if article.language:
        fields.append(("language", f"{{{_bibtex(article.language.value)}}}"))
    note = f"{_bibtex(cited.archive)}, version {article.version}"
    note += f", paragraph {cited.paragraph}" if cited.paragraph else ""
    fields.append(("note", f"{{{note}}}"))
    if article.topics:
        fields.append(("keywords", f"{{{_bibtex(', '.join(topic.value for topic in article.topics))}}}"))
    inside = ",\n".join(f"  {name} = {value}" for name, value in fields)
    return f"@misc{{a{article.id},\n{inside}\n}}\n"


def markdown(cited: Cited) -> str:
    """The quotation, if there is one, as a block quote, and under it where it stands."""
    article = cited.article
    said = [_escaped(", ".join(author.value for author in article.authors))] if article.authors else []
    said.append(f"“[{_escaped(article.title.value)}]({cited.url})”")
    if article.source:
        said.append(f"*{_escaped(article.source.value)}*")
    said.append(display_date(article.published.value) if article.published else "n.d.")
    if cited.paragraph:
        said.append(f"para. {cited.paragraph}")
    said.append(f"[version {article.version}]({cited.version_url})")
    line = ", ".join(said) + "."
    if cited.accessed:
        line += f" Accessed {cited.accessed.day} {MONTH_NAMES[cited.accessed.month - 1]} {cited.accessed.year}."
    if not cited.quotation:
        return line + "\n"
    quoted = "\n".join(f"> {_escaped(one)}".rstrip() for one in cited.quotation.split("\n"))
    return f"{quoted}\n>\n> — {line}\n"


def text_fragment(quotation: str) -> str:
    """`:~:text=...`, which browsers scroll to and mark: a short quotation whole, of a long one its two ends."""
    words = quotation.split()
    if not words:
        return ""
    if len(words) <= LONGEST_WHOLE:
        return f":~:text={_fragment(' '.join(words))}"
    first, last = " ".join(words[:WORDS_AT_AN_END]), " ".join(words[-WORDS_AT_AN_END:])
    return f":~:text={_fragment(first)},{_fragment(last)}"


def _fragment(text: str) -> str:
    """Percent-encoded whole; hyphens, which part a text fragment as commas and ampersands do, too."""
    return quote(text, safe="").replace("-", "%2D")


def _csl_name(name: Name) -> dict[str, str]:
    if name.family is None:
        return {"literal": name.literal}
    parts = {"family": name.family, "given": name.given or ""}
    return parts | ({"suffix": name.suffix} if name.suffix else {})


def _date_parts(published: PublishedDate) -> list[int]:
    return [part for part in (published.year, published.month, published.day) if part is not None]


def _ris_date(published: PublishedDate) -> str:
    """YYYY/MM/DD/, each part empty where it is not known."""
    month = f"{published.month:02d}" if published.month else ""
    day = f"{published.day:02d}" if published.day else ""
    return f"{published.year:04d}/{month}/{day}/"


def _bibtex_name(name: Name) -> str:
    if name.family is None or name.given is None:
        return f"{{{_bibtex(name.literal)}}}"
    parts = [name.family, *([name.suffix] if name.suffix else []), name.given]
    return ", ".join(_bibtex(part) for part in parts)


def _bibtex(text: str) -> str:
    return _one_line(text).translate(_BIBTEX)


def _escaped(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text)


def _one_line(text: str) -> str:
    return " ".join(text.split())
