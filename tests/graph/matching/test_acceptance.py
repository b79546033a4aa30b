from __future__ import annotations

from dataclasses import replace

import pytest
from pyoxigraph import NamedNode

from graph.matching.acceptance import acceptance
from graph.matching.asked import Mention
from graph.matching.matcher import Matcher
from ontology.identifiers import Identifier
from ontology.registers import RegisterRecord

TOMSK, TAMBOV = NamedNode("http://x/tomsk"), NamedNode("http://x/tambov")
PLACES = {TOMSK: "Томская область", TAMBOV: "Тамбовская область"}
INSTITUTE = "институт повышения квалификации и переподготовки работников образования"


def entry(key: str, name: str, *, region: NamedNode = TOMSK, status: str = "in-force") -> RegisterRecord:
    return RegisterRecord(
        iri=NamedNode(f"http://x/{key}"),
        register="test",
        key=key,
        kind="organisation",
        name=name,
        region=region,
        identifiers=(Identifier("ogrn", f"10270000000{key}"),),
        status=status,  # type: ignore[arg-type]
    )


def accepted(
    records: list[RegisterRecord], *names: str, region: NamedNode | None = TOMSK, numbers: tuple[str, ...] = ()
) -> tuple[str, str] | None:
    matcher = Matcher(records, PLACES)
    by_name = {name: matcher.match(Mention(text=name, region=region)) for name in names}
    by_name["numbers"] = matcher.match(Mention(text="", numbers=numbers)) if numbers else []
    found = acceptance(by_name, called=names[0], numbers=numbers)
    return (found.candidate.record.key, found.rule) if found else None


TWO = [
    entry("10", f"Томский областной {INSTITUTE}"),
    entry("11", f"Тамбовский областной {INSTITUTE}", region=TAMBOV),
]


def test_a_name_in_its_region_is_accepted() -> None:
    assert accepted(TWO, f"Томский областной {INSTITUTE}", "ТОИПКРО") == ("10", "name-and-region")
    assert accepted(TWO, f"Тамбовский областной {INSTITUTE}", region=TAMBOV) == ("11", "name-and-region")


def test_an_institute_never_becomes_its_namesake_of_another_region() -> None:
    assert accepted(TWO[1:], f"Томский областной {INSTITUTE}", "ТОИПКРО") is None
    assert accepted(TWO, f"Тамбовский областной {INSTITUTE}", "ТОИПКРО") is None


def test_a_side_name_alone_is_not_enough() -> None:
    records = [entry("20", "Департамент общего образования Томской области")]
    assert accepted(records, "департамент общего образования") is not None
    assert accepted(records, "комитет по делам молодёжи", "департамент общего образования") is None


def test_a_word_of_its_own_on_either_side_is_left_to_people() -> None:
    for ours, theirs in (
        ("Департамент общего образования Томской области", "Департамент образования Томской области"),
        ("Департамент образования Томской области", "Департамент общего образования Томской области"),
    ):
        assert accepted([entry("20", theirs)], theirs) is not None
        assert accepted([entry("20", theirs)], ours) is None


def test_an_entry_that_has_ceased_is_left_to_people() -> None:
    ceased = [replace(TWO[0], status="ceased")]
    assert accepted(ceased, f"Томский областной {INSTITUTE}") is None
    assert accepted(ceased, "что угодно", numbers=("1027000000010",)) is None


def test_two_that_are_as_likely_are_left_to_people() -> None:
    namesakes = [entry("31", "МБОУ «Первомайская СОШ»"), entry("32", "МБОУ «Первомайская СОШ»")]
    assert accepted(namesakes, "Первомайская СОШ") is None


@pytest.mark.parametrize(
    ("numbers", "found"),
    [
        (("1027000000011",), ("11", "same-number")),
        (("1027000000099",), None),
        (("1027000000010", "1027000000011"), None),
    ],
)
def test_a_number_decides_and_another_number_forbids(numbers: tuple[str, ...], found: tuple[str, str] | None) -> None:
    assert accepted(TWO, f"Томский областной {INSTITUTE}", numbers=numbers) == found
