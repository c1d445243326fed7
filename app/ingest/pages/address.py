"""The address that a web page wants to be known by, and whether that is believed."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Final
from urllib.parse import urljoin, urlsplit

from app.domain.address import NotAnAddress, names_an_article, normalise_address

_HEAD: Final = 256 * 1024
_PIECE: Final = 8 * 1024
_NAMED: Final = ("canonical", "og:url", "citation_public_url", "citation_fulltext_html_url")
"""What names a page's address, the surest first."""
_OTHER_SELVES: Final = ("www.", "m.", "mobile.", "amp.")


class _Head(HTMLParser):
    """Reads the links and marks in a page's head. They are believed only there: below stands what readers wrote."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.named: dict[str, str] = {}
        self.base = ""
        self.over = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: (value or "").strip() for name, value in attrs}
        if tag == "body":
            self.over = True
        if self.over:
            return
        if tag == "base":
            self.base = self.base or said.get("href", "")
        elif tag == "link" and "canonical" in said.get("rel", "").lower().split():
            self._name("canonical", said.get("href"))
        elif tag == "meta":
            self._name((said.get("property") or said.get("name") or "").lower(), said.get("content"))

    def handle_endtag(self, tag: str) -> None:
        self.over = self.over or tag == "head"

    def _name(self, name: str, address: str | None) -> None:
        if name in _NAMED and address:
            self.named.setdefault(name, address)


def claimed_addresses(page: str, address: str | None) -> list[str]:
    """The addresses that a page gives as its own, made whole, the surest first.

    address: where it stood. Where that is known, only a canonical link says otherwise: other marks are often those of
    the site, or of the page that this one was copied from.
    """
    head = _Head()
    for start in range(0, min(len(page), _HEAD), _PIECE):
        head.feed(page[start : start + _PIECE])
        if head.over:
            break
    claimed: list[str] = []
    for name in _NAMED if address is None else _NAMED[:1]:
        if named := head.named.get(name):
            try:
                claimed.append(urljoin(urljoin(address or "", head.base), named))
            except ValueError:
                continue
    return claimed


def believed(claimed: str, address: str | None) -> bool:
    """Whether a page that stood at `address` may say that its address is `claimed`: one of the same site, that names
    one article. Otherwise any page could give itself out as another site's article, and become its next version. Of a
    page that nobody knows where it stood, any address that names an article is."""
    try:
        ours = normalise_address(claimed)
        return names_an_article(ours) and (address is None or _site(ours) == _site(normalise_address(address)))
    except NotAnAddress:
        return False


def _site(normalised: str) -> str:
    host = urlsplit(normalised).netloc
    for self_of_it in _OTHER_SELVES:
        bare = host.removeprefix(self_of_it)
        if "." in bare:
            host = bare
    return host
