"""What the index holds of an article, and in which form.

`id`: the permalink id, to find an article to replace. `words`: every exact word with its positions, for phrases.
`stems`: every stem with how often it occurs in title, summary and text, for ranking. `facts`: one column with what
filters, facets, order and length normalisation need. `terms`: one column with the stems it has most often.
`meaning`: one column with the vectors of its passages, empty where there are none.

Our analyzer gives finished postings, so the only class of our own in the schema is `Postings`, a field type that hands
them to Whoosh as they are: no analyzer and no format of ours is pickled into the index, and an index is always opened
with the schema of this file, so that not even that class is ever unpickled.

An index of another form, by another state of the analyzer, or with other vectors, has another name; it counts as
missing, to be made anew from the database.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zlib import crc32

from whoosh import columns, fields, formats

from app.search.analysis import fingerprint
from app.search.meaning import edition

FORM = 3
"""To be raised whenever the schema, or what the bytes of a posting mean, changes."""

INDEX_NAME = f"articles{FORM}{fingerprint()}{f'{crc32(edition().encode()):08x}' if edition() else ''}"

IndexItem = tuple[bytes, int, float, bytes]
"""A term, how often it occurs, its weight, and the bytes kept with its posting."""


class Postings(fields.FieldType):  # type: ignore[misc]  # Whoosh is not typed in every version
    """A field whose value is its finished postings."""

    def __init__(self, format: formats.Format) -> None:
        super().__init__(format=format, analyzer=None)

    def index(self, value: Iterable[IndexItem], **kwargs: Any) -> Iterable[IndexItem]:  # noqa: ARG002
        return value


def _counts() -> formats.Format:
    """Three bytes a posting: occurrences in title, summary and text."""
    format = formats.Existence()
    format.posting_size = 3
    return format


def schema() -> fields.Schema:
    return fields.Schema(
        id=Postings(formats.Existence()),
        words=Postings(formats.Positions()),
        stems=Postings(_counts()),
        facts=fields.COLUMN(columns.VarBytesColumn()),
        terms=fields.COLUMN(columns.VarBytesColumn()),
        meaning=fields.COLUMN(columns.VarBytesColumn()),
    )
