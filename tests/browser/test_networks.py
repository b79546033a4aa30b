from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree.ElementTree import fromstring

import networkx as nx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from bench.demo import Service

pytestmark = pytest.mark.browser
INSTITUTE = "Томский областной институт повышения квалификации"
SVG = "{http://www.w3.org/2000/svg}"


def _open(page: Page, address: str = "/networks") -> Locator:
    page.goto(address)
    network = page.locator("network-map.drawn")
    expect(network).to_be_visible()
    return network


@pytest.mark.parametrize("address", ["/networks", "/bodies/tomsk-obl_toipkro"])
def test_what_is_drawn_is_asked_once_and_no_script_waits_for_another(page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    _open(page, address)
    assert len([url for url in asked if "format=map" in url]) == 1
    modules = [url for url in asked if "/network/" in url and url.endswith(".js")]
    assert len(modules) == len(set(modules)) > 5
    # A file that only another file names would be asked for after that one was read.
    assert page.locator('link[rel="modulepreload"], script[src*="/network/"]').count() == len(modules)


def _where(network: Locator, node: str) -> dict[str, float]:
    """The pixel of the drawing that a node stands at."""
    found: dict[str, float] = network.evaluate(
        """(map, id) => {
            const node = map.network.byId.get(id);
            return {
                x: (map.network.x[node] - map.view.x) * map.view.k + map.size.width / 2,
                y: (map.network.y[node] - map.view.y) * map.view.k + map.size.height / 2,
            };
        }""",
        node,
    )
    return found


def _picture(network: Locator) -> str:
    """The pixels of the drawing at rest: after its timer, and after the frame for which that asks."""
    found: str = network.evaluate(
        """async (map) => {
            await new Promise((resolve) => setTimeout(resolve, 400));
            await new Promise(requestAnimationFrame);
            return map.canvas.toDataURL();
        }"""
    )
    return found


def test_first_the_drawing_and_beside_it_the_table(page: Page) -> None:
    network = _open(page)
    expect(page.locator("main")).to_contain_text("37 узлов, 55 связей")
    expect(page.locator("#network-table tbody tr")).to_have_count(37)
    expect(network.locator("canvas")).to_be_in_viewport()
    expect(network.get_by_role("status")).to_have_text(re.compile(r"нарисовано: 37, \d+ мс"))
    assert network.evaluate("(map) => map.network.size") == 37
    expect(network.locator(".legend")).to_contain_text("сообщество 1")
    # The drawing holds more than one colour.
    colours = network.evaluate(
        """(map) => {
            const { data } = map.canvas.getContext("2d").getImageData(0, 0, map.canvas.width, map.canvas.height);
            return new Set(new Uint32Array(data.buffer)).size;
        }"""
    )
    assert colours > 20


def test_a_click_selects_and_lights_the_row_and_the_address_keeps_it(page: Page) -> None:
    network = _open(page)
    network.locator("canvas").click(position=_where(network, "body:tomsk-obl_toipkro"))  # type: ignore[arg-type]
    selection = network.locator(".selection")
    expect(selection).to_contain_text(INSTITUTE)
    expect(selection.get_by_role("link", name=re.compile(INSTITUTE))).to_have_attribute(
        "href", "/bodies/tomsk-obl_toipkro"
    )
    row = page.locator('tr[data-node="body:tomsk-obl_toipkro"]')
    expect(row).to_have_class(re.compile("chosen"))
    expect(row.get_by_role("checkbox")).to_be_checked()
    expect(page).to_have_url(re.compile(r"select=body%3Atomsk-obl_toipkro"))


def test_the_table_selects_too_and_leads_to_the_network_of_the_selected(page: Page) -> None:
    network = _open(page)
    page.locator('tr[data-node="body:tomsk-obl_toipkro"]').get_by_role("checkbox").check()
    page.locator('tr[data-node="body:tomsk-obl_doo"]').get_by_role("checkbox").check()
    selection = network.locator(".selection")
    expect(selection).to_contain_text("Выбрано: 2")
    selection.get_by_role("link", name=re.compile("общих мероприятий")).click()
    expect(page.get_by_role("heading", name="Почему эти двое связаны")).to_be_visible()
    expect(page.locator("#network-table tbody tr")).to_have_count(2)
    expect(page.locator("#why li").first).to_be_visible()


def test_pointing_at_a_row_lights_its_node(page: Page) -> None:
    network = _open(page)
    before = _picture(network)
    page.locator('tr[data-node="body:tomsk-obl_toipkro"]').hover()
    expect(page.locator("tr.lit")).to_have_count(1)
    assert _picture(network) != before


def test_the_keyboard_alone(page: Page) -> None:
    network = _open(page)
    canvas = network.locator("canvas")
    canvas.focus()
    scale = network.evaluate("(map) => map.view.k")
    page.keyboard.press("+")
    page.keyboard.press("ArrowRight")
    assert network.evaluate("(map) => map.view.k") > scale
    page.keyboard.press("0")
    assert network.evaluate("(map) => map.view.k") == scale

    page.keyboard.press("Enter")
    expect(network.get_by_role("status")).to_contain_text("1 из 37")
    page.keyboard.press("Tab")
    expect(network.get_by_role("status")).to_contain_text("2 из 37")
    page.keyboard.press("Enter")
    expect(network.get_by_role("status")).to_contain_text("выбрано")
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Enter")
    expect(network.locator(".selection")).to_contain_text("Выбрано: 2")
    page.keyboard.press("Shift+Tab")
    expect(network.get_by_role("status")).to_contain_text("2 из 37")
    page.keyboard.press("Escape")
    expect(canvas).to_be_focused()
    page.keyboard.press("Escape")
    expect(network.locator(".selection")).to_contain_text("Щёлкните узел")
    # Outside of a walk Tab leaves.
    page.keyboard.press("Tab")
    expect(canvas).not_to_be_focused()


def test_the_same_link_gives_the_same_picture(page: Page, chromium: Browser, service: Service) -> None:
    network = _open(page, "/networks?projection=bodies-and-activities&top=0")
    page.mouse.move(0, 0)
    canvas = network.locator("canvas")
    canvas.hover(position={"x": 200, "y": 200})
    page.mouse.wheel(0, -400)
    canvas.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    network.locator('select[name="map-colour"]').select_option("kind")
    expect(page).to_have_url(re.compile(r"at=.*colour=kind|colour=kind.*at="))
    page.mouse.move(0, 0)
    drawn = _picture(network)
    other = chromium.new_context(base_url=service.address, locale="ru-RU", viewport={"width": 1280, "height": 900})
    again = _open(other.new_page(), page.url)
    assert _picture(again) == drawn
    other.close()


def test_communities_open_one_by_one(page: Page) -> None:
    network = _open(page, "/networks?projection=bodies-and-activities")
    page.get_by_role("link", name="по сообществам").click()
    expect(network).to_be_visible()
    expect(page.locator("main")).to_contain_text("185 узлов")
    signs = page.locator("#network-table tbody tr").count()
    assert signs < 30
    page.locator("#network-table").get_by_role("link", name="раскрыть").first.click()
    expect(page).to_have_url(re.compile(r"communities=\d"))
    expect(page.locator("#network-table tbody tr")).not_to_have_count(signs)
    page.get_by_role("link", name="показать все 185").click()
    expect(page.locator("main")).to_contain_text("185 узлов, 280 связей")


def test_what_comes_is_told_before_it_comes(page: Page) -> None:
    network = _open(page, "/networks?focus=body:tomsk-obl_toipkro&steps=0")
    shown = page.locator("#network-table tbody tr").count()
    expand = page.locator("#network-table").get_by_role("link", name=re.compile(r"\+ .*: \d+")).first
    coming = sum(map(int, re.findall(r": (\d+)", expand.inner_text())))
    expand.click()
    expect(network).to_be_visible()
    expect(page.locator("#network-table tbody tr")).to_have_count(shown + coming)
    page.get_by_role("link", name="2", exact=True).click()
    expect(page).to_have_url(re.compile("steps=2"))


def test_from_an_answer_to_files(page: Page) -> None:
    network = _open(page, "/networks?answer=who-is-responsible&theme=mentoring")
    expect(page.locator(".chips")).to_contain_text("ответ: Кто отвечает за мероприятия темы?")
    nodes = network.evaluate("(map) => map.network.size")
    files = {}
    for name in ("GraphML", "узлы (CSV)", "JSON"):
        with page.expect_download() as download:
            page.locator(".downloads").get_by_role("link", name=name, exact=True).click()
        files[name] = Path(download.value.path()).read_bytes()
    assert len(nx.parse_graphml(files["GraphML"].decode())) == nodes
    assert files["узлы (CSV)"].decode("utf-8-sig").count("\r\n") == nodes + 1
    assert len(json.loads(files["JSON"])["nodes"]) == nodes


def test_the_picture_as_a_file(page: Page) -> None:
    network = _open(page)
    with page.expect_download() as download:
        network.get_by_role("button", name="PNG").click()
    assert Path(download.value.path()).read_bytes().startswith(b"\x89PNG")
    with page.expect_download() as download:
        network.get_by_role("button", name="SVG").click()
    root = fromstring(Path(download.value.path()).read_text("utf-8"))
    signs = [element for tag in ("circle", "polygon") for element in root.iter(f"{SVG}{tag}")]
    # Each node, the double rims, and the legend.
    assert len(signs) >= 37
    assert any("Мирзаева" in (text.text or "") for text in root.iter(f"{SVG}text"))


def test_two_fingers_enlarge(chromium: Browser, service: Service) -> None:
    context = chromium.new_context(
        base_url=service.address, locale="ru-RU", viewport={"width": 360, "height": 740}, has_touch=True
    )
    page = context.new_page()
    network = _open(page)
    network.scroll_into_view_if_needed()
    box = network.locator("canvas").bounding_box()
    assert box is not None
    scale = network.evaluate("(map) => map.view.k")
    session = context.new_cdp_session(page)
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for kind, apart in (("touchStart", 20), ("touchMove", 40), ("touchMove", 80)):
        points = [{"x": middle[0] + sign * apart, "y": middle[1]} for sign in (-1, 1)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert network.evaluate("(map) => map.view.k") > scale * 2
    # Nothing is wider than a narrow screen.
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()


def test_without_script_there_are_picture_table_and_selection(chromium: Browser, service: Service) -> None:
    context = chromium.new_context(base_url=service.address, locale="ru-RU", java_script_enabled=False)
    page = context.new_page()
    page.goto("/networks")
    expect(page.locator("network-map img")).to_be_visible()
    assert page.locator("network-map img").evaluate("(image) => image.naturalWidth") > 300
    for node in ("body:tomsk-obl_toipkro", "body:tomsk-obl_doo"):
        page.locator(f'tr[data-node="{node}"]').get_by_role("checkbox").check()
    page.get_by_role("button", name="Сеть выбранных").click()
    expect(page.locator("#network-table tbody tr")).to_have_count(2)
    context.close()


def test_a_node_is_found_by_name(page: Page) -> None:
    _open(page)
    page.get_by_label("Найти в этой сети").last.fill("институт повыш")
    page.get_by_role("search", name="Найти в этой сети").get_by_role("button", name="Найти").click()
    page.locator(".found").get_by_role("link", name=re.compile(INSTITUTE)).click()
    expect(page.locator(".chips")).to_contain_text(f"вокруг: {INSTITUTE}")
    expect(page.locator("#network-table tbody tr")).to_have_count(6)


def test_the_view_keeps_the_point_under_the_pointer(page: Page) -> None:
    network = _open(page)
    away = network.evaluate(
        """async (map) => {
            const module = document.querySelector('script[src*="network-map.js"]').src;
            const { enlarged, fit, moved, toPlane, toScreen } = await import(new URL("view.js", module));
            const size = { width: 640, height: 480 };
            let worst = 0;
            let view = fit({ left: -3000, top: -10, right: 900, bottom: 4000 }, size);
            for (let step = 0; step < 500; step += 1) {
                const [px, py] = [(step * 97) % 640, (step * 57) % 480];
                const [x, y] = toPlane(view, size, px, py);
                view = enlarged(view, size, step % 2 ? 1.31 : 0.74, px, py);
                const [qx, qy] = toScreen(view, size, x, y);
                worst = Math.max(worst, Math.hypot(qx - px, qy - py));
                const back = moved(moved(view, 13, -7), -13, 7);
                worst = Math.max(worst, Math.hypot(back.x - view.x, back.y - view.y) * view.k);
            }
            return worst;
        }"""
    )
    assert away < 1e-6
