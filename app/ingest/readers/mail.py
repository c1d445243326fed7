"""Mail: a message is an article (.eml), a mailbox many (.mbox). Its subject is the title, who sent it the author."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parseaddr, parsedate_to_datetime
from io import BytesIO
from typing import BinaryIO, Final, cast

from app.domain.canonical import Paragraph, plain_paragraphs
from app.domain.record import Stated, Unread
from app.ingest.decode import MOST_BYTES, Undecodable, decode_any, too_large
from app.ingest.draft import RAW_BYTES, Draft, Hints, Part, Yield
from app.ingest.html_text import html_paragraphs
from app.ingest.mend import mend

_ORIGIN: Final = "mail header"
_REPLY: Final = re.compile(r"(?:(?:re|fwd?|aw|wg|sv|tr)\s*(?:\[\d+\])?:\s*)+", re.IGNORECASE)
_SIGNATURE: Final = re.compile(r"\n-- \n.*\Z", re.DOTALL)
_FROM_LINE: Final = re.compile(rb"From \S+.*\d{4}")


class MailReader:
    name = "eml"
    at_home: int | None = 0

    def read(self, stream: BinaryIO, hints: Hints) -> Iterator[Draft | Unread]:
        raw = stream.read(MOST_BYTES + 1)
        try:
            if len(raw) > MOST_BYTES:
                raise Undecodable(too_large(len(raw)))
            yield _draft(raw, hints)
        except Undecodable as error:
            yield Unread(hints.place, str(error), raw[:RAW_BYTES], len(raw), self.name)


class MboxReader:
    """Messages are parted by lines that begin with `From ` after a blank line."""

    name = "mbox"
    at_home: int | None = None

    def read(self, stream: BinaryIO, hints: Hints) -> Iterator[Yield]:
        for number, (raw, size) in enumerate(_messages(stream), start=1):
            place = hints.record(number)
            if size > MOST_BYTES:
                yield Unread(place, too_large(size), raw[:RAW_BYTES], size, self.name)
            else:
                yield Part(cast(BinaryIO, BytesIO(raw)), Hints(place), MailReader.name)


def _messages(stream: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Each message without its `From ` line, and its size; one over MOST_BYTES comes cut."""
    lines: list[bytes] = []
    size = 0
    blank, started = True, False
    while line := stream.readline(1024 * 1024):
        if blank and _FROM_LINE.match(line):
            if started and size:
                yield b"".join(lines), size
            lines, size, started = [], 0, True
            blank = False
            continue
        blank = line in (b"\n", b"\r\n")
        size += len(line)
        if size <= MOST_BYTES:
            lines.append(re.sub(rb"^>(>*From )", rb"\1", line))
    if size:
        yield b"".join(lines), size


def _draft(raw: bytes, hints: Hints) -> Draft:
    message = BytesParser(policy=policy.default).parsebytes(raw)
    subject = _REPLY.sub("", _header(message, "subject"), count=1)
    name, address = parseaddr(_header(message, "from"))
    return Draft(
        place=hints.place,
        reader=MailReader.name,
        raw=raw[:RAW_BYTES],
        size=len(raw),
        paragraphs=_paragraphs(message),
        title=Stated(subject, _ORIGIN) if subject.strip() else None,
        guid=_header(message, "message-id").strip().strip("<>") or None,
        address=_header(message, "archived-at").strip().strip("<>") or hints.address,
        authors=tuple(Stated(one, _ORIGIN) for one in [name or address] if one),
        source=_list_name(message),
        published=_date(message),
        extra={"attachments": attached} if (attached := _attachments(message)) else {},
    )


def _header(message: EmailMessage, name: str) -> str:
    """A header's text; empty where it is missing or past reading."""
    try:
        value = message[name]
        return "" if value is None else mend(" ".join(str(value).split())).encode("utf-8", "replace").decode()
    except Exception:  # noqa: BLE001  (the email package raises anything over broken headers)
        return ""


def _date(message: EmailMessage) -> Stated[str] | None:
    text = _header(message, "date")
    if not text:
        received = _header(message, "received")
        text = received.rpartition(";")[2].strip()
    if not text:
        return None
    try:
        moment: datetime = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return Stated(text, _ORIGIN)
    return Stated(moment.isoformat(timespec="minutes"), _ORIGIN)


def _list_name(message: EmailMessage) -> Stated[str] | None:
    """The mailing list that sent it around, as its source."""
    text = _header(message, "list-id")
    name = text.partition("<")[0].strip(" \"'") or text.strip("<> ")
    return Stated(name, _ORIGIN) if name else None


def _paragraphs(message: EmailMessage) -> tuple[Paragraph, ...]:
    """Of the plain text where there is any that says enough, else of the HTML."""
    plain: list[str] = []
    html: list[str] = []
    try:
        parts = list(message.walk())
    except Exception:  # noqa: BLE001
        parts = [message]
    for part in parts:
        kind = part.get_content_type()
        if (
            part.is_multipart()
            or part.get_content_disposition() == "attachment"
            or kind not in ("text/plain", "text/html")
        ):
            continue
        (plain if kind == "text/plain" else html).append(_text(part))
    text = "\n\n".join(one.strip("\n") for one in plain)
    if text.strip() and (not html or len(text.split()) > 10 or len("".join(html)) < 200):
        return plain_paragraphs(_SIGNATURE.sub("\n", text))
    return tuple(paragraph for one in html for paragraph in html_paragraphs(one))


def _text(part: EmailMessage) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return str(part.get_payload() or "")
    charset = part.get_content_charset()
    return decode_any(payload, charset, drop_nul=True)


def _attachments(message: EmailMessage) -> list[str]:
    try:
        return [name for part in message.iter_attachments() if (name := part.get_filename())]
    except Exception:  # noqa: BLE001
        return []
