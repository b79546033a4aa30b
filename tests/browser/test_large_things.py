"""Pages of single things among 115 roadmaps: counts are those made up, and clicks lead to what they count."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from tests.browser.conftest import Large

pytestmark = pytest.mark.browser


def test_a_roadmap_stands_as_printed_and_cell_and_fact_light_each_other(large_page: Page, large: Large) -> None:
    (known,) = [document for document in large.known.documents if document.key == "perm-krai-1-municipal"]
    large_page.goto(f"/roadmaps/{known.key}")
    expect(large_page.get_by_role("heading", level=1)).to_have_text(known.title)
    expect(large_page.locator("main")).to_contain_text(re.compile(rf"{known.activities} мероприяти"))
    rows = large_page.locator("tr[id^=t1_r]:has(td.cell)")
    first = rows.count()
    expect(large_page.locator("#table-1")).to_contain_text(f"({first} из {known.activities} строк)")
    large_page.get_by_role("navigation", name="Страницы").first.get_by_role("link", name="дальше").click()
    expect(rows).to_have_count(known.activities - first)
    row = rows.last
    row.locator("td.cell").first.click()
    expect(large_page.locator("tr.focus")).to_have_attribute("id", row.get_attribute("id") or "none")
    expect(large_page.locator("td.cell.lit")).to_have_text(row.locator("td.cell").first.inner_text())
    large_page.locator("side-by-side aside").get_by_label("показать ячейку").last.click()
    expect(large_page).to_have_url(re.compile(r"cell=t1_r\d+_c\d"))
    expect(large_page.locator("td.cell.lit")).to_have_count(1)


def test_the_form_of_a_model_has_all_its_items(large_page: Page, large: Large) -> None:
    (known,) = [document for document in large.known.documents if document.key == "perm-krai-1-model"]
    assert known.form_items == 40
    large_page.goto(f"/roadmaps/{known.key}")
    expect(large_page.locator("tr[id^=t1_r]:has(td.cell)")).to_have_count(known.activities)
    expect(large_page.locator("tr[id^=t2_r]:has(td.cell)")).to_have_count(known.form_items)


def test_the_busiest_body_tells_its_duties_by_year_and_its_partners(large_page: Page, large: Large) -> None:
    actor, named = large.known.named.most_common(1)[0]
    large_page.goto("/provisional/" + actor.rpartition("/")[2])
    expect(large_page.locator("main")).to_contain_text(re.compile(rf"{named} запис"))
    years = large_page.locator("#duties .chips")
    expect(years.locator("[aria-current]")).to_have_text(f"все ({named})")
    year = years.get_by_role("link", name=re.compile(r"^2026 \("))
    told = int(re.findall(r"\((\d+)\)", year.inner_text())[0])
    year.click()
    expect(large_page).to_have_url(re.compile("year=2026"))
    expect(years.locator("[aria-current]")).to_have_text(f"2026 ({told})")
    expect(large_page.locator("#duties tbody tr:not(.group)")).to_have_count(told)

    partner = large_page.locator("section:has(#partners-title) tbody tr").first.locator("td.number a")
    common = int(partner.inner_text())
    partner.click()
    expect(large_page.locator("#duties")).to_contain_text("Вместе с:")
    expect(large_page.locator("#duties tbody tr:not(.group)")).to_have_count(common)


def test_the_matrix_of_a_theme_adds_up_and_a_cell_leads_to_its_list(large_page: Page, large: Large) -> None:
    large_page.goto("/themes/mentoring")
    documents = sum(map(bool, large.known.mentoring.values()))
    expect(large_page.locator("main")).to_contain_text(
        f"{large.known.mentoring.total()} мероприятий, {documents} документов"
    )
    cells = large_page.locator("table.matrix td a")
    assert sum(map(int, cells.all_inner_texts())) == large.known.mentoring.total()
    count = cells.nth(30).inner_text()
    cells.nth(30).click()
    expect(large_page).to_have_url(re.compile(r"/activities\?theme=mentoring&territory=.*&level="))
    expect(large_page.get_by_role("heading", level=1)).to_have_text(f"Мероприятия {count}")


def test_a_region_has_the_documents_of_its_municipalities_and_schools(large_page: Page, large: Large) -> None:
    inside = [document for document in large.known.documents if document.region == "Пермский край"]
    large_page.goto("/territories/perm-krai")
    expect(large_page.get_by_role("heading", name=f"Дорожные карты ({len(inside)})")).to_be_visible()
    rows = large_page.locator("section, main").first.locator("table").first.locator("tbody tr")
    told = {cells[0]: int(cells[-1]) for cells in (row.split("\t") for row in rows.all_inner_texts())}
    assert told == {document.title: document.activities for document in inside}
    large_page.get_by_role("link", name=inside[3].title).first.click()
    expect(large_page.get_by_role("heading", level=1)).to_have_text(inside[3].title)


def test_an_activity_tells_who_what_when_and_leads_to_its_body(large_page: Page) -> None:
    large_page.goto("/activities/perm-krai-plan_1")
    chain = large_page.locator(".chain")
    expect(chain).to_contain_text("Департамент образования (Пермский край)")
    expect(chain).to_contain_text("не позднее 22.09.2025")
    expect(chain).to_contain_text("Доля школ, реализующих программы")
    chain.get_by_role("link", name="Департамент образования (Пермский край), отдел общего образования").click()
    expect(large_page.get_by_role("heading", level=1)).to_have_text(
        "Департамент образования (Пермский край), отдел общего образования"
    )


def test_a_section_lists_what_refers_to_it(large_page: Page) -> None:
    large_page.goto("/id/section/perm-krai-targets_1")
    expect(large_page.get_by_role("heading", level=1)).to_have_text(re.compile("^Задача 1: развитие "))
    entry = large_page.get_by_role("link", name=re.compile(r"\(Пермский край\), этап 1$"))
    entry.click()
    expect(large_page).to_have_url(re.compile("/activities/perm-krai-targets_"))
