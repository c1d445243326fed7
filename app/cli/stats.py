"""`policy-archive stats`."""

from __future__ import annotations

from pathlib import Path

from app.cli.terminal import archive, out
from app.domain.wording import counted
from app.store import browse, index_state, outbox
from app.store.rejections import count_rejections


def stats() -> None:
    """What is in the archive: articles, sources, years, index size and generation."""
    with archive() as (settings, database):
        with database.reading() as connection:
            glance = browse.glance(connection)
            state = index_state.read(connection)
            owed = outbox.count(connection)
            rejections = count_rejections(connection)
        size = _size(settings.index_folder / state.directory) if state.directory else 0
        years = f"{glance.years[0].period}-{glance.years[-1].period}" if glance.years else "none"
        for name, value in (
            ("Articles", f"{glance.articles:,}"),
            ("Sources", f"{glance.sources:,}"),
            ("Authors", f"{glance.authors:,}"),
            ("Topics", f"{glance.topics:,}"),
            ("Years", f"{years} ({counted(glance.undated, 'article')} undated)"),
            ("Rejections", f"{rejections:,}"),
            ("Database", _megabytes(database.size) if database.sqlite_file else database.url),
            ("Index", f"{_megabytes(size)}, generation {state.generation}, {counted(owed, 'article')} owed"),
        ):
            out.print(f"{name:<11}{value}", markup=False)


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"
