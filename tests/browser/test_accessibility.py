from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from bench.demo import Service
from bench.page_map import PAGES
from bench.screenshots import LANGUAGES, LOOKS

pytestmark = pytest.mark.browser

# WCAG 2.1 AA and what axe advises beyond it.
OPTIONS = {"resultTypes": ["violations"]}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_and_no_page_is_wider_than_its_window(
    chromium: Browser, service: Service, language: str, look: str
) -> None:
    context = chromium.new_context(base_url=service.address, locale=LANGUAGES[language], **LOOKS[look])
    page = context.new_page()
    found = []
    for name, address in PAGES.items():
        page.goto(address)
        results = Axe().run(page, options=OPTIONS)
        found += [
            f"{name}: {violation['id']} ({violation['impact']}) {node['html'][:200]}"
            for violation in results.response["violations"]
            for node in violation["nodes"]
        ]
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > LOOKS[look]["viewport"]["width"]:
            found.append(f"{name}: {width} pixels wide")
    context.close()
    assert found == []
