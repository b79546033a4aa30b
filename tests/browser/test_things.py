"""Pages of things: what the user sees first, and what they click."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.demo import Service

pytestmark = pytest.mark.browser


def test_a_fact_lights_its_words_and_a_cell_its_facts(page: Page) -> None:
    page.goto("/roadmaps/tomsk-obl-nastav")
    panel = page.locator("side-by-side aside")
    expect(panel).to_contain_text("Муниципальные органы управления образованием")
    page.locator("tr#t1_r3 td.cell", has_text="Май 2020").click()
    expect(page.locator("td.cell.lit")).to_have_text(re.compile("Май 2020, далее постоянно"))
    expect(panel.locator(".lit")).to_have_count(2)
    expect(page).to_have_url(re.compile(r"cell=t1_r3_c5#t1_r3_c5$"))

    panel.locator("li", has_text="Департамент общего образования").get_by_label("показать ячейку").click()
    expect(page.locator("td.cell.lit mark")).to_have_text("ДО ТОО")
    expect(panel.locator(".lit")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"cell=t1_r3_c6&signs=0-6#t1_r3_c6$"))

    page.reload()
    expect(page.locator("td.cell.lit mark")).to_have_text("ДО ТОО")
    expect(page.locator("tr.focus")).to_have_attribute("id", "t1_r3")


def test_rows_and_facts_are_reached_by_keyboard(page: Page) -> None:
    page.goto("/roadmaps/tomsk-obl-nastav")
    page.locator("tr#t1_r4 a.pick").focus()
    page.keyboard.press("Enter")
    expect(page.locator("tr.focus")).to_have_attribute("id", "t1_r4")
    expect(page.locator("side-by-side aside")).to_contain_text("01.05.2020 – 30.06.2020")
    expect(page).to_have_url(re.compile(r"row=t1_r4#t1_r4$"))


def test_the_same_happens_without_scripts(chromium: Browser, service: Service) -> None:
    context = chromium.new_context(base_url=service.address, java_script_enabled=False, locale="ru-RU")
    page = context.new_page()
    page.goto("/roadmaps/tomsk-obl-nastav")
    page.locator("tr#t1_r3 a.pick").click()
    panel = page.locator("side-by-side aside")
    panel.locator("li", has_text="2020: 21").get_by_label("показать ячейку").click()
    expect(page.locator("td.cell.lit")).to_contain_text("2020 г. – 21")
    expect(page.locator("td.cell.lit mark")).to_have_text("2020 г. – 21")
    expect(panel.locator(".lit")).to_have_count(1)
    context.close()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize(
    "address",
    [
        "/roadmaps/khorol-mo-nms",
        "/roadmaps/tomsk-city-model",
        "/bodies/tomsk-obl_toipkro",
        "/activities/khorol-mo-nms_1_3",
        "/indicators/activity_tomsk-obl-nastav_3_3_1?others=1",
        "/themes/methodical-work",
        "/territories/tomsk-obl",
    ],
)
def test_no_page_is_wider_than_the_window(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_column_of_those_responsible_is_seen_whole_beside_the_facts(page: Page) -> None:
    page.goto("/roadmaps/tomsk-obl-nastav")
    table = page.locator(".source .scroll").first
    assert table.evaluate("box => box.scrollWidth - box.clientWidth") == 0


def test_a_body_shows_its_spellings_its_years_and_its_partners(page: Page) -> None:
    page.goto("/bodies/tomsk-obl_doo")
    expect(page.get_by_role("heading", level=1)).to_have_text("Департамент общего образования Томской области")
    page.locator("summary", has_text="ДО ТОО").click()
    page.locator("#spellings").get_by_role("link", name=re.compile("строка 10")).click()
    expect(page.locator("td.cell.lit mark")).to_have_text("ДО ТОО")

    page.go_back()
    page.locator("#duties .chips").get_by_role("link", name="2021").click()
    expect(page).to_have_url(re.compile("year=2021"))
    shown = page.locator("#duties tbody tr:not(.group)").count()
    expect(page.locator("#duties .chips [aria-current]")).to_have_text(f"2021 ({shown})")

    page.locator("section:has(#partners-title) tbody tr").first.locator("td.number a").click()
    expect(page.locator("#duties")).to_contain_text("Вместе с:")
    expect(page.locator("#duties tbody tr:not(.group)")).to_have_count(12)


def test_the_network_around_a_body_lives_and_leads_to_the_explorer(page: Page) -> None:
    page.goto("/bodies/tomsk-obl_doo")
    drawing = page.locator("network-map.drawn")
    expect(drawing.locator(".status")).to_contain_text("нарисовано: 5")
    drawing.locator("canvas").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(drawing.locator(".selection")).to_contain_text("Томский областной институт")
    page.get_by_role("link", name="Открыть в обозревателе сетей").click()
    expect(page.locator("#network-table")).to_contain_text("Департамент общего образования Томской области")


def test_without_scripts_the_network_around_a_body_is_a_still_picture(chromium: Browser, service: Service) -> None:
    context = chromium.new_context(base_url=service.address, java_script_enabled=False, locale="ru-RU")
    page = context.new_page()
    page.goto("/bodies/tomsk-obl_doo")
    expect(page.locator("network-map svg.drawing")).to_be_visible()
    context.close()


def test_an_activity_leads_to_its_like_and_to_the_comparison(page: Page) -> None:
    page.goto("/activities/tomsk-obl-nastav_1_3")
    expect(page.locator(".chain")).to_contain_text("01.05.2020 – 31.05.2020")
    page.get_by_role("link", name="сравнить документы").first.click()
    expect(page).to_have_url(re.compile(r"/compare\?roadmap=tomsk-obl-nastav&roadmap="))
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_a_point_of_the_chart_leads_to_its_cell(page: Page) -> None:
    page.goto("/indicators/activity_tomsk-obl-nastav_3_3_1")
    points = page.locator("svg.drawing a:has(path.mark)")
    expect(points).to_have_count(5)
    points.nth(2).click()
    expect(page.locator("td.cell.lit")).to_contain_text("2022 г. – 30%")


def test_a_cell_of_the_matrix_leads_to_its_list(page: Page) -> None:
    page.goto("/themes/mentoring")
    page.locator(".matrix").get_by_role("link", name="14", exact=True).click()
    expect(page).to_have_url(re.compile(r"/activities\?theme=mentoring&territory=khorol-mo&level=municipality"))
    expect(page.locator("main")).to_contain_text("14")
