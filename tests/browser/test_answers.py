from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import BrowserContext, Page, expect

pytestmark = pytest.mark.browser


def test_a_question_is_answered_at_once_with_its_first_view(page: Page) -> None:
    page.goto("/questions/rows-per-actor")
    expect(page.get_by_role("heading", level=1)).to_have_text("Сколько мероприятий у каждого исполнителя?")
    expect(page.locator("main")).to_contain_text("37 строк")
    expect(page.locator("svg.drawing rect.bar")).to_have_count(37)
    expect(page.locator("table.stacked tbody tr")).to_have_count(37)


def test_views_are_chosen_by_keyboard_and_stand_in_the_address(page: Page) -> None:
    page.goto("/questions/target-series")
    views = page.get_by_role("navigation", name="Виды ответа")
    expect(views.locator("[aria-current]")).to_have_text("График")
    link = views.get_by_role("link", name="Таблица")
    link.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("view=table"))
    expect(page.locator("main svg.drawing")).to_have_count(0)
    page.go_back()
    expect(page.locator("main svg.drawing")).to_have_count(2)


def test_the_form_keeps_the_view(page: Page) -> None:
    page.goto("/questions/target-series?view=chart")
    page.get_by_label("документ").select_option("khorol-mo-nms")
    page.get_by_role("button", name="Спросить").click()
    expect(page).to_have_url(re.compile("view=chart"))
    expect(page.locator("main svg.drawing").first).to_be_visible()


def test_long_answers_are_turned_like_pages(page: Page) -> None:
    page.goto("/questions/target-series?view=table")
    pager = page.get_by_role("navigation", name="Страницы")
    expect(pager).to_contain_text("из 102")
    first = page.locator("table.stacked tbody tr:not(.group)").first.inner_text()
    pager.get_by_role("link", name="дальше").click()
    expect(page).to_have_url(re.compile("page=2"))
    assert page.locator("table.stacked tbody tr:not(.group)").first.inner_text() != first


def test_an_answer_is_cited_and_copied(page: Page, context: BrowserContext) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    # The clock stands, so the button keeps telling what happened.
    page.clock.install(time=datetime(2026, 1, 1, tzinfo=UTC))
    page.goto("/questions/who-is-responsible?theme=mentoring")
    page.clock.pause_at(datetime(2026, 1, 2, tzinfo=UTC))
    page.locator("summary", has_text="Цитировать").click()
    citation = page.locator("#citation").inner_text()
    assert "версия данных" in citation
    page.locator("copy-text[for=citation] button").click()
    expect(page.locator("copy-text[for=citation] button")).to_have_text("Скопировано")
    assert page.evaluate("() => navigator.clipboard.readText()") == citation

    page.clock.resume()
    address = re.search(r"/questions/\S+$", citation)
    assert address
    page.goto(address[0])
    expect(page.locator("main")).to_contain_text("35 строк, 4 документа")


def test_bars_lead_to_what_they_count(page: Page) -> None:
    page.goto("/questions/rows-per-actor")
    page.locator("svg.drawing a").first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/bodies/"))
