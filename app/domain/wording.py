"""How numbers are said."""

from __future__ import annotations


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 article`, `1,204 articles`. many: where it is not made by an s."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
