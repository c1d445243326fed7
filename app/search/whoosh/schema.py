"""What the index holds of each version of an article, and in which form.

`id`: the permalink id, to find an article to replace. `words`: every exact word with its positions, for phrases.
`stems`: every stem with how often it occurs in title, summary and text, for ranking. `source`, `author`, `topic`: every
name as it is, for filters and facets. Columns: `permalink`, the id again, by article; `version`, its number; `since`
and `until`, when it was the current one; `date`, YYYYMMDDhhmm, -1 for undated; `title_length`, `summary_length`,
`text_length` in words; `paragraphs`, where each one of the text begins; `terms`, the stems it has most often;
`meaning`, the vectors of its passages, empty where there are none; `signature`, `figures` and `names`, by which
near-duplicates are told, empty of what is too short.

Our analyzer gives finished postings, which are written in batches (`batch`), so the only class of our own in the
schema is `Postings`: no analyzer and no format of ours is pickled into the index, and an index is always opened with
the schema of this file, so that not even that class is ever unpickled.

An index of another form, by another state of the analyzer, or with other vectors, has another name; it counts as
missing, to be made anew from the database.
"""

from __future__ import annotations

from typing import Any, Final
from zlib import crc32

from whoosh import columns, fields, formats

from app.search.analysis import fingerprint
from app.search.meaning import edition

FORM = 8
"""To be raised whenever the schema, or what the bytes of a posting mean, changes."""

INDEX_NAME = f"articles{FORM}{fingerprint()}{f'{crc32(edition().encode()):08x}' if edition() else ''}"

NAME_FIELDS: Final = ("source", "author", "topic")

LENGTHS: Final = ("title_length", "summary_length", "text_length")

FOREVER: Final = 2**63 - 1
"""The moment until which a version stands that none has taken the place of."""

PARTS: Final = 3
"""Title, summary and text: how many counts a stem's posting has, a byte each."""


class Postings(fields.FieldType):  # type: ignore[misc]  # Whoosh is not typed in every version
    """A field whose terms are written as they are."""

    def __init__(self, format: formats.Format) -> None:
        super().__init__(format=format, analyzer=None)

    def index(self, value: Any, **kwargs: Any) -> Any:  # noqa: ARG002
        """Refused: what Whoosh would make of a text is not what our analyzer makes of it."""
        raise TypeError("Articles are put into the index by WhooshWriter only.")


def _counts() -> formats.Format:
    format = formats.Existence()
    format.posting_size = PARTS
    return format


def schema() -> fields.Schema:
    return fields.Schema(
        id=Postings(formats.Existence()),
        words=Postings(formats.Positions()),
        stems=Postings(_counts()),
        **{name: Postings(formats.Existence()) for name in NAME_FIELDS},
        permalink=fields.COLUMN(columns.VarBytesColumn()),
        date=fields.COLUMN(columns.NumericColumn("q", default=-1)),
        version=fields.COLUMN(columns.NumericColumn("I")),
        since=fields.COLUMN(columns.NumericColumn("q")),
        until=fields.COLUMN(columns.NumericColumn("q", default=FOREVER)),
        **{name: fields.COLUMN(columns.NumericColumn("I")) for name in LENGTHS},
        paragraphs=fields.COLUMN(columns.VarBytesColumn()),
        terms=fields.COLUMN(columns.VarBytesColumn()),
        meaning=fields.COLUMN(columns.VarBytesColumn()),
        signature=fields.COLUMN(columns.VarBytesColumn()),
        figures=fields.COLUMN(columns.VarBytesColumn()),
        names=fields.COLUMN(columns.VarBytesColumn()),
    )
