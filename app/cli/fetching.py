"""The fetcher that commands share. It is imported where something is to be fetched, as HTTP takes a while to load."""

from __future__ import annotations

import threading

from app.ingest.fetch.fetch import Fetcher
from app.settings import Settings


def fetcher_of(settings: Settings, stop: threading.Event | None = None) -> Fetcher:
    """stop: set, it ends fetching soon."""
    return Fetcher(settings.fetching, f"{settings.base_url.rstrip('/')}/about", stop=stop)
