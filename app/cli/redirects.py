"""`policy-archive redirects`."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Annotated

import typer

from app.cli.terminal import WRONG_USE, archive, fail, out, say
from app.domain.former import Line, NotAPath, former_path, resolved
from app.store import former

app = typer.Typer(help="Former addresses, which lead to articles for ever.", no_args_is_help=True)

PROBLEMS_SHOWN = 50


@app.command("import")
def import_redirects(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="Two columns: the old address, and where it leads.")],
) -> None:
    """Let old addresses lead to articles. The whole file is checked first; if anything is wrong, nothing is changed."""
    lines = _read(file)
    with archive() as (_, database), database.writing() as connection:
        found, wrong = resolved(
            lines, former.former_addresses(connection), lambda address: former.named_article(connection, address)
        )
        new = 0 if wrong else former.keep(connection, found)
    for sentence in wrong[:PROBLEMS_SHOWN]:
        say(sentence)
    if len(wrong) > PROBLEMS_SHOWN:
        say(f"... and {len(wrong) - PROBLEMS_SHOWN:,} more.")
    if wrong:
        fail(f"{file}: {len(wrong):,} of {len(lines):,} lines are wrong, so nothing was changed.")
    out.print(f"{new:,} addresses were added, {len(found) - new:,} led there already.")


@app.command("list")
def list_redirects() -> None:
    """List the old addresses and the articles they lead to, as CSV."""
    with archive() as (_, database), database.reading() as connection:
        for path, id in former.former_addresses(connection).items():
            out.print(f"{_quoted(path)},/a/{id}", markup=False)


@app.command("remove")
def remove_redirect(old: Annotated[str, typer.Argument(help="The old address.")]) -> None:
    """Let an old address lead nowhere again."""
    try:
        path = former_path(old)
    except NotAPath as error:
        fail(f"{error}.", WRONG_USE)
    with archive() as (_, database), database.writing() as connection:
        removed = former.remove(connection, path)
    if not removed:
        fail(f"{path} leads nowhere. `policy-archive redirects list` shows what does.")
    out.print(f"{path} leads nowhere now.", markup=False)


def _read(file: Path) -> list[Line]:
    """The lines of the file; a first line of column names is passed over."""
    lines: list[Line] = []
    try:
        with open(file, encoding="utf-8-sig", newline="") as stream:
            for row in (reader := csv.reader(stream)):
                number = reader.line_num
                if not any(cell.strip() for cell in row):
                    continue
                if len(row) != 2:
                    fail(f"{file}, line {number}: it has {len(row)} columns, not two.", WRONG_USE)
                old, new = (cell.strip() for cell in row)
                if not lines and "/" not in old and "/" not in new and old.isalpha():
                    continue
                lines.append(Line(number, old, new))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        fail(f"{file}: it can't be read ({getattr(error, 'strerror', None) or error}).", WRONG_USE)
    return lines


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ',"\n') else text
