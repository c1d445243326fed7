"""Filters, order and pages without loading anew; the address tells the state, and back works."""

from __future__ import annotations

from tests.browser.conftest import Open, Site, playwright_api

expect = playwright_api.expect
SAME = "() => window.same === true"


def stay(page: object) -> None:
    """Mark the page, so that one loaded anew is told from it."""
    page.evaluate("() => { window.same = true }")  # type: ignore[attr-defined]


def test_a_facet_narrows_in_place_and_back_undoes_it(site: Site, open_page: Open) -> None:
    page = open_page("/search?q=harbour")
    stay(page)
    before = page.get_by_role("heading", level=1).inner_text()
    page.locator("#narrow").get_by_role("link", name="Harbour Gazette").click()
    page.wait_for_url("**source=Harbour**")
    expect(page.get_by_role("heading", level=1)).to_contain_text("1 article")
    expect(page.get_by_role("status")).to_contain_text("1 article for")
    assert page.title().startswith("1 article")
    page.get_by_role("searchbox").fill("tolls")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=tolls**")
    assert "source=Harbour" in page.url
    page.go_back()
    page.wait_for_url("**q=harbour**")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text(before)
    assert page.evaluate(SAME)
    page.go_forward()
    expect(page.get_by_role("heading", level=1)).to_contain_text("1 article")
    bookmark = page.url
    page.goto(bookmark)
    expect(page.get_by_role("heading", level=1)).to_contain_text("1 article")


def test_the_focus_stays_where_it_was_or_goes_to_the_results(site: Site, open_page: Open) -> None:
    page = open_page("/search?q=harbour")
    stay(page)
    page.get_by_role("navigation", name="Order").get_by_role("link", name="Newest").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**sort=newest**")
    assert page.evaluate("() => document.activeElement.textContent").startswith("Newest")
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Next").click()
    page.wait_for_url("**page=2**")
    assert page.evaluate("() => document.activeElement.tagName") == "H1"
    page.locator(".picture a .reach").first.click()
    page.wait_for_url(lambda url: "from=" in url or "year=" in url)
    assert page.evaluate(SAME)


def test_what_was_opened_stays_open(site: Site, open_page: Open) -> None:
    page = open_page("/search?q=harbour")
    page.locator("#narrow details summary").first.click()
    page.get_by_role("navigation", name="Order").get_by_role("link", name="Newest").click()
    page.wait_for_url("**sort=newest**")
    expect(page.locator("#narrow details").first).to_have_attribute("open", "")


def test_the_last_of_two_clicks_counts(site: Site, open_page: Open) -> None:
    page = open_page("/search?q=harbour")
    page.evaluate(
        "() => { const links = [...document.querySelectorAll('.order nav a')]; links[1].click(); links[2].click() }"
    )
    page.wait_for_url("**sort=oldest**")
    page.wait_for_timeout(300)
    assert "sort=oldest" in page.url
    expect(page.locator('.order a[aria-current="true"]')).to_have_text("Oldest")


def test_where_the_answer_is_no_page_of_results_the_browser_takes_over(site: Site, open_page: Open) -> None:
    page = open_page("/search?q=harbour")
    stay(page)
    page.route(
        "**/search?*sort=newest*",
        lambda route: (
            route.fulfill(body="<p>not this</p>") if route.request.resource_type == "fetch" else route.continue_()
        ),
    )
    page.get_by_role("navigation", name="Order").get_by_role("link", name="Newest").click()
    page.wait_for_url("**sort=newest**")
    expect(page.get_by_role("heading", level=1)).to_contain_text("articles for")
    assert not page.evaluate(SAME)


def test_a_place_on_the_same_page_is_only_gone_to(site: Site, open_page: Open) -> None:
    page = open_page("/search?q=harbour", viewport={"width": 390, "height": 844})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/search" in request.url else None)
    page.get_by_role("link", name="Narrow", exact=True).click()
    page.wait_for_timeout(400)
    assert page.url.endswith("#narrow") and page.evaluate("() => scrollY") > 500
    assert asked == []


def test_on_a_phone_the_ways_to_narrow_are_folded_until_asked_for(site: Site, open_page: Open) -> None:
    page = open_page("/search?q=harbour", viewport={"width": 390, "height": 844})
    rail = page.locator("#narrow")
    button = rail.get_by_role("button", name="Narrow these results")
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(rail.get_by_role("heading", name="Date")).to_be_hidden()
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(button).to_be_focused()
    expect(rail.get_by_role("heading", name="Date")).to_be_visible()
    rail.get_by_role("link", name="Harbour Gazette").click()
    page.wait_for_url("**source=Harbour**")
    expect(rail.get_by_role("heading", name="Date")).to_be_visible()
    button.click()
    expect(rail.get_by_role("heading", name="Date")).to_be_hidden()
    page.get_by_role("link", name="Narrow", exact=True).click()
    expect(rail.get_by_role("heading", name="Date")).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(rail.get_by_role("button", name="Narrow these results")).to_have_count(0)
    expect(rail.get_by_role("heading", name="Date")).to_be_visible()


def test_without_scripts_nothing_is_folded(site: Site, open_page: Open) -> None:
    page = open_page("/search?q=harbour", viewport={"width": 390, "height": 844}, java_script_enabled=False)
    expect(page.locator("#narrow").get_by_role("heading", name="Date")).to_be_visible()
