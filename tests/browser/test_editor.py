"""The SPARQL page, as a person uses it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.demo import Service

pytestmark = pytest.mark.browser


def ready(page: Page, address: str = "/sparql") -> None:
    page.goto(address)
    expect(page.locator("sparql-editor[data-ready]")).to_be_visible()


def write(page: Page, text: str) -> None:
    page.locator(".CodeMirror").click()
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def test_the_first_query_is_there_and_runs_without_a_new_page(page: Page) -> None:
    ready(page)
    expect(page.locator(".CodeMirror")).to_contain_text("theme:mentoring")
    page.locator("body").evaluate("body => { body.dataset.same = 'yes' }")
    page.locator(".CodeMirror").click()
    page.keyboard.press("Control+Enter")
    table = page.locator("table[data-columns]")
    expect(table.get_by_role("link").first).to_be_visible()
    expect(page.locator(".found")).to_contain_text("версия данных")
    expect(page.locator("body[data-same]")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"/sparql\?query="))
    page.reload()
    expect(page.locator("table[data-columns]")).to_be_visible()


def test_completion_knows_the_ontology_and_the_data(page: Page) -> None:
    ready(page)
    write(page, "SELECT * { ?x vekha:respo")
    expect(page.locator(".CodeMirror-hints")).to_contain_text("vekha:responsible")
    page.keyboard.press("Enter")
    page.keyboard.type(" тоипкр")
    hint = page.locator(".CodeMirror-hint", has_text="body:tomsk-obl_toipkro")
    expect(hint).to_be_visible()
    hint.click()
    expect(page.locator(".CodeMirror")).to_contain_text("vekha:responsible body:tomsk-obl_toipkro")


def test_an_error_is_told_in_words_at_its_line(chromium: Browser, service: Service) -> None:
    # Not the page that fails at each answer with an error: this one is wanted.
    page = chromium.new_context(base_url=service.address, locale="ru-RU").new_page()
    ready(page)
    write(page, "SELECT ?x {\n?x vekha:search ?words }")
    page.get_by_role("button", name="Выполнить").click()
    expect(page.get_by_role("alert")).to_contain_text(
        re.compile(r"Строка 2, столбец \d+: после vekha:search стоит текст в кавычках")
    )
    expect(page.locator(".wrong-line")).to_have_count(1)
    page.context.close()


def test_a_search_in_sparql(page: Page) -> None:
    ready(page)
    write(page, 'SELECT ?activity { ?activity vekha:search "наставничество" ; a vekha:Activity }')
    page.get_by_role("button", name="Выполнить").click()
    expect(
        page.locator("table[data-columns]").get_by_role("link", name=re.compile("наставнических пар")).first
    ).to_be_visible()


def test_a_term_of_the_panel_goes_into_the_query(page: Page) -> None:
    ready(page)
    write(page, "SELECT * {\n")
    page.get_by_text("Классы", exact=True).click()
    page.get_by_role("button", name="vekha:Roadmap", exact=False).first.click()
    expect(page.locator(".CodeMirror")).to_contain_text("?roadmap a vekha:Roadmap .")


def test_a_draft_is_kept_in_the_browser(page: Page) -> None:
    ready(page)
    write(page, "ASK { ?draft ?p ?o }")
    ready(page)
    expect(page.locator(".CodeMirror")).to_contain_text("ASK { ?draft ?p ?o }")
    expect(page.get_by_role("status").filter(has_text="черновик")).to_be_visible()


def test_a_short_link_opens_the_same_query(page: Page, chromium: Browser, service: Service) -> None:
    ready(page)
    write(page, "SELECT ?s { ?s a vekha:Roadmap }")
    page.get_by_role("button", name="Короткая ссылка").click()
    link = page.locator("[data-part=status] a")
    expect(link).to_have_attribute("href", re.compile(r"^/sparql\?q=[a-z2-7]{12}$"))
    other = chromium.new_context(base_url=service.address, locale="ru-RU").new_page()
    other.goto(link.get_attribute("href") or "")
    expect(other.locator("table[data-columns] tbody tr")).to_have_count(5)
    other.context.close()


def test_a_query_is_saved_as_a_question(page: Page) -> None:
    ready(page, "/sparql?query=SELECT ?body { ?body a vekha:Body }")
    with page.expect_download() as download:
        page.get_by_role("button", name="Сохранить как вопрос").click()
    assert download.value.suggested_filename == "my-question.rq"
    text = download.value.path().read_text(encoding="utf-8")
    assert "#+   - body:" in text
    assert "SELECT ?body { ?body a vekha:Body }" in text


def test_the_keyboard_can_leave_the_editor(page: Page) -> None:
    ready(page)
    page.locator(".CodeMirror").click()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Выполнить")).to_be_focused()


def test_without_script_the_form_asks(chromium: Browser, service: Service) -> None:
    context = chromium.new_context(base_url=service.address, locale="ru-RU", java_script_enabled=False)
    page = context.new_page()
    page.goto("/sparql")
    page.get_by_label("Запрос").fill("SELECT ?s { ?s a vekha:Roadmap }")
    page.get_by_role("button", name="Выполнить").click()
    expect(page.locator("table[data-columns] tbody tr")).to_have_count(5)
    expect(page.get_by_role("button", name="Короткая ссылка")).to_be_hidden()
    context.close()


def test_an_answer_becomes_a_chart_by_choosing_and_its_link_shows_it_to_others(
    chromium: Browser, service: Service, page: Page
) -> None:
    ready(page)
    write(page, "SELECT ?body ?level { ?body a vekha:Body ; vekha:level ?level }")
    page.get_by_role("button", name="Выполнить").click()
    expect(page.locator("table[data-columns] tbody tr").first).to_be_visible()
    page.locator("summary", has_text="Построить график").click()
    page.get_by_label("категория или год").select_option("level")
    page.get_by_role("button", name="Нарисовать").click()
    bar = page.locator("figure.picture svg.drawing", has_text="федеральный")
    expect(bar).to_be_visible()
    expect(page).to_have_url(re.compile("x=levelLabel"))
    with page.expect_download() as saved:
        page.locator("figure.picture").get_by_role("link", name="PNG").click()
    assert saved.value.path().read_bytes().startswith(b"\x89PNG")
    other = chromium.new_context(base_url=service.address, locale="en-US").new_page()
    other.goto(page.url)
    expect(other.locator("figure.picture svg.drawing", has_text="federal")).to_be_visible()
    other.context.close()


def test_an_answer_becomes_a_network_and_a_timeline(page: Page) -> None:
    ready(page)
    write(page, "SELECT ?activity { ?activity vekha:theme theme:mentoring ; a vekha:Activity }")
    page.get_by_role("button", name="Выполнить").click()
    views = page.get_by_role("navigation", name="Виды ответа")
    views.get_by_role("link", name="Сеть").click()
    expect(page.locator("network-map.drawn")).to_be_visible()
    views.get_by_role("link", name="Сроки").click()
    expect(page.locator(".gantt svg.drawing")).to_be_visible()
    page.get_by_role("link", name=re.compile("временной шкале|Сгруппировать")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ответ на запрос")
