"""Markdown: one article a file, metadata in YAML front matter, canonical text without the markup."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, Final

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.domain.canonical import Kind, Paragraph, tidy
from app.domain.record import Place, Stated, Unread
from app.ingest.decode import MOST_BYTES, Undecodable, decode
from app.ingest.draft import Draft
from app.ingest.html_text import html_paragraphs

FRONT_MATTER: Final = "front matter"
FIRST_HEADING: Final = "first heading"
_FENCE: Final = "---"
_LONGEST_FRONT_MATTER: Final = 256 * 1024
_KNOWN: Final = frozenset("id url title author authors source published date topics summary language".split())


class MarkdownReader:
    """Front matter fields are those of a JSON record, without text and html."""

    name = "md"

    def read(self, stream: BinaryIO, file: str) -> Iterator[Draft | Unread]:
        place = Place(file)
        raw = stream.read(MOST_BYTES + 1)
        try:
            fields, body = _split(decode(raw).replace("\r\n", "\n").replace("\r", "\n"))
            yield _draft(fields, markdown_paragraphs(body), place, raw)
        except (Undecodable, _BadFrontMatter) as error:
            yield Unread(place, str(error), raw, len(raw), self.name)


class _BadFrontMatter(ValueError):
    """The front matter can't be read; the message says where and why."""


class _Loader(yaml.SafeLoader):
    """YAML as text only: values are not guessed to be dates, numbers or truth; no aliases, which could unfold without
    end."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "aliases (*name) are not read", event.start_mark)
        return super().compose_node(parent, index)


_Loader.yaml_implicit_resolvers = {}


def markdown_paragraphs(body: str) -> tuple[Paragraph, ...]:
    """The text of Markdown, paragraph by paragraph, without emphasis marks and link targets."""
    return tidy(_walk(_MARKDOWN.parse(body)))


_MARKDOWN: Final = MarkdownIt("commonmark").enable("table")


def _split(text: str) -> tuple[dict[str, Any], str]:
    """Front matter and body. Text that does not begin with a `---` line, or never ends it, has no front matter."""
    if not text.startswith(_FENCE + "\n"):
        return {}, text
    end = text.find("\n" + _FENCE, len(_FENCE))
    after = end + 1 + len(_FENCE)
    while end != -1 and text[after : after + 1] not in ("", "\n") and text[after:].split("\n", 1)[0].strip():
        end = text.find("\n" + _FENCE, after)
        after = end + 1 + len(_FENCE)
    if end == -1:
        return {}, text
    if end > _LONGEST_FRONT_MATTER:
        raise _BadFrontMatter("its front matter is longer than 256 KB; metadata is not that long")
    try:
        fields = yaml.load(text[len(_FENCE) + 1 : end + 1], Loader=_Loader)  # noqa: S506  (a SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 2}" if mark else ""
        problem = getattr(error, "problem", None) or "it is no YAML"
        raise _BadFrontMatter(f"its front matter can't be read{where}: {problem}") from None
    except RecursionError:
        raise _BadFrontMatter("its front matter is nested too deeply") from None
    if fields is not None and not isinstance(fields, dict):
        raise _BadFrontMatter("its front matter is no list of `name: value` lines")
    return {str(name): value for name, value in (fields or {}).items()}, text[after:]


def _draft(fields: dict[str, Any], paragraphs: tuple[Paragraph, ...], place: Place, raw: bytes) -> Draft:
    title = _stated(fields, "title")
    if title is None and paragraphs and paragraphs[0].kind is Kind.HEADING and len(paragraphs) > 1:
        title, paragraphs = Stated(paragraphs[0].text, FIRST_HEADING), paragraphs[1:]
    return Draft(
        place=place,
        reader=MarkdownReader.name,
        raw=raw,
        size=len(raw),
        paragraphs=paragraphs,
        title=title,
        guid=_text(fields, "id"),
        address=_text(fields, "url"),
        authors=(*_names(fields, "author"), *_names(fields, "authors")),
        source=_stated(fields, "source"),
        published=_stated(fields, "published") or _stated(fields, "date"),
        topics=_names(fields, "topics"),
        summary=_stated(fields, "summary"),
        language=_stated(fields, "language"),
        extra={name: value for name, value in fields.items() if name not in _KNOWN},
    )


def _text(fields: dict[str, Any], name: str) -> str | None:
    value = fields.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise _BadFrontMatter(f"its {name} is not one line of text")
    return None if value.strip() in ("", "null", "~") else value


def _stated(fields: dict[str, Any], name: str) -> Stated[str] | None:
    text = _text(fields, name)
    return None if text is None else Stated(text, FRONT_MATTER)


def _names(fields: dict[str, Any], name: str) -> tuple[Stated[str], ...]:
    value = fields.get(name)
    values = value if isinstance(value, list) else [value]
    names = [_text({name: one}, name) for one in values]
    return tuple(Stated(one, FRONT_MATTER) for one in names if one)


def _walk(tokens: Sequence[Token]) -> Iterator[Paragraph]:
    lists = quotes = heading = 0
    item = False
    row: list[str] = []
    in_row = False
    for token in tokens:
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                lists += 1
            case "bullet_list_close" | "ordered_list_close":
                lists -= 1
            case "list_item_open":
                item = True
            case "blockquote_open":
                quotes += 1
            case "blockquote_close":
                quotes -= 1
            case "heading_open":
                heading = int(token.tag[1])
            case "heading_close":
                heading = 0
            case "tr_open":
                in_row, row = True, []
            case "tr_close":
                in_row = False
                yield Paragraph(" | ".join(row))
            case "inline":
                text = _inline(token.children or ())
                if in_row:
                    row.append(text)
                elif heading:
                    yield Paragraph(text, Kind.HEADING, heading)
                elif lists and item:
                    yield Paragraph(text, Kind.ITEM, lists)
                    item = False
                else:
                    yield Paragraph(text, Kind.QUOTE if quotes else Kind.PARAGRAPH)
            case "fence" | "code_block":
                yield Paragraph(token.content, Kind.PREFORMATTED)
            case "html_block":
                yield from html_paragraphs(token.content)


def _inline(children: Sequence[Token]) -> str:
    parts = []
    for child in children:
        match child.type:
            case "text" | "code_inline":
                parts.append(child.content)
            case "softbreak":
                parts.append(" ")
            case "hardbreak":
                parts.append("\n")
            case "image":
                parts.append(child.content)
    return "".join(parts)
