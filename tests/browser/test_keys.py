"""Single keys: they help who wants them, and are in nobody's way."""

from __future__ import annotations

from tests.browser.conftest import Open, Site, playwright_api

expect = playwright_api.expect
FOCUSED = "() => document.activeElement.textContent.trim()"


def test_from_the_search_box_to_a_match_without_the_mouse(site: Site, open_page: Open) -> None:
    page = open_page("/about")
    page.keyboard.press("/")
    page.keyboard.type("dredging")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=dredging*")
    for key in "jjk":
        page.keyboard.press(key)
    assert page.evaluate(FOCUSED) == page.locator(".hits h2 a").first.inner_text()
    page.keyboard.press("s")
    expect(page.locator(".hits .star").first).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Enter")
    page.wait_for_url("**/a/**")
    page.keyboard.press("n")
    expect(page.locator("mark.now")).to_have_count(1)
    expect(page.get_by_role("status")).to_contain_text("Match 1 of")
    page.keyboard.press("p")
    page.keyboard.press("c")
    page.wait_for_url("**/cite*")


def test_keys_are_letters_where_somebody_types_and_leave_the_browser_its_own(site: Site, open_page: Open) -> None:
    page = open_page("/search?q=harbour")
    box = page.get_by_role("searchbox")
    box.fill("")
    box.type("jk/s?nc")
    expect(box).to_have_value("jk/s?nc")
    page.locator("h1").click()
    for key in ("Control+j", "Alt+j", "Meta+j", "Shift+J"):
        page.keyboard.press(key)
    assert page.evaluate("() => document.activeElement.closest('.hits')") is None


def test_the_keys_are_told_and_can_be_switched_off(site: Site, open_page: Open) -> None:
    page = open_page("/search?q=harbour")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_contain_text("next and previous match")
    dialog.get_by_label("Use these single keys").uncheck()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.keyboard.press("j")
    assert page.evaluate("() => document.activeElement.closest('.hits')") is None
    page.reload()
    page.keyboard.press("?")
    expect(dialog).to_have_count(0)
    page.get_by_role("link", name="Keyboard").click()
    dialog.get_by_label("Use these single keys").check()
    dialog.get_by_role("button", name="Close").click()
    page.keyboard.press("j")
    assert page.evaluate("() => document.activeElement.closest('.hits') !== null")
