"""XML from files that nobody vouches for: no entities, no network, bounded depth and size; and the files in zipped
documents."""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO
from typing import Final

from lxml import etree

MOST_UNPACKED: Final = 128 * 1024 * 1024
MOST_TIMES: Final = 200
_FREE: Final = 8 * 1024 * 1024


class Broken(ValueError):
    """A document is damaged, or made to do harm; the message says how."""


def parse(raw: bytes) -> etree._Element:
    """The root of an XML document, broken markup mended. Raises Broken."""
    if b"<!ENTITY" in raw:
        raise Broken("it defines entities of its own (<!ENTITY), which no article needs and which can do harm")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Broken(f"its XML can't be read ({error})") from None
    if root is None:
        raise Broken("it holds no XML")
    return root


class Zipped:
    """The files of a zipped document (docx, odt, epub). Raises Broken for one that is damaged, locked or a bomb."""

    def __init__(self, raw: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(BytesIO(raw))
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise Broken(f"it is damaged: its table of contents can't be read ({error})") from None
        unpacked = sum(member.file_size for member in self._archive.infolist())
        if unpacked > MOST_UNPACKED or (unpacked > _FREE and unpacked > MOST_TIMES * max(1, len(raw))):
            raise Broken(f"it unpacks to {unpacked / 1024 / 1024:,.0f} MB, more than is read of a document")
        self.names = frozenset(self._archive.namelist())

    def read(self, name: str) -> bytes:
        try:
            with self._archive.open(name) as member:
                return member.read(MOST_UNPACKED)
        except KeyError:
            raise Broken(f"it is damaged: its part {name} is missing") from None
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
            raise Broken(f"it is damaged: its part {name} can't be unpacked ({error})") from None
        except RuntimeError:
            raise Broken("it is locked with a password; save it without one") from None

    def xml(self, name: str) -> etree._Element:
        return parse(self.read(name))


def local(element: etree._Element) -> str:
    """An element's name without its namespace; empty for comments and the like."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def text_of(root: etree._Element, name: str) -> str | None:
    """The text of the first element of a name, wherever it is."""
    for element in root.iter():
        if local(element) == name and (text := " ".join("".join(element.itertext()).split())):
            return text
    return None


def texts_of(root: etree._Element, name: str) -> list[str]:
    found = (" ".join("".join(element.itertext()).split()) for element in root.iter() if local(element) == name)
    return [text for text in found if text]


def attribute(element: etree._Element, name: str) -> str | None:
    """An attribute by its name without namespace."""
    return next((str(value) for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name), None)
