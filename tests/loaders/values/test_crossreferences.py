from __future__ import annotations

import csv
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.values.crossreferences import find_references, named_in
from ontology.reference import Reference, load_reference
from tests.conftest import ROOT

TERRITORIES = {"D0": "tomsk-obl", "D1": "tomsk-obl", "D2": "tambov-obl", "D3": "tomsk-city", "D4": "khorol-mo"}


@cache
def reference() -> Reference:
    return load_reference()


def keys(text: str, territory: str = "ru") -> list[str]:
    return [named.entity.key for named in named_in(text, reference=reference(), territory=territory)]


@pytest.fixture(scope="module")
def found(shared: Path) -> dict[str, list[str]]:
    """Key → rows of the five documents that name it."""
    with (shared / "gold" / "seed-rows.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    result: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        columns = {"activity": row["activity"]}
        columns |= {kind: row[f"{kind}_cell"] for kind in ("result", "indicator", "assessment", "deadline")}
        for link in find_references(columns, reference=reference(), territory=TERRITORIES[row["id"][:2]]):
            assert link.raw in columns[link.column]
            key = link.iri.rpartition("/")[2]
            if row["id"] not in result[key]:
                result[key].append(row["id"])
    return result


def test_rows_that_refer_to_a_federal_register_or_platform(found: dict[str, list[str]]) -> None:
    federal = {key for key, system in reference().systems.items() if system.level == "federal"}
    assert sorted({row for key in federal for row in found.get(key, [])}) == ["D2/1.10", "D2/1.11", "D2/1.9"]


def test_rows_of_programmes(found: dict[str, list[str]]) -> None:
    assert found["tomsk-obl_teacher-of-the-future"] == ["D0/14", "D0/14.1", "D0/14.3", "D0/14.4"]
    assert found["ru_national-growth-system"] == ["D0/14", "D4/1.16", "D4/2.10"]
    assert found["ru_nms-system"] == ["D4/5.14"]
    assert found["ru_reporting-schedule"] == ["D0/14"]
    assert found["khorol-mo_uo-site"] == ["D4/1.12", "D4/2.8", "D4/2.12", "D4/3.6", "D4/4.7"]


def test_acts_and_assignments_of_the_tomsk_model() -> None:
    text = next((ROOT / "examples").glob("003_*.txt")).read_text(encoding="utf-8")
    named = keys(text, "tomsk-city")
    assert {key for key in named if key in reference().acts} == set(reference().acts) - {"tomsk-city_420r-2021-05-14"}
    assert named.count("tomsk-city_municipal-assignment") == 4
    assert named.count("tomsk-city_education") == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("в рамках национального проекта «Образование»", ["ru_education"]),
        ("НП «Образование», ФГОС", ["ru_education"]),
        ("регионального проекта «Современная школа»", ["ru_modern-school"]),
        ("федерального проекта «Учитель будущего»", ["ru_teacher-of-the-future-federal"]),
        ("на платформе https://dppo.edu.ru/", ["ru_dppo"]),
        ("материалы РЭШ и «Сферум»", ["ru_resh", "ru_sferum"]),
        ("по проекту «500+»", ["ru_500plus"]),
        ("образование и науки", []),
        ("муниципальное задание", []),
        ("от 31.02.2021 № 5", []),
        ("", []),
    ],
)
def test_programmes_and_systems_known_in_the_whole_country(text: str, expected: list[str]) -> None:
    assert keys(text) == expected


def test_a_common_noun_is_a_name_only_with_its_capital() -> None:
    assert keys("утвердить Концепцию", "tambov-obl") == ["tambov-obl_nms-concept"]
    assert keys("предметные концепции", "tambov-obl") == []
    assert keys("утвердить Концепцию", "tomsk-obl") == []


def test_the_text_is_kept_as_printed_with_its_quotes() -> None:
    links = find_references(
        {"indicator": "показатели регионального проекта «Учитель будущего», «Учитель будущего»"},
        reference=reference(),
        territory="tomsk-obl",
    )
    assert [(link.raw, link.column) for link in links] == [("регионального проекта «Учитель будущего»", "indicator")]


@given(st.text(max_size=80))
def test_spans_are_in_order_inside_the_text(text: str) -> None:
    position = 0
    for named in named_in(text, reference=reference(), territory="tomsk-city"):
        assert position <= named.start < named.end <= len(text)
        position = named.end
