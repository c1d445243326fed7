"""Sitemaps, and indexes of them: lists of addresses, each a link to be followed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final

from app.domain.record import Unread
from app.ingest.decode import MOST_BYTES, too_large
from app.ingest.draft import RAW_BYTES, Hints, Link
from app.ingest.flow import safe_target
from app.ingest.safe_xml import Broken, local, parse

MOST_LINKS: Final = 50_000
"""More are not in one sitemap, by its standard."""


class SitemapReader:
    name = "sitemap"
    at_home: int | None = 0

    def read(self, stream: BinaryIO, hints: Hints) -> Iterator[Unread | Link]:
        raw = stream.read(MOST_BYTES + 1)
        number = 0
        try:
            if len(raw) > MOST_BYTES:
                raise Broken(too_large(len(raw)))
            for element in parse(raw).iter():
                if local(element) != "loc" or local(element.getparent()) not in ("url", "sitemap"):
                    continue
                number += 1
                said = " ".join("".join(element.itertext()).split())
                address = safe_target(said, hints.address)
                if number > MOST_LINKS:
                    raise Broken(f"it lists more than {MOST_LINKS:,} addresses, as no sitemap may")
                if address is None:
                    yield Unread(
                        hints.record(number), f"“{said[:200]}” is no address", said.encode(), len(said), self.name
                    )
                else:
                    yield Link(hints.record(number), self.name, address)
        except Broken as error:
            yield Unread(hints.place, str(error), raw[:RAW_BYTES], len(raw), self.name)
            return
        if number == 0:
            yield Unread(hints.place, "the sitemap lists no addresses", raw[:RAW_BYTES], len(raw), self.name)
