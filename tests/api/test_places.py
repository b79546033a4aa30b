"""Places in documents are told in the language of the reader, and understood in both."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from api.language import read_language
from api.places import place_in, place_of_data

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

HTML = {"Accept": "text/html"}
PLACES = {
    "таблица 2, строка 5, столбец 3": "table 2, row 5, column 3",
    "с. 3, таблица 1, строка 2, столбец 4": "p. 3, table 1, row 2, column 4",
    "строка 9": "line 9",
    "строки 9–12": "lines 9–12",
    "строка 9, ячейка 2": "line 9, cell 2",
    "001_86.txt, строка 9; строка 11": "001_86.txt, line 9; line 11",
    "Лист1!B7": "Лист1!B7",
    # Names of files are nobody's address.
    "План, строка 5.txt, строка 7": "План, строка 5.txt, line 7",
    "": "",
}


@pytest.mark.parametrize(("russian", "english"), PLACES.items())
def test_an_address_has_the_words_of_the_reader(russian: str, english: str) -> None:
    assert place_in(read_language("en"), russian) == english
    assert place_in(read_language("ru"), russian) == russian
    assert place_of_data(english) == russian
    assert place_of_data(russian) == russian


@pytest.mark.parametrize(
    "address",
    [
        "/activities/tomsk-obl-nastav_2_3",
        "/bodies/tomsk-obl_toipkro",
        "/questions/who-is-responsible",
        "/quality?rule=left-out",
        "/roadmaps/tomsk-obl-nastav?row=t1_r9",
    ],
)
def test_no_english_page_has_a_russian_address(client: TestClient, address: str) -> None:
    found = re.compile(r"(?:строка|строки|столбец|таблица|ячейка) \d")
    russian = client.get(address, params={**_query(address), "lang": "ru"}, headers=HTML).text
    english = client.get(address, params={**_query(address), "lang": "en"}, headers=HTML).text
    client.cookies.clear()
    assert found.search(russian) or "quality" in address
    assert not found.findall(english)
    assert re.search(r"(?:line|lines|row|column|table) \d", english) or "quality" in address


def _query(address: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in address.partition("?")[2].split("&") if pair)


def test_the_data_keep_the_address_as_it_was_stored(client: TestClient) -> None:
    rows = client.get("/api/questions/who-is-responsible?lang=en").json()["rows"]
    assert any("строка" in str(row.get("place")) for row in rows)
