from __future__ import annotations

import re
from html import unescape

import pytest
from fastapi.testclient import TestClient

from api.guide import TOURS

HTML = {"Accept": "text/html"}


@pytest.mark.parametrize("tour", TOURS)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_step_of_a_tour_leads_to_a_page_that_shows_something(
    client: TestClient, tour: str, language: str
) -> None:
    page = client.get(f"/help/{tour}?lang={language}", headers=HTML).text
    steps = [unescape(address) for address in re.findall(r'<li><p><a href="([^"]+)">', page)]
    assert len(steps) >= 4
    for address in steps:
        assert client.get(address, headers=HTML).status_code == 200, address


def test_a_tour_nobody_knows_is_no_page(client: TestClient) -> None:
    assert client.get("/help/nothing-such", headers=HTML).status_code == 404


def test_the_tour_of_responsibility_goes_to_who_is_named_most_often(client: TestClient) -> None:
    page = client.get("/help/responsible", headers=HTML).text
    rows = client.get("/bodies.json?theme=mentoring").json()["rows"]
    assert f'href="/{rows[0]["iri"].split("/id/")[1].replace("body/", "bodies/").replace("group/", "groups/")}"' in page


def test_the_api_page_shows_every_operation_of_the_description(client: TestClient) -> None:
    page = client.get("/api", headers=HTML).text
    shown = set(re.findall(r'<b class="method">([A-Z]+)</b> <code>([^<]+)</code>', page))
    described = client.get("/api/openapi.json").json()["paths"]
    assert shown == {(method.upper(), path) for path, methods in described.items() for method in methods}
    assert "Кто отвечает за мероприятия темы?" in page
    assert "Replace or make a graph" not in page
    assert "Replace or make a graph" in client.get("/api?lang=en", headers=HTML).text


@pytest.mark.parametrize(("term", "found"), [("Activity", "activity/"), ("responsible", "body/")])
def test_a_term_of_the_ontology_leads_to_examples_of_its_use(client: TestClient, term: str, found: str) -> None:
    assert f'href="/ns/{term}/examples"' in client.get("/ns", headers=HTML).text
    answer = client.get(f"/ns/{term}/examples")
    assert answer.status_code == 303
    results = client.get(answer.headers["location"], headers={"Accept": "text/csv"}).text
    assert found in results
    assert client.get("/ns/NothingSuch/examples").status_code == 404
