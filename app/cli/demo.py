"""`policy-archive demo`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from app.cli.ingest import bring_index_up_to_date
from app.cli.serve import Host, Port, check_port, run_server
from app.cli.terminal import archive, out, outcomes, say
from app.domain.wording import counted
from app.ingest.compose import Given
from app.ingest.inputs import find_inputs
from app.ingest.run import ingest
from app.search.thesaurus import ThesaurusFile

SEEDS: Final = Path(__file__).parents[2] / "seeds"


def demo(host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """On a fresh machine: make the database, ingest the sample articles, build the index, and serve the site."""
    check_port(host, port)
    with archive(make=True) as (settings, database):
        ThesaurusFile(settings.thesaurus).current()
        inputs, wrong = find_inputs([str(SEEDS)], None)
        for error in wrong:
            say(f"Error: {error}")
        counts = ingest(database, inputs, Given()).counts
        bring_index_up_to_date(settings, database)
    out.print(
        f"Sample articles: {counted(counts.read, 'record')} read, {outcomes(counts)} "
        "(the broken samples are there on purpose)."
    )
    run_server(host, port)
