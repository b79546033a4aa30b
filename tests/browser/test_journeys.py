from __future__ import annotations

import itertools
import re

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.demo import Service

pytestmark = pytest.mark.browser
MENTORING = "Кто отвечает за мероприятия темы?"
PAGES = (
    "/",
    "/questions/who-is-responsible",
    "/questions/due-in-month",
    "/roadmaps/tomsk-obl-nastav?cell=t1_r3_c6",
    "/roadmaps/khorol-mo-nms",
    "/roadmaps/tomsk-city-model",
    "/bodies/tomsk-obl_toipkro",
    "/activities/tomsk-obl-nastav_1_3",
    "/themes/mentoring",
    "/sparql",
    "/sparql?query=SELECT%20%2A%20WHERE%20%7B%20%3Fs%20a%20%3Fo%20%7D%20LIMIT%2020",
    "/help",
    "/sign-in",
    "/ns",
    "/nothing-here",
)


def test_from_the_first_page_to_the_lit_cell_and_back(page: Page) -> None:
    page.goto("/")
    expect(page.locator("h1")).to_be_visible()
    page.get_by_role("link", name=MENTORING).click()
    expect(page.locator("main")).to_contain_text("35 строк, 4 документа")
    expect(page.locator("tbody tr:not(.group)")).to_have_count(35)

    row = page.locator("tbody tr:not(.group)", has_text="Создание, наполнение и обновление раздела")
    expect(row).to_contain_text("Томский областной институт повышения квалификации")
    row.get_by_role("link", name=re.compile("001_86a2010b6c35da95")).click()
    lit = page.locator("td.cell.lit")
    expect(lit).to_have_count(1)
    expect(lit).to_be_in_viewport()
    expect(lit).to_contain_text("Создание, наполнение и обновление раздела «Развитие наставничества»")

    page.go_back()
    expect(page.locator("tbody tr:not(.group)")).to_have_count(35)


def test_the_language_changes_on_the_same_page_and_is_remembered(page: Page) -> None:
    page.goto("/questions/who-is-responsible?theme=mentoring")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("main")).to_contain_text("35 rows, 4 documents")
    expect(page).to_have_url(re.compile("theme=mentoring"))
    page.goto("/")
    expect(page.get_by_role("heading", name="Questions", exact=True)).to_be_visible()


def test_a_form_asks_anew_and_says_when_nothing_fits(page: Page) -> None:
    page.goto("/questions/who-is-responsible")
    page.get_by_label("документ").select_option("tambov-obl-nms")
    page.get_by_role("button", name="Спросить").click()
    expect(page.locator("main")).to_contain_text("1 строка, 1 документ")
    page.get_by_label("документ").select_option("tomsk-city-model")
    page.get_by_role("button", name="Спросить").click()
    expect(page.locator("main")).to_contain_text("Строк нет")


def test_long_lists_can_be_searched(page: Page) -> None:
    page.goto("/questions/activities-of-body")
    page.get_by_role("searchbox").first.fill("тоипкро")
    options = page.locator("select#p-actor option").all_inner_texts()
    assert options
    assert len(options) < 10
    assert any("ТОИПКРО" in option for option in options)


def test_an_answer_is_downloaded_as_csv(page: Page) -> None:
    page.goto("/questions/who-is-responsible")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV").click()
    assert waiting.value.suggested_filename == "who-is-responsible.csv"
    text = waiting.value.path().read_text(encoding="utf-8")
    assert text.startswith("activity,document,number,text,responsible,role,level,deadline,place")


def test_a_query_gives_a_table_with_links(page: Page) -> None:
    page.goto("/sparql")
    page.get_by_role("button", name="Выполнить").click()
    expect(page.locator("tbody tr").first).to_be_visible()


@pytest.mark.parametrize("address", PAGES)
def test_no_page_scrolls_sideways_on_a_telephone(chromium: Browser, service: Service, address: str) -> None:
    context = chromium.new_context(base_url=service.address, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(address)
    width = page.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert width <= 360


@pytest.mark.parametrize("address", PAGES)
def test_every_page_has_one_heading_a_language_and_named_controls(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("h1")).to_have_count(1)
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    expect(page.locator("main")).to_have_count(1)
    unnamed = page.locator("input:not([type=hidden]), select, textarea").evaluate_all(
        "fields => fields.filter(field => !field.labels?.length && !field.ariaLabel).map(field => field.outerHTML)"
    )
    assert unnamed == []
    levels = page.locator("h1, h2, h3, h4").evaluate_all("heads => heads.map(head => Number(head.tagName[1]))")
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_contrast(chromium: Browser, service: Service, scheme: str) -> None:
    """WCAG 1.4.3: at least 4.5 between the colours that stand on each other."""
    context = chromium.new_context(base_url=service.address, color_scheme="dark" if scheme == "dark" else "light")
    page = context.new_page()
    page.goto("/")
    pairs = [
        (ink, paper)
        for paper in ("--paper", "--sheet", "--faint", "--lit")
        for ink in ("--ink", "--quiet", "--accent")
        if not (paper == "--lit" and ink == "--quiet")
    ] + [("--accent-ink", "--accent"), ("--ink", "--alarm-paper")]
    colours = page.evaluate(
        "names => Object.fromEntries(names.map(name => "
        "[name, getComputedStyle(document.documentElement).getPropertyValue(name).trim()]))",
        sorted({name for pair in pairs for name in pair}),
    )
    context.close()
    weak = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in pairs}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    channels = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
