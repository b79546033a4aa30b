from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from api.access.users import Role, Users
from bench.demo import Service

pytestmark = pytest.mark.browser
NAME = "anna.konstantinopolskaya@tomsk-obl.example"


@pytest.fixture(scope="module")
def token(service: Service) -> str:
    return Users(service.data / "access").add(NAME, Role.ADMIN)[1]


def test_one_signs_in_looks_at_queries_and_signs_out_by_keyboard_on_a_telephone(page: Page, token: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/help")
    link = page.get_by_role("link", name="Войти")
    link.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/sign-in\?next=%2Fhelp$"))
    expect(page.get_by_label("Ключ")).to_be_focused()

    page.keyboard.type("vekha_wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Ключ неизвестен")
    expect(page.get_by_label("Ключ")).to_have_value("")
    expect(page.get_by_label("Ключ")).to_have_attribute("aria-invalid", "true")

    page.get_by_label("Ключ").press_sequentially(token)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/help$"))
    mine = page.get_by_role("link", name=NAME)
    expect(mine).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360

    mine.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Запросы")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360

    page.get_by_role("button", name="Выйти").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Войти")).to_be_visible()
    assert page.goto("/queries").status == 401  # type: ignore[union-attr]
