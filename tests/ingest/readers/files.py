"""Files of formats that can't be written as text, made as small as they can be."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

Lines = Sequence[tuple[float, float, int, str]]
"""Left, height above the page's foot, size of letters, text."""


def pdf(pages: Sequence[Lines], properties: str = "") -> bytes:
    objects: dict[int, bytes] = {}
    kids = []
    for at, lines in enumerate(pages):
        shown = "".join(f"/F {size} Tf 1 0 0 1 {left} {up} Tm ({text}) Tj\n" for left, up, size, text in lines)
        content = f"BT\n{shown}ET".encode("cp1252")
        number = 5 + 2 * at
        objects[number] = b"<</Length %d>>\nstream\n%s\nendstream" % (len(content), content)
        page = f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F 3 0 R>>>>/Contents {number} 0 R>>"
        objects[number + 1] = page.encode()
        kids.append(f"{number + 1} 0 R")
    objects[1] = b"<</Type/Catalog/Pages 2 0 R>>"
    objects[2] = f"<</Type/Pages/Kids[{' '.join(kids)}]/Count {len(kids)}>>".encode()
    objects[3] = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"
    objects[4] = f"<<{properties}>>".encode()
    written = io.BytesIO(b"%PDF-1.4\n")
    written.seek(0, io.SEEK_END)
    places = {}
    for number in sorted(objects):
        places[number] = written.tell()
        written.write(b"%d 0 obj\n%s\nendobj\n" % (number, objects[number]))
    table = written.tell()
    written.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    for number in sorted(objects):
        written.write(b"%010d 00000 n \n" % places[number])
    written.write(b"trailer<</Size %d/Root 1 0 R/Info 4 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, table))
    return written.getvalue()


def zipped(files: Mapping[str, bytes | str], mimetype: str | None = None) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype, zipfile.ZIP_STORED)
        for name, content in files.items():
            archive.writestr(name, content)
    return written.getvalue()


ODT = "application/vnd.oasis.opendocument.text"
EPUB = "application/epub+zip"


def odt(body: str, meta: str = "") -> bytes:
    names = 'xmlns:office="o" xmlns:text="t" xmlns:table="tb" xmlns:style="s" xmlns:fo="f" xmlns:xlink="x"'
    bold = (
        '<style:style style:name="B" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>'
    )
    content = (
        f"<office:document-content {names}><office:automatic-styles>{bold}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    return zipped({"content.xml": content, "meta.xml": f'<m xmlns:dc="d" xmlns:meta="m">{meta}</m>'}, ODT)


def epub(chapters: Mapping[str, str], spine: Sequence[str], metadata: str = "") -> bytes:
    items = "".join(f'<item id="{name}" href="{name}" media-type="application/xhtml+xml"/>' for name in chapters)
    package = (
        f'<package xmlns="p" xmlns:dc="d"><metadata>{metadata}</metadata><manifest>{items}</manifest>'
        f"<spine>{''.join(f'<itemref idref={chr(34)}{name}{chr(34)}/>' for name in spine)}</spine></package>"
    )
    container = '<container><rootfiles><rootfile full-path="O/c.opf"/></rootfiles></container>'
    files = {"META-INF/container.xml": container, "O/c.opf": package}
    return zipped({**files, **{f"O/{name}": text for name, text in chapters.items()}}, EPUB)


def warc(*records: tuple[str, dict[str, str], bytes]) -> bytes:
    """Records of a type, headers and a block."""
    written = b""
    for kind, headers, block in records:
        said = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        written += (
            f"WARC/1.0\r\nWARC-Type: {kind}\r\n{said}Content-Length: {len(block)}\r\n\r\n".encode()
            + block
            + b"\r\n\r\n"
        )
    return written


def response(body: bytes, status: str = "200 OK", **headers: str) -> bytes:
    said = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status}\r\n{said}\r\n".encode() + body
