"""Puts the web site together: opens the archive, names the pages, and closes the archive at the end."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from app.language import speak
from app.search.indexer import Indexer
from app.search.live import LiveIndex
from app.search.thesaurus import ThesaurusFile
from app.settings import Settings
from app.store.database import Database
from app.web import (
    about,
    article,
    browse,
    cite,
    errors,
    feeds,
    forms,
    health,
    help,
    home,
    memento,
    opensearch,
    passages,
    reading_list,
    related,
    robots,
    runs,
    search,
    suggest,
    versions,
)
from app.web.answers import Answers
from app.web.caching import Caching
from app.web.dependencies import Archive
from app.web.negotiation import Negotiation
from app.web.pages import STATIC
from app.web.polling import Polling
from app.web.static import StaticAssets
from app.web.upkeep import Upkeep

MADE_BETWEEN_SEARCHES: Final = 50_000
"""Objects made, over those let go of, after which Python looks for cycles among the newest: some pages of results."""


def create_app(settings: Settings) -> FastAPI:
    """The site over one archive; from now on the process speaks its language. Raises StoreError for an unusable data
    folder, ValueError for a wrong index_url, locale or thesaurus."""
    speak(settings.locale, settings.translations)
    database = Database(settings.database)
    index = LiveIndex(database, settings.index_folder)
    thesaurus = ThesaurusFile(settings.thesaurus)
    thesaurus.current()

    @asynccontextmanager
    async def open_archive(_app: FastAPI) -> AsyncIterator[None]:
        upkeep = Upkeep(Indexer(database, settings.index_folder), index)
        upkeep.start()
        polling = Polling(database, settings) if settings.poll else None
        if polling is not None:
            polling.start()
        yield
        if polling is not None:
            polling.stop()
        upkeep.stop()
        index.close()
        database.close()

    app = FastAPI(title=settings.title, lifespan=open_archive, openapi_url=None)
    app.state.archive = Archive(database, index, thesaurus, settings)
    # In the order in which an address is looked for: what is asked for most comes first.
    articles = (forms, versions, passages, cite, article, memento)
    others = (related, reading_list, home, browse, help, about, runs, feeds, opensearch, health, robots)
    for page in (*articles, search, suggest, *others):
        app.include_router(page.router)
    app.mount("/static", StaticAssets(directory=STATIC), name="static")
    errors.handle(app)
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=6)
    app.add_middleware(Caching, archive=app.state.archive)
    app.add_middleware(Negotiation)
    app.add_middleware(Answers)
    return app


def from_environment() -> FastAPI:
    """The site as the settings in the environment describe it; servers start it by this name, once a process."""
    app = create_app(Settings())
    # The program itself is left out of Python's searches for cycles, and these are made less often: else they take up
    # to a tenth of the time of a page of results.
    gc.collect()
    gc.freeze()
    gc.set_threshold(MADE_BETWEEN_SEARCHES, 20, 50)
    return app
