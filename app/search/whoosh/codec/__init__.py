"""A codec for Whoosh that keeps an index as arrays, read where they lie."""

from app.search.whoosh.codec.codec import ColumnarCodec, ColumnarSegment, TermCursor, verify_segment
from app.search.whoosh.codec.documents import BytesReader, NumbersReader
from app.search.whoosh.codec.format import DamagedFile, spread
from app.search.whoosh.codec.postings import NO_POSTINGS, FieldPostings, TermPostings
from app.search.whoosh.codec.relations import Pairs, Relation

__all__ = [
    "NO_POSTINGS",
    "BytesReader",
    "ColumnarCodec",
    "ColumnarSegment",
    "DamagedFile",
    "FieldPostings",
    "NumbersReader",
    "Pairs",
    "Relation",
    "TermCursor",
    "TermPostings",
    "spread",
    "verify_segment",
]
