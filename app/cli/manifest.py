"""`policy-archive manifest`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli.terminal import archive, out, progress
from app.domain.wording import counted
from app.ingest.exported.manifest import write_manifest
from app.store.holdings import holdings, ids_in_order


def manifest(
    place: Annotated[Path, typer.Argument(metavar="FOLDER|FILE", help="Where the list goes, and the texts beside it.")],
) -> None:
    """Write down every version's permalink, number and sha256, with its text, so that `sha256sum -c` can check it."""
    with archive() as (_, database), database.reading() as connection, progress("Writing") as show:
        found = holdings(connection, sorted(ids_in_order(connection)))
        written = write_manifest(place, found, lambda done: show(done, None, ""))
    out.print(
        f"{counted(written.versions, 'version')} of {counted(written.articles, 'article')} in {written.list}. "
        f"Check them with: cd {written.list.parent} && sha256sum -c {written.list.name}",
        markup=False,
    )
