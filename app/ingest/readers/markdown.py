"""Markdown: one article a file, metadata in YAML front matter, canonical text without the markup."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, Final

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.domain.canonical import CELL_MARK, Kind, Paragraph
from app.domain.record import Stated, Unread
from app.ingest.decode import MOST_BYTES, Undecodable, decode_any
from app.ingest.draft import RAW_BYTES, Draft, Hints
from app.ingest.flow import Flow
from app.ingest.html_text import html_paragraphs
from app.ingest.inline_markdown import write_inline

FRONT_MATTER: Final = "front matter"
FIRST_HEADING: Final = "first heading"
_FENCE: Final = "---"
_LONGEST_FRONT_MATTER: Final = 256 * 1024
_KNOWN: Final = frozenset("id url title author authors source published date topics summary language".split())


class MarkdownReader:
    """Front matter fields are those of a JSON record, without text and html."""

    name = "md"
    at_home: int | None = 256 * 1024

    def read(self, stream: BinaryIO, hints: Hints) -> Iterator[Draft | Unread]:
        raw = stream.read(MOST_BYTES + 1)
        try:
            fields, body = _split(decode_any(raw, hints.charset))
            yield _draft(fields, markdown_paragraphs(body, _text(fields, "url") or hints.address), hints, raw)
        except (Undecodable, _BadFrontMatter) as error:
            yield Unread(hints.place, str(error), raw[:RAW_BYTES], len(raw), self.name)


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


def markdown_paragraphs(body: str, base: str | None = None) -> tuple[Paragraph, ...]:
    """The text of Markdown, paragraph by paragraph; emphasis marks and links become spans. base: the address that
    links are relative to."""
    flow = Flow(base)
    _walk(_MARKDOWN.parse(body), flow)
    return flow.paragraphs()


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


def _draft(fields: dict[str, Any], paragraphs: tuple[Paragraph, ...], hints: Hints, raw: bytes) -> Draft:
    title = _stated(fields, "title")
    if title is None and paragraphs and paragraphs[0].kind is Kind.HEADING and len(paragraphs) > 1:
        title, paragraphs = Stated(paragraphs[0].text, FIRST_HEADING), paragraphs[1:]
    return Draft(
        place=hints.place,
        reader=MarkdownReader.name,
        raw=raw[:RAW_BYTES],
        size=len(raw),
        paragraphs=paragraphs,
        title=title,
        guid=_text(fields, "id"),
        address=_text(fields, "url") or hints.address,
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


def _walk(tokens: Sequence[Token], flow: Flow) -> None:
    lists = quotes = heading = 0
    item = head = in_row = False
    cells = 0
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
            case "thead_open" | "thead_close":
                head = token.nesting == 1
            case "tr_open":
                in_row, cells = True, 0
            case "tr_close":
                in_row = False
                flow.part(Kind.ROW, int(head), evened=False)
            case "inline":
                if in_row:
                    flow.write(CELL_MARK if cells else "")
                    cells += 1
                write_inline(token.children or (), flow)
                if in_row:
                    continue
                if heading:
                    flow.part(Kind.HEADING, heading, evened=False)
                elif lists and item:
                    flow.part(Kind.ITEM, lists, evened=False)
                    item = False
                else:
                    flow.part(Kind.QUOTE if quotes else Kind.PARAGRAPH, evened=False)
            case "fence" | "code_block":
                flow.add(Paragraph(token.content, Kind.PREFORMATTED))
            case "html_block":
                for paragraph in html_paragraphs(token.content):
                    flow.add(paragraph)
