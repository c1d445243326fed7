"""Reads a judged collection: articles, queries, and for each query how well which article answers.

What it leaves to others: an archive with the articles in it (`ours`), other systems (`baselines`), and measuring
(`relevance`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

DOCUMENT_FILES: Final = ("docs.jsonl", "corpus.jsonl")
QUERY_FILES: Final = ("queries.jsonl",)
JUDGEMENT_FILES: Final = ("qrels.tsv", "qrels/test.tsv")
ARTICLES_ELSEWHERE: Final = "docs.from"
"""A file that names the files and folders to ingest, one a line, seen from its own folder."""

ID_FIELDS: Final = ("_id", "id", "doc_id", "query_id", "docno")
TEXT_FIELDS: Final = ("text", "contents", "body")
QUERY_FIELDS: Final = ("text", "query", "title")


Judged = dict[str, dict[str, int]]
"""query id -> article id -> grade."""


class WrongCollection(Exception):
    """A collection can't be used; the message names file and line, and the reason."""


class ArticlesMissing(WrongCollection):
    """A collection is in order, but the articles that it speaks of are not on this machine."""


@dataclass(frozen=True, slots=True)
class Document:
    """What is searched for, as a system takes it that knows of titles and texts only."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Collection:
    """Queries with at least one article that answers.

    queries: query id -> text. judged: query id -> article id -> grade; 0 and less: does not answer. documents: of a
    collection that holds its articles; else None, and `articles` are the paths to ingest. notes: what was left out.
    """

    name: str
    queries: dict[str, str]
    judged: Judged
    documents: tuple[Document, ...] | None
    articles: tuple[Path, ...]
    notes: tuple[str, ...] = ()


def read_collection(folder: Path) -> Collection:
    """Raises WrongCollection; ArticlesMissing where only the articles are not there."""
    if not folder.is_dir():
        raise WrongCollection(f"{folder}: there is no such folder. A collection is a folder with {_expected()}.")
    queries = read_queries(_one_of(folder, QUERY_FILES))
    judgements = _one_of(folder, JUDGEMENT_FILES)
    judged = read_judgements(judgements)
    notes: list[str] = []
    unknown = [query for query in judged if query not in queries]
    if unknown:
        notes.append(f"{len(unknown):,} judged queries have no text and were left out: {_some(unknown)}.")
    unanswered = [query for query, grades in judged.items() if query in queries and max(grades.values()) <= 0]
    if unanswered:
        notes.append(f"{len(unanswered):,} queries that no article answers were left out: {_some(unanswered)}.")
    measured = [query for query in judged if query in queries and query not in set(unanswered)]
    if not measured:
        raise WrongCollection(f"{judgements}: it judges no query that an article answers; there is nothing to measure.")
    elsewhere = folder / ARTICLES_ELSEWHERE
    return Collection(
        name=folder.resolve().name,
        queries={query: queries[query] for query in measured},
        judged={query: judged[query] for query in measured},
        documents=None if elsewhere.exists() else tuple(read_documents(_one_of(folder, DOCUMENT_FILES))),
        articles=read_paths(elsewhere) if elsewhere.exists() else (),
        notes=tuple(notes),
    )


def read_documents(file: Path) -> Iterator[Document]:
    """One JSON object a line: an id, a text, perhaps a title. A text that is missing or null is read as empty."""
    seen: dict[str, int] = {}
    for number, record in _records(file):
        id = _id(record, file, number, seen)
        if not any(name in record for name in (*TEXT_FIELDS, "title")):
            raise _wrong(file, number, f"it has neither {' nor '.join(TEXT_FIELDS)} nor title")
        yield Document(id, _string(record, ("title",), file, number), _string(record, TEXT_FIELDS, file, number))


def read_queries(file: Path) -> dict[str, str]:
    """query id -> text."""
    seen: dict[str, int] = {}
    queries: dict[str, str] = {}
    for number, record in _records(file):
        id = _id(record, file, number, seen)
        text = " ".join(_string(record, QUERY_FIELDS, file, number).split())
        if not text:
            raise _wrong(file, number, f"it has no text (looked for in {', '.join(QUERY_FIELDS)})")
        queries[id] = text
    return queries


def read_judgements(file: Path) -> Judged:
    """query id -> article id -> grade, from lines of query, article and grade (BEIR, with or without a line of
    headings) or of query, anything, article and grade (TREC), parted by tabs or blanks."""
    judged: Judged = {}
    for number, line in _lines(file):
        parts = [part.strip() for part in line.split("\t")] if "\t" in line else line.split()
        if len(parts) not in (3, 4):
            raise _wrong(file, number, f"it has {len(parts)} columns, not 3 (query, article, grade) or 4 (TREC)")
        query, article = parts[0], parts[-2]
        try:
            grade = int(parts[-1])
        except ValueError:
            if number == 1:
                continue
            raise _wrong(file, number, f"its grade “{parts[-1]}” is not a whole number") from None
        if not query or not article:
            raise _wrong(file, number, "its query or its article is empty")
        grades = judged.setdefault(query, {})
        if grades.setdefault(article, grade) != grade:
            raise _wrong(file, number, f"it judges {article} for {query} once more, and otherwise")
    return judged


def read_paths(file: Path) -> tuple[Path, ...]:
    """The files and folders that a `docs.from` names; `#` begins a comment."""
    named = [(number, line.split("#")[0].strip()) for number, line in _lines(file)]
    paths = [(number, (file.parent / name).resolve()) for number, name in named if name]
    if not paths:
        raise WrongCollection(f"{file}: it names no file or folder to take the articles from.")
    for number, path in paths:
        if not path.exists():
            raise ArticlesMissing(
                f"{file}, line {number}: the articles are not there: {path} does not exist. The judgements speak of "
                "articles that are not part of this collection; put them there, or leave the collection out."
            )
    return tuple(path for _, path in paths)


def _one_of(folder: Path, names: Sequence[str]) -> Path:
    found = next((folder / name for name in names if (folder / name).is_file()), None)
    if found is None:
        raise WrongCollection(f"{folder}: it holds no {' or '.join(names)}. A collection has {_expected()}.")
    return found


def _expected() -> str:
    return f"{DOCUMENT_FILES[0]} (or {ARTICLES_ELSEWHERE}), {QUERY_FILES[0]} and {JUDGEMENT_FILES[0]}"


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, with their numbers. Only LF ends a line: texts hold other separators."""
    try:
        with open(file, encoding="utf-8-sig", newline="\n") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield number, line.rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise WrongCollection(f"{file}: it is not UTF-8 ({error.reason} at byte {error.start}).") from None
    except OSError as error:
        raise WrongCollection(f"{file}: it can't be read ({error.strerror}).") from None


def _records(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in _lines(file):
        try:
            record = json.loads(line)
        except ValueError as error:
            raise _wrong(file, number, f"it is not JSON ({error})") from None
        if not isinstance(record, dict):
            raise _wrong(file, number, "it is not a JSON object with fields")
        yield number, record


def _id(record: dict[str, Any], file: Path, number: int, seen: dict[str, int]) -> str:
    """The record's id, which no line before may have had."""
    id = _string(record, ID_FIELDS, file, number).strip()
    if not id:
        raise _wrong(file, number, f"it has no id (looked for in {', '.join(ID_FIELDS)})")
    if id in seen:
        raise _wrong(file, number, f"line {seen[id]} has the id {id} already")
    seen[id] = number
    return id


def _string(record: dict[str, Any], names: Sequence[str], file: Path, number: int) -> str:
    """The first of these fields that is there and holds something; "" where none does."""
    for name in names:
        value = record.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if value is not None and not isinstance(value, str):
            raise _wrong(file, number, f"its {name} is not text")
        if value:
            return value
    return ""


def _wrong(file: Path, number: int, reason: str) -> WrongCollection:
    return WrongCollection(f"{file}, line {number}: {reason}.")


def _some(ids: Sequence[str]) -> str:
    return ", ".join(ids[:3]) + (", ..." if len(ids) > 3 else "")
