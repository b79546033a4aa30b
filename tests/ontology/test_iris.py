from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Store

from ontology.iris import EntryPosition, Iris, Kind, UnsafeNameError, concept, entry_keys

SHA = "fb25edb59da06ebafe0c180cfed894ccbbfddb9e78b49ccf638367b64d0cfa12"
IRIS = Iris()

parts = st.from_regex(r"[a-z0-9]{1,6}(-[a-z0-9]{1,4}){0,2}", fullmatch=True)
keys = st.lists(parts, min_size=1, max_size=3).map("_".join)
hashes = st.text("0123456789abcdef", min_size=64, max_size=64)
numbers = st.one_of(st.none(), st.from_regex(r"[0-9]{1,2}(\.[0-9]{1,2}){0,2}\.?", fullmatch=True), st.text(max_size=6))
positions = st.lists(
    st.builds(
        EntryPosition,
        section=st.lists(st.from_regex(r"[0-9]{1,2}", fullmatch=True), max_size=2).map(tuple),
        number=numbers,
        ordinal=st.integers(1, 99),
    ),
    max_size=30,
)


@pytest.mark.parametrize(
    ("roadmap", "position", "expected"),
    [
        ("tomsk-obl-nastav", EntryPosition(("2",), "3.", 3), "tomsk-obl-nastav_2_3"),
        ("khorol-mo-nms", EntryPosition(("5",), None, 15), "khorol-mo-nms_5_15"),
        ("tambov-obl-nms", EntryPosition(("1",), "1.11", 12), "tambov-obl-nms_1_11"),
        ("tomsk-obl-mr", EntryPosition((), "14.1", 15), "tomsk-obl-mr_14_1"),
        ("tomsk-city-model", EntryPosition((), "12", 10), "tomsk-city-model_12"),
        ("a", EntryPosition(("2", "2.1"), "2.1.3", 1), "a_2_1_3"),
        ("a", EntryPosition(("2", "1"), "3", 1), "a_2_1_3"),
        ("a", EntryPosition((), "2.б)", 1), "a_2_b"),
        ("a", EntryPosition((), "№ 5", 7), "a_5"),
        ("a", EntryPosition((), "—", 7), "a_7"),
    ],
)
def test_an_activity_is_named_by_section_and_number(roadmap: str, position: EntryPosition, expected: str) -> None:
    assert IRIS.activity(roadmap, entry_keys([position])[0]).value == f"https://w3id.org/vekha/id/activity/{expected}"


def test_a_number_printed_twice_gets_a_letter() -> None:
    rows = [EntryPosition(("1",), "1.4.", 4), EntryPosition(("1",), "1.4.", 5), EntryPosition(("1",), "1.5", 6)]
    assert entry_keys(rows) == ["1_4", "1_4_b", "1_5"]


def test_a_printed_number_wins_over_an_ordinal() -> None:
    assert entry_keys([EntryPosition((), None, 3), EntryPosition((), "3", 4)]) == ["3_b", "3"]


def test_the_hundredth_equal_number_still_has_a_key() -> None:
    rows = [EntryPosition((), "1", ordinal) for ordinal in range(1, 101)]
    assert len(set(entry_keys(rows))) == 100


@given(positions)
def test_no_two_entries_share_a_key_and_every_key_is_safe(rows: list[EntryPosition]) -> None:
    found = entry_keys(rows)
    assert len(found) == len(rows) == len(set(found))
    for key in found:
        assert IRIS.kind_and_key(IRIS.activity("a", key)) == ("activity", f"a_{key}")


@given(keys)
def test_a_thing_is_read_back_from_its_iri(key: str) -> None:
    kinds: list[Kind] = ["body", "group", "theme-assignment"]
    for kind in kinds:
        assert IRIS.kind_and_key(IRIS.thing(kind, key)) == (kind, key)


@given(st.tuples(parts, keys), st.tuples(parts, keys))
def test_different_activities_have_different_iris(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert (IRIS.activity(*one) == IRIS.activity(*other)) == (one == other)


@given(st.tuples(parts, hashes, st.integers(1, 99), st.integers(1, 99), st.integers(1, 9)), st.integers(1, 9))
def test_positions_in_a_version_are_told_apart(at: tuple[str, str, int, int, int], step: int) -> None:
    roadmap, sha256, table, row, column = at
    cell = IRIS.cell(roadmap, sha256, table, row, column)
    others = [
        IRIS.cell(roadmap, sha256, table + step, row, column),
        IRIS.cell(roadmap, sha256, table, row + step, column),
        IRIS.cell(roadmap, sha256, table, row, column + step),
        IRIS.row(roadmap, sha256, table, row),
        IRIS.mention(cell, step),
        IRIS.fragment(cell, step),
    ]
    assert len({cell, *others}) == 7


@given(parts, st.text(max_size=20), st.text(max_size=20))
def test_a_persons_iri_does_not_hold_the_name(roadmap: str, name: str, other: str) -> None:
    assume(name != other)
    iri = IRIS.person(roadmap, name)
    assert re.fullmatch(rf"https://w3id\.org/vekha/id/person/{roadmap}_[0-9a-f]{{8}}", iri.value)
    assert iri != IRIS.person(roadmap, other)


def test_an_activity_and_a_result_of_one_number_have_different_indicators() -> None:
    activity, result = IRIS.activity("tomsk-city-model", "1"), IRIS.result("tomsk-city-model", "1")
    assert IRIS.part_of(activity, "indicator", 1) != IRIS.part_of(result, "indicator", 1)
    assert IRIS.part_of(activity, "indicator", 1).value.endswith("/id/indicator/activity_tomsk-city-model_1_1")


@given(keys)
def test_local_names_need_no_escape_in_sparql(key: str) -> None:
    iri = IRIS.thing("activity", key)
    store = Store()
    store.update(
        f"INSERT DATA {{ activity:{key} a activity:{key} }}", prefixes={"activity": IRIS.namespace("activity")}
    )
    assert [quad.subject for quad in store] == [iri]


def test_each_kind_of_thing_has_its_place() -> None:
    cell = IRIS.cell("a", SHA, 1, 7, 4)
    mention = IRIS.mention(cell, 1)
    found = [
        IRIS.roadmap("a"),
        IRIS.section("a", ("2", "2.1")),
        IRIS.result("a", "1_3"),
        IRIS.form_item("a", 3, 2, 12),
        IRIS.provision("a", "4"),
        IRIS.passage("a", 5),
        IRIS.level_description("a", "hub"),
        IRIS.load("a", SHA),
        IRIS.table("a", SHA, 1),
        cell,
        mention,
        IRIS.resolution(mention),
        IRIS.footnote("a", SHA, 2),
        IRIS.provisional("tomsk-obl", "sovet-shkol"),
        IRIS.correction("a", "0a1b2c3d"),
        IRIS.author("Мария"),
        IRIS.author("!"),
    ]
    version = "a_fb25edb59da0"
    assert [iri.value.removeprefix("https://w3id.org/vekha/id/") for iri in found] == [
        "roadmap/a",
        "section/a_2_1",
        "result/a_1_3",
        "form-item/a_3_2_12",
        "provision/a_4",
        "passage/a_5",
        "level-description/a_hub_1",
        f"load/{version}",
        f"table/{version}_t1",
        f"cell/{version}_t1_r7_c4",
        f"mention/{version}_t1_r7_c4_m1",
        f"resolution/{version}_t1_r7_c4_m1",
        f"footnote/{version}_n2",
        "provisional/tomsk-obl_sovet-shkol",
        "correction/a_0a1b2c3d",
        "author/mariia_e7012497",
        "author/bb7208bc",
    ]


def test_a_name_of_no_known_kind_is_refused() -> None:
    with pytest.raises(UnsafeNameError, match="Unknown kind"):
        IRIS.thing("school", "a")  # type: ignore[arg-type]
    with pytest.raises(UnsafeNameError, match="Unknown graph"):
        IRIS.graph("school")  # type: ignore[arg-type]


@pytest.mark.parametrize("key", ["", "a.b", "Aa", "а", "a__b", "_a", "a-", "a b", "a/b", "a#b", "../x", "a>b", "a\n"])
def test_an_unsafe_name_is_refused(key: str) -> None:
    with pytest.raises(UnsafeNameError, match="safe"):
        IRIS.thing("body", key)


def test_a_roadmap_slug_holds_no_underscore() -> None:
    with pytest.raises(UnsafeNameError):
        IRIS.activity("a_1", "2")


def test_a_wrong_hash_or_owner_is_refused() -> None:
    with pytest.raises(UnsafeNameError, match="SHA-256"):
        IRIS.version("a", "abc")
    with pytest.raises(UnsafeNameError, match="Only"):
        IRIS.part_of(NamedNode("https://example.org/id/activity/a_1"), "indicator", 1)
    with pytest.raises(UnsafeNameError, match="cell"):
        IRIS.mention(IRIS.row("a", SHA, 1, 1), 1)


@pytest.mark.parametrize(
    "base", ["", "vekha", "https://example.org", "https://example.org/#", "https://a b/", "ftp://a/"]
)
def test_a_base_that_cannot_hold_names_is_refused(base: str) -> None:
    with pytest.raises(ValueError, match="base IRI"):
        Iris(base)


def test_the_base_moves_the_data_and_not_the_schemes() -> None:
    iris = Iris("https://example.org/plans/")
    assert iris.graph("inferred").value == "https://example.org/plans/graph/inferred"
    assert iris.document_graph("a", SHA).value == "https://example.org/plans/graph/a_fb25edb59da0"
    assert iris.version("a", SHA).value == "https://example.org/plans/id/version/a_fb25edb59da0"
    assert iris.kind_and_key(Iris().roadmap("a")) is None
    assert concept("deadline-kind", "due-by").value == "https://w3id.org/vekha/scheme/deadline-kind/due-by"
