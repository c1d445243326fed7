"""Which files in an archive are read, and which are refused by their names."""

from __future__ import annotations

import re
from typing import Final

from app.ingest.sniff import no_article

MOST_MEMBERS: Final = 1_000_000

_DRIVE: Final = re.compile(r"[A-Za-z]:[\\/]")


def passed_over(name: str) -> bool:
    """Whether it is hidden, a README, or by its name no article, as in folders."""
    parts = name.replace("\\", "/").split("/")
    return (
        any(part.startswith(".") and part not in (".", "..") for part in parts)
        or "__MACOSX" in parts
        or parts[-1].upper().startswith("README")
        or no_article(b"", name)
    )


def refused_name(name: str) -> str | None:
    """Why a name is not one of a file in an archive; None where it is."""
    if name.startswith(("/", "\\")) or _DRIVE.match(name) or ".." in re.split(r"[\\/]", name):
        return "its name leads out of the archive, as no honest archive's does"
    return None
