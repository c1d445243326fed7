"""`make screenshots`: every type of page at three widths, light and dark, in screenshots/; a few of the sample articles
in docs/screenshots/."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Browser, Site, serving
from tests.conftest import Archive

ROOT = Path(__file__).parents[2]
EVERY, SHOWN = ROOT / "screenshots", ROOT / "docs" / "screenshots"
SUFFIXES = {"png": "png", "jpeg": "jpg"}
WIDTHS = {390: 844, 1280: 900, 1920: 1080}


def test_take_pictures_of_every_type_of_page(site: Site, browser: Browser) -> None:
    _take(browser, site.url, site.pages(), EVERY, type="png")


def test_take_pictures_of_the_sample_articles(archive: Archive, browser: Browser) -> None:
    archive.ingest(ROOT / "seeds")
    best = archive.search("mosul stabilization").hits[0].article
    pages = {
        "home": "/",
        "results": "/search?q=mosul+stabilization",
        "article": f"{best.path}?q=mosul+stabilization",
        "browse": "/browse",
    }
    with serving(archive.settings.data_dir) as url:
        _take(browser, url, pages, SHOWN, type="jpeg", quality=70)


def _take(browser: Browser, url: str, pages: Mapping[str, str], folder: Path, **how: Any) -> None:
    """how: Playwright's for a picture."""
    folder.mkdir(parents=True, exist_ok=True)
    for width, height in WIDTHS.items():
        for scheme in ("light", "dark"):
            context = browser.new_context(
                base_url=url, viewport={"width": width, "height": height}, color_scheme=scheme
            )
            page = context.new_page()
            for name, path in pages.items():
                page.goto(path)
                page.wait_for_load_state("networkidle")
                file = f"{name.replace(' ', '-').replace(',', '')}-{width}-{scheme}.{SUFFIXES[how['type']]}"
                page.screenshot(path=folder / file, **how)
            context.close()


if __name__ == "__main__":
    sys.exit(pytest.main(["--browser", "-q", "-p", "no:cacheprovider", __file__]))
