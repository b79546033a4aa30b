from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_the_first_sight_is_themes_by_territories_and_a_cell_leads_to_its_list(page: Page) -> None:
    page.goto("/compare")
    matrix = page.locator("table.matrix")
    expect(matrix.locator("thead th")).to_have_count(6)
    row = matrix.locator("tbody tr", has=page.get_by_role("rowheader", name="наставничество", exact=True))
    cell = row.locator("td a").first
    count = int(cell.inner_text())
    cell.click()
    expect(page).to_have_url(re.compile(r"/activities\?theme=mentoring&territory="))
    expect(page.locator("main")).to_contain_text(f"{count} ")


def test_shades_go_with_numbers(page: Page) -> None:
    page.goto("/compare")
    cells = page.locator("table.matrix td.m5")
    most = max(int(text) for text in page.locator("table.matrix td[class^=m] a").all_inner_texts())
    assert str(most) in cells.all_inner_texts()
    dark = cells.first.evaluate("cell => getComputedStyle(cell).backgroundColor")
    light = page.locator("table.matrix td.m1").first.evaluate("cell => getComputedStyle(cell).backgroundColor")
    assert dark != light


def test_two_roadmaps_are_chosen_and_stand_side_by_side(page: Page) -> None:
    page.goto("/compare")
    page.get_by_label("документ 1").select_option("tomsk-obl-nastav")
    page.get_by_label("документ 2").select_option("khorol-mo-nms")
    page.get_by_role("button", name="Сравнить").click()
    expect(page).to_have_url(re.compile("roadmap=tomsk-obl-nastav&roadmap=khorol-mo-nms"))
    for heading in ("Дословно одинаковые", "Сходные", "Только здесь"):
        expect(page.get_by_role("heading", name=re.compile(heading))).to_be_visible()
    alone = page.locator("a[href='#alone-0']").inner_text()
    page.get_by_role("link", name="есть здесь, нет в документе 2").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Что есть в одной карте и чего нет в другой?")
    expect(page.locator("main")).to_contain_text(re.compile(rf"\b{alone} строк"))


def test_nothing_is_wider_than_a_telephone(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    for address in ("/compare", "/compare?roadmap=tomsk-obl-nastav&roadmap=khorol-mo-nms"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, address
