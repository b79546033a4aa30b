from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient
from pyoxigraph import NamedNode, RdfFormat, parse

from ontology.iris import HOME

ACTIVITY = "/activities/tomsk-obl-nastav_1_3"
CELL = "/id/cell/tomsk-obl-nastav_fb25edb59da0_t1_r3_c2"
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
FORMATS = {
    "text/turtle": RdfFormat.TURTLE,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/ld+json": RdfFormat.JSON_LD,
    "application/rdf+xml": RdfFormat.RDF_XML,
}


@pytest.mark.parametrize("media_type", FORMATS)
@pytest.mark.parametrize(
    "path", ["/id/activity/tomsk-obl-nastav_1_3", "/id/body/tomsk-obl_toipkro", "/scheme/theme/mentoring", "/ns"]
)
def test_an_iri_gives_rdf_about_itself(client: TestClient, path: str, media_type: str) -> None:
    response = client.get(path, headers={"Accept": media_type})
    assert response.status_code == 200
    assert response.headers["content-type"].split(";")[0] == media_type
    assert "Accept" in response.headers["vary"]
    subjects = {quad.subject for quad in parse(response.content, format=FORMATS[media_type])}
    assert NamedNode(HOME + path.lstrip("/")) in subjects


@pytest.mark.parametrize(
    "path",
    [
        ACTIVITY,
        "/roadmaps/tomsk-city-model",
        "/bodies/tomsk-obl_toipkro",
        "/groups/tomsk-obl_mouo",
        "/themes/mentoring",
        "/scheme/theme",
        "/ns",
    ],
)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_an_iri_gives_a_page(client: TestClient, path: str, language: str) -> None:
    response = client.get(path, params={"lang": language}, headers=HTML)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert f'<html lang="{language}">' in response.text
    assert "Accept" in response.headers["vary"]


@pytest.mark.parametrize(
    ("iri", "page"),
    [
        ("/id/activity/tomsk-obl-nastav_1_3", ACTIVITY),
        ("/id/roadmap/tomsk-obl-nastav?cell=t1_r3_c2", "/roadmaps/tomsk-obl-nastav?cell=t1_r3_c2"),
        ("/id/group/tomsk-obl_mouo", "/groups/tomsk-obl_mouo"),
        ("/scheme/theme/mentoring?lang=en", "/themes/mentoring?lang=en"),
    ],
)
def test_an_iri_leads_people_to_its_page_and_programs_to_rdf(client: TestClient, iri: str, page: str) -> None:
    response = client.get(iri, headers=HTML)
    assert (response.status_code, response.headers["location"]) == (303, page)
    assert response.headers["vary"] == "Accept"
    assert client.get(iri, headers={"Accept": "text/turtle"}).status_code == 200
    assert client.get(page, headers=HTML).headers["content-type"].startswith("text/html")


def test_a_page_address_has_endings_for_its_data(client: TestClient) -> None:
    response = client.get(f"{ACTIVITY}.ttl", headers=HTML)
    assert response.headers["content-type"].split(";")[0] == "text/turtle"
    subjects = {quad.subject for quad in parse(response.content, format=RdfFormat.TURTLE)}
    assert NamedNode(HOME + "id/activity/tomsk-obl-nastav_1_3") in subjects
    for path in (f"{ACTIVITY}.exe", f"{ACTIVITY}.html", f"{ACTIVITY}.ttl.ttl", "/bodies/no-such.ttl"):
        assert client.get(path, headers=HTML).status_code == 404, path


def test_what_the_data_does_not_know_is_not_found(client: TestClient) -> None:
    for path in (
        "/id/activity/no-such",
        "/activities/no-such",
        "/themes/none",
        "/id/cell/x",
        "/roadmaps/none",
        "/scheme/theme/none",
        "/id/x",
    ):
        for headers in (HTML, {"Accept": "text/turtle"}):
            assert client.get(path, headers=headers).status_code == 404, path


@pytest.mark.parametrize("path", ["/id/activity/%3E%20%7D", "/bodies/a%22b", "/id/activity/a%00b", "/id/x/%ED%A0%80"])
def test_a_path_that_is_no_iri_is_not_found(client: TestClient, path: str) -> None:
    assert client.get(path, headers={"Accept": "text/turtle"}).status_code == 404


def test_a_wrong_format_names_the_right_ones(client: TestClient) -> None:
    iri = "/id/activity/tomsk-obl-nastav_1_3"
    response = client.get(iri, params={"format": "word"})
    assert response.status_code == 400
    assert "turtle" in response.json()["detail"]
    assert client.get(iri, headers={"Accept": "image/png"}).status_code == 406


def test_a_cell_leads_to_its_place_in_the_document(client: TestClient) -> None:
    response = client.get(CELL, headers=HTML)
    assert response.status_code == 303
    assert response.headers["location"] == "/roadmaps/tomsk-obl-nastav?cell=t1_r3_c2#t1_r3_c2"
    page = client.get(response.headers["location"], headers=HTML).text
    assert page.count('<td class="cell sure lit"') == 1
    assert '<td class="cell sure lit" id="t1_r3_c2"' in page
    assert "строка 10" in page


def test_facts_are_told_in_the_words_people_use(client: TestClient) -> None:
    page = " ".join(client.get("/roadmaps/khorol-mo-nms?row=t1_r9", headers=HTML).text.split())
    assert re.search(r"<b>\d+</b> %", page)
    page = " ".join(client.get("/roadmaps/tambov-obl-nms?row=t1_r1", headers=HTML).text.split())
    assert "не позднее 15.03.2021" in page
    # What recurs is told by the words of the document: dates would say less.
    page = " ".join(client.get("/roadmaps/tomsk-obl-nastav?row=t1_r6", headers=HTML).text.split())
    assert "повторение" in page


def test_entries_of_an_actor_stand_under_their_documents(client: TestClient) -> None:
    page = client.get("/bodies/tomsk-obl_toipkro", headers=HTML).text
    headings = re.findall(r'<tr class="group"><th colspan="5" scope="rowgroup"><a href="/roadmaps/([^"]+)"', page)
    assert len(headings) == len(set(headings)) > 1


@pytest.mark.parametrize("query", ["cell=%22%3E%3Cscript%3E", "version=../../etc", "version=abcdef123456", "cell=t1"])
def test_a_senseless_place_in_a_document_is_not_found(client: TestClient, query: str) -> None:
    assert client.get(f"/roadmaps/tomsk-obl-nastav?{query}", headers=HTML).status_code == 404


def test_an_entry_is_shown_as_printed_and_as_read(client: TestClient) -> None:
    page = client.get(ACTIVITY, headers=HTML).text
    assert "Как напечатано" in page
    assert "Май 2020, далее постоянно" in page
    assert 'href="/roadmaps/tomsk-obl-nastav?cell=t1_r3_c5#t1_r3_c5"' in page
