from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_the_first_sight_is_what_is_due_with_the_line_of_the_day(page: Page) -> None:
    page.goto("/timeline?roadmap=khorol-mo-nms&day=2022-03-01")
    expect(page.locator("main")).to_contain_text("59 мероприятий")
    drawing = page.locator(".gantt svg.drawing")
    expect(drawing.locator(".row")).to_have_count(59)
    expect(drawing.locator("path.today")).to_have_count(1)
    passed = drawing.locator(".row.passed")
    expect(passed).to_have_count(3)
    colour = passed.first.locator(".bar").evaluate("bar => getComputedStyle(bar).fill")
    other = drawing.locator(".row:not(.passed) .bar").first.evaluate("bar => getComputedStyle(bar).fill")
    assert colour != other
    expect(passed.first.locator("text.sign")).to_have_text("!")


def test_a_bar_leads_to_its_activity(page: Page) -> None:
    page.goto("/timeline?roadmap=khorol-mo-nms&day=2022-03-01")
    page.locator(".gantt .row").first.click()
    expect(page).to_have_url(re.compile(r"/activities/khorol-mo-nms_1_1$"))


def test_rows_are_grouped_and_filtered_by_the_form_and_the_address_holds_it(page: Page) -> None:
    page.goto("/timeline?day=2022-03-01")
    page.get_by_label("документ").select_option("tomsk-obl-nastav")
    page.get_by_label("группы строк").select_option("body")
    page.get_by_role("button", name="Показать").click()
    expect(page).to_have_url(re.compile("roadmap=tomsk-obl-nastav.*group=body"))
    expect(page.locator("main")).to_contain_text("18 мероприятий")
    expect(page.locator(".gantt text.group").first).to_be_visible()
    expect(page.get_by_label("на день")).to_have_value("2022-03-01")

    page.get_by_role("link", name="Таблица").click()
    expect(page.locator("table.stacked tbody tr:not(.group)").first).to_be_visible()
    expect(page).to_have_url(re.compile("view=table"))


def test_rows_that_were_not_yet_laid_out_are_reached_by_the_keyboard(page: Page) -> None:
    page.goto("/timeline?day=2022-03-01&rows=2000")
    last = page.locator(".gantt a.row").last
    last.focus()
    expect(last).to_be_focused()
    expect(last.locator("text").first).to_be_in_viewport()


def test_the_selection_is_taken_away_as_a_calendar(page: Page) -> None:
    page.goto("/questions/who-is-responsible?view=timeline")
    expect(page.locator(".gantt .row")).to_have_count(30)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Календарь (.ics)").click()
    content = waiting.value.path().read_text(encoding="utf-8")
    assert content.startswith("BEGIN:VCALENDAR")
    assert content.count("BEGIN:VEVENT") > 30


def test_the_drawing_scrolls_by_itself_on_a_telephone(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/timeline?day=2022-03-01")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.locator(".gantt").evaluate("box => box.scrollWidth > box.clientWidth")


def test_the_timeline_prints_without_its_form(page: Page) -> None:
    page.goto("/timeline?day=2022-03-01")
    page.emulate_media(media="print")
    expect(page.locator("form.ask")).to_be_hidden()
    expect(page.locator(".gantt svg.drawing")).to_be_visible()
