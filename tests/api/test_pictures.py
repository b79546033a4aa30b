from __future__ import annotations

import io
import re
from xml.etree import ElementTree as ET

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from markupsafe import Markup
from PIL import Image

from api import rasters
from api.pictures import alone
from api.rasters import PictureError, Rasteriser
from graph.errors import PoolBusyError

SVG = "{http://www.w3.org/2000/svg}"
MENTORING = "SELECT ?activity ?body { ?activity vekha:theme theme:mentoring ; vekha:responsible ?body }"
DRAWN = [
    "/questions/rows-per-actor.{form}?view=chart",
    "/questions/target-series.{form}?panel=1",
    "/questions/who-is-responsible.{form}?theme=mentoring&view=timeline",
    "/sparql.{form}?query=" + MENTORING + "&view=chart&x=bodyLabel",
    "/timeline.{form}?roadmap=khorol-mo-nms",
    "/api/networks/bodies-by-activity?format={form}",
]


def drawn(width: float, height: float, text: str = "") -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" font-family="sans-serif">'
        f'<text x="2" y="18">{text}</text></svg>'
    )


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png))


def inked(png: bytes) -> int:
    """How many pixels are not white."""
    return sum(count for count, colour in opened(png).convert("L").getcolors(256) or () if colour != 255)


@pytest.mark.parametrize("address", DRAWN)
def test_drawings_are_saved_as_svg_and_png(client: TestClient, address: str) -> None:
    svg = client.get(address.replace("{form}", "svg"))
    assert svg.status_code == 200, svg.text
    root = ET.fromstring(svg.text)
    assert root.tag == f"{SVG}svg"
    assert list(root.iter(f"{SVG}a")) == []
    assert any(re.search("[А-Яа-я]{4}", text.text or "") for text in root.iter(f"{SVG}text"))
    png = client.get(address.replace("{form}", "png"))
    assert png.status_code == 200, png.text
    assert png.headers["content-type"] == "image/png"
    assert png.headers["content-disposition"].startswith("attachment; ")
    picture = opened(png.content)
    assert picture.size == pytest.approx((2 * float(root.attrib["width"]), 2 * float(root.attrib["height"])), abs=1)
    assert inked(png.content) > 1000


def test_pictures_count_into_the_budget_of_who_asks(client: TestClient) -> None:
    assert client.get("/timeline.png?roadmap=khorol-mo-nms").status_code == 200
    application = client.app
    assert isinstance(application, FastAPI)
    last = application.state.running.recent()[0]
    assert (last.kind, last.status) == ("picture", "done")


def test_pages_lead_to_their_drawings(client: TestClient) -> None:
    html = {"Accept": "text/html"}
    for page in (
        "/questions/rows-per-actor",
        "/questions/who-is-responsible?theme=mentoring&view=timeline",
        f"/sparql?query={MENTORING}&view=chart&x=bodyLabel",
        "/timeline?roadmap=khorol-mo-nms",
        "/networks",
    ):
        text = client.get(page, headers=html).text
        found = re.findall(r'href="([^"]*(?:\.png|format=png)[^"]*)"', text)
        assert found, page
        assert client.get(found[0].replace("&amp;", "&")).headers["content-type"] == "image/png", page


def test_an_indicator_saves_its_chart(client: TestClient) -> None:
    query = "SELECT ?i { ?i vekha:target ?t . ?t vekha:year ?y ; vekha:value ?v } LIMIT 1"
    rows = client.get("/sparql", params={"query": query}, headers={"Accept": "application/json"}).json()
    slug = rows["results"]["bindings"][0]["i"]["value"].rsplit("/", 1)[-1]
    page = client.get(f"/indicators/{slug}", headers={"Accept": "text/html"}).text
    assert f'href="/indicators/{slug}.png"' in page
    assert inked(client.get(f"/indicators/{slug}.png").content) > 1000
    assert client.get("/indicators/nothing.png").status_code == 404


def test_cyrillic_letters_are_drawn() -> None:
    rasteriser = Rasteriser()
    assert rasteriser.png(drawn(40, 30, "Ж")) != rasteriser.png(drawn(40, 30, "Щ"))


def test_a_large_drawing_becomes_a_bounded_picture_or_is_refused() -> None:
    width, height = opened(Rasteriser().png(drawn(8000, 6000))).size
    assert 15_000_000 < width * height <= 16_100_000
    for size in (1e5, 1e9):
        with pytest.raises(PictureError, match="too large"):
            Rasteriser().png(f'<svg xmlns="http://www.w3.org/2000/svg" width="{size:.0f}" height="{size:.0f}"/>')


def test_a_machine_without_fonts_says_so(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rasters, "_FAMILIES", ("No Such Font",))
    with pytest.raises(PictureError, match="no font with Cyrillic letters"):
        Rasteriser().png(drawn(40, 30, "Ж"))
    assert client.get("/questions/rows-per-actor.svg?view=chart").status_code == 200


def test_pictures_are_made_outside_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Resvg lets no other thread run, for seconds, and ends the process where memory cannot be had."""

    def stop(**_: object) -> None:
        raise AssertionError("within the server")

    monkeypatch.setattr("resvg_py.svg_to_bytes", stop)
    assert inked(Rasteriser().png(drawn(40, 30, "Ж"))) > 0
    monkeypatch.setattr(rasters, "_SECONDS", 0.0)
    with pytest.raises(PictureError, match="could not be made"):
        Rasteriser().png(drawn(40, 30, "Ж"))


def test_pictures_that_wait_for_others_are_few() -> None:
    with pytest.raises(PoolBusyError):
        Rasteriser(places=0).png(drawn(40, 30, "Ж"))


def test_controls_in_texts_break_no_file(client: TestClient) -> None:
    for text in ("a\\u0001b", "a\\uFFFEb"):
        query = {"query": f'SELECT ("{text}" AS ?name) (1 AS ?number) {{}}', "view": "chart", "x": "name"}
        svg = client.get("/sparql.svg", params=query)
        assert svg.status_code == 200, svg.text
        assert any("\ufffd" in (title.text or "") for title in ET.fromstring(svg.text).iter(f"{SVG}title"))
        assert client.get("/sparql.png", params=query).status_code == 200
    assert inked(Rasteriser().png(drawn(40, 30, "\x01Ж"))) > 0


def test_what_an_answer_does_not_draw_is_refused_in_words(client: TestClient) -> None:
    for address in (
        "/questions/rows-per-actor.png?view=table",
        "/questions/rows-per-actor.png?panel=7",
        "/questions/rows-per-actor.png?panel=" + "9" * 5000,
        "/questions/rows-per-actor.png?view=chart&x=nothing",
        "/sparql.png?query=SELECT nonsense",
    ):
        assert client.get(address).status_code == 400, address
    assert client.get("/sparql.png").status_code == 404


def test_a_drawing_that_stands_alone_has_no_links_and_keeps_hostile_texts_texts() -> None:
    body = Markup(
        '<svg class="drawing" width="400" height="10"><a class="row passed" href="/x"><text>{}</text></a></svg>'
    )
    svg = alone(body.format("<a href='javascript:x'>"), title="<script>", origin="&")
    root = ET.fromstring(svg)
    assert [element.get("class") for element in root.iter(f"{SVG}g")] == ["row passed"]
    assert {text.text for text in root.iter(f"{SVG}text")} == {"<script>", "&", "<a href='javascript:x'>"}


def test_hostile_documents_are_drawn_as_text(hostile_client: TestClient) -> None:
    for form in ("svg", "png"):
        answer = hostile_client.get(f"/timeline.{form}")
        assert answer.status_code == 200
        assert b"<script" not in answer.content
