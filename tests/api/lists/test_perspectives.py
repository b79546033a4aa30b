from __future__ import annotations

import csv
import io
import re

import pytest
from fastapi.testclient import TestClient

from api.language import alphabetical
from api.lists.selection import FACETS

HTML = {"Accept": "text/html"}
# One selection of each list with what stands against it in the source documents.
SELECTIONS = {
    "activities": ("theme=mentoring&roadmap=!tomsk-obl-nastav", "q=наставник", "year=2021&level=region", "year=!2021"),
    "bodies": ("theme=mentoring&roadmap=tomsk-obl-nastav", "role=!responsible", "type=Person", "territory=!tomsk-obl"),
    "themes": ("level=municipality", "roadmap=!tambov-obl-nms", "broader=mentoring", "year=2023&territory=tomsk-obl"),
    "indicators": ("unit=percent", "theme=mentoring&year=2022", "unit=!percent", "q=доля педагогов"),
    "territories": ("theme=mentoring", "within=tomsk-obl", "level=!region", "roadmap=khorol-mo-nms"),
    "roadmaps": ("level=region", "territory=!tomsk-obl", "year=2021", "theme=mentoring&actor=body:tomsk-obl_toipkro"),
}
CASES = [(name, query) for name, queries in SELECTIONS.items() for query in ("", *queries)]


def rows(client: TestClient, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.text)))


@pytest.mark.parametrize(("name", "query"), CASES)
def test_page_file_and_query_hold_the_same_selection(client: TestClient, name: str, query: str) -> None:
    listed = {row["iri"] for row in rows(client, f"/{name}.csv?{query}")}
    page = client.get(f"/{name}?{query}", headers=HTML).text
    count = re.search(r'<span class="count" aria-live="polite">([\d\s\xa0]+)</span>', page)
    assert count
    assert int(re.sub(r"\D", "", count[1])) == len(listed)
    sparql = re.search(r'href="(/sparql\?query=[^"]+)"', page)
    assert sparql
    found = client.get(sparql[1].replace("&amp;", "&"), headers={"Accept": "application/sparql-results+json"}).json()
    variable = found["head"]["vars"][0]
    assert {binding[variable]["value"] for binding in found["results"]["bindings"]} == listed
    assert listed or query not in {"", SELECTIONS[name][0]}


def test_the_lists_hold_what_the_five_documents_hold(client: TestClient) -> None:
    assert {name: len(rows(client, f"/{name}.csv")) for name in ("roadmaps", "activities", "bodies", "indicators")} == {
        "roadmaps": 5,
        "activities": 149,
        "bodies": 37,
        "indicators": 70,
    }
    mentoring = rows(client, "/activities.csv?theme=mentoring")
    assert len(mentoring) == 35
    toipkro = next(
        row for row in rows(client, "/bodies.csv?theme=mentoring") if row["iri"].endswith("tomsk-obl_toipkro")
    )
    behind = rows(client, "/activities.csv?actor=body%3Atomsk-obl_toipkro&theme=mentoring")
    assert int(toipkro["activities"]) == len(behind) > 0


@pytest.mark.parametrize("name", FACETS)
def test_every_count_of_a_facet_is_what_its_value_leaves(client: TestClient, name: str) -> None:
    page = client.get(f"/{name}", headers=HTML).text
    values = re.findall(r'name="([a-z]+)" value="([^"!]+)"> <span>[^<]*</span></label> <b>(\d+)</b>', page)
    assert values
    for facet, value, count in values[::5]:
        assert len(rows(client, f"/{name}.csv?{facet}={value}")) == int(count), (facet, value)


def test_chosen_values_stand_above_the_table_and_can_be_removed(client: TestClient) -> None:
    page = client.get("/activities?theme=mentoring&level=%21municipality&q=план&sort=-deadline", headers=HTML).text
    chips = re.findall(r'<li><a href="(/activities[^"]*)"[^>]*aria-label="Убрать: ([^"]+)"', page)
    assert [label for _, label in chips] == ["наставничество", "муниципальный", "план"]
    assert chips[0][0] == "/activities?level=%21municipality&amp;q=%D0%BF%D0%BB%D0%B0%D0%BD&amp;sort=-deadline"
    assert "Убрать всё" in page


def test_the_address_of_a_fragment_holds_only_what_was_chosen(client: TestClient) -> None:
    answer = client.get("/bodies?theme=mentoring&q=&find.theme=&sort=", headers=HTML | {"HX-Request": "true"})
    assert answer.headers["hx-push-url"] == "/bodies?theme=mentoring"


def test_searching_inside_a_facet_shows_values_that_are_not_among_the_first(client: TestClient) -> None:
    address = "/activities?find.actor=департамент"
    page = client.get(address, headers=HTML).text
    facet = page[page.index('id="facet-actor"') :]
    facet = facet[: facet.index("</details>")]
    labels = re.findall(r"<span>([^<]*)</span>", facet)
    assert labels
    assert all("департамент" in label.lower() for label in labels)


def test_a_value_nobody_knows_leaves_nothing_and_says_so(client: TestClient) -> None:
    page = client.get("/activities?theme=nothing-such&year=x", headers=HTML)
    assert page.status_code == 200
    assert "Всем условиям не отвечает ничего" in page.text
    assert client.get("/activities.ttl?theme=nothing-such").status_code == 200
    assert rows(client, "/activities.csv?theme=nothing-such") == []


def test_long_lists_are_turned_by_pages(client: TestClient) -> None:
    first = client.get("/activities", headers=HTML).text
    assert len(re.findall(r"<tr><td", first)) == 100
    assert "Страница 1 из 2" in first
    last = client.get("/activities?page=9", headers=HTML).text
    assert len(re.findall(r"<tr><td", last)) == 49
    assert 'rel="prev"' in last


def test_other_views_take_the_conditions_that_they_understand(client: TestClient) -> None:
    page = client.get("/activities?theme=mentoring&deadline=recurrence", headers=HTML).text
    assert re.search(r'<a href="/networks\?theme=mentoring">Сеть</a> <small class="quiet">без условий: Вид срока', page)


def test_turtle_states_what_the_data_state_of_the_things(client: TestClient) -> None:
    text = client.get("/roadmaps.ttl?territory=tambov-obl").text
    assert "tambov-obl-nms" in text
    assert "tomsk-city-model" not in text


def test_indicators_of_one_document_stand_together(client: TestClient) -> None:
    text = client.get("/indicators").text
    groups = re.findall(r'<tr class="group">.*?</tr>', text, re.DOTALL)
    assert len(groups) == len(set(groups)) == 4


def test_indicators_of_one_document_stand_in_the_order_of_their_names(client: TestClient) -> None:
    listed = [(row["document"], alphabetical(row["name"])) for row in rows(client, "/indicators.csv")]
    documents = list(dict.fromkeys(document for document, _ in listed))
    assert listed == sorted(listed, key=lambda pair: (documents.index(pair[0]), pair[1]))


@pytest.mark.parametrize(
    ("path", "taken"),
    [
        ("/activities", "theme, level,"),
        ("/timeline", "roadmap, body,"),
        ("/compare", "rows, columns,"),
        ("/quality", "rule, "),
    ],
)
def test_a_filter_that_is_none_is_told_on_the_page_and_refused_where_data_are_asked_for(
    client: TestClient, path: str, taken: str
) -> None:
    answer = client.get(f"{path}?statuss=x&lang=ru", headers=HTML)
    assert answer.status_code == 200
    assert "По «statuss» ничего не отобрано: эта страница понимает только" in answer.text
    assert taken in answer.text
    assert f'href="{path}?lang=ru">Убрать из адреса' in answer.text
    for suffix in (".csv", ".json"):
        refused = client.get(f"{path}{suffix}?statuss=x&lang=ru")
        assert refused.status_code == 400
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.json()["parameter"] == "statuss"
        assert taken in refused.json()["detail"]
        # What the page offers as its data is its selection.
        assert f"{path}{suffix}?statuss" not in answer.text
    asked_for_json = client.get(f"{path}?statuss=x", headers={"Accept": "application/json"})
    assert asked_for_json.status_code == 400


def test_a_slip_of_the_pen_is_told_with_what_may_be_meant_and_never_as_markup(client: TestClient) -> None:
    page = client.get("/activities?themes=mentoring&%3Cb%3E=1&lang=ru", headers=HTML).text
    assert "По «themes» (→ theme), «&lt;b&gt;» ничего не отобрано" in page
    many = client.get("/activities?" + "&".join(f"x{number}{'y' * 90}=1" for number in range(30)), headers=HTML).text
    assert "y" * 41 not in many[many.index('class="note"') :].split("<a ")[0]


def test_what_other_sites_add_to_a_link_is_no_filter(client: TestClient) -> None:
    for added in ("utm_source=letter&utm_medium=email", "yclid=1", "fbclid=1", "_openstat=1"):
        page = client.get(f"/activities?theme=mentoring&{added}", headers=HTML).text
        assert "ничего не отобрано" not in page
        assert 'href="/activities.csv?theme=mentoring"' in page
        assert len(rows(client, f"/activities.csv?theme=mentoring&{added}")) == 35


@pytest.mark.parametrize(
    "path", ["/questions/who-is-responsible?theme=mentoring&", "/networks?", "/timeline?answer=who-is-responsible&"]
)
def test_a_link_that_went_through_other_sites_works_also_where_unknown_parameters_are_refused(
    client: TestClient, path: str
) -> None:
    assert client.get(f"{path}utm_source=letter&yclid=1", headers=HTML).status_code == 200
    assert client.get(f"{path}statuss=1", headers=HTML).status_code == 400


def test_every_parameter_that_a_list_takes_is_none_to_be_told(client: TestClient) -> None:
    for name, facets in FACETS.items():
        names = [facet.name for facet in facets]
        asked = "&".join([*(f"find.{facet}=a" for facet in names), "q=а", "sort=name", "page=1", "lang=ru"])
        assert "ничего не отобрано" not in client.get(f"/{name}?{asked}", headers=HTML).text
