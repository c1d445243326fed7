"""The reading list that a browser keeps."""

from __future__ import annotations

from tests.browser.conftest import Open, Site, playwright_api

expect = playwright_api.expect
KEPT = "() => JSON.parse(localStorage.getItem('policy-archive.reading-list') ?? '[]')"


def test_stars_are_kept_counted_and_shown(site: Site, open_page: Open) -> None:
    page = open_page("/search?q=harbour")
    star = page.get_by_role("button", name="Article 1 on my reading list")
    expect(star).to_have_attribute("aria-pressed", "false")
    star.click()
    expect(star).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("status")).to_have_text("It is on your reading list now.")
    page.locator(".hits h2 a").first.click()
    expect(page.locator(".article-head").get_by_role("button", name="reading list")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.get_by_role("link", name="Paragraph 2", exact=True).focus()
    paragraph = page.get_by_role("button", name="Paragraph 2 on my reading list")
    paragraph.focus()
    page.keyboard.press("Space")
    expect(paragraph).to_have_attribute("aria-pressed", "true")
    page.get_by_role("link", name="Reading list 2").click()
    expect(page.locator(".picked > li")).to_have_count(2)
    expect(page.locator(".offers")).to_contain_text("This is your reading list.")
    page.get_by_role("link", name="Take off").first.click()
    expect(page.locator(".picked > li")).to_have_count(1)
    assert len(page.evaluate(KEPT)) == 1


def test_a_list_of_somebody_else_is_taken_over_and_can_be_undone(site: Site, open_page: Open) -> None:
    one, other = site.articles["parts"].id, site.articles["revised"].id
    page = open_page(f"/list?items={one}")
    page.get_by_role("button", name="Add these to your reading list").click()
    assert page.evaluate(KEPT) == [one]
    page.goto(f"/list?items={other}")
    page.get_by_role("button", name="Keep these instead of yours").click()
    assert page.evaluate(KEPT) == [other]
    page.get_by_role("button", name="Clear your reading list").click()
    assert page.evaluate(KEPT) == []
    page.get_by_role("button", name="Undo").click()
    assert page.evaluate(KEPT) == [other]


def test_two_tabs_keep_in_step_and_junk_harms_nothing(site: Site, open_page: Open) -> None:
    page = open_page("/list")
    page.evaluate("() => localStorage.setItem('policy-archive.reading-list', '{\"x\": [1')")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Reading list")
    other = page.context.new_page()
    other.goto(site.articles["parts"].path)
    other.locator(".article-head .star").click()
    expect(page.locator("a.reading-list .total")).to_have_text("1")
    other.close()


def test_where_nothing_can_be_kept_that_is_said(site: Site, open_page: Open) -> None:
    page = open_page("/about")
    page.context.add_init_script("Storage.prototype.setItem = () => { throw new Error('full') }")
    page.goto(site.articles["parts"].path)
    page.locator(".article-head .star").click()
    expect(page.get_by_role("status")).to_contain_text("keeps nothing")


def test_without_scripts_the_address_does_it_all(site: Site, open_page: Open) -> None:
    page = open_page(site.articles["parts"].path, java_script_enabled=False)
    page.locator(".article-head .star").click()
    expect(page.locator(".picked > li")).to_have_count(1)
    page.get_by_label("Add a permalink").fill(f"{site.url}{site.articles['revised'].path}#p2")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".picked blockquote")).to_have_text("Ships wait.")
    with page.expect_download() as saved:
        page.get_by_role("link", name="RIS").click()
    assert saved.value.suggested_filename == "reading-list.ris"
    page.get_by_role("link", name="Take off").first.click()
    expect(page.locator(".picked > li")).to_have_count(1)
