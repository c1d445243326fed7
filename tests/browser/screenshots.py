"""`make screenshots`: every type of page at three widths, light and dark, in screenshots/; a few, small, in docs/."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EVERY, SHOWN = ROOT / "screenshots", ROOT / "docs" / "screenshots"
WIDTHS = {390: 844, 1280: 900, 1920: 1080}
IN_DOCS = ("home", "results", "article", "browse")


def test_take_pictures(site: object, browser: object) -> None:
    EVERY.mkdir(exist_ok=True)
    SHOWN.mkdir(parents=True, exist_ok=True)
    for width, height in WIDTHS.items():
        for scheme in ("light", "dark"):
            context = browser.new_context(  # type: ignore[attr-defined]
                base_url=site.url,
                viewport={"width": width, "height": height},
                color_scheme=scheme,  # type: ignore[attr-defined]
            )
            page = context.new_page()
            for name, path in site.pages().items():  # type: ignore[attr-defined]
                page.goto(path)
                page.wait_for_load_state("networkidle")
                file = f"{name.replace(' ', '-').replace(',', '')}-{width}-{scheme}"
                page.screenshot(path=EVERY / f"{file}.png")
                if name in IN_DOCS:
                    page.screenshot(path=SHOWN / f"{file}.jpg", type="jpeg", quality=70)
            context.close()


if __name__ == "__main__":
    sys.exit(pytest.main(["--browser", "-q", "-p", "no:cacheprovider", __file__]))
