from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from ontology.iris import HOME

HTML = {"Accept": "text/html"}
TOIPKRO = "/bodies/tomsk-obl_toipkro"
# Documents of the first column of `seed-rows.tsv`.
ROADMAPS = {"D0": "tomsk-obl-mr", "D1": "tomsk-obl-nastav", "D3": "tomsk-city-model"}


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page[page.index("<main") :]).split())


def duties(client: TestClient, query: str = "") -> list[str]:
    page = client.get(f"{TOIPKRO}{query}", headers=HTML).text
    table = page[page.index('id="duties"') :].split("</table>")[0]
    return re.findall(r'<td class="wide"><a href="/activities/([^"]+)"', table)


def test_the_duties_of_a_body_are_those_that_people_counted(client: TestClient, shared: Path) -> None:
    with (shared / "gold" / "seed-rows.tsv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if "tomsk-obl_toipkro" in row["actors"].split(", ")]
    counted = {code: sum(row["id"].startswith(f"{code}/") for row in rows) for code in ROADMAPS}
    found = duties(client)
    for code, roadmap in ROADMAPS.items():
        assert sum(entry.startswith(f"{roadmap}_") for entry in found) == counted[code], code
    assert len(found) == len(rows) == 27
    assert "27 записей" in text_of(client.get(TOIPKRO, headers=HTML).text)


def test_duties_are_narrowed_to_a_year_and_to_a_partner(client: TestClient) -> None:
    # D1/2.3 is the only row of 2021 that begins then: «Ежегодно с 2021 г.»; the other six recur from 2020 on.
    assert len(duties(client, "?year=2021")) == 7
    assert "tomsk-obl-nastav_2_3" in duties(client, "?year=2021")
    assert "tomsk-obl-nastav_2_3" not in duties(client, "?year=2020")
    # Q40 of the ontology study: ДОО ТО and ТОИПКРО share 12 rows, МОУО and ТОИПКРО 11.
    assert len(duties(client, "?with=body:tomsk-obl_doo")) == 12
    assert len(duties(client, "?with=group:tomsk-obl_mouo")) == 11
    assert duties(client, "?year=1999") == []


def test_a_spelling_leads_to_the_characters_it_was_read_from(client: TestClient) -> None:
    page = client.get("/bodies/tomsk-obl_doo", headers=HTML).text
    assert "<q>ДО ТОО</q>" in page
    places = re.findall(r'href="(/id/mention/tomsk-obl-nastav_[^"]+)"', page)
    assert "/id/mention/tomsk-obl-nastav_fb25edb59da0_t1_r3_c6_m1" in places
    answer = client.get("/id/mention/tomsk-obl-nastav_fb25edb59da0_t1_r3_c6_m1", headers=HTML)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/roadmaps/tomsk-obl-nastav?cell=t1_r3_c6&signs=0-6#t1_r3_c6"


def test_what_a_group_is_named_for_falls_on_its_members(client: TestClient) -> None:
    page = text_of(client.get("/bodies/tomsk-city_do", headers=HTML).text)
    assert "через группу или должность" in page
    assert "Муниципальные органы управления образованием Томской области" in page


@pytest.mark.parametrize("path", ["/groups/tomsk-obl_mouo", "/posts/tambov-obl_cnppm-head", "/bodies/khorol-mo_omr"])
@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_kind_of_actor_has_the_page(client: TestClient, path: str, language: str) -> None:
    response = client.get(path, params={"lang": language}, headers=HTML)
    assert response.status_code == 200
    assert len(response.content) < 100_000
    assert 'id="duties-title"' in response.text


def test_the_duties_come_as_a_table(client: TestClient) -> None:
    answer = client.get(f"{TOIPKRO}.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 27
    assert {row["role"] for row in rows} == {f"{HOME}scheme/role/responsible"}
    page = client.get(TOIPKRO, headers=HTML).text
    assert f'href="{TOIPKRO}.csv"' in page
    assert f'href="{TOIPKRO}.ttl"' in page
    assert 'href="/sparql?query=' in page
