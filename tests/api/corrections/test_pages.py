from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from html import unescape

import pytest
from httpx2 import Response

from api.access.audit import AuditLog
from api.access.users import Role, Users
from api.commands.examples import example_documents
from api.importing.loading import load, open_loader
from api.settings import read_settings
from tests.api.importing.test_pages import SLUG, Bench, csrf, service

FORM, LIST = f"/roadmaps/{SLUG}/correct", f"/roadmaps/{SLUG}/corrections"
CELL = {"cell": "t1_r11_c6", "value": "actor"}
INSTITUTE = "https://w3id.org/vekha/id/body/tomsk-obl_toipkro"
DEPARTMENT = "Департамент общего образования Томской области"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("corrections") / "data"
    settings = read_settings(data=folder, workers=1, budget_errors=0)
    load(settings, [path for path in example_documents() if path.name.startswith("001")], lambda _: None)
    users = Users(folder / "access")
    made = {name: users.add(name, role)[1] for name, role in (("anna", Role.EDITOR), ("boris", Role.ANALYST))}
    with open_loader(settings) as loader, service(settings, loader) as client:
        yield Bench(client, loader, made)


@pytest.fixture
def anna(bench: Bench) -> Bench:
    bench.sign_in("anna")
    return bench


def save(bench: Bench, fields: dict[str, str], version: int | None = None) -> Response:
    page = bench.client.get("/sign-in").text
    said = {"version": str(bench.loader.store.version if version is None else version), **fields}
    return bench.client.post(FORM, data={"csrf": csrf(page), **said})


def responsible(bench: Bench) -> str:
    """Who is responsible for the corrected row, as its page says."""
    part = bench.client.get(f"/roadmaps/{SLUG}/rows/t1_r11")
    assert part.status_code == 200
    return part.text


def test_who_is_not_known_is_led_to_sign_in_and_back(bench: Bench) -> None:
    bench.client.cookies.clear()
    led = bench.client.get(FORM, params=CELL)
    assert led.status_code == 303
    assert led.headers["location"] == f"/sign-in?next=%2Froadmaps%2F{SLUG}%2Fcorrect%3Fcell%3Dt1_r11_c6%26value%3Dactor"
    assert bench.client.get(LIST).status_code == 200
    assert bench.client.post(FORM, data=CELL).status_code == 401
    bench.sign_in("boris")
    assert bench.client.get(FORM, params=CELL).status_code == 403
    assert save(bench, {**CELL, "do": "remove", "instead": INSTITUTE}).status_code == 403
    assert bench.client.post(LIST, data={"name": f"{SLUG}_00000000"}).status_code == 403


def test_the_form_shows_the_cell_what_was_read_and_whom_it_could_be(anna: Bench) -> None:
    page = anna.client.get(FORM, params={**CELL, "find": "департамента общего образования"}).text
    assert "строка 22, столбец 6" in page
    assert '<blockquote lang="ru">ТОИПКРО</blockquote>' in page
    assert f'name="instead" value="{INSTITUTE}" checked' in page
    assert DEPARTMENT in page
    for anchor, value in (("t1_r11_c5", "deadline"), ("t1_r11", "theme"), ("t1_r11_c2", "text"), ("t1_r11", "kind")):
        assert anna.client.get(FORM, params={"cell": anchor, "value": value}).status_code == 200, value
    for value in ("level", "territory", "period"):
        assert anna.client.get(FORM, params={"value": value}).status_code == 200
    for asked in ({"cell": "t1_r99_c6", "value": "actor"}, {"cell": "../x", "value": "actor"}, {"value": "colour"}):
        assert anna.client.get(FORM, params=asked).status_code == 404
    assert anna.client.get("/roadmaps/nothing/correct", params=CELL).status_code == 404


def test_an_actor_is_looked_at_corrected_listed_and_undone(anna: Bench) -> None:
    version = anna.loader.store.version
    choice = {**CELL, "do": "replace", "instead": INSTITUTE, "words": "ДОО ТО", "reason": "письмо <b>министерства</b>"}
    page = unescape(anna.client.get(FORM, params={**choice, "step": "effect"}).text)
    assert "Иначе будет прочитана 1 строка" in page
    assert f"<ins>{DEPARTMENT}</ins>" in page
    assert anna.loader.store.version == version

    stale = save(anna, choice, version - 1)
    assert (stale.status_code, anna.loader.store.version) == (409, version)
    assert "Данные с тех пор изменились" in stale.text
    made = save(anna, choice)
    assert made.status_code == 303, made.text
    key = made.headers["location"].rpartition("=")[2]
    page = anna.client.get(made.headers["location"]).text
    assert "Поправка записана: применено" in page
    assert "письмо &lt;b&gt;министерства" in page
    assert "cell=t1_r11_c6#t1_r11_c6" in page
    assert DEPARTMENT in responsible(anna)
    (row,) = csv.DictReader(io.StringIO(anna.client.get(f"{LIST}.csv").text))
    assert (row["name"], row["author"], row["outcome"]) == (f"{SLUG}_{key}", "anna", "applied")
    line = list(AuditLog(anna.loader.store.folder).read())[-1]
    assert (line["action"], line["who"]) == ("correct", "anna")

    undone = anna.client.post(LIST, data={"csrf": csrf(page), "name": f"{SLUG}_{key}"})
    assert undone.status_code == 303
    assert re.search(r"отменил\(а\) anna", anna.client.get(LIST).text)
    again = anna.client.post(LIST, data={"csrf": csrf(page), "name": f"{SLUG}_{key}"})
    assert again.status_code == 409
    assert anna.client.post(LIST, data={"csrf": csrf(page), "name": "other_00000000"}).status_code == 404
    assert anna.client.post(LIST, data={"name": f"{SLUG}_{key}"}).status_code == 403


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"cell": "t1_r11_c5", "value": "deadline", "words": "никогда"}, "не читается как срок"),
        ({**CELL, "do": "replace", "instead": "Школа № 1", "words": "ДОО ТО"}, "не применено"),
        ({"value": "territory", "words": "Атлантида"}, "Атлантида"),
        ({"value": "level", "right": "moon"}, "moon"),
    ],
)
def test_what_cannot_be_is_told_in_words_and_changes_nothing(anna: Bench, fields: dict[str, str], words: str) -> None:
    version = anna.loader.store.version
    page = anna.client.get(FORM, params={**fields, "step": "effect"})
    assert words in unescape(page.text)
    assert 'role="alert"' in page.text
    assert "Сохранить поправку" not in page.text
    assert anna.loader.store.version == version


def test_document_and_row_are_corrected_too(anna: Bench) -> None:
    page = anna.client.get(FORM, params={"value": "period", "words": "2020–2025", "step": "effect"}).text
    assert "2020-01-01 – 2025-12-31" in page
    theme = {"cell": "t1_r11", "value": "theme", "do": "add", "right": "professional-development"}
    page = unescape(anna.client.get(FORM, params={**theme, "step": "effect"}).text)
    assert re.search(r"<ins>[^<]*повышение квалификации[^<]*</ins>", page)
    assert "Сохранить поправку" in page
