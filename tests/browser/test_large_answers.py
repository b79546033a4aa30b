"""Questions, comparisons, timelines, networks and queries on 115 roadmaps: exact counts, views, pages, files."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

if TYPE_CHECKING:
    from tests.browser.conftest import Large

pytestmark = pytest.mark.browser


def grouped(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def found(page: Page) -> Locator:
    """The line that counts the rows of an answer."""
    return page.locator(".answer-bar p")


def drawn(page: Page) -> Locator:
    """The network of the page, when the server has placed its nodes."""
    network = page.locator("network-map.drawn")
    expect(network).to_be_visible(timeout=600_000)
    return network


def test_the_gallery_is_told_how_many_rows_an_answer_has(large_page: Page, large: Large) -> None:
    for question, rows in (
        ("target-series", large.known.dated_targets),
        ("activities-without-responsible", large.known.without_actor),
    ):
        # The gallery asks all of them, which takes long; this is what it is told of one.
        large_page.goto(f"/questions/{question}/rows")
        expect(large_page.locator("body")).to_contain_text(f"{grouped(rows)} строк")


def test_an_answer_is_turned_drawn_and_taken_away_whole(large_page: Page, large: Large) -> None:
    rows = large.known.mentoring.total()
    large_page.goto("/questions/who-is-responsible?theme=mentoring")
    documents = sum(map(bool, large.known.mentoring.values()))
    expect(found(large_page)).to_have_text(f"{rows} строк, {documents} документов")
    pager = large_page.get_by_role("navigation", name="Страницы")
    shown = large_page.locator("table.stacked tbody tr:not(.group)").count()
    expect(pager).to_contain_text(f"1–{shown} из {rows}")
    pager.get_by_role("link", name="дальше").click()
    expect(pager).to_contain_text(re.compile(rf"^\s*← назад\s*{shown + 1}–"))
    views = large_page.get_by_role("navigation", name="Виды ответа")
    views.get_by_role("link", name="Сроки").click()
    bars = large_page.locator(".gantt svg.drawing .row")
    expect(bars.first).to_be_visible()
    expect(pager).to_contain_text(f"1–{bars.count()} из {rows}")
    views.get_by_role("link", name="Сеть").click()
    drawn(large_page)
    with large_page.expect_download() as waiting:
        large_page.get_by_role("link", name="CSV", exact=True).click()
    with waiting.value.path().open(encoding="utf-8-sig", newline="") as file:
        assert sum(1 for _row in csv.DictReader(file)) == rows


def test_what_falls_due_in_a_month_is_what_was_made_up(large_page: Page, large: Large) -> None:
    large_page.goto("/questions/due-in-month?year=2025&month=5&view=table")
    expect(found(large_page)).to_contain_text(f"{large.known.due[2025, 5]} строк")
    large_page.get_by_label("месяц", exact=True).fill("12")
    large_page.get_by_label("год", exact=True).fill("2027")
    large_page.get_by_role("button", name="Спросить").click()
    expect(found(large_page)).to_contain_text(f"{large.known.due[2027, 12]} строк")
    large_page.locator("table.stacked tbody tr:not(.group)").first.locator("td").last.get_by_role("link").click()
    expect(large_page.locator("tr.focus")).to_contain_text(re.compile(r"12\.2027|[Дд]екабрь"))


def test_the_duties_of_the_busiest_body_are_all_there(large_page: Page, large: Large) -> None:
    actor, named = large.known.named.most_common(1)[0]
    large_page.goto(f"/questions/activities-of-body?actor={quote(actor)}")
    expect(found(large_page)).to_contain_text(f"{named} строк")


def test_bars_are_drawn_for_a_page_of_rows_and_lead_to_their_body(large_page: Page, large: Large) -> None:
    large_page.goto("/questions/rows-per-actor?view=chart")
    actors = len(large.known.named) + len(large.known.persons)
    expect(found(large_page)).to_contain_text(f"{actors} строк")
    most = large.known.named.most_common(1)[0][1]
    expect(large_page.locator("table.stacked tbody tr").first).to_contain_text(str(most))
    large_page.locator("svg.drawing a").first.click()
    expect(large_page.locator("main")).to_contain_text(re.compile(rf"{most} запис"))


def test_targets_are_drawn_with_a_word_on_what_is_not_shown(large_page: Page, large: Large) -> None:
    large_page.goto("/questions/target-series?view=chart")
    expect(found(large_page)).to_contain_text(f"{grouped(large.known.dated_targets)} строк")
    expect(large_page.locator("main svg.drawing").first).to_be_visible()
    # Among so many documents one is looked up as one types.
    document = large_page.get_by_label("документ", exact=True)
    document.fill("perm-krai-targets")
    option = large_page.locator("datalist option", has_text="perm-krai-targets").or_(
        large_page.locator("datalist option[value*='perm-krai-targets']")
    )
    expect(option).to_have_count(1)
    document.fill(option.get_attribute("value") or "")
    large_page.get_by_role("button", name="Спросить").click()
    (known,) = [document for document in large.known.documents if document.key == "perm-krai-targets"]
    expect(found(large_page)).to_contain_text(f"{5 * known.activities} строк")


def test_a_query_counts_what_was_made_up(large_page: Page, large: Large) -> None:
    query = "SELECT (COUNT(*) AS ?n) WHERE { ?a a <https://w3id.org/vekha/ns#Activity> }"
    large_page.goto(f"/sparql?query={quote(query)}")
    expect(large_page.locator("main tbody td")).to_have_text(re.compile(rf"^{large.known.activities}$"))


def test_a_long_answer_to_a_query_says_what_is_not_shown(large_page: Page) -> None:
    large_page.goto(f"/sparql?query={quote('SELECT * WHERE { ?s ?p ?o } LIMIT 20000')}")
    expect(large_page.locator(".found")).to_contain_text("весь ответ – в файлах")
    rows = large_page.locator("main tbody tr").count()
    expect(large_page.locator(".found")).to_contain_text(grouped(rows))


def test_the_matrix_goes_on_in_pages_and_a_cell_leads_to_its_list(large_page: Page, large: Large) -> None:
    large_page.goto("/compare")
    places = {(document.region, document.place) for document in large.known.documents}
    matrix = large_page.locator("table.matrix")
    expect(matrix.locator("caption")).to_contain_text(f"{grouped(large.known.activities)} мероприятий")
    pager = large_page.get_by_role("navigation", name="Страницы")
    expect(pager).to_contain_text(f"1–12 из {len(places)}")
    row = matrix.locator("tbody tr", has=large_page.get_by_role("rowheader", name="наставничество", exact=True))
    total = 0
    while True:
        cells = row.locator("td").all_inner_texts()
        total += sum(int(cell) for cell in cells[:-1] if cell.strip())
        assert int(cells[-1]) == large.known.mentoring.total()
        if not pager.get_by_role("link", name="дальше").count():
            break
        end = re.findall(r"–(\d+)", pager.inner_text())[0]
        pager.get_by_role("link", name="дальше").click()
        expect(pager).to_contain_text(f"{int(end) + 1}–")
    assert total == large.known.mentoring.total()
    cell = row.locator("td a").first
    count = cell.inner_text()
    cell.click()
    expect(large_page).to_have_url(re.compile(r"/activities\?theme=mentoring&territory="))
    expect(large_page.get_by_role("heading", level=1)).to_have_text(f"Мероприятия {count}")


def test_two_roadmaps_stand_side_by_side(large_page: Page, large: Large) -> None:
    sizes = [d.activities for d in large.known.documents if d.key in {"perm-krai-plan", "perm-krai-targets"}]
    large_page.goto("/compare?roadmap=perm-krai-plan&roadmap=perm-krai-targets")
    expect(large_page.locator("table.stacked").first.locator("tbody td:nth-child(2)")).to_have_text(
        [str(size) for size in sizes]
    )
    alone = large_page.locator("a[href='#alone-0']").inner_text()
    large_page.get_by_role("link", name="есть здесь, нет в документе 2").click()
    expect(large_page.locator("main")).to_contain_text(re.compile(rf"\b{alone} (строк|мероприят)"))


def test_the_timeline_shows_a_page_of_all_and_a_bar_leads_on(large_page: Page, large: Large) -> None:
    large_page.goto("/timeline?day=2026-01-01")
    expect(found(large_page)).to_contain_text(f"{grouped(large.known.activities)} мероприятий")
    drawing = large_page.locator(".gantt svg.drawing")
    expect(drawing.locator(".row")).to_have_count(100)
    pager = large_page.get_by_role("navigation", name="Страницы")
    expect(pager).to_contain_text(f"1–100 из {grouped(large.known.activities)}")
    pager.get_by_role("link", name="дальше").click()
    expect(pager).to_contain_text("101–200")
    large_page.get_by_label("столбцы").select_option("month")
    wide = drawing.get_attribute("viewBox")
    large_page.get_by_role("button", name="Показать").click()
    expect(large_page).to_have_url(re.compile("scale=month"))
    expect(drawing).not_to_have_attribute("viewBox", wide or "")
    drawing.locator(".row text").first.click()
    expect(large_page).to_have_url(re.compile("/activities/"))


def test_the_calendar_of_a_roadmap_holds_its_dates(large_page: Page) -> None:
    large_page.goto("/timeline?roadmap=perm-krai-plan&day=2026-01-01")
    expect(found(large_page)).to_contain_text("22 мероприятия")
    with large_page.expect_download() as waiting:
        large_page.get_by_role("link", name="Календарь (.ics)").click()
    assert waiting.value.path().read_text(encoding="utf-8").count("BEGIN:VEVENT") >= 10


def test_first_the_most_connected_then_all_bodies(large_page: Page, large: Large) -> None:
    actors = len(large.known.named) + len(large.known.persons)
    large_page.goto("/networks")
    network = drawn(large_page)
    expect(large_page.locator("main")).to_contain_text("100 узлов")
    expect(large_page.locator("main")).to_contain_text(f"самые связанные из {actors}")
    expect(large_page.locator("#network-table tbody tr").first).to_contain_text(
        str(large.known.named.most_common(1)[0][1])
    )
    assert network.evaluate("(map) => map.network.size") == 100
    large_page.get_by_role("link", name=f"показать все {actors}").click()
    drawn(large_page)
    expect(large_page.locator("main")).to_contain_text(f"{actors} узл")
    assert network.evaluate("(map) => map.network.size") == actors


def test_communities_come_first_where_there_are_thousands_and_open_one_by_one(large_page: Page) -> None:
    large_page.goto("/networks?projection=bodies-and-activities")
    network = drawn(large_page)
    signs = network.evaluate("(map) => map.network.size")
    assert signs < 100
    row = large_page.locator("#network-table tbody tr", has_text="Карачаево-Черкесская Республика").first
    inside = int(re.findall(r"и ещё (\d+)", row.inner_text())[0]) + 1
    row.get_by_role("link", name="раскрыть").click()
    expect(large_page).to_have_url(re.compile(r"communities=\d"))
    drawn(large_page)
    assert network.evaluate("(map) => map.network.size") == signs - 1 + inside
