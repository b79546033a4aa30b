from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from api.things.activities import likeness

HTML = {"Accept": "text/html"}


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page[page.index("<main") :]).split())


def page_of(client: TestClient, slug: str, **query: str) -> str:
    response = client.get(f"/activities/{slug}", headers=HTML, params=query)
    assert response.status_code == 200
    assert len(response.content) < 100_000
    return response.text


def test_an_activity_is_told_in_one_line(client: TestClient) -> None:
    page = page_of(client, "tomsk-obl-nastav_1_3")
    chain = text_of("<main>" + page[page.index('<dl class="chain"') : page.index("</dl>")])
    # Row D1/1.3 of the seed table: five actors, a month and what follows it, five targets.
    for words in (
        "Департамент общего образования Томской области",
        "Руководители образовательных организаций Томской области",
        "01.05.2020 – 31.05.2020",
        "с 01.06.2020",
        "Наличие раздела на сайте с содержательным наполнением",
        "2020: 21",
        "2024: 335",
    ):
        assert words in chain, words
    assert chain.index("кто") < chain.index("что") < chain.index("когда") < chain.index("результат")


def test_an_activity_is_quoted_with_its_places(client: TestClient) -> None:
    page = page_of(client, "tomsk-obl-nastav_1_3")
    assert "<blockquote>Май 2020, далее постоянно</blockquote>" in page
    assert 'href="/roadmaps/tomsk-obl-nastav?cell=t1_r3_c5#t1_r3_c5"' in page
    assert "001_86a2010b6c35da95.txt, строка 10, столбец 5" in page


def test_an_actor_is_told_with_the_words_it_was_read_from(client: TestClient) -> None:
    page = page_of(client, "tomsk-obl-nastav_1_3")
    assert re.search(r'<a href="/id/mention/tomsk-obl-nastav_[^"]+"><q lang="ru">ДО ТОО</q></a>', page)


def test_a_theme_says_why(client: TestClient) -> None:
    # D4/2.3 is about mentoring only by its section; D1/1.3 by its text.
    assert "наставничество — основание: раздел" in text_of(page_of(client, "khorol-mo-nms_2_3"))
    assert "наставничество — основание: текст" in text_of(page_of(client, "tomsk-obl-nastav_1_3"))


def test_occurrences_stand_on_a_line_of_years(client: TestClient) -> None:
    # D2/1.18: November of 2021 to 2024.
    page = page_of(client, "tambov-obl-nms_1_18")
    drawn = page[page.index('aria-labelledby="spans-title"') : page.index("</svg>")]
    assert drawn.count('class="bar"') == 4
    assert [year for year in range(2020, 2026) if f">{year}</text>" in drawn] == [2020, 2021, 2022, 2023, 2024]


def test_identical_activities_stand_first(client: TestClient) -> None:
    # Q45: D4/1.3 and D4/2.3 are the same in all cells.
    page = page_of(client, "khorol-mo-nms_1_3")
    similar = page[page.index('id="similar"') :]
    first = similar[similar.index("<tbody>") : similar.index("</tr>", similar.index("<tbody>"))]
    assert 'href="/activities/khorol-mo-nms_2_3"' in first
    assert "дословно" in first


def test_parts_and_their_whole_lead_to_each_other(client: TestClient) -> None:
    assert 'href="/activities/tomsk-obl-mr_14_4"' in page_of(client, "tomsk-obl-mr_14")
    assert 'href="/activities/tomsk-obl-mr_14"' in page_of(client, "tomsk-obl-mr_14_1")


def test_what_to_check_is_told_in_both_languages(client: TestClient) -> None:
    # D0/3 has a training course in its deadline column.
    assert "Нечего" not in text_of(page_of(client, "tomsk-obl-mr_3"))
    assert "Nothing: all was read with certainty" in text_of(page_of(client, "tomsk-obl-nastav_1_3", lang="en"))


@pytest.mark.parametrize(
    ("first", "second", "share"),
    [
        ("Подготовка наставников", "подготовка наставника", 1.0),
        ("Подготовка наставников", "Подготовка методистов", 0.5),
        ("Подготовка наставников", "Конкурс", 0.0),
        ("", "", 0.0),
    ],
)
def test_likeness_counts_common_words(first: str, second: str, share: float) -> None:
    assert likeness(first, second) == share
