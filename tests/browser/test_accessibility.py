"""Every type of page looked over by axe-core, as it is at a desk and on a phone, light, dark and in forced colours."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import HERE, Browser, Open, Site

AXE = HERE / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
LARGE = ("article of 77,000 words", "all articles")

WAYS: dict[str, dict[str, Any]] = {
    "desk, light": {"color_scheme": "light"},
    "desk, dark": {"color_scheme": "dark"},
    "phone, light": {"color_scheme": "light", **PHONE},
    "phone, dark": {"color_scheme": "dark", **PHONE},
    "desk, forced colours": {"forced_colors": "active"},
    "desk, more contrast": {"contrast": "more"},
}

PLACE = """() => {
  const here = document.activeElement;
  return here.closest(".hits") ? "hits" : here.closest("#narrow") ? "facets" : "";
}"""


@pytest.fixture(scope="module")
def axe() -> str:
    if not AXE.exists():
        pytest.skip("axe-core is not installed; `make test-browser` installs it with npm")
    return AXE.read_text()


def violations(page: Any, axe: str, name: str, **rules: dict[str, bool]) -> list[str]:
    """What axe finds on the page that is open. name: of the page, for whoever reads of it. rules: settings of some."""
    page.evaluate(axe)
    result = page.evaluate("([tags, rules]) => axe.run(document, { runOnly: tags, rules })", [RULES, rules])
    return [
        f"{name}: {one['id']}: {one['nodes'][0]['html'][:160]} ({len(one['nodes'])})" for one in result["violations"]
    ]


@pytest.mark.parametrize("way", WAYS)
def test_axe_finds_nothing(axe: str, site: Site, open_page: Open, way: str) -> None:
    found = []
    first = way == next(iter(WAYS))
    for name, path in site.pages().items():
        if not first and name in LARGE:
            continue  # its parts are those of others, and it takes as long as all of these
        # In forced colours they are the reader's own.
        contrast = {"color-contrast": {"enabled": way != "desk, forced colours"}}
        found += violations(open_page(path, **WAYS[way]), axe, name, **contrast)
    assert found == []


def test_axe_finds_nothing_in_a_language_written_from_right_to_left(
    axe: str, site_from_right_to_left: Site, browser: Browser
) -> None:
    context = browser.new_context(base_url=site_from_right_to_left.url, **PHONE)
    page, found = context.new_page(), []
    for name, path in site_from_right_to_left.pages().items():
        if name not in LARGE:
            page.goto(path)
            found += violations(page, axe, name)
    context.close()
    assert found == []


def test_the_keyboard_comes_to_the_content_first_and_to_the_facets_last(site: Site, open_page: Open) -> None:
    page = open_page("/search?q=harbour")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    places = []
    for _ in range(150):
        page.keyboard.press("Tab")
        places.append(page.evaluate(PLACE))
    assert places.index("hits") < places.index("facets")
