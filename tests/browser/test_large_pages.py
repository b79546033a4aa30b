"""Every kind of page among 115 roadmaps: not wider than its window, not heavier than its budget, all of it named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from bench.pages import SIZE

if TYPE_CHECKING:
    from tests.browser.conftest import Large

pytestmark = pytest.mark.browser
_DEPARTMENT: Final = "perm-krai_departament-obrazovaniia-permskii-krai-otdel-obshchego-obrazovaniia"
# As `bench.page_map`, where the large set has other things to show; help, sign-in and the like do not depend on data.
PAGES: Final = {
    "home": "/",
    "question": "/questions/who-is-responsible?theme=mentoring",
    "question-chart": "/questions/rows-per-actor?view=chart",
    "question-due": "/questions/due-in-month?year=2025&month=5",
    "question-timeline": "/questions/who-is-responsible?theme=mentoring&view=timeline",
    "question-network": "/questions/who-is-responsible?theme=mentoring&view=network",
    "question-series": "/questions/target-series?view=chart",
    "roadmaps": "/roadmaps",
    "bodies": "/bodies",
    "activities": "/activities?theme=mentoring",
    "indicators": "/indicators",
    "themes": "/themes",
    "territories": "/territories",
    "roadmap": "/roadmaps/perm-krai-plan?cell=t1_r3_c6",
    "roadmap-wide": "/roadmaps/perm-krai-1-municipal",
    "roadmap-form": "/roadmaps/perm-krai-1-model",
    "body": f"/provisional/{_DEPARTMENT}",
    "activity": "/activities/perm-krai-plan_1",
    "theme": "/themes/mentoring",
    "territory": "/territories/perm-krai",
    "thing": "/id/section/perm-krai-targets_1",
    "networks": "/networks",
    "network-of-activities": "/networks?projection=bodies-and-activities",
    "network-of-answer": "/networks?answer=who-is-responsible&theme=mentoring",
    "timeline": "/timeline?day=2026-01-01",
    "timeline-bodies": "/timeline?day=2026-01-01&group=body",
    "compare": "/compare",
    "compare-documents": "/compare?rows=theme&columns=roadmap",
    "compare-roadmaps": "/compare?roadmap=perm-krai-plan&roadmap=perm-krai-targets",
    "changes": "/changes",
    "quality": "/quality",
    "linking": "/linking",
    "corrections": "/roadmaps/perm-krai-plan/corrections",
    "search": "/search?q=наставничество",
    "sparql": "/sparql",
    "ontology": "/ns",
}
_MEASURE: Final = """() => ({
  width: document.documentElement.scrollWidth,
  language: document.documentElement.lang,
  headings: document.querySelectorAll("h1").length,
  unnamed: [...document.querySelectorAll("main a, main button")].filter(
    (one) => !(one.ariaLabel || one.textContent.trim() || one.querySelector("[aria-label], title, [alt]"))
  ).map((one) => one.outerHTML.slice(0, 200)),
})"""


@pytest.mark.parametrize(("language", "width"), [("ru", 360), ("en", 360), ("ru", 1280)])
def test_no_page_is_wider_than_its_window_or_heavier_than_its_budget(
    chromium: Browser, large: Large, language: str, width: int
) -> None:
    found = []
    with chromium.new_context(
        base_url=large.service.address, locale=language, viewport={"width": width, "height": 800}
    ) as context:
        context.set_default_timeout(600_000)
        page = context.new_page()
        for name, address in PAGES.items():
            response = page.goto(address)
            assert response is not None
            assert response.status == 200, f"{name}: {response.status}"
            size = len(response.body())
            seen = page.evaluate(_MEASURE)
            if size > SIZE:
                found.append(f"{name}: {size // 1024} KB")
            if seen["width"] > width:
                found.append(f"{name}: {seen['width']} pixels wide")
            if seen["language"] != language or seen["headings"] != 1 or seen["unnamed"]:
                found.append(f"{name}: {seen}")
    assert found == []


# Where a reader meets much data.
MUCH: Final = (
    "home",
    "roadmaps",
    "bodies",
    "activities",
    "indicators",
    "territories",
    "roadmap",
    "body",
    "territory",
    "theme",
    "question",
    "question-chart",
    "networks",
    "timeline",
    "compare",
    "changes",
    "quality",
    "linking",
    "search",
)
_ON_PAPER: Final = """() => {
  const seen = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility());
  return {
    navigation: seen(".sections, .tools, search-box, .facets, .pager, .menu, .skip").map((one) => one.className),
    cut: seen("main .scroll").filter((one) => getComputedStyle(one).overflow !== "visible").length,
    beyond: seen("main .scroll > table").map((one) => one.getBoundingClientRect().right)
      .filter((right) => right > innerWidth),
    cards: seen("main .scroll > table").filter((one) => getComputedStyle(one.rows[0]).display !== "table-row").length,
    // Signs have colours that mean something.
    pale: seen("main td a:not(.pick)")
      .filter((one) => one.textContent.trim() && getComputedStyle(one).color !== "rgb(0, 0, 0)")
      .map((one) => one.outerHTML.slice(0, 200)),
  };
}"""


def test_pages_with_much_data_are_accessible_at_twice_the_size_and_on_paper(chromium: Browser, large: Large) -> None:
    found = []
    with chromium.new_context(base_url=large.service.address, locale="ru-RU") as context:
        context.set_default_timeout(600_000)
        page = context.new_page()
        for name in MUCH:
            page.set_viewport_size({"width": 1280, "height": 900})
            page.emulate_media(media="screen")
            page.goto(PAGES[name])
            if page.locator("network-map").count():
                expect(page.locator("network-map.drawn").first).to_be_visible(timeout=600_000)
            found += [
                f"{name}: {one['id']} ({one['impact']}) {node['html'][:200]}"
                for one in Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
                for node in one["nodes"]
            ]
            # A window of 1280 pixels at 200 % has room for 640; a telephone has 360.
            for width, height in ((640, 450), (360, 740)):
                page.set_viewport_size({"width": width, "height": height})
                seen = page.evaluate("document.documentElement.scrollWidth")
                if seen > width:
                    found.append(f"{name}: {seen} pixels wide in {width}")
            page.set_viewport_size({"width": 1046, "height": 700})
            page.emulate_media(media="print")
            printed = page.evaluate(_ON_PAPER)
            if any(printed.values()):
                found.append(f"{name} on paper: {printed}")
    assert not found, "\n".join(found)
