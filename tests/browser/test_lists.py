from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.demo import Service

pytestmark = pytest.mark.browser


def test_first_page_shows_numbers_coverage_and_what_needs_attention(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("link", name="149 мероприятий")).to_be_in_viewport()
    attention = page.get_by_role("region", name="Требует внимания")
    expect(attention).to_contain_text("последний 31.12.2024")
    page.get_by_role("link", name="Томская область, региональный: 2 документа").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Дорожные карты 2"))


def test_an_earlier_day_shows_what_was_due_then(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="2022", exact=True).click()
    expect(page).to_have_url(re.compile(r"date=2022-01-01"))
    expect(page.locator("ul.due li")).to_have_count(4)


def test_the_gallery_fills_in_how_many_rows_each_answer_has(page: Page) -> None:
    page.goto("/questions")
    asked = page.get_by_role("listitem").filter(has=page.get_by_role("link", name="Кто отвечает за мероприятия темы?"))
    expect(asked).to_contain_text("35 строк")


def test_facets_narrow_the_list_and_back_undoes(page: Page) -> None:
    page.goto("/activities")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Мероприятия 149")
    theme = page.locator("#facet-theme")
    theme.get_by_label("наставничество", exact=True).check()
    expect(heading).to_have_text("Мероприятия 35")
    expect(page).to_have_url(re.compile(r"/activities\?theme=mentoring$"))
    page.locator("#facet-level").get_by_label("кроме: муниципальный").check()
    expect(page).to_have_url(re.compile(r"level=%21municipality"))
    chips = page.get_by_role("list", name="Выбрано")
    expect(chips.get_by_role("listitem")).to_have_count(3)
    narrowed = heading.inner_text()
    chips.get_by_role("link", name="Убрать: муниципальный").click()
    expect(heading).to_have_text("Мероприятия 35")
    page.go_back()
    expect(heading).to_have_text(narrowed)
    page.go_back()
    expect(heading).to_have_text("Мероприятия 35")


def test_a_long_facet_is_searched_while_the_field_keeps_the_focus(page: Page) -> None:
    page.goto("/activities")
    page.locator("#facet-actor summary").click()
    field = page.get_by_label("Исполнитель: Найти в списке")
    field.fill("департамент")
    field.press("Enter")
    labels = page.locator("#facet-actor li label span")
    expect(labels.first).to_contain_text(re.compile("департамент", re.IGNORECASE))
    labels.first.click()
    expect(page.get_by_role("list", name="Выбрано")).to_contain_text("Исполнитель")


def test_heads_sort_and_pages_turn(page: Page) -> None:
    page.goto("/activities")
    page.locator("a[rel=next]").click()
    expect(page.locator("tbody tr:not(.group)")).to_have_count(49)
    page.goto("/bodies")
    page.get_by_role("columnheader", name="Мероприятия").get_by_role("link").click()
    expect(page.get_by_role("columnheader", name="Мероприятия")).to_have_attribute("aria-sort", "descending")
    numbers = [int(text) for text in page.locator("tbody tr td:last-child").all_inner_texts()]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) == 37


def test_lists_work_without_scripts(chromium: Browser, service: Service) -> None:
    with chromium.new_context(
        base_url=service.address, locale="ru-RU", java_script_enabled=False, viewport={"width": 360, "height": 800}
    ) as context:
        page = context.new_page()
        page.goto("/bodies")
        page.get_by_role("link", name="Сузить список").click()
        page.locator("#facet-level").get_by_label("региональный", exact=True).check()
        page.get_by_role("button", name="Показать").click()
        expect(page.get_by_role("list", name="Выбрано")).to_contain_text("региональный")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_menu_of_data_gives_the_selection_as_files(page: Page) -> None:
    page.goto("/activities?theme=mentoring")
    page.locator(".menu.data summary").click()
    with page.expect_download() as saved:
        page.get_by_role("link", name="CSV").click()
    text = saved.value.path().read_text(encoding="utf-8")
    assert len(text.strip().splitlines()) == 36
    page.get_by_role("link", name="SPARQL этой страницы").click()
    expect(page).to_have_url(re.compile(r"/sparql\?query="))


def test_from_a_finding_to_its_lit_cell(page: Page) -> None:
    page.goto("/quality")
    page.get_by_role("link", name="В ячейке стоит то, что относится к другому столбцу").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("5")
    page.locator("tbody tr:not(.group) td:last-child a").first.click()
    expect(page).to_have_url(re.compile(r"/roadmaps/.*cell="))
    expect(page.locator(".lit").first).to_be_visible()


def test_a_tour_leads_through_the_pages(page: Page) -> None:
    page.goto("/help")
    page.get_by_role("link", name="Найти, кто отвечает").click()
    steps = page.locator("ol.steps a")
    expect(steps).to_have_count(5)
    steps.nth(3).click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page).to_have_url(re.compile(r"/(bodies|groups|persons|posts|provisional)/"))
