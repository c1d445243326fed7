"""Web links (RFC 8288): how they are written in a Link header, in application/link-format and in a linkset."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class WebLink:
    """target: an address, percent-encoded. attributes: such as type and datetime."""

    target: str
    rel: str
    attributes: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        parts = [f"<{self.target}>", f'rel="{self.rel}"', *(f'{name}="{value}"' for name, value in self.attributes)]
        return "; ".join(parts)


def link_header(links: Iterable[WebLink]) -> str:
    return ", ".join(str(link) for link in links)


def link_format(links: Iterable[WebLink]) -> str:
    """application/link-format (RFC 6690), a link a line."""
    return ",\n".join(str(link) for link in links) + "\n"


def linkset(anchor: str, links: Iterable[WebLink]) -> dict[str, Any]:
    """One context of an application/linkset+json document (RFC 9264, 4.2): relation -> its targets."""
    context: dict[str, Any] = {"anchor": anchor}
    for link in links:
        target = {"href": link.target, **dict(link.attributes)}
        context.setdefault(link.rel, []).append(target)
    return context
