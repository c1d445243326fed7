"""`policy-archive ingest` of what `export` wrote."""

from __future__ import annotations

import json
from dataclasses import asdict

import typer

from app.cli.ingest import PROBLEMS_SHOWN, bring_index_up_to_date
from app.cli.terminal import FAILED, WRONG_USE, archive, fail, out, progress, say
from app.domain.wording import counted
from app.ingest.exported import is_export, restore


def ingest_exports(paths: list[str], *, strict: bool, as_json: bool) -> None:
    """Put exports of archives in, whole. They are read alone: what is said on the command line changes nothing in
    them."""
    others = [path for path in paths if not is_export(path)]
    if others:
        fail(f"an export is read alone; {', '.join(others)} is none. Run the command once for each.", WRONG_USE)
    with archive(make=True) as (settings, database):
        with progress("Reading") as show:
            restored = restore(database, paths, lambda read: show(read, None, ""))
        for problem in restored.problems[:PROBLEMS_SHOWN]:
            say(problem)
        counts = restored.counts
        if as_json:
            fields = {"run": restored.run, **asdict(counts), "seconds": round(restored.seconds, 3)}
            out.print(json.dumps(fields), markup=False)
        else:
            out.print(
                f"Run {restored.run}: {counted(counts.read, 'article')} read in {restored.seconds:.1f} s: "
                f"{counts.added:,} added, {counts.revised:,} revised, {counts.unchanged:,} unchanged, "
                f"{counts.rejected:,} rejected."
            )
        bring_index_up_to_date(settings, database)
    if strict and restored.counts.rejected:
        raise typer.Exit(FAILED)
