"""The OpenSearch description, from which a browser or a program learns how to search the archive."""

from __future__ import annotations

import re
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from fastapi import APIRouter, Response

from app.language import _
from app.web.dependencies import ArchiveDep
from app.web.present import shortened

NAMESPACE: Final = "http://a9.com/-/spec/opensearch/1.1/"
MEDIA_TYPE: Final = "application/opensearchdescription+xml"
LONGEST_SHORT_NAME: Final = 16
LONGEST_LONG_NAME: Final = 48

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

router = APIRouter()


@router.get("/opensearch.xml")
def description(archive: ArchiveDep) -> Response:
    return Response(opensearch(archive.settings.title, archive.base_url), media_type=MEDIA_TYPE)


def opensearch(title: str, base_url: str) -> bytes:
    """The description as XML. base_url: what addresses begin with, without a final slash."""
    name = _NO_XML.sub(" ", title)
    root = Element("OpenSearchDescription", {"xmlns": NAMESPACE})
    SubElement(root, "ShortName").text = _cut(name, LONGEST_SHORT_NAME)
    SubElement(root, "LongName").text = _cut(name, LONGEST_LONG_NAME)
    SubElement(root, "Description").text = _("Search the articles of the archive by their words.")
    search = f"{base_url}/search?q={{searchTerms}}"
    _address(root, "text/html", f"{search}&page={{startPage?}}&per_page={{count?}}")
    _address(root, "application/x-suggestions+json", f"{base_url}/suggest?q={{searchTerms}}", rel="suggestions")
    _address(root, MEDIA_TYPE, f"{base_url}/opensearch.xml", rel="self")
    SubElement(root, "Image", {"type": "image/svg+xml"}).text = f"{base_url}/static/icon.svg"
    SubElement(root, "InputEncoding").text = "UTF-8"
    SubElement(root, "OutputEncoding").text = "UTF-8"
    xml: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return xml


def _address(root: Element, media_type: str, template: str, **more: str) -> None:
    SubElement(root, "Url", {"type": media_type, **more, "template": template})


def _cut(name: str, length: int) -> str:
    """Whole words of a name, or the beginning of its first where that alone is too long."""
    return shortened(name, length).removesuffix("…")[:length].rstrip() or "Archive"
