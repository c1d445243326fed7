"""Stored fields of a document as JSON, with the types of Python that JSON lacks named in it.

A value that can't be said this way is refused when it is written: nothing in our files is ever executed to be read.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

_KIND: Final = "="


def to_bytes(fields: dict[str, Any]) -> bytes:
    """Raises ValueError that names the field whose value can't be stored."""
    plain: dict[str, Any] = {}
    for name, value in fields.items():
        try:
            plain[name] = _plain(value)
        except TypeError as error:
            raise ValueError(f"The field “{name}” can't be stored: {error}") from None
    return json.dumps(plain, separators=(",", ":")).encode()


def from_bytes(stored: bytes) -> dict[str, Any]:
    return {name: _value(plain) for name, plain in json.loads(stored).items()} if stored else {}


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | int() | float() | str():
            return value
        case bytes():
            return {_KIND: "bytes", "of": b64encode(value).decode()}
        case datetime():
            return {_KIND: "datetime", "of": value.isoformat()}
        case date():
            return {_KIND: "date", "of": value.isoformat()}
        case Decimal():
            return {_KIND: "decimal", "of": str(value)}
        case tuple():
            return {_KIND: "tuple", "of": [_plain(one) for one in value]}
        case list():
            return [_plain(one) for one in value]
        case dict() if all(isinstance(key, str) for key in value):
            return {_KIND: "dict", "of": {key: _plain(one) for key, one in value.items()}}
        case _:
            raise TypeError(f"there is no form for a value of the type {type(value).__name__}")


def _value(plain: Any) -> Any:
    if isinstance(plain, list):
        return [_value(one) for one in plain]
    if not isinstance(plain, dict):
        return plain
    of = plain["of"]
    match plain[_KIND]:
        case "bytes":
            return b64decode(of)
        case "datetime":
            return datetime.fromisoformat(of)
        case "date":
            return date.fromisoformat(of)
        case "decimal":
            return Decimal(of)
        case "tuple":
            return tuple(_value(one) for one in of)
        case _:
            return {key: _value(one) for key, one in of.items()}
