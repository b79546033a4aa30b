from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat

from graph.errors import VersionGoneError
from graph.search import Found, SearchIndex
from graph.search_entries import KINDS, Entry, read_entries
from graph.search_indexes import SearchIndexes
from graph.snapshots import Snapshot
from graph.store import Store
from ontology.vocabulary import RDFS, VEKHA

ID = "https://w3id.org/vekha/id/"
MENTORING = "https://w3id.org/vekha/scheme/theme/mentoring"


@pytest.fixture(scope="module")
def index(five_roadmaps: Snapshot) -> SearchIndex:
    return SearchIndex.of(five_roadmaps)


def first(found: Found) -> str:
    return found.hits[0].label


def labels(found: Found, kind: str) -> list[str]:
    return [hit.label for hit in found.hits if hit.kind == kind]


def test_a_theme_finds_what_other_words_of_its_root_say(index: SearchIndex) -> None:
    found = index.search("наставничество", limit=100)
    assert (found.hits[0].iri, found.hits[0].exact) == (MENTORING, True)
    assert any("наставнических пар" in label for label in labels(found, "activity"))
    assert any("наставников" in label for label in labels(found, "activity"))
    assert found.counts["activity"] == len(labels(found, "activity")) == 33
    assert found.reading == "words"


@pytest.mark.parametrize("text", ["ТОИПКРО", "тоипкро", "  тоипкро. "])
def test_an_abbreviation_finds_those_who_are_called_so_first(index: SearchIndex, text: str) -> None:
    found = index.search(text)
    exact = [hit.iri for hit in found.hits if hit.exact]
    assert set(exact) == {f"{ID}body/tambov-obl_toipkro", f"{ID}body/tomsk-obl_toipkro"}
    assert [hit.iri for hit in found.hits[:2]] == exact


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Томская область", "Томская область"),
        ("томской обл.", "Томская область"),
        ("ДЕПАРТАМЕНТ ОБЩЕГО ОБРАЗОВАНИЯ ТОМСКОЙ ОБЛАСТИ", "Департамент общего образования Томской области"),
        ("Департаменту общего образования Томской области", "Департамент общего образования Томской области"),
        ("департамент общего обр", "Департамент общего образования Томской области"),
        ("ДООТО", "Департамент общего образования Томской области"),
        ("МБОУ СОШ", "МБОУ СОШ пгт Ярославский"),
        ("сош благодатное", "МКОУ СОШ с. Благодатное"),
        ("средняя школа Благодатное", "МКОУ СОШ с. Благодатное"),
        ("Кожевникова", "Кожевникова И.В."),
        ("И.В. Кожевникова", "Кожевникова И.В."),
        ("Кожевникова Ирина", "Кожевникова И.В."),
        ("наставн", "наставничество"),
    ],
)
def test_what_people_type_finds_what_they_mean(index: SearchIndex, text: str, label: str) -> None:
    found = index.search(text)
    assert label in [hit.label for hit in found.hits[:3]]
    assert found.reading == "words"


@pytest.mark.parametrize(
    ("text", "reading", "label"),
    [
        ("наставничиство", "slips", "наставничество"),
        ("методичиская слжба", "slips", "методическая служба"),
        ("yfcnfdybxtcndj", "keyboard", "наставничество"),
        ("NJBGRHJ", "keyboard", "Томский областной институт повышения квалификации"),
        ("nastavnichestvo", "sounds", "наставничество"),
        ("Khorol", "words", "МБОУ школа № 1 с. Хороль"),
        ("tomskaya oblast", "sounds", "Томская область"),
    ],
)
def test_slips_keyboards_and_latin_letters(index: SearchIndex, text: str, reading: str, label: str) -> None:
    found = index.search(text)
    assert found.reading == reading
    assert any(hit.label.startswith(label) for hit in found.hits)


def test_a_name_in_latin_letters_does_not_hide_those_in_russian_alone(index: SearchIndex) -> None:
    institutes = {f"{ID}body/tambov-obl_toipkro", f"{ID}body/tomsk-obl_toipkro"}
    for text in ("toipkro", "TOIPKRO"):
        assert institutes < {hit.iri for hit in index.search(text).hits}
    assert index.search("toipkro институт").total >= len(institutes)
    # A number in the question is no name in Latin letters.
    assert index.search("школа 2 Хороль").hits[0].label == "МБОУ школа № 2 с. Хороль"


def test_a_dictionary_word_and_its_yo_are_one(index: SearchIndex) -> None:
    assert index.search("учёба").counts == index.search("учеба").counts != {}


def test_marks_are_the_words_that_fit(index: SearchIndex) -> None:
    [hit] = [hit for hit in index.search("наставн").hits if hit.iri == MENTORING]
    assert [hit.label[start:end] for start, end in hit.marks] == ["наставничество"]
    found = index.search("ТОИПКРО", kinds=["activity"], limit=100)
    [excerpt] = {hit.excerpt for hit in found.hits if hit.excerpt == "ТОИПКРО"}
    assert excerpt
    assert all(hit.marks or hit.excerpt_marks for hit in found.hits)
    assert {hit.context for hit in found.hits} > {""} or all(hit.context for hit in found.hits)


@pytest.mark.parametrize(
    "text", ["", "   ", "«»", "\x00", "…!?", "абракадабрус", '?*:"(AND OR)^~[a TO b]{}/x/\\', "<script>"]
)
def test_what_means_nothing_finds_nothing(index: SearchIndex, text: str) -> None:
    found = index.search(text)
    assert (found.hits, found.counts, found.total) == ((), {}, 0)


def test_a_long_text_is_no_burden(index: SearchIndex) -> None:
    assert index.search("наставник " * 10_000).total > 0
    assert index.search("ф" * 10_000).total == 0


def test_kinds_and_pages(index: SearchIndex) -> None:
    everything = index.search("наставник", kinds=["activity"], limit=100)
    assert {hit.kind for hit in everything.hits} == {"activity"}
    assert set(everything.counts) > {"activity", "theme"}
    pages = [index.search("наставник", kinds=["activity"], limit=10, offset=offset).hits for offset in (0, 10, 20, 30)]
    assert [hit for page in pages for hit in page] == list(everything.hits)


def test_english_names(index: SearchIndex) -> None:
    found = index.search("mentoring", language="en")
    assert (first(found), found.hits[0].exact) == ("mentoring", True)


def test_a_search_in_sparql_guesses_nothing(index: SearchIndex) -> None:
    mentoring, count = index.matching("наставничество", 1000)
    assert len(mentoring) == count == 71
    assert MENTORING in mentoring
    assert index.matching("наставничество", 5) == (mentoring[:5], 71)
    assert index.matching("наставничиство", 10) == ([], 0)
    assert index.matching("наставн", 10) == ([], 0)
    assert index.matching("наставн*", 100)[1] > 30
    pairs, count = index.matching("наставнических пар", 10)
    assert count == 3
    assert set(pairs) <= set(mentoring)
    assert index.matching("  ", 10) == ([], 0)


def test_entries_are_read_in_one_order(five_roadmaps: Snapshot) -> None:
    entries = read_entries(five_roadmaps)
    assert entries == read_entries(five_roadmaps)
    assert {entry.kind for entry in entries} == set(KINDS) - {"question"}
    [office] = [entry for entry in entries if entry.iri == f"{ID}body/tomsk-obl_toipkro"]
    assert "ТОИПКРО" in office.aliases
    assert office.names.keys() == {"ru", "en"}


def test_questions_are_found_beside_the_data(five_roadmaps: Snapshot) -> None:
    question = Entry("question:who", "question", {"ru": "Кто отвечает за наставничество?", "en": "Who mentors?"})
    index = SearchIndex.of(five_roadmaps, [question])
    assert [hit.iri for hit in index.search("кто отвечает").hits if hit.kind == "question"] == ["question:who"]
    assert "question:who" not in index.matching("наставничество", 1000)[0]


def test_things_of_one_name_are_told_apart_by_their_place_and_then_by_a_number() -> None:
    def place(key: str, name: str, within: str | None, *numbers: str) -> Entry:
        return Entry(f"{ID}territory/{key}", "territory", {"ru": name}, context=within, numbers=list(numbers))

    def school(key: str, place: str, *numbers: str) -> Entry:
        return Entry(
            f"{ID}body/{key}", "body", {"ru": "Школа № 1"}, context=f"{ID}territory/{place}", numbers=list(numbers)
        )

    country, perm, tomsk = (f"{ID}territory/{key}" for key in ("ru", "perm", "tomsk"))
    index = SearchIndex(
        1,
        [
            place("ru", "Россия", None),
            place("perm", "Пермский край", country, "ОКТМО 57000000"),
            place("tomsk", "Томская область", country),
            place("north-perm", "Северный округ", perm, "ОКТМО 57500000"),
            place("north-tomsk", "Северный округ", tomsk, "ОКТМО 69500000"),
            school("perm", "north-perm", "ОГРН 1025900000001"),
            school("tomsk-1", "north-tomsk", "ОГРН 1027000000001"),
            school("tomsk-2", "north-tomsk", "ОГРН 1027000000002"),
            school("tomsk-3", "tomsk"),
        ],
    )

    def told(text: str) -> dict[str, str]:
        return {hit.iri.rpartition("/")[2]: hit.context for hit in index.search(text).hits}

    assert told("Северный округ") == {"north-perm": "Пермский край", "north-tomsk": "Томская область"}
    assert told("Школа № 1") == {
        "perm": "Северный округ, Пермский край",
        "tomsk-1": "Северный округ, Томская область, ОГРН 1027000000001",
        "tomsk-2": "Северный округ, Томская область, ОГРН 1027000000002",
        "tomsk-3": "Томская область",
    }
    assert told("Пермский край") == {"perm": ""}


def test_a_municipality_is_shown_with_its_region(index: SearchIndex) -> None:
    [hit] = [hit for hit in index.search("Хорольский муниципальный округ").hits if hit.kind == "territory"]
    assert hit.context == "Приморский край"
    [region] = [hit for hit in index.search("Томская область").hits if hit.kind == "territory" and hit.exact]
    assert region.context == ""


def test_searches_at_once_agree(index: SearchIndex) -> None:
    wanted = index.search("мониторинг качества", limit=50)
    found: list[Found] = []
    threads = [
        threading.Thread(target=lambda: found.append(index.search("мониторинг качества", limit=50))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [wanted] * 8


def test_indexes_follow_the_versions(tmp_path: Path) -> None:
    with Store.open(tmp_path, rules=[], dataset="plain") as store, SearchIndexes(store.versions) as indexes:
        for name in ("первый", "второй"):
            data = f"<{ID}activity/1> a {VEKHA.Activity} ; {RDFS.label} '{name} конкурс' ."
            store.put_graph(None, data.encode(), RdfFormat.TURTLE)
            version = store.snapshot().version
            index = indexes.of(version)
            assert (index.version, index.search("конкурс").hits[0].label) == (version, f"{name} конкурс")
            assert indexes.of(version) is index
            deadline = time.monotonic() + 600
            while indexes.newest().version < version:
                assert time.monotonic() < deadline
                time.sleep(0.05)
        with pytest.raises(VersionGoneError):
            indexes.of(version + 1)
