"""Former addresses: where articles stood before they came here. A list of them is checked before any of it counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from app.domain.permalink import read_id


class NotAPath(ValueError):
    """The text names no place on a site; the message says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: an old address and where it is to lead. number: of the line, from 1."""

    number: int
    old: str
    new: str


def former_path(address: str) -> str:
    """Path and query of an address, as they are kept and looked for: percent-encoding undone, no fragment, no
    final slash.

    The host is not kept: what leads here is what people's old links name, once their host has come here. Raises
    NotAPath.
    """
    try:
        parts = urlsplit(address.strip())
    except ValueError as error:
        raise NotAPath(f"“{address}” is no address ({error})") from None
    if parts.scheme not in ("", "http", "https") or not (parts.netloc or parts.path.startswith("/")):
        raise NotAPath(f"“{address}” is no address; write a path such as /2016/old.html, or a whole address")
    path = unquote(parts.path, errors="replace").rstrip("/")
    if not path and not parts.query:
        raise NotAPath(f"“{address}” is a site's front page, which no article may take")
    return (path or "/") + (f"?{parts.query}" if parts.query else "")


def permalink_in(address: str) -> str | None:
    """The id that an id, a permalink or a whole address of one names; None for anything else."""
    text = address.strip()
    _, found, tail = text.partition("/a/")
    return read_id(tail.partition("/")[0].partition("?")[0].partition("#")[0] if found else text)


def resolved(
    lines: Iterable[Line], known: Mapping[str, str], article: Callable[[str], str | None]
) -> tuple[dict[str, str], list[str]]:
    """Old path -> the id of the article it leads to; and what is wrong, in sentences that name the line.

    known: what leads somewhere already. article: the id of the article that an address names, None where there is none.
    A new address may itself be an old one, of the list or known.
    """
    wrong: list[str] = []
    steps: dict[str, Line] = {}
    for line in lines:
        try:
            path = former_path(line.old)
        except NotAPath as error:
            wrong.append(f"Line {line.number}: {error}.")
            continue
        if path in steps and steps[path].new != line.new:
            wrong.append(f"Line {line.number}: {path} is on line {steps[path].number} already, leading elsewhere.")
        steps.setdefault(path, line)
    found: dict[str, str] = {}
    for path, line in steps.items():
        told = _follow(path, steps, known, article)
        if told is None:
            wrong.append(f"Line {line.number}: {path} leads in a circle.")
        elif not told[1]:
            wrong.append(f"Line {line.number}: “{told[0]}” is no article of this archive, nor an old address of one.")
        elif known.get(path, told[0]) != told[0]:
            wrong.append(f"Line {line.number}: {path} leads to {known[path]} already. Remove it first.")
        else:
            found[path] = told[0]
    return found, wrong


def _follow(
    path: str, steps: Mapping[str, Line], known: Mapping[str, str], article: Callable[[str], str | None]
) -> tuple[str, bool] | None:
    """The article at the end, and True; what leads nowhere, and False; None for a circle."""
    seen: set[str] = set()
    while path in steps:
        if path in seen:
            return None
        seen.add(path)
        target = steps[path].new
        id = article(target)
        if id is not None:
            return id, True
        try:
            path = former_path(target)
        except NotAPath:
            return target, False
    return (known[path], True) if path in known else (target, False)
