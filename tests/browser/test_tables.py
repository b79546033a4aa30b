"""Long tables: heads stay in sight while one reads, menus lie over them, paper shows all of it."""

from __future__ import annotations

import re
from typing import Final, Literal

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

LONG: Final = (
    "/activities",
    "/bodies",
    "/questions/rows-per-actor?view=table",
    "/roadmaps/khorol-mo-nms",
    "/roadmaps/tomsk-obl-nastav",
    "/bodies/tomsk-obl_doo",
)
# Where the head of the longest table is after its last row was brought into sight, and what lies on top there.
_HEAD: Final = """() => {
  const tables = [...document.querySelectorAll("main .scroll > table")].filter((one) => one.tHead);
  const table = tables.reduce((best, one) => (one.rows.length > best.rows.length ? one : best));
  const last = table.rows[table.rows.length - 1];
  last.scrollIntoView({ block: "end", behavior: "instant" });
  const head = table.tHead.getBoundingClientRect();
  const cell = table.tHead.rows[0].cells[1] ?? table.tHead.rows[0].cells[0];
  const box = cell.getBoundingClientRect();
  const top = document.elementFromPoint(box.left + Math.min(20, box.width / 2), box.top + box.height / 2);
  return {
    rows: table.rows.length,
    above: table.getBoundingClientRect().top,
    top: head.top,
    bottom: head.bottom,
    last: last.getBoundingClientRect().top,
    isOnTop: cell.contains(top),
    background: getComputedStyle(cell).backgroundColor,
    site: document.querySelector(".top").getBoundingClientRect().bottom,
  };
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", LONG)
def test_the_head_of_a_long_table_stays_in_sight(page: Page, address: str, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 1280, "height": 600})
    page.goto(address)
    seen = page.evaluate(_HEAD)
    assert seen["above"] < 0, "the table is too short to scroll"
    assert 0 <= seen["top"] <= 1, seen
    assert seen["isOnTop"], seen
    assert seen["last"] >= seen["bottom"] - 1, "the head covers the last row"
    # Rows do not shine through; the bar of the site is gone.
    assert re.fullmatch(r"rgb\(\d+, \d+, \d+\)", seen["background"]), seen
    assert seen["site"] <= 0, seen


def test_a_head_lies_under_menus_and_hits(page: Page) -> None:
    page.goto("/activities")
    page.locator(".menu.data summary").click()
    menu = page.locator(".menu.data ul")
    # Brought over the head, where both would be drawn.
    page.evaluate("""() => {
      const menu = document.querySelector(".menu.data ul").getBoundingClientRect();
      const head = document.querySelector("main .scroll thead").getBoundingClientRect();
      window.scrollTo(0, head.top - menu.top > 0 ? 0 : menu.top);
    }""")
    for link in menu.get_by_role("link").all():
        link.click(trial=True)
    page.keyboard.press("Escape")
    box = page.get_by_role("combobox", name="Поиск")
    box.press_sequentially("наставн")
    hits = page.get_by_role("listbox")
    expect(hits.get_by_role("option").first).to_be_visible()
    hits.get_by_role("option").last.click(trial=True)


@pytest.mark.parametrize(("width", "height"), [(718, 1000), (1046, 700)])
@pytest.mark.parametrize("address", ["/", *LONG])
def test_paper_has_no_navigation_and_whole_tables(page: Page, address: str, width: int, height: int) -> None:
    page.goto(address)
    rows = page.locator("main .scroll tbody tr").count()
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(media="print")
    for name in (".sections", ".tools", "search-box", ".facets", ".pager", ".menu", ".skip", ".actions"):
        for part in page.locator(name).all():
            expect(part).to_be_hidden()
    assert page.locator("main .scroll tbody tr:visible").count() == rows
    found = page.evaluate("""() => [...document.querySelectorAll("main .scroll")].map((box) => {
      const table = box.querySelector("table"), style = getComputedStyle(box);
      return {
        overflow: style.overflow,
        head: table.tHead && [getComputedStyle(table.tHead).display, getComputedStyle(table.tHead).position],
        row: getComputedStyle(table.rows[0]).display,
      };
    })""")
    assert found
    for one in found:
        assert one["overflow"] == "visible", one
        assert one["head"] in (None, ["table-header-group", "static"]), one
        assert one["row"] == "table-row", one
    # A list takes the whole breadth, not that of the choices beside it.
    table = page.locator("main .scroll").first.bounding_box()
    assert table is not None
    assert 0.5 * width < table["width"] <= width
    # Where a line was read is text on paper too.
    places = page.locator("main td a", has_text=re.compile(r"строка \d+"))
    for place in places.all()[:5]:
        expect(place).to_be_visible()
        assert place.evaluate("(one) => getComputedStyle(one).color") == "rgb(0, 0, 0)"
