from __future__ import annotations

import csv
import io
import re
from html import unescape

import pytest
from fastapi.testclient import TestClient
from icalendar import Calendar

from tests.api.test_pages import HTML, links_of

WHO = {"answer": "who-is-responsible", "theme": "mentoring"}


def rows_of(client: TestClient, **asked: str) -> list[dict[str, str]]:
    text = client.get("/timeline.csv", params=asked).text
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_timeline_shows_all_activities_first(client: TestClient) -> None:
    page = client.get("/timeline", params={"day": "2022-03-01"}, headers=HTML).text
    assert "149 мероприятий" in unescape(page)
    assert page.count('class="row') == 100
    assert "1–100 из 149" in page
    assert 'class="today"' in page
    assert links_of(page).dangers == []
    second = client.get("/timeline", params={"day": "2022-03-01", "page": "2"}, headers=HTML).text
    assert second.count('class="row') == 49


def test_many_rows_are_drawn_in_pieces_with_a_head_each_and_none_is_lost(client: TestClient) -> None:
    asked = {"day": "2022-03-01", "rows": "2000", "group": "section"}
    page = client.get("/timeline", params=asked, headers=HTML).text
    pieces = page.split('<div class="piece">')[1:]
    assert [piece.count('class="row') for piece in pieces] == [100, 49]
    assert all('class="year"' in piece and 'class="group"' in piece and 'class="today"' in piece for piece in pieces)
    names = re.findall(r' id="([^"]+)"', page)
    assert len(names) == len(set(names))
    # One axis for all of them.
    heads = [re.findall(r'<text class="year" x="[^"]+" y="32">\d{4}', piece) for piece in pieces]
    assert heads[0] == heads[1]


def test_the_table_says_what_the_drawing_says(client: TestClient) -> None:
    asked = {"roadmap": "khorol-mo-nms", "day": "2022-03-01"}
    drawn = client.get("/timeline", params=asked, headers=HTML).text
    table = client.get("/timeline", params=asked | {"view": "table"}, headers=HTML).text
    assert set(re.findall(r'href="(/activities/[^"]+)"', drawn)) == set(
        re.findall(r'href="(/activities/[^"]+)"', table)
    )
    assert drawn.count('class="row passed"') == table.count('class="state passed">срок прошёл</span></td>')


def test_filters_narrow(client: TestClient) -> None:
    every = rows_of(client)
    assert len(every) == 149
    roadmap = rows_of(client, roadmap="khorol-mo-nms")
    assert len(roadmap) == 59
    body = rows_of(client, body="tomsk-obl_toipkro")
    assert body
    assert all("Томский областной институт" in row["actors"] for row in body)
    themed = rows_of(client, theme="mentoring", roadmap="khorol-mo-nms")
    assert 0 < len(themed) < 59
    one = rows_of(client, activity="khorol-mo-nms_1_1")
    assert [row["start"] for row in one] == ["2021-09-01"]


def test_filters_of_the_list_pages_hold_here_too(client: TestClient) -> None:
    for query in (
        "level=region&year=2021",
        "actor=body:tomsk-obl_toipkro",
        "roadmap=!khorol-mo-nms",
        "territory=tambov-obl",
    ):
        listed = client.get(f"/activities.csv?{query}").text.strip().split("\r\n")
        shown = client.get(f"/timeline.csv?{query}").text.strip().split("\r\n")
        assert len(shown) == len(listed) > 1, query
    page = client.get("/timeline?territory=tambov-obl", headers=HTML).text
    assert 'class="chips"' in page


def test_days_leave_out_what_does_not_fall_into_them_and_count_the_undated(client: TestClient) -> None:
    may = rows_of(client, **{"from": "2021-05-01", "to": "2021-05-31"})
    assert {"tambov-obl-nms_1_4_b"} <= {row["activity"].rsplit("/", 1)[1] for row in may}
    assert all(row["start"] <= "2021-05-31" for row in may)
    page = client.get("/timeline", params={"from": "2021", "to": "2021", "day": "2021-06-01"}, headers=HTML).text
    assert re.search(r"\d+ без даты не показан", page)


def test_the_activities_of_an_answer_are_a_selection(client: TestClient) -> None:
    assert len(rows_of(client, **WHO)) == 35
    page = client.get("/timeline", params=WHO, headers=HTML).text
    assert "<h1>Кто отвечает за мероприятия темы?</h1>" in page
    calendar = Calendar.from_ical(client.get("/timeline.ics", params=WHO).content)
    assert "Кто отвечает" in str(calendar["x-wr-calname"])
    drawn = [
        client.get(f"/questions/who-is-responsible?view=timeline&page={number}", headers=HTML).text for number in (1, 2)
    ]
    assert [page.count('class="row') for page in drawn] == [30, 5]


@pytest.mark.parametrize("group", ["roadmap", "section", "body", "theme", "none", "nonsense"])
def test_rows_stand_in_groups_with_their_counts(client: TestClient, group: str) -> None:
    page = client.get("/timeline", params={"group": group, "roadmap": "tomsk-obl-nastav"}, headers=HTML)
    assert page.status_code == 200
    headings = re.findall(r'class="figure end"[^>]*>(\d+)<', page.text)
    rows = page.text.count('class="row')
    assert (sum(map(int, headings)) == rows) if group != "none" else headings == []


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"from": "вчера"}, 400),
        ({"day": "9999-12-31"}, 400),
        ({"to": "0001-01-01"}, 400),
        ({"roadmap": "nowhere"}, 404),
        ({"body": "<script>"}, 404),
        ({"answer": "nothing"}, 404),
        ({"answer": "who-is-responsible", "nonsense": "1"}, 400),
        ({"page": "999", "rows": "99999", "scale": "x"}, 200),
        ({"from": "2024-01-01", "to": "2021-01-01"}, 200),
    ],
)
def test_a_value_that_does_not_fit_is_told(client: TestClient, asked: dict[str, str], status: int) -> None:
    for address in ("/timeline", "/timeline.csv", "/timeline.ics"):
        answer = client.get(address, params=asked, headers=HTML)
        assert answer.status_code == status, address
        assert "<script>" not in answer.text.replace("<script ", "")


def test_the_permanent_link_holds_the_day(client: TestClient) -> None:
    page = client.get("/timeline", params={"roadmap": "khorol-mo-nms"}, headers=HTML).text
    assert re.search(r'href="/timeline\?roadmap=khorol-mo-nms&amp;day=\d{4}-\d\d-\d\d" rel="bookmark"', page)


def test_hostile_texts_stay_texts(hostile_client: TestClient) -> None:
    for address in ("/timeline", "/timeline?view=table", "/timeline?group=body"):
        page = hostile_client.get(address, headers=HTML).text
        assert links_of(page).dangers == []
        assert "<script>alert" not in page
        assert "onerror=" not in page.replace("onerror=&#34;", "")
    assert "'=HYPERLINK" in hostile_client.get("/timeline.csv").text
