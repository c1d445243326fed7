"""An article whole, as JSON and back. docs/exports.md tells the fields."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from app.domain.canonical import Emphasis, Paragraph, Span
from app.domain.canonical import Kind as ParagraphKind
from app.domain.correction import Correction, Kind
from app.domain.dates import Precision, PublishedDate
from app.domain.permalink import ID_LENGTH, LONG_ID_LENGTH, permalink_id
from app.domain.record import Amended, Place, Record, Refused, Stated
from app.store.holdings import HeldVersion, Holding

MARK: Final = "policy-archive-export"
FORM: Final = 1
"""The form of what is written; readers read this and earlier ones."""


class NotWhole(ValueError):
    """What was read is no whole article of an export; the message says why."""


def to_json(holding: Holding) -> dict[str, Any]:
    numbers = {correction.id: number for number, correction in enumerate(holding.corrections, start=1)}
    withdrawn = holding.withdrawn_at is not None
    return {
        "id": holding.id,
        "identity_key": holding.identity_key,
        # A withdrawn article's slug would tell its title.
        "slug": "withdrawn" if withdrawn else holding.slug,
        "duplicate_key": holding.duplicate_key,
        "stored_at": _moment(holding.stored_at),
        "merged_into": holding.leads_to,
        "duplicate_of": holding.stands_for,
        "withdrawn_at": _moment(holding.withdrawn_at) if holding.withdrawn_at else None,
        "withdrawn_reason": holding.withdrawn_reason,
        "versions": [_version(version, numbers) for version in holding.versions],
        "corrections": [_correction(one, numbers, withdrawn) for one in holding.corrections],
        "former_addresses": list(holding.former_addresses),
    }


def from_json(said: Any) -> Holding:
    """Raises NotWhole, where anything in it is not as an export writes it, or is not what its sha256 says."""
    try:
        holding = _holding(said)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NotWhole(f"it is no article of an export ({type(error).__name__}: {error})") from None
    if holding.id not in (permalink_id(holding.identity_key, length) for length in (ID_LENGTH, LONG_ID_LENGTH)):
        raise NotWhole(f"its permalink {holding.id} does not follow from its identity")
    if [version.number for version in holding.versions] != list(range(1, len(holding.versions) + 1)):
        raise NotWhole(f"versions of {holding.id} are missing")
    if not holding.versions:
        raise NotWhole(f"{holding.id} has no version")
    for version in holding.versions:
        if version.record is None and holding.withdrawn_at is None:
            raise NotWhole(f"the text of version {version.number} of {holding.id} is missing")
        if version.record is not None and version.record.fixity != version.fixity:
            raise NotWhole(f"the text of version {version.number} of {holding.id} is not the one its sha256 is of")
        if version.record is not None and version.record.metadata_digest != version.metadata_digest:
            raise NotWhole(f"the metadata of version {version.number} of {holding.id} are not those they were")
    return holding


def _version(version: HeldVersion, numbers: dict[int, int]) -> dict[str, Any]:
    said: dict[str, Any] = {
        "number": version.number,
        "stored_at": _moment(version.stored_at),
        "sha256": version.fixity,
        "metadata_sha256": version.metadata_digest,
        "words": version.words,
    }
    record = version.record
    if record is None:
        return said | {"withheld": True}
    said |= {
        "place": str(record.place),
        "title": _stated(record.title),
        "source": _stated(record.source),
        "authors": [_stated(one) for one in record.authors],
        "published": _published(record.published),
        "topics": [_stated(one) for one in record.topics],
        "summary": _stated(record.summary),
        "language": _stated(record.language),
        "address": record.address,
        "guid": record.guid,
        "refused": [{"field": one.field, "value": one.value, "reason": one.reason} for one in record.refused],
        "extra": dict(record.extra),
        "paragraphs": [_paragraph(one) for one in record.paragraphs],
    }
    if record.amended is not None:
        said["fed"] = dict(record.amended.fed)
        said["fed_sha256"] = record.amended.digest
        said["correction"] = numbers.get(record.amended.correction or 0)
    return said


def _correction(one: Correction, numbers: dict[int, int], withdrawn: bool) -> dict[str, Any]:
    detail = dict.fromkeys(one.detail) if withdrawn and one.kind is Kind.EDIT else dict(one.detail)
    return {
        "number": numbers[one.id],
        "kind": one.kind.value,
        "at": _moment(one.at),
        "reason": one.reason,
        "detail": detail,
        "undoes": None if one.undoes is None else numbers[one.undoes],
    }


def _paragraph(paragraph: Paragraph) -> dict[str, Any]:
    said: dict[str, Any] = {"text": paragraph.text}
    if paragraph.kind is not ParagraphKind.PARAGRAPH:
        said["kind"] = paragraph.kind.value
    if paragraph.level:
        said["level"] = paragraph.level
    if paragraph.spans:
        said["spans"] = [[span.start, span.end, span.kind.value, span.target] for span in paragraph.spans]
    return said


def _stated(stated: Stated[str] | None) -> list[str] | None:
    return None if stated is None else [stated.value, stated.origin]


def _published(stated: Stated[PublishedDate] | None) -> dict[str, Any] | None:
    if stated is None:
        return None
    date = stated.value
    said = {"date": str(date), "key": date.key, "precision": date.precision.value, "offset": date.offset}
    return said | {"origin": stated.origin}


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _holding(said: Any) -> Holding:
    return Holding(
        id=_text(said["id"]),
        identity_key=_text(said["identity_key"]),
        slug=_text(said["slug"]),
        duplicate_key=_text_or_none(said["duplicate_key"]),
        stored_at=_read_moment(said["stored_at"]),
        versions=tuple(_read_version(one) for one in said["versions"]),
        leads_to=_text_or_none(said["merged_into"]),
        stands_for=_text_or_none(said["duplicate_of"]),
        withdrawn_at=None if said["withdrawn_at"] is None else _read_moment(said["withdrawn_at"]),
        withdrawn_reason=_text_or_none(said["withdrawn_reason"]),
        corrections=tuple(_read_correction(one, said["id"]) for one in said["corrections"]),
        former_addresses=tuple(_text(one) for one in said["former_addresses"]),
    )


def _read_version(said: Any) -> HeldVersion:
    record = None if said.get("withheld") else _read_record(said)
    return HeldVersion(
        number=int(said["number"]),
        stored_at=_read_moment(said["stored_at"]),
        fixity=_text(said["sha256"]),
        metadata_digest=_text(said["metadata_sha256"]),
        words=int(said["words"]),
        record=record,
    )


def _read_span(start: Any, end: Any, kind: Any, target: Any) -> Span:
    return Span(int(start), int(end), Emphasis(kind), _text_or_none(target))


def _read_record(said: Any) -> Record:
    title = _read_stated(said["title"])
    if title is None:
        raise ValueError("a version has no title")
    amended = None
    if "fed" in said:
        amended = Amended(dict(said["fed"]), _text_or_none(said["fed_sha256"]), said["correction"])
    return Record(
        paragraphs=tuple(
            Paragraph(
                _text(one["text"]),
                ParagraphKind(one.get("kind", "paragraph")),
                int(one.get("level", 0)),
                tuple(_read_span(*span) for span in one.get("spans", ())),
            )
            for one in said["paragraphs"]
        ),
        title=title,
        place=Place(_text(said["place"])),
        guid=_text_or_none(said["guid"]),
        address=_text_or_none(said["address"]),
        authors=_read_many(said["authors"]),
        source=_read_stated(said["source"]),
        published=_read_published(said["published"]),
        topics=_read_many(said["topics"]),
        summary=_read_stated(said["summary"]),
        language=_read_stated(said["language"]),
        refused=tuple(Refused(**one) for one in said["refused"]),
        extra=dict(said["extra"]),
        amended=amended,
    )


def _read_correction(said: Any, article_id: str) -> Correction:
    """Its id is its number in the export."""
    return Correction(
        id=int(said["number"]),
        article_id=article_id,
        kind=Kind(said["kind"]),
        at=_read_moment(said["at"]),
        reason=_text_or_none(said["reason"]),
        detail=dict(said["detail"]),
        undoes=said["undoes"],
    )


def _read_many(said: Sequence[Any]) -> tuple[Stated[str], ...]:
    return tuple(stated for one in said if (stated := _read_stated(one)) is not None)


def _read_stated(said: Any) -> Stated[str] | None:
    if said is None:
        return None
    value, origin = said
    return Stated(_text(value), _text(origin))


def _read_published(said: Any) -> Stated[PublishedDate] | None:
    if said is None:
        return None
    date = PublishedDate(int(said["key"]), Precision(said["precision"]), said["offset"])
    return Stated(date, _text(said["origin"]))


def _read_moment(said: str) -> datetime:
    return datetime.fromisoformat(said).astimezone(UTC)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _text_or_none(value: Any) -> str | None:
    return None if value is None else _text(value)
