import io
import json
import re
from typing import Any

import pytest

from app.domain.canonical import Kind
from app.domain.record import Unread
from app.ingest.draft import RAW_BYTES, Draft, Hints
from app.ingest.readers.jsonl import JsonLinesReader


def read(content: bytes) -> list[Draft | Unread]:
    return list(JsonLinesReader().read(io.BytesIO(content), Hints.of("a.jsonl")))


def read_one(**fields: Any) -> Draft | Unread:
    (only,) = read(json.dumps(fields).encode())
    return only


def test_records_are_split_at_lf_only() -> None:
    one, two = read('{"text": "one\u2028line\u2029and\u0085all"}\r\n{"text": "two"}'.encode())
    assert isinstance(one, Draft) and isinstance(two, Draft)
    assert one.paragraphs[0].text == "one\u2028line\u2029and\u0085all"
    assert two.place.number == 2


def test_blank_lines_are_no_records() -> None:
    assert [one.place.number for one in read(b'\n{"text": "a"}\n  \n{"text": "b"}\n\n')] == [1, 2]


def test_a_byte_order_mark_is_no_harm() -> None:
    (one,) = read(b'\xef\xbb\xbf{"text": "a"}')
    assert isinstance(one, Draft)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"text": "cut off', "not JSON"),
        (b"not json", "not JSON"),
        (b'["a", "list"]', "JSON list, not an object"),
        (b'"words"', "JSON string, not an object"),
        (b"null", "JSON null, not an object"),
        (b'{"text": ["a"]}', "its text is a JSON list, not text"),
        (b'{"title": {"a": 1}, "text": "a"}', "its title is a JSON object, not text"),
        (b'{"text": "caf\xe9"}', r"byte 14 \(0xE9\) is not UTF-8"),
        (b'{"text": "a\\u0000b"}', "NUL"),
        (b'{"text": "a\x00b"}', "NUL"),
        (b'{"text": "a\\ud800b"}', "half of a surrogate pair"),
        (b'{"text": "a", "note": {"deep": ["\\udfff"]}}', "half of a surrogate pair"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"text": "a", "n": ' + b"9" * 10_000 + b"}", "can't be read"),
    ],
)
def test_a_bad_line_is_rejected_with_its_reason_and_the_next_is_read(line: bytes, reason: str) -> None:
    bad, good = read(line + b'\n{"text": "good"}\n')
    assert isinstance(bad, Unread)
    assert re.search(reason, bad.reason), bad.reason
    assert bad.raw == line[:RAW_BYTES]
    assert isinstance(good, Draft)


def test_a_line_beyond_the_limit_is_passed_over_in_bounded_memory() -> None:
    lines = b'{"text": "' + b"a" * 1000 + b'"}\n{"text": "good"}\n'
    long, good = JsonLinesReader(most_bytes=100).read(io.BytesIO(lines), Hints.of("a.jsonl"))
    assert isinstance(long, Unread) and "larger than" in long.reason
    assert long.size == 1013
    assert isinstance(good, Draft) and good.paragraphs[0].text == "good"


def test_an_escaped_backslash_u0000_is_text_like_any_other() -> None:
    assert isinstance(read_one(text="the escape \\u0000 and \\ud800 in JSON"), Draft)


def test_authors_come_as_a_name_a_list_or_objects() -> None:
    for fields in ({"author": "Ann"}, {"authors": ["Ann"]}, {"authors": [{"name": "Ann"}]}, {"author": ["Ann", None]}):
        draft = read_one(text="a", **fields)
        assert isinstance(draft, Draft)
        assert [author.value for author in draft.authors] == ["Ann"]


def test_html_becomes_paragraphs_of_their_kind() -> None:
    draft = read_one(
        html="<h2>Aims</h2><p>First,\n<b>bold</b>&nbsp;words.</p><ul><li>one<li>two</ul><script>x()</script>"
    )
    assert isinstance(draft, Draft)
    assert [(p.text, p.kind) for p in draft.paragraphs] == [
        ("Aims", Kind.HEADING),
        ("First, bold words.", Kind.PARAGRAPH),
        ("one", Kind.ITEM),
        ("two", Kind.ITEM),
    ]


def test_other_fields_are_kept_as_they_came() -> None:
    draft = read_one(text="a", note={"x": [1, None]}, raw_title="A")
    assert isinstance(draft, Draft)
    assert draft.extra == {"note": {"x": [1, None]}, "raw_title": "A"}
