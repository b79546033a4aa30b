"""The search box of every page and the page of results, as a person uses them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.demo import Service

pytestmark = pytest.mark.browser


def test_hits_come_while_one_types_and_keys_lead_there(page: Page) -> None:
    page.goto("/help")
    box = page.get_by_role("combobox", name="Поиск")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press_sequentially("наставн", delay=10)
    hits = page.get_by_role("listbox")
    expect(hits).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(hits.get_by_role("group", name="Темы").get_by_role("option").first).to_contain_text("наставничество")
    expect(hits.locator("mark").first).to_contain_text("наставн")
    box.press("ArrowDown")
    chosen = hits.locator("[aria-selected=true]")
    expect(chosen).to_have_count(1)
    expect(box).to_have_attribute("aria-activedescendant", chosen.get_attribute("id") or "none")
    box.press("ArrowUp")
    expect(chosen).to_have_count(0)
    box.press("ArrowDown")
    address = chosen.get_attribute("data-href") or ""
    box.press("Enter")
    expect(page).to_have_url(re.compile(re.escape(address) + "$"))


def test_an_exact_abbreviation_stands_first_and_a_click_leads_there(page: Page) -> None:
    page.goto("/")
    page.get_by_role("combobox").fill("ТОИПКРО")
    first = page.get_by_role("option").first
    expect(first).to_contain_text("институт повышения квалификации")
    expect(first).to_contain_text("ТОИПКРО")
    # Another region has one of this name too.
    expect(first).to_contain_text(re.compile("(Томская|Тамбовская) область"))
    first.click()
    expect(page).to_have_url(re.compile(r"/bodies/.*toipkro$"))


def test_escape_closes_and_enter_asks_for_all(page: Page) -> None:
    page.goto("/")
    box = page.get_by_role("combobox")
    box.fill("мониторинг")
    expect(page.get_by_role("listbox")).to_be_visible()
    box.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    box.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Поиск: мониторинг")
    expect(page).to_have_url(re.compile(r"/search\?q="))


def test_the_page_of_results_narrows_by_kind(page: Page) -> None:
    page.goto("/search?q=наставничество")
    expect(page.get_by_role("heading", name="Называется именно так")).to_be_visible()
    kinds = page.get_by_role("navigation", name="Виды")
    kinds.get_by_role("link", name="Мероприятия").click()
    expect(page).to_have_url(re.compile("kind=activity"))
    hit = page.locator(".hits a").first
    expect(hit.locator("mark").first).to_be_visible()
    hit.click()
    expect(page).to_have_url(re.compile("/activities/"))


def test_the_other_keyboard_is_told(page: Page) -> None:
    page.goto("/search?q=yfcnfdybr")
    expect(page.get_by_text("«наставник»")).to_be_visible()


def test_without_script_the_form_asks(chromium: Browser, service: Service) -> None:
    context = chromium.new_context(base_url=service.address, locale="ru-RU", java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Поиск").fill("конкурс")
    page.get_by_role("button", name="Найти").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Поиск: конкурс")
    context.close()
