"""Every type of page: nothing asked elsewhere, no error told, nothing moves, nothing is cut off, HTML that is valid."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.browser.conftest import HERE, Browser, Open, Site

SHIFTS = """() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) if (!one.hadRecentInput) sum += one.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 300);
})"""

# What sticks out to the right, outside of what scrolls by itself.
STICKS_OUT = """() => {
  const scrolls = (one) => one && (one.matches(".scroll, pre") || scrolls(one.parentElement));
  const wide = document.documentElement.clientWidth;
  return document.documentElement.scrollWidth <= wide ? [] : [...document.querySelectorAll("body *")]
    .filter((one) => !scrolls(one) && one.getBoundingClientRect().right > wide + 1)
    .slice(0, 5).map((one) => one.outerHTML.slice(0, 120));
}"""

STICKS_OUT_TO_THE_LEFT = STICKS_OUT.replace(".right > wide + 1", ".left < -1")


def test_nothing_moves_and_nothing_is_asked_of_others(site: Site, open_page: Open) -> None:
    """What was asked and told is looked at by `open_page`."""
    moved = {}
    for name, path in site.pages().items():
        for end in ("", "#p2") if path.startswith("/a/") else ("",):
            shift = open_page(path + end).evaluate(SHIFTS)
            if shift > 0.001:
                moved[f"{name}{end}"] = shift
    assert moved == {}


@pytest.mark.parametrize(("width", "text"), [(320, 100), (390, 100), (640, 200), (1280, 200), (3840, 100)])
def test_nothing_sticks_out(site: Site, open_page: Open, width: int, text: int) -> None:
    """WCAG 1.4.10 and 1.4.4: 320 pixels, and text of twice the size."""
    found = {}
    for name, path in site.pages().items():
        page = open_page(path, viewport={"width": width, "height": 800})
        page.evaluate(f"() => {{ document.documentElement.style.fontSize = '{text}%' }}")
        if wide := page.evaluate(STICKS_OUT):
            found[name] = wide
    assert found == {}


@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_sticks_out_where_pages_are_read_from_right_to_left(
    site_from_right_to_left: Site, browser: Browser, width: int
) -> None:
    context = browser.new_context(base_url=site_from_right_to_left.url, viewport={"width": width, "height": 800})
    page, found = context.new_page(), {}
    for name, path in site_from_right_to_left.pages().items():
        page.goto(path)
        assert page.evaluate("() => getComputedStyle(document.body).direction") == "rtl"
        if wide := page.evaluate(STICKS_OUT_TO_THE_LEFT):
            found[name] = wide
    context.close()
    assert found == {}


def test_html_is_valid(site: Site, open_page: Open, tmp_path: Path) -> None:
    """By html-validate, as pages were served."""
    validator = HERE / "node_modules" / ".bin" / "html-validate"
    if not validator.exists():
        pytest.skip("html-validate is not installed; `make test-browser` installs it with npm")
    page = open_page("/about")
    for name, path in site.pages().items():
        (tmp_path / f"{name.replace(' ', '-')}.html").write_text(page.request.get(path).text())
    config = HERE / "html-validate.json"
    done = subprocess.run(
        [str(validator), "--config", str(config), "--formatter", "json", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
    )
    told = [
        f"{Path(file['filePath']).name}:{one['line']}: {one['ruleId']}: {one['message']}"
        for file in json.loads(done.stdout or "[]")
        for one in file["messages"]
    ]
    assert told == [] and done.returncode == 0, done.stderr
